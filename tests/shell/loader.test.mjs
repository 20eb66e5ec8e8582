// Who gets which core.
import assert from "node:assert/strict";
import { test } from "node:test";
import { getCore, setSource } from "../../pkg-template/loader.js";

const widget = { config: {} };
globalThis.window = globalThis;

test("who has waited for a core that stopped in its first task gets a fresh one", async (t) => {
  let made = 0;
  setSource(async ({ onCrash }) => {
    made += 1;
    if (made === 2) t.after(onCrash);
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

test("where a load fails, whoever waits for it meanwhile has another tried", async () => {
  let tries = 0, stop;
  setSource(async ({ onCrash }) => {
    stop = onCrash;
    tries += 1;
    if (tries === 1) throw new Error("offline");
    return { number: tries };
  });
  const core = getCore(widget);
  const waiting = getCore(widget);
  await assert.rejects(core, { code: "load_failed" });
  assert.equal((await waiting).number, 2);
  stop();
});
