// The docs: Markdown in www/docs, HTML in www/dist/docs. The page of error codes is checked against the code itself.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import hljs from "highlight.js/lib/common";
import { Marked } from "marked";
import { inRoot } from "../lib/paths.mjs";
import { Failure } from "../lib/run.mjs";
import { escape, layoutSources, page } from "./layout.mjs";

/** The pages in the order of reading: file name, and what the navigation calls it. */
const pages = [
  ["index", "Start"],
  ["protocols", "Choose a protocol"],
  ["phones", "On phones"],
  ["frameworks", "React, Vue, Angular, element"],
  ["errors", "Error codes"],
  ["troubleshooting", "Troubleshooting"],
  ["migrate", "From @alter-ai/connect"],
  ["csp", "Content Security Policy"],
  ["ssr", "On a server"],
  ["accessibility", "Accessibility and labels"],
  ["security", "Security"],
  ["measured", "Measured"],
];

const source = (name) => inRoot("www", "docs", `${name}.md`);
const types = inRoot("pkg-template", "index.d.ts");
const codes = inRoot("src", "error.rs");

/** Everything that the docs are made of. */
export const docsSources = [...layoutSources, types, codes, ...pages.map(([name]) => source(name))];

/** @param {string} dist the site's folder */
export function buildDocs(dist) {
  mkdirSync(join(dist, "docs"), { recursive: true });
  pages.forEach(([name], index) => writeFileSync(join(dist, "docs", `${name}.html`), docsPage(name, index)));
}

function docsPage(name, index) {
  const markdown = readFileSync(source(name), "utf8");
  const title = /^# (.+)$/m.exec(markdown)[1].replaceAll("`", "");
  const description = /^[A-Z][^]*?(?=\n\n)/m.exec(markdown)?.[0].replace(/\s+/g, " ").replace(/[`*]|\]\([^)]*\)|\[/g, "") ?? title;
  const article = render(name === "errors" ? withSentences(markdown) : markdown);
  const body = `<div class="wrap docs">
<nav class="docs-nav" aria-label="Docs">
<ul>
${pages.map(([other, label]) => `<li><a href="${address(other)}"${other === name ? ' aria-current="page"' : ""}>${escape(label)}</a></li>`).join("\n")}
</ul>
</nav>
<main id="content" class="prose">
${article}
${neighbours(index)}
</main>
</div>`;
  return page({ title, description, section: "/docs/", styles: ["/static/docs.css"], body });
}

const address = (name) => (name === "index" ? "/docs/" : `/docs/${name}.html`);

function neighbours(index) {
  const link = (entry, rel, word) => entry && `<a rel="${rel}" href="${address(entry[0])}"><span>${word}</span> ${escape(entry[1])}</a>`;
  const links = [link(pages[index - 1], "prev", "Before"), link(pages[index + 1], "next", "Next")].filter(Boolean);
  return `<nav class="neighbours" aria-label="Next and previous page">${links.join("")}</nav>`;
}

/* Markdown */

const slug = (text) => text.toLowerCase().replace(/<[^>]+>/g, "").replace(/[^\w\s-]/g, "").trim().replace(/\s+/g, "-");

const languages = { js: "JavaScript", jsx: "JSX", ts: "TypeScript", html: "HTML", sh: "Terminal", diff: "Change", vue: "Vue" };

/** A block of code as a figure: coloured at build time, scrollable by keyboard. */
export function codeFigure(code, language, caption = languages[language] ?? language) {
  const grammar = { vue: "xml", html: "xml", jsx: "javascript", js: "javascript", ts: "typescript", sh: "bash" }[language] ?? language;
  const { value } = hljs.highlight(code.trimEnd(), { language: grammar });
  return `<figure class="code"><figcaption>${escape(caption)}</figcaption><pre tabindex="0" aria-label="${escape(caption)}"><code>${value}</code></pre></figure>\n`;
}

const marked = new Marked({
  // The Markdown's links are those of its files, so that a forge can follow them.
  walkTokens(token) {
    if (token.type === "link") token.href = token.href.replace(/^([\w-]+)\.md(?=#|$)/, "$1.html");
  },
  renderer: {
    code: ({ text, lang }) => codeFigure(text, lang),
    heading({ tokens, depth }) {
      const html = this.parser.parseInline(tokens);
      return depth === 1 ? `<h1>${html}</h1>\n` : `<h${depth} id="${slug(html)}">${html}</h${depth}>\n`;
    },
    table(token) {
      const row = (cells, tag) => `<tr>${cells.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join("")}</tr>`;
      // Each table is a region of its own, and called by what its columns are.
      const name = token.header.map((cell) => cell.text.replaceAll("`", "")).filter(Boolean).join(", ");
      const head = token.header.some((cell) => cell.text) ? `<thead>${row(token.header, "th scope=col").replaceAll("</th scope=col>", "</th>")}</thead>` : "";
      return `<div class="table" role="region" aria-label="Table: ${escape(name)}" tabindex="0"><table>${head}<tbody>${token.rows.map((cells) => row(cells, "td")).join("\n")}</tbody></table></div>\n`;
    },
  },
});

const render = (markdown) => marked.parse(markdown);

/* Error codes */

/**
 * The page of error codes with each code's own sentence under its heading.
 * @throws {Failure} when the page and the package's types do not have the same codes
 */
function withSentences(markdown) {
  const told = [...markdown.matchAll(/^### `(\w+)`$/gm)].map((match) => match[1]);
  const real = errorCodes();
  const missing = real.filter((code) => !told.includes(code));
  const invented = told.filter((code) => !real.includes(code));
  if (missing.length > 0) throw new Failure(`www/docs/errors.md says nothing about ${missing.join(", ")}`);
  if (invented.length > 0) throw new Failure(`www/docs/errors.md explains what is no error code: ${invented.join(", ")}`);
  const sentences = errorSentences();
  return markdown.replace(/^### `(\w+)`$/gm, (heading, code) => (sentences[code] ? `${heading}\n> ${sentences[code]}\n` : heading));
}

/** The codes of the union `ErrorCode` in the package's types. */
function errorCodes() {
  const union = /export type ErrorCode =([^]*?);\n/.exec(readFileSync(types, "utf8"))[1];
  return [...union.matchAll(/^\s*\| "(\w+)"/gm)].map((match) => match[1]);
}

/** The sentences of the core's codes, by code. */
function errorSentences() {
  const list = readFileSync(codes, "utf8").matchAll(/^\s*\w+ = "(\w+)", "((?:[^"\\]|\\.)*)";/gm);
  const sentences = Object.fromEntries([...list].map(([, code, sentence]) => [code, sentence.replaceAll('\\"', '"')]));
  return { ...sentences, invalid_options: `Option … ${sentences.invalid_options}` };
}
