// pains.md is what the scenarios say, and every row has its tests.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { catalogue } from "./catalogue.mjs";
import { painsFile, painsText } from "./matrix.mjs";

test("pains.md is what the scenarios say; if not: npm run matrix", async () => {
  assert.equal(readFileSync(painsFile, "utf8"), painsText(await catalogue()));
});
