// All scenarios, by the file that they are in. The pages find theirs by file and index.
import { readdirSync } from "node:fs";
import { rows } from "./pains.mjs";

export const engines = ["chromium", "firefox", "webkit"];

/** @returns {Promise<{scenario: object, file: string, index: number, title: string}[]>} */
export async function catalogue() {
  const folder = new URL("./scenarios/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".mjs") && name !== "protocols.mjs").map((name) => name.slice(0, -4));
  const found = [];
  for (const file of files) {
    const { scenarios } = await import(`./scenarios/${file}.mjs`);
    scenarios.forEach((scenario, index) => found.push({ scenario, file, index, title: titleOf(scenario) }));
  }
  return found;
}

/**
 * The quick part of what an engine can play: every protocol in both modes, and for every complaint the first scenario that
 * answers it.
 */
export function quickPart(all, engine) {
  const answered = new Set();
  return all.filter(({ scenario: { cannot, cell, rows: answers = [] } }) => {
    if (cannot?.[engine]) return false;
    const isNew = answers.some((row) => !answered.has(row));
    for (const row of answers) answered.add(row);
    return cell || isNew;
  });
}

/** A scenario that answers a complaint quotes it. */
function titleOf({ name, rows: answered = [] }) {
  const unknown = answered.find((row) => !rows[row]);
  if (unknown) throw new Error(`there is no row ${unknown} in pains.mjs`);
  return [...answered.map((row) => `“${rows[row]}”`), name].join(": ");
}
