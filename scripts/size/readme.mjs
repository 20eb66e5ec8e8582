// The parts of the README that commands write: what stands between `<!-- NAME:start -->` and `<!-- NAME:end -->`.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { inRoot } from "../lib/paths.mjs";

/** @returns {boolean} whether the text has that block */
export const hasBlock = (text, name) => text.includes(`<!-- ${name}:start -->`) && text.includes(`<!-- ${name}:end -->`);

/** The text with the block's content replaced. */
export function withBlock(text, name, content) {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  return text.slice(0, text.indexOf(start) + start.length) + `\n${content}\n` + text.slice(text.indexOf(end));
}

/** Writes a block of the root's README, and says so where there is none to write. */
export function writeBlock(name, content) {
  const file = inRoot("README.md");
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (hasBlock(text, name)) writeFileSync(file, withBlock(text, name, content));
  else console.log(`README.md has no <!-- ${name}:start --> … <!-- ${name}:end -->; nothing written there`);
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
