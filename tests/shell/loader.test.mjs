// Who gets which core.
import assert from "node:assert/strict";
import { test } from "node:test";
import { getCore, setSource } from "../../pkg-template/loader.js";

const widget = { config: {} };
globalThis.window = globalThis;

test("who has waited for a core that stopped in its first task gets a fresh one", async () => {
  let made = 0;
  setSource(async ({ onCrash }) => {
    made += 1;
    return { number: made, stop: onCrash };
  });
  const stopped = getCore(widget, true).then((core) => {
    core.stop();
    return core.number;
  });
  const waiting = getCore(widget);
  assert.equal(await stopped, 1);
  assert.equal((await waiting).number, 2);
  assert.equal(getCore(widget).number, 2);
});
