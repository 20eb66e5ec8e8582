import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { schedule, select } from "../lib/schedule.mjs";

const passed = { outcome: "passed" };

/** Runs suites that each take a few milliseconds, and records what ran beside what. */
async function trial(suites, { slots = 2, prepare = async () => {}, outcomes = {} } = {}) {
  const running = new Set();
  const beside = {};
  const started = [];
  const results = await schedule(suites, {
    slots,
    prepare,
    run: async ({ name }) => {
      started.push(name);
      running.add(name);
      for (const one of running) for (const other of running) if (one !== other) (beside[one] ??= new Set()).add(other);
      await sleep(10);
      running.delete(name);
      return outcomes[name] ?? passed;
    },
    explain: (error) => ({ outcome: error.outcome, reason: error.message }),
  });
  return { results, beside, started };
}

test("a named suite brings along what it comes after, in the table's order", () => {
  const suites = [{ name: "build" }, { name: "other" }, { name: "types", after: ["build"] }];
  assert.deepEqual(select(suites, ["types"]).map(({ name }) => name), ["build", "types"]);
  assert.deepEqual(select(suites, []).length, 3);
  assert.throws(() => select(suites, ["typos"]), /there is no suite typos; there are: build, other, types/);
});

test("never more at once than there are slots", async () => {
  const { results, beside } = await trial(["a", "b", "c", "d"].map((name) => ({ name })), { slots: 2 });
  assert.equal(results.size, 4);
  assert.ok(beside.a.has("b"));
  assert.ok(!beside.a.has("c") && !beside.a.has("d"));
});

test("suites that mostly wait share a slot", async () => {
  const { beside } = await trial([{ name: "a" }, { name: "waits", load: 0.5 }, { name: "waits too", load: 0.5 }, { name: "b" }], { slots: 2 });
  assert.deepEqual([...beside.a].sort(), ["waits", "waits too"]);
  assert.ok(!beside.b?.has("a"));
});

test("a suite that runs alone has nothing beside it, and waits for everybody's set-up", async () => {
  let slowSetUpIsDone = false;
  const prepare = async ({ name }) => {
    if (name !== "last") return;
    await sleep(40);
    slowSetUpIsDone = true;
  };
  const seen = [];
  const suites = [{ name: "a" }, { name: "timing", alone: true }, { name: "b" }, { name: "last" }];
  const results = await schedule(suites, {
    slots: 2,
    prepare,
    run: async ({ name, alone }) => {
      if (alone) seen.push(slowSetUpIsDone);
      seen.push(name);
      await sleep(5);
      return passed;
    },
    explain: () => assert.fail("no set-up fails here"),
  });
  assert.equal(results.size, 4);
  assert.equal(seen[seen.indexOf("timing") - 1], true);
  assert.equal((await trial(suites)).beside.timing, undefined);
});

test("what comes after a failed suite fails without running, and the rest goes on", async () => {
  const suites = [{ name: "build" }, { name: "types", after: ["build"] }, { name: "deeper", after: ["types"] }, { name: "other" }];
  const { results, started } = await trial(suites, { outcomes: { build: { outcome: "failed" } } });
  assert.deepEqual(started.sort(), ["build", "other"]);
  assert.deepEqual(results.get("types"), { outcome: "failed", reason: "build failed" });
  assert.equal(results.get("deeper").outcome, "failed");
  assert.equal(results.get("other").outcome, "passed");
});

test("a set-up that fails is explained; one that cannot be had here counts as not run", async () => {
  const prepare = async ({ name }) => {
    if (name === "broken") throw Object.assign(new Error("no compiler"), { outcome: "failed" });
    if (name === "elsewhere") throw Object.assign(new Error("not on this system"), { outcome: "not run" });
  };
  const { results } = await trial([{ name: "broken" }, { name: "elsewhere" }, { name: "fine" }], { prepare });
  assert.deepEqual(results.get("broken"), { outcome: "failed", reason: "no compiler" });
  assert.deepEqual(results.get("elsewhere"), { outcome: "not run", reason: "not on this system" });
  assert.equal(results.get("fine").outcome, "passed");
});
