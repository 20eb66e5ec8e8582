// A click that comes before the core is decided by the shell alone. Its decision is held equal to the core's by a table that both
// are asked: tests/vectors/mode.json, in Rust by tests/native/mode.rs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { redirects } from "../../pkg-template/launch.js";

const { cases } = JSON.parse(readFileSync(new URL("../vectors/mode.json", import.meta.url), "utf8"));

const decide = ({ width, height, coarse, framed, ...navigator }) => redirects(width, height, navigator, () => coarse, framed);

for (const { name, device, mode } of cases) {
  test(`${mode}: ${name}`, () => assert.equal(decide(device) ? "redirect" : "popup", mode));
}

test("what the shell does not know is no reason to redirect", () => {
  const { device } = cases.find(({ name }) => name === "a desktop");
  assert.equal(decide({ ...device, maxTouchPoints: undefined, standalone: undefined }), false);
});
