// pains.md is what the scenarios say, and every row has its tests.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { catalogue } from "./catalogue.mjs";
import { painsFile, painsText } from "./matrix.mjs";
import { elsewhere } from "./pains.mjs";

test("pains.md is what the scenarios say; if not: npm run matrix", async () => {
  const [kept, wanted] = [readFileSync(painsFile, "utf8"), painsText(await catalogue())].map((text) => text.split("\n"));
  const without = (lines, others) => lines.filter((line) => !others.includes(line));
  assert.deepEqual({ missing: without(wanted, kept), stale: without(kept, wanted) }, { missing: [], stale: [] });
  assert.ok(kept.join() === wanted.join(), "its lines are in another order");
});

test("the tests of other parts are where pains.mjs says", () => {
  for (const [file, name] of Object.values(elsewhere).flat()) assert.ok(readFileSync(inRoot(file), "utf8").includes(name), `${file} has no “${name}”`);
});
