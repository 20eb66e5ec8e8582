// What `npm run size` reads and writes: WebAssembly modules, source maps, and documents' blocks.
import assert from "node:assert/strict";
import test from "node:test";
import { costs, measure } from "../../scripts/size/measure.mjs";
import { front, hasBlock, markdown, withBlock } from "../../scripts/size/tables.mjs";
import { rangesBySource, segments } from "../../scripts/size/sourcemap.mjs";
import { origin, readModule } from "../../scripts/size/wasm.mjs";

const text = (value) => [value.length, ...Buffer.from(value)];
const section = (id, ...body) => [id, body.length, ...body];

const NAMES = [2, 0, ...text("f"), 1, ...text("a::b::c")];

/** Imports `env.f`, exports its one function as `run`, names both, and begins with two pages of memory. */
const MODULE = Buffer.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, 1, 0x60, 0, 0),
  ...section(2, 1, ...text("env"), ...text("f"), 0, 0),
  ...section(3, 1, 0),
  ...section(5, 1, 1, 2, 9),
  ...section(7, 2, ...text("run"), 0, 1, ...text("memory"), 2, 0),
  ...section(10, 1, 4, 0, 0x10, 0, 0x0b),
  ...section(0, ...text("name"), 1, NAMES.length, ...NAMES),
]);

test("a module's sections, functions, imports, exports and memory", () => {
  const { sections, functions, imports, exports, pages } = readModule(MODULE);
  assert.deepEqual(sections.map(({ name }) => name), ["type", "import", "function", "memory", "export", "code", "name"]);
  assert.equal(sections.at(-1).end, MODULE.length);
  assert.deepEqual(functions.map(({ name, start, end }) => [name, end - start]), [["a::b::c", 5]]);
  assert.deepEqual([imports, exports, pages], [[{ module: "env", name: "f" }], ["run"], 2]);
  assert.throws(() => readModule(Buffer.from("no module")), TypeError);
});

test("the crate and the module of a function's name", () => {
  const module = (name) => origin(name).module;
  assert.equal(module("<connect_widget[f0f4]::flow::machine::Flow>::step::<connect_widget[f0f4]::browser::world::Browser>"), "connect_widget::flow::machine");
  assert.equal(module("<&dyn core::fmt::Debug as core::fmt::Debug>::fmt"), "core::fmt");
  assert.equal(module("a[1]::b::generic::<a[1]::b::C>"), "a::b");
  assert.equal(module("a[1]::b::f::{closure#0}"), "a::b");
  assert.equal(module("<a[1]::b::f<a[1]::C>::{closure#0} as core[2]::ops::FnOnce<()>>::call_once"), "a::b");
  assert.equal(module("begin"), "connect_widget::bindings");
  assert.equal(origin("__wbindgen_start").crate, "wasm_bindgen");
});

test("the bytes of each source, as a source map tells, in UTF-8", () => {
  // `é` is one column and two bytes; then line 0 of a.js, line 1 of b.js, and on the second line a.js again.
  const map = { sources: ["a.js", "b.js"], mappings: "CAAA,GCCA;ADDA" };
  assert.deepEqual(segments(map).map(({ line, column, source, sourceLine }) => [line, column, source, sourceLine]), [[0, 1, 0, 0], [0, 4, 1, 1], [1, 0, 0, 0]]);
  const ranges = rangesBySource("é123456\nend", map, (source = "none") => source);
  assert.deepEqual(Object.fromEntries(ranges), { none: [[0, 2]], "a.js": [[2, 5], [9, 12]], "b.js": [[5, 9]] });
});

test("what a part costs is what the file loses without it", () => {
  const bytes = Buffer.from("abcdefgh".repeat(4) + "0123456789!?");
  const [noise] = costs(bytes, new Map([["noise", [[32, 44]]]]));
  assert.deepEqual(noise, { name: "noise", raw: 12, gzip: measure(bytes).gzip - measure(bytes.subarray(0, 32)).gzip });
  assert.ok(noise.gzip > 5);
});

test("a block of a document is replaced, and nothing else", () => {
  const text = "before\n<!-- sizes:start -->\nold\n<!-- sizes:end -->\nafter";
  assert.equal(withBlock(text, "sizes", "new"), "before\n<!-- sizes:start -->\nnew\n<!-- sizes:end -->\nafter");
  assert.ok(hasBlock(text, "sizes") && !hasBlock(text, "bench"));
  assert.equal(markdown(["a", "b"], [["x", 1]]), "| a | b |\n| --- | ---: |\n| x | 1 |");
});

test("the README's short table has what a page loads first, and the peer beside it", () => {
  const files = { "index.js": { gzip: 1500 }, "core.js": { gzip: 24_000 } };
  const medians = (value) => ({ load: value, first: value, atOnce: value, later: value, message: value, exit: value, foreign: value });
  const bench = { date: "2026-01-01", browser: "Chromium 1", medians: { package: medians(1.234), peer: medians(2) }, sizes: { peer: { gzip: 3504 } } };
  const lines = front(files, bench).split("\n");
  assert.equal(lines[2], "| loaded with the page (`gzip -9`) | 1,500 bytes | 3,504 bytes |");
  assert.equal(lines.at(-3), "| a message that is for others, µs | 1.23 | 2 |");
});
