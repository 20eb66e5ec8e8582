// A click that comes before the core: what the shell does with the window that it has opened, what it tells, and how it hands the call over.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { setSource } from "../../pkg-template/loader.js";
import { Connect } from "../../pkg-template/shell.js";

const facts = {
  document: {}, location: { href: "https://app.example/" }, history: { state: null }, sessionStorage: {}, localStorage: {},
  navigator: {}, screenX: 100, screenY: 50, outerWidth: 1000, outerHeight: 800, addEventListener() {}, removeEventListener() {},
};
for (const [name, value] of Object.entries(facts)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
Object.assign(globalThis, { window: globalThis, top: globalThis });

/** A window that keeps account of what is done with it. */
const aWindow = (values) => ({
  values, closed: false, done: [],
  focus() { this.done.push("focus"); },
  close() { this.done.push("close"); this.closed = true; },
});

let opened, told, arrive, fail, stop;

/** Those of this test. */
const widgets = new Set();

/** An instance whose core comes with `arrive(core)`, or does not, with `fail(cause)`. */
function create() {
  setSource(({ onCrash }) => {
    stop = onCrash;
    return new Promise((resolve, reject) => [arrive, fail] = [resolve, reject]);
  });
  const widget = Connect.create();
  widgets.add(widget);
  for (const event of ["error", "exit", "close"]) widget.on(event, () => told.push(`on ${event}`));
  return widget;
}

const options = () => ({ mode: "popup", onError: ({ code }) => told.push(`onError ${code}`), onExit: () => told.push("onExit") });
const settled = () => new Promise(setImmediate);

beforeEach(() => {
  [opened, told] = [[], []];
  globalThis.open = (...values) => {
    opened.push(aWindow(values));
    return opened.at(-1);
  };
});

// Each has a core of its own. What stayed of a test would ask for the next one's, in an idle moment or because its own did not come.
afterEach(async () => {
  stop();
  for (const widget of widgets) widget.destroy();
  widgets.clear();
  setSource(({ onCrash }) => {
    stop = onCrash;
    return { warm() {} };
  });
  fail(new Error("the test is over"));
  await settled();
  stop();
});

test("its window is as large and where the core's is", () => {
  create().open(options());
  const [url, , features] = opened[0].values;
  assert.deepEqual([url, features], ["", "popup,width=500,height=700,left=350,top=100"]);
});

test("the next click brings that window to the front, closes what the app has opened for it, and says to authorize() that one is open", async () => {
  const widget = create();
  widget.open(options());
  assert.equal(await widget.open(options()), undefined);
  assert.deepEqual([opened.length, opened[0].done], [1, ["focus"]]);
  const second = aWindow();
  await assert.rejects(widget.authorize({ popup: second }), { code: "already_open" });
  assert.deepEqual([opened[0].done, second.done], [["focus", "focus"], ["close"]]);
  await widget.open({ popup: opened[0] });
  assert.equal(opened[0].closed, false);
});

test("focus() brings its window to the front", () => {
  const widget = create();
  widget.open(options());
  widget.focus();
  assert.deepEqual(opened[0].done, ["focus"]);
});

test("the next click opens another where the user has just closed that one, which is an exit", async () => {
  const widget = create();
  widget.open(options());
  opened[0].closed = true;
  widget.open(options());
  await settled();
  assert.deepEqual([opened.length, told], [2, ["on exit", "onExit", "on close"]]);
});

test("close() tells of the close alone, and not before it has returned", async () => {
  const widget = create();
  widget.open(options());
  widget.close();
  assert.deepEqual([opened[0].done, told], [["close"], []]);
  await settled();
  assert.deepEqual(told, ["on close"]);
});

test("a failure is told to those who listen, then to the call, and the reason of an abort is its cause", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const widget = create();
  const controller = new AbortController();
  const result = widget.authorize({ ...options(), signal: controller.signal });
  controller.abort("enough");
  t.mock.timers.tick(60);
  await assert.rejects(result, { code: "aborted", cause: "enough" });
  assert.deepEqual(told, ["on error", "onError aborted", "on close"]);
});

test("a core that cannot be loaded is told once, and not where the call is over", async () => {
  const widget = create();
  widget.open(options());
  fail(new Error("offline"));
  await settled();
  assert.deepEqual(told.splice(0), ["on error", "onError load_failed", "on close"]);
  widget.open(options());
  widget.close();
  fail(new Error("offline"));
  await settled();
  assert.deepEqual(told, ["on close"]);
});

test("the core has the call before it hears of it: what a callback of its first steps closes is the core's", async () => {
  const widget = create();
  const calls = [];
  widget.open(options());
  arrive({ open: ({ popup }) => { calls.push(["open", popup]); widget.close(); }, close: () => calls.push(["close"]), isOpen: () => false });
  await settled();
  assert.deepEqual([calls, told, opened[0].done], [[["open", opened[0]], ["close"]], [], []]);
});

test("an instance in a store that makes a proxy of all that is put there, such as Valtio's: the core has the call, and close() closes its window", async () => {
  const inStore = (target) => new Proxy(target, { set: (kept, name, value) => Reflect.set(kept, name, value && typeof value === "object" ? inStore(value) : value) });
  const widget = inStore(create());
  widget.open(options());
  widget.close();
  assert.deepEqual(opened[0].done, ["close"]);
  const calls = [];
  widget.open(options());
  arrive({ open: ({ popup }) => calls.push(popup) });
  await settled();
  assert.deepEqual([calls, widget.early], [[opened[1]], null]);
});

for (const how of ["close", "destroy"]) {
  test(`a getter of the options that calls ${how}() ends the call, and no window is opened`, async () => {
    const widget = create();
    const call = widget.authorize({ ...options(), get token() { return widget[how](); } });
    await assert.rejects(call, { code: "aborted" });
    assert.deepEqual([opened, widget.early], [[], null]);
  });
}
