// What commands write into documents: what stands between `<!-- NAME:start -->` and `<!-- NAME:end -->`.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { inRoot } from "../lib/paths.mjs";

const README = inRoot("README.md");
/** The page for the long tables. */
const MEASURED = inRoot("www", "docs", "measured.md");

/** @returns {boolean} whether the text has that block */
export const hasBlock = (text, name) => text.includes(`<!-- ${name}:start -->`) && text.includes(`<!-- ${name}:end -->`);

/** The text with the block's content replaced. */
export function withBlock(text, name, content) {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  return text.slice(0, text.indexOf(start) + start.length) + `\n${content}\n` + text.slice(text.indexOf(end));
}

/** Writes a block of www/docs/measured.md, or of another document, and says so where there is none to write. */
export function writeBlock(name, content, file = MEASURED) {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (hasBlock(text, name)) writeFileSync(file, withBlock(text, name, content));
  else console.log(`${file} has no <!-- ${name}:start --> … <!-- ${name}:end -->; nothing written there`);
}

const readJson = (...path) => (existsSync(inRoot(...path)) ? JSON.parse(readFileSync(inRoot(...path), "utf8")) : undefined);

/** The rows of `npm run bench` that the README shows, by their keys in benchmarks/latest.json. */
const FRONT = {
  load: "import → first `create()`, ms",
  first: "first click → `window.open`, ms",
  atOnce: "the same in the task of `create()`, no core yet, ms",
  later: "later clicks → `window.open`, ms",
  message: "message → callback, ms",
  exit: "the user closes the window → `onExit`, ms",
  foreign: "a message that is for others, µs",
};

/** Writes the README's one short table, out of what `npm run size -- --record` and `npm run bench` have kept in benchmarks/. */
export function writeFront() {
  const [sizes, bench] = [readJson("benchmarks", "sizes.json"), readJson("benchmarks", "latest.json")];
  if (sizes && bench) writeBlock("front", front(sizes.files, bench), README);
}

/** @returns {string} the table as Markdown */
export function front(files, { date, browser, medians, sizes }) {
  const bytes = (value) => `${value.toLocaleString("en-US")} bytes`;
  const time = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 2 });
  const rows = [
    ["loaded with the page (`gzip -9`)", bytes(files["index.js"].gzip), bytes(sizes.peer.gzip)],
    ["the Rust core, in idle time", bytes(files["core.js"].gzip), ""],
    ...Object.entries(FRONT).map(([key, says]) => [says, time(medians.package[key]), time(medians.peer[key])]),
  ];
  return `${markdown(["", "connect-widget", "`@alter-ai/connect` 0.8.0"], rows)}\n\nMedians of one run, ${date}, ${browser}. [All that was measured](www/docs/measured.md), and how.`;
}

/** A Markdown table; every column but the first is aligned to the right. */
export function markdown(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** The same for a terminal. */
export function plain(head, rows) {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join("  ").trimEnd();
  return [line(all[0]), widths.map((width) => "─".repeat(width)).join("  "), ...all.slice(1).map(line)].join("\n");
}
