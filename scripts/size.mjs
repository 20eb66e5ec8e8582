// npm run size: where the package's bytes are, in the files that the last `npm run build` left in pkg/.
//
//   npm run size               every entry point, what is in the first and in the core, and the change against
//                              benchmarks/sizes.json
//   npm run size -- --record   keeps these figures there, as those of the release, writes them into the README and
//                              www/docs/measured.md, and lowers every budget that is higher than need be (raising one is
//                              done by hand, in package.json)
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { optimise } from "./build/compile.mjs";
import { inCache, inRoot } from "./lib/paths.mjs";
import { Failure, main, run } from "./lib/run.mjs";
import { nodeBin } from "./lib/npm.mjs";
import { setup } from "./setup.mjs";
import { costs } from "./size/measure.mjs";
import { budgets, core, linearMemory, overBudget, packageSizes } from "./size/package.mjs";
import { markdown, plain, writeBlock, writeFront } from "./size/tables.mjs";
import { rangesBySource } from "./size/sourcemap.mjs";
import { origin, readModule } from "./size/wasm.mjs";

const recorded = inRoot("benchmarks", "sizes.json");

/** What each file is for, in the order of the table: first what a page loads. */
const ENTRIES = {
  "index.js": "`connect-widget`, at page load",
  "core.js": "… its core, in idle time or by the click",
  "hand-over.js": "… only where an answer came back to a page of the app that it is not for",
  "fallback.js": "the core as JavaScript, only where WebAssembly is refused",
  "debug.js": "what `debug: true` loads",
  "sync.js": "`connect-widget/sync`, the core inside",
  "connect-widget.global.js": "script tag, the core inside",
  "callback.js": "`connect-widget/callback`",
  "providers.js": "`connect-widget/providers`",
  "options.js": "the names of the options, for the wrappers",
  "controller.js": "what the four below share",
  "react.js": "`connect-widget/react`",
  "vue.js": "`connect-widget/vue`",
  "angular.js": "`connect-widget/angular`",
  "element.js": "`connect-widget/element`",
};

const number = (value) => value.toLocaleString("en-US");
const signed = (value) => (value === 0 ? "0" : `${value > 0 ? "+" : "−"}${number(Math.abs(value))}`);
const heading = (text) => console.log(`\n${text}`);

function readRecord() {
  return existsSync(recorded) ? JSON.parse(readFileSync(recorded, "utf8")) : { version: "none", files: {} };
}

function showFiles(sizes, record) {
  const limits = budgets();
  const rows = Object.entries(sizes).map(([file, { raw, gzip, brotli }]) => {
    const before = record.files[file]?.gzip;
    return [file, number(raw), number(gzip), number(brotli), before === undefined ? "new" : signed(gzip - before), limits[file]?.gzip ? number(limits[file].gzip) : ""];
  });
  heading(`Files (bytes; change of gzip against ${record.version})`);
  console.log(plain(["file", "raw", "gzip -9", "brotli 11", "change", "budget"], rows));
}

const costRows = (rows, least = 0) => rows.filter(({ raw }) => raw >= least).map(({ name, raw, gzip }) => [name, number(raw), number(gzip)]);

/** wasm-bindgen's glue, as the build's source maps call it. */
const GLUE = "virtual:#glue";

const readWithMap = (file) => [readFileSync(inRoot("pkg", file), "utf8"), JSON.parse(readFileSync(inRoot("pkg", `${file}.map`), "utf8"))];

/** A file by the module that its bytes come from. The core's own are in one string. */
function showSources(file) {
  const [code, map] = readWithMap(file);
  heading(`${file} by source (raw, and what the file would lose in gzip without it)`);
  console.log(plain(["source", "raw", "gzip"], costRows(costs(Buffer.from(code), rangesBySource(code, map, shortName)))));
}

function shortName(source) {
  if (source === undefined) return "the core, inlined";
  if (source === GLUE) return "wasm-bindgen's glue";
  return source.startsWith("virtual:") ? "what the build writes around it" : source;
}

/** What each function of the glue costs: the JavaScript behind the core's imports. */
function glueCosts() {
  const [code, map] = readWithMap("core.js");
  const functionAt = topLevel(map.sourcesContent[map.sources.indexOf(GLUE)]);
  return costs(Buffer.from(code), rangesBySource(code, map, (source, line) => (source === GLUE ? functionAt(line) : undefined)));
}

/** Which declaration of the glue a line (from 0) belongs to; the build puts all of them into one function. */
function topLevel(text) {
  let name;
  const names = text.split("\n").map((line) => (name = /^ {2}(?:function|var|const|let|class) (\w+)/.exec(line)?.[1] ?? name));
  return (line) => names[line] ?? "(head)";
}

const grouped = (functions, nameOf) => {
  const parts = new Map();
  for (const { name, start, end } of functions) (parts.get(nameOf(name)) ?? parts.set(nameOf(name), []).get(nameOf(name))).push([start, end]);
  return parts;
};

/** wasm-bindgen's name of an import without what it adds. */
const importName = (name) => name.replace(/^__wbg_|_[0-9a-f]{16}$/g, "");

/** A function's name without the hashes of crates. */
const readable = (name) => name.replace(/\[[0-9a-f]+\]/g, "").slice(0, 100);

/** The same core, optimised in the same way, with its functions' names. */
async function namedCore() {
  const [compiled, named] = [inCache("build", "wasm", "connect_widget_wasm_bg.wasm"), inCache("named.wasm")];
  await run(nodeBin("wasm-opt"), [compiled, ...optimise, "-g", "-o", named]);
  return readFileSync(named);
}

async function showCore(behind) {
  const bytes = core();
  const named = await namedCore();
  const { sections, functions, imports } = readModule(named);
  const show = (title, rows) => {
    heading(title);
    console.log(plain(["", "raw", "gzip"], rows));
  };
  show("The core by section", costRows(costs(bytes, new Map(readModule(bytes).sections.map(({ name, start, end }) => [name, [[start, end]]])))));
  const code = named.subarray(0, sections.find(({ name }) => name === "code").end);
  const by = (nameOf) => costs(code, grouped(functions, nameOf));
  show("The core's code by crate", costRows(by((name) => origin(name).crate)));
  show("The core's code by module", costRows(by((name) => origin(name).module)));
  show("The core's functions of 60 bytes or more (what was inlined counts where it went)", costRows(by(readable), 60));
  const cost = (name) => behind.find((part) => part.name === name);
  show("What the core imports, and the JavaScript behind it", imports.map(({ name }) => [importName(name), cost(name)?.raw ?? "?", cost(name)?.gzip ?? "?"]));
  console.log(`\nLinear memory: ${number(linearMemory(bytes))} bytes.`);
}

function table(sizes) {
  const rows = Object.entries(ENTRIES).map(([file, what]) => [`${what} (\`${file}\`)`, number(sizes[file].raw), number(sizes[file].gzip), number(sizes[file].brotli)]);
  return `${markdown(["bytes", "raw", "gzip -9", "brotli 11"], rows)}\n\nWritten by \`npm run size -- --record\`; the budgets in \`package.json\` are checked byte for byte by \`npm test\`.`;
}

/** A budget leaves a file no more room than a toolchain's next version may take. */
const STEP = 64;
const tight = (size) => Math.ceil(size / STEP) * STEP;

function lowerBudgets(sizes) {
  const file = inRoot("package.json");
  const text = JSON.parse(readFileSync(file, "utf8"));
  const budget = (name) => [name, Object.fromEntries(Object.entries(sizes[name]).map(([unit, size]) => [unit, Math.min(text.budgets[name]?.[unit] ?? Infinity, tight(size))]))];
  text.budgets = Object.fromEntries(Object.keys(ENTRIES).map(budget));
  writeFileSync(file, `${JSON.stringify(text, null, 2)}\n`);
}

function record(sizes) {
  const { version } = JSON.parse(readFileSync(inRoot("pkg", "package.json"), "utf8"));
  writeFileSync(recorded, `${JSON.stringify({ version, files: sizes, memory: linearMemory(core()) }, null, 2)}\n`);
  writeBlock("sizes", table(sizes));
  writeFront();
  lowerBudgets(sizes);
  console.log("\nRecorded in benchmarks/sizes.json, www/docs/measured.md, the README and the budgets.");
}

await main(async () => {
  if (!existsSync(inRoot("pkg", "index.js"))) throw new Failure("pkg/ is empty; run: npm run build");
  await setup("npm");
  const sizes = packageSizes();
  showFiles(sizes, readRecord());
  showSources("index.js");
  showSources("core.js");
  await showCore(glueCosts());
  if (process.argv.includes("--record")) record(sizes);
  const over = overBudget(sizes, budgets());
  if (over.length > 0) throw new Failure(over.join("\n✖ "));
});
