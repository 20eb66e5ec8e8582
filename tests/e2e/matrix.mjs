// The matrix of what was tried in which engine, out of the last results of each: printed, and written into www/docs/measured.md
// between its marks. `npm run matrix` writes it; `npm run matrix -- --check` fails where the page says something else.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { inCache, inRoot } from "../../scripts/lib/paths.mjs";
import { catalogue, engines } from "./catalogue.mjs";
import { names } from "./scenarios/protocols.mjs";
import { complaints, defects, elsewhere, faults, rows } from "./pains.mjs";

const START = "<!-- matrix:start -->", END = "<!-- matrix:end -->";
const LABELS = { chromium: "Chromium", firefox: "Firefox", webkit: "WebKitGTK" };

export const resultsFile = (engine) => inCache("e2e", `${engine}.json`);

/** How many of these scenarios passed in an engine, in a few characters. */
function cell(scenarios, engine, results) {
  const played = scenarios.filter(({ scenario }) => !scenario.cannot?.[engine]);
  if (!results) return "not run";
  if (played.length === 0) return scenarios.length ? "cannot" : "";
  const count = (...some) => played.filter(({ title }) => some.includes(results[title])).length;
  const passed = count("passed", "flaky");
  const notes = [[count("flaky"), "at the second try"], [scenarios.length - played.length, "cannot"]].filter(([many]) => many > 0).map(([many, what]) => `${many} ${what}`);
  return `${passed === played.length ? `✔ ${passed}` : `✖ ${passed} of ${played.length}`}${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`;
}

const modeOf = ({ outcome = {}, mode }) => (mode === "redirect" || "redirected" in outcome ? "redirect" : "popup");

/** The matrix as Markdown. `results`: engine → title → "passed", "flaky" or "failed". */
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

export const painsFile = inRoot("tests/e2e/pains.md");

/** Which tests answer each row of pains.mjs: the text of pains.md. */
export function painsText(scenarios) {
  const testsOf = (row) => [...(elsewhere[row] ?? []).map(([file, name]) => `${name} (\`${file}\`)`), ...scenarios.filter(({ scenario }) => scenario.rows?.includes(row)).map(({ scenario, file }) => `${scenario.name} (\`${file}\`)`)];
  const part = (title, group) => [`## ${title}`, "", ...Object.keys(group).flatMap((row) => [`### ${rows[row]}`, "", ...testsOf(row).map((name) => `- ${name}`), ""])];
  const unanswered = Object.keys(rows).filter((row) => testsOf(row).length === 0);
  if (unanswered.length > 0) throw new Error(`no scenario answers ${unanswered}`);
  return ["# What users suffer from, and the tests that show it untrue here", "", "Written by `npm run matrix` out of the scenarios; each one's title quotes its rows.", "",
    ...part("Defects of `@alter-ai/connect` 0.8.0", defects), ...part("What users of all such libraries report", complaints),
    ...part("Faults of this package's own first version", faults)].join("\n");
}

async function main() {
  const scenarios = await catalogue();
  const results = Object.fromEntries(engines.map((engine) => [engine, existsSync(resultsFile(engine)) ? JSON.parse(readFileSync(resultsFile(engine), "utf8")) : null]));
  const text = `${START}\n${table(scenarios, results)}\n\nWhat a driver cannot play is never counted as passed:\n\n${limits(scenarios)}\n${END}`;
  console.log(text);
  const isChecked = process.argv.includes("--check");
  const missing = engines.filter((engine) => !results[engine]);
  const page = [inRoot("www/docs/measured.md"), (before) => between(before, text)];
  const stale = [...(missing.length > 0 ? [] : [page]), [painsFile, () => painsText(scenarios)]].filter(([file, write]) => {
    const before = existsSync(file) ? readFileSync(file, "utf8") : "";
    const after = write(before);
    if (after !== before && !isChecked) writeFileSync(file, after);
    return after !== before;
  });
  if (missing.length > 0) console.error(`www/docs/measured.md is left as it is until every engine has run; run: npm test -- ${missing.map((engine) => `e2e-${engine}`).join(" ")}`);
  if (isChecked && stale.length > 0) console.error(`${stale.map(([file]) => file)}: not what the last runs gave; run: npm run matrix`);
  if (missing.length > 0 || (isChecked && stale.length > 0)) process.exitCode = 1;
}

/** The page with the matrix between its marks. */
function between(page, text) {
  const [from, to] = [page.indexOf(START), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`www/docs/measured.md has no ${START} … ${END}`);
  return page.slice(0, from) + text + page.slice(to + END.length);
}

if (process.argv[1] === import.meta.filename) await main();
