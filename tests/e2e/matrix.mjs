// The matrix of what was tried in which engine, out of the last results of each: printed, and written into the README between its
// marks. `npm run matrix` writes it; `npm run matrix -- --check` fails where the README says something else.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { inCache, inRoot } from "../../scripts/lib/paths.mjs";
import { catalogue, engines } from "./catalogue.mjs";
import { names } from "./scenarios/protocols.mjs";
import { rows } from "./pains.mjs";

const START = "<!-- matrix:start -->", END = "<!-- matrix:end -->";
const LABELS = { chromium: "Chromium", firefox: "Firefox", webkit: "WebKitGTK" };

export const resultsFile = (engine) => inCache("e2e", `${engine}.json`);

/** How many of these scenarios passed in an engine, in a few characters. */
function cell(scenarios, engine, results) {
  const played = scenarios.filter(({ scenario }) => !scenario.cannot?.[engine]);
  if (!results) return "not run";
  if (played.length === 0) return scenarios.length ? "cannot" : "";
  const passed = played.filter(({ title }) => results[title] === "passed").length;
  const missing = scenarios.length - played.length;
  return `${passed === played.length ? `✔ ${passed}` : `✖ ${passed} of ${played.length}`}${missing ? ` (${missing} cannot)` : ""}`;
}

const modeOf = ({ outcome = {}, mode }) => (mode === "redirect" || "redirected" in outcome ? "redirect" : "popup");

/** The matrix as Markdown. `results`: engine → title → "passed" or "failed". */
export function table(scenarios, results) {
  const asked = Object.keys(results);
  const line = (label, some) => `| ${[label, ...asked.map((engine) => cell(some, engine, results[engine]))].join(" | ")} |`;
  const head = (first) => [`| ${[first, ...asked.map((engine) => LABELS[engine])].join(" | ")} |`, `|${"---|".repeat(asked.length + 1)}`];
  const cells = names.flatMap((protocol) => ["popup", "redirect"].map((mode) =>
    line(`\`${protocol}\`, ${mode}`, scenarios.filter(({ scenario }) => scenario.protocol === protocol && modeOf(scenario) === mode))));
  const pains = Object.entries(rows).map(([row, words]) => [words, scenarios.filter(({ scenario }) => scenario.rows?.includes(row))]).filter(([, some]) => some.length > 0);
  return [...head("Scenarios"), ...cells, line("**All**", scenarios), "", ...head("What users complain of elsewhere"), ...pains.map(([words, some]) => line(words.replaceAll("|", "\\|"), some))].join("\n");
}

/** What the drivers cannot do, each reason once. */
function limits(scenarios) {
  const reasons = scenarios.flatMap(({ scenario }) => Object.entries(scenario.cannot ?? {}).map(([engine, reason]) => `${LABELS[engine]}: ${reason}`));
  return [...new Set(reasons)].map((reason) => `- ${reason} (${reasons.filter((one) => one === reason).length} scenarios)`).join("\n");
}

async function main() {
  const scenarios = await catalogue();
  const results = Object.fromEntries(engines.map((engine) => [engine, existsSync(resultsFile(engine)) ? JSON.parse(readFileSync(resultsFile(engine), "utf8")) : null]));
  const text = `${START}\n${table(scenarios, results)}\n\nWhat a driver cannot play is never counted as passed:\n\n${limits(scenarios)}\n${END}`;
  console.log(text);
  const file = inRoot("README.md");
  const readme = readFileSync(file, "utf8");
  const [from, to] = [readme.indexOf(START), readme.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`README.md has no ${START} … ${END}`);
  const written = readme.slice(0, from) + text + readme.slice(to + END.length);
  if (written === readme) return;
  if (!process.argv.includes("--check")) return writeFileSync(file, written);
  console.error("The README's matrix is not what the last runs gave; run: npm run matrix");
  process.exitCode = 1;
}

if (process.argv[1] === import.meta.filename) await main();
