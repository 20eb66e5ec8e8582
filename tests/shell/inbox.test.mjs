// Who is asked, and told, of what came back.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { setSource } from "../../pkg-template/loader.js";
import { ofPage } from "../../pkg-template/page.js";
import { Connect } from "../../pkg-template/shell.js";

const facts = { document: {}, location: { href: "https://app.example/" }, history: { state: null }, localStorage: {}, navigator: {}, addEventListener() {}, removeEventListener() {} };
for (const [name, value] of Object.entries(facts)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
globalThis.window = globalThis;

const RECORD = { answers: ["code"], mode: "redirect" };
const remember = (record) => { globalThis.sessionStorage = record ? { "connect-widget:s": JSON.stringify(record) } : {}; };
const settled = () => new Promise((resolve) => setTimeout(resolve, 10));

let loads, stop;

/** A page with a core of this name beside others, or with none that can be loaded. */
function load(asked, { answer = () => null, fails = false } = {}) {
  const aCore = (name, answer) => ({ handleRedirect: () => (asked.push(name), Promise.resolve(answer)), demand: () => asked.push(`${name} demand`), warm() {}, close() {}, isOpen: () => false });
  loads = 0;
  setSource(async ({ onCrash }) => {
    stop = onCrash;
    loads += 1;
    if (fails) throw new Error("offline");
    const core = aCore("own", answer());
    ofPage().cores.add(core);
    return core;
  });
  ofPage().cores.add(aCore("other", null));
}

afterEach(async () => {
  await settled();
  stop?.();
  ofPage().cores.clear();
  ofPage().subscribers.clear();
});

// In idle time the core comes all the same.
let idle = [];
globalThis.requestIdleCallback = (work) => idle.push(work);

test("where nothing is remembered, nobody who asks or listens has a core loaded", async () => {
  remember(null);
  load([]);
  const widget = Connect.create();
  widget.on("success", () => {});
  assert.equal(await widget.handleRedirect(), null);
  await settled();
  assert.equal(loads, 0);
});

test("an idle moment has the core come, and not for an instance that is destroyed by then", async () => {
  for (const isDestroyed of [true, false]) {
    remember(null);
    load([]);
    idle = [];
    const widget = Connect.create();
    await settled();
    if (isDestroyed) widget.destroy();
    idle.forEach((work) => work());
    await settled();
    assert.deepEqual([idle.length, loads], [1, isDestroyed ? 0 : 1]);
  }
});

test("what came back goes to handleRedirect() where it is asked for in the task in which somebody listens; this copy's core comes first, and nothing is a result", async () => {
  remember(RECORD);
  const asked = [];
  load(asked, { answer: () => undefined });
  const widget = Connect.create();
  widget.on("success", () => {});
  assert.equal(await widget.handleRedirect(), undefined);
  await settled();
  assert.deepEqual(asked.slice(0, 1), ["own"]);
  assert.deepEqual(asked.slice(1).sort(), ["other demand", "own demand"]);
});

test("an instance that is destroyed in the task in which it asked uses nothing up", async () => {
  remember(RECORD);
  const asked = [];
  load(asked, { answer: () => "result" });
  const widget = Connect.create();
  const answer = widget.handleRedirect();
  widget.destroy();
  assert.deepEqual([await answer, asked], [null, []]);
});

test("that no core can be loaded is told once to those who listen for errors, where there is a response and they listen still; other copies' cores are asked", async () => {
  for (const [record, isOff, told] of [[{ ...RECORD, response: "https://app.example/?code=a" }, false, ["load_failed"]], [{ ...RECORD, response: "https://app.example/?code=a" }, true, []], [RECORD, false, []]]) {
    remember(record);
    const [asked, heard] = [[], []];
    load(asked, { fails: true });
    const widget = Connect.create();
    const hear = ({ code }) => heard.push(code);
    const off = widget.on("error", hear);
    widget.on("success", hear);
    if (isOff) off();
    await settled();
    assert.deepEqual([heard, asked.includes("other demand")], [told, true]);
    ofPage().cores.clear();
  }
});

test("who listens for something else wants no result, and who is destroyed is told of nothing, whatever the app does meanwhile", async () => {
  remember(RECORD);
  const asked = [];
  load(asked);
  const widget = Connect.create();
  widget.on("close", () => asked.push("close"));
  await settled();
  assert.deepEqual([asked, ofPage().subscribers.size], [[], 0]);
  widget.on("success", () => {});
  await settled();
  assert.equal(ofPage().subscribers.size, 1);
  const core = [...ofPage().cores].at(-1);
  const seen = [];
  core.close = (one) => {
    seen.push(one.handlersOf("close").length);
    assert.throws(() => one.isOpen(), { code: "sdk_destroyed" });
  };
  widget.destroy();
  assert.deepEqual([seen, ofPage().subscribers.size], [[0], 0]);
  for (const verb of ["close", "isOpen", "on", "off"]) assert.throws(() => widget[verb]("close", () => {}), { code: "sdk_destroyed" }, verb);
  for (const verb of ["open", "authorize", "handleRedirect", "refresh"]) await assert.rejects(widget[verb]({}), { code: "sdk_destroyed" }, verb);
});
