// Colours JavaScript: comments, strings, words and numbers. Enough for the few lines that the demo shows.
import { h } from "./dom.js";

const tokens = /(\/\/[^\n]*)|("(?:[^"\\\n]|\\.)*"|`[^`]*`)|\b(const|let|await|async|return|import|from|new|function|if)\b|\b(\d[\d_]*|true|false|null)\b/g;
const classes = ["hljs-comment", "hljs-string", "hljs-keyword", "hljs-number"];

/** @returns {(string|HTMLElement)[]} what to put into a <code> */
export function highlight(source) {
  const parts = [];
  let end = 0;
  for (const match of source.matchAll(tokens)) {
    const kind = match.slice(1).findIndex((group) => group !== undefined);
    parts.push(source.slice(end, match.index), h("span", { class: classes[kind] }, match[0]));
    end = match.index + match[0].length;
  }
  return [...parts, source.slice(end)];
}
