// No file of the package is heavier than its budget in the root's package.json, byte for byte.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { budgets, core, linearMemory, overBudget, packageSizes } from "../../scripts/size/package.mjs";

const LINEAR_MEMORY = 262_144;

test("every file keeps within its budget, raw, by gzip -9 and by Brotli 11", () => {
  const limits = budgets();
  for (const entry of ["index.js", "core.js", "hand-over.js", "fallback.js", "sync.js", "connect-widget.global.js", "callback.js"]) assert.ok(limits[entry]?.gzip > 0, `${entry} has no budget`);
  const over = overBudget(packageSizes(), limits);
  assert.equal(over.length, 0, `\n${over.join("\n")}\nnpm run size shows where the bytes are.`);
});

test("the docs say what a page loads as it is", () => {
  const words = `${(packageSizes()["index.js"].gzip / 1000).toFixed(1)} KB`;
  for (const doc of ["README.md", "CHANGELOG.md", "pkg-template/README.md", "www/docs/index.md", "benchmarks/BYTES.md"]) assert.ok(readFileSync(inRoot(doc), "utf8").includes(words), `${doc} does not say ${words}`);
});

test(`the core begins with no more than ${LINEAR_MEMORY} bytes of memory`, () => {
  const memory = linearMemory(core());
  assert.ok(memory > 0 && memory <= LINEAR_MEMORY, `it begins with ${memory} bytes`);
});

test("one byte too many is named with its file, size, budget and difference", () => {
  const sizes = { "index.js": { raw: 300, gzip: 101, brotli: 90 } };
  assert.deepEqual(overBudget(sizes, { "index.js": { raw: 300, gzip: 100 } }), ["index.js is 101 bytes (gzip), 1 over its budget of 100"]);
  assert.deepEqual(overBudget(sizes, { "gone.js": { gzip: 1 } }), ["gone.js has a budget, but pkg/ has no such file"]);
});
