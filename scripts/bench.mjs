// npm run bench: this package and @alter-ai/connect side by side, in one run of Chromium, round after round in turn.
//
//   npm run bench                 prints a table, writes it into www/docs/measured.md and keeps it in benchmarks/latest.json,
//                                 out of which the README's short table is written too
//   npm run bench -- --rounds 5   fewer rounds than 15
//   npm run bench -- --dry        prints only
//   npm run bench -- --only message,later   measures these rows alone (see benchmarks/measures.mjs), and prints only
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { CONTENDERS, ROWS, launch, median, memory, round } from "../benchmarks/measures.mjs";
import { serve } from "../benchmarks/server.mjs";
import { inRoot } from "./lib/paths.mjs";
import { Failure, main } from "./lib/run.mjs";
import { step } from "./lib/progress.mjs";
import { setup } from "./setup.mjs";
import { measure } from "./size/measure.mjs";
import { markdown, plain, writeBlock, writeFront } from "./size/tables.mjs";

const { values: options } = parseArgs({ options: { rounds: { type: "string", default: "15" }, dry: { type: "boolean", default: false }, only: { type: "string" } } });
const only = options.only?.split(",");

const NAMES = { package: "connect-widget", sync: "connect-widget/sync", peer: "@alter-ai/connect" };
/** What a page loads before anybody clicks; the core of the first comes in idle time. */
const FILES = { package: inRoot("pkg", "index.js"), sync: inRoot("pkg", "sync.js"), peer: inRoot("node_modules/@alter-ai/connect/dist/alter-connect.esm.js") };

/** The files as a page loads them; the peer's names its source map in a last line, as ours do. */
const bytes = () => Object.fromEntries(Object.entries(FILES).map(([who, file]) => [who, measure(readFileSync(file))]));

/** Medians by contender and figure. */
async function run() {
  const sites = await serve();
  const browser = await launch();
  try {
    const figures = Object.fromEntries(Object.keys(CONTENDERS).map((who) => [who, []]));
    for (let index = 0; index < Number(options.rounds); index++) {
      // Each goes first as often as the others: what one leaves for the browser to clear up slows the next one.
      const order = Object.entries(CONTENDERS);
      for (const [who, module] of [...order.slice(index % order.length), ...order.slice(0, index % order.length)]) figures[who].push(await round(browser, sites, module, index, only));
    }
    const medians = {};
    for (const [who, module] of Object.entries(CONTENDERS)) {
      const names = Object.keys(figures[who][0]);
      medians[who] = { ...Object.fromEntries(names.map((name) => [name, median(figures[who].flatMap((figure) => figure[name]))])), ...(only ? {} : await memory(browser, sites, module)) };
    }
    return { browser: `Chromium ${browser.version()}`, medians };
  } finally {
    await browser.close();
    sites.close();
  }
}

const digits = { ms: 2, "µs": 3 };
const number = (value, unit) => value.toLocaleString("en-US", { maximumFractionDigits: digits[unit] ?? 0, minimumFractionDigits: digits[unit] ?? 0 });

/** A cell: the figure, how it compares with the peer's, and whether that is what was wanted. */
function cell(row, who, medians) {
  const value = medians[who][row.key];
  const text = number(value, row.unit);
  if (who === "peer") return text;
  const compared = medians.peer[row.key] > 0 ? ` (${(value / medians.peer[row.key]).toFixed(2)}×)` : "";
  const target = row.targets[who];
  return `${text}${compared}${target ? (target.met(value, medians.peer[row.key]) ? " ✓" : " ✗") : ""}`;
}

function table({ medians, sizes }) {
  const rows = ["raw", "gzip", "brotli"].map((unit) => [`bytes, ${unit}`, ...Object.keys(NAMES).map((who) => number(sizes[who][unit])), ""]);
  for (const row of ROWS.filter(({ key }) => !only || only.includes(key))) {
    const targets = [...new Set(Object.values(row.targets).map(({ says }) => says.trim()))];
    rows.push([`${row.says}${row.unit ? `, ${row.unit}` : ""}`, ...Object.keys(NAMES).map((who) => cell(row, who, medians)), targets.join("; ")]);
  }
  return { head: ["median", ...Object.values(NAMES), "target"], rows };
}

/** What can be compared between machines: the ratios, and counts of bytes. */
const ratios = (medians) =>
  Object.fromEntries(["package", "sync"].map((who) => [who, Object.fromEntries(ROWS.filter(({ key }) => medians.peer[key] > 0).map(({ key }) => [key, +(medians[who][key] / medians.peer[key]).toFixed(3)]))]));

await main(async () => {
  await setup("npm", "chromium");
  if (!existsSync(FILES.package)) throw new Failure("pkg/ is empty; run: npm run build");
  if (!(Number(options.rounds) > 0)) throw new Failure("--rounds wants a number");
  const { browser, medians } = await step(`${options.rounds} rounds in Chromium`, run);
  const result = { medians, sizes: bytes() };
  const { head, rows } = table(result);
  const date = new Date().toISOString().slice(0, 10);
  const note = `${date}, ${browser}, ${cpus().length} cores, medians of ${options.rounds} rounds in turn; the peer is ${NAMES.peer} 0.8.0. Measured by \`npm run bench\`.`;
  console.log(`\n${plain(head, rows)}\n\n${note}`);
  if (options.dry || only) return;
  writeFileSync(inRoot("benchmarks", "latest.json"), `${JSON.stringify({ date, browser, rounds: Number(options.rounds), ratios: ratios(medians), ...result }, null, 2)}\n`);
  writeBlock("bench", `${markdown(head, rows)}\n\n${note}`);
  writeFront();
});
