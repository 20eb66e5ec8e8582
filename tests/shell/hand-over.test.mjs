// What a return page does with a response that belongs to another page's flow.
import assert from "node:assert/strict";
import { test } from "node:test";
import { handOver } from "../../pkg-template/hand-over.js";
import { PREFIX } from "../../pkg-template/owner.js";

const MARK = `${PREFIX}state`;

test("a window that began to offer just before the app's backend brought the result closes, and takes its mark away", { timeout: 5000 }, async (t) => {
  const told = [];
  const { setInterval } = globalThis;
  t.mock.method(globalThis, "setInterval", (...values) => {
    const timer = setInterval(...values);
    t.after(() => clearInterval(timer));
    return timer;
  });
  await new Promise((close) => {
    Object.assign(globalThis, {
      window: globalThis, top: { opener: null }, close,
      location: { origin: "https://app.example", pathname: "/callback.html" }, history: { replaceState() {} },
      sessionStorage: {}, addEventListener() {}, removeEventListener() {},
      localStorage: { [MARK]: JSON.stringify({ answers: [] }), removeItem(key) { delete this[key]; } },
    });
    handOver("https://app.example/callback.html?type=success", { state: "state" }, (taken) => told.push(taken));
    assert.deepEqual(told, []);
    localStorage[MARK] = JSON.stringify({ answers: [], ended: true });
  });
  assert.deepEqual(told, [true]);
  assert.equal(localStorage[MARK], undefined);
});

test("a redirect's response goes back to the page that was left, and nobody goes on here until it is clear that the browser stays; where it is kept nowhere, or a router has shown that page in this one's place, that is told", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const [gone, told] = [[], []];
  Object.assign(globalThis, {
    window: globalThis, location: { origin: "https://app.example", pathname: "/cb", replace: (url) => gone.push(url) },
    history: { state: null, replaceState() {} }, sessionStorage: { setItem() {} },
  });
  const owner = { state: "state", mode: "redirect", page: "https://app.example/settings", answers: ["code"] };
  const going = handOver("https://app.example/cb?code=a&state=state", owner, (taken) => told.push(taken));
  assert.deepEqual([gone, told], [[owner.page], []]);
  let stays = false;
  going.then(() => (stays = true));
  t.mock.timers.tick(20_000);
  await new Promise(setImmediate);
  assert.equal(stays, false);
  t.mock.timers.tick(10_000);
  await going;
  globalThis.navigation = { transition: {} };
  await handOver("https://app.example/cb?code=a&state=state", owner, (taken) => told.push(taken));
  assert.deepEqual([gone.length, told.splice(0)], [2, [false]]);
  delete globalThis.navigation;
  sessionStorage.setItem = history.replaceState = () => { throw new Error("QuotaExceededError"); };
  await handOver("https://app.example/cb?code=a&state=state", owner, (taken) => told.push(taken));
  assert.deepEqual([gone.length, told], [2, [false]]);
});

test("a redirect's response that the app clears away as the page is left is written once more, and no other", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const heard = {};
  let writings = 0;
  Object.assign(globalThis, {
    window: globalThis, location: { origin: "https://app.example", pathname: "/cb", replace() {} }, history: { state: null, replaceState() {} },
    sessionStorage: { setItem(key, value) { this[key] = value; writings += 1; } },
    addEventListener(event, listener) { heard[event] = listener; }, removeEventListener() {},
  });
  const owner = { state: "state", mode: "redirect", page: "https://app.example/settings", answers: ["code"] };
  handOver("https://app.example/cb?code=a&state=state", owner);
  assert.deepEqual([writings, Object.keys(heard)], [1, ["pagehide"]]);
  heard.pagehide();
  assert.deepEqual([writings, Object.keys(heard)], [1, ["pagehide", "unload"]]);
  delete sessionStorage[MARK];
  heard.unload();
  assert.equal(writings, 2);
  assert.match(sessionStorage[MARK], /code=a/);
});

test("a window closes before its page is told that it is done: a page that has no place yet to say so could fail", () => {
  const order = [];
  Object.assign(globalThis, {
    window: globalThis, top: { opener: null }, close: () => order.push("closed"),
    location: { origin: "https://app.example", pathname: "/callback.html" }, history: { replaceState() {} },
    sessionStorage: {}, addEventListener() {}, removeEventListener() {},
    localStorage: { [MARK]: JSON.stringify({ answers: [], ended: true }), removeItem(key) { delete this[key]; } },
  });
  handOver("https://app.example/callback.html?type=success", { state: "state" }, (taken) => order.push(taken));
  assert.deepEqual(order, ["closed", true]);
});

test("what a script has put on Object.prototype neither ends an offer nor takes it", (t) => {
  let closings = 0, listen;
  t.mock.method(globalThis, "setInterval", () => 0);
  Object.assign(globalThis, {
    window: globalThis, top: { opener: null }, close: () => { closings += 1; },
    location: { origin: "https://app.example", pathname: "/callback.html" }, history: { replaceState() {} },
    sessionStorage: {}, addEventListener(_, listener) { listen = listener; }, removeEventListener() {},
    localStorage: { [MARK]: JSON.stringify({ answers: [] }), removeItem(key) { delete this[key]; } },
  });
  const names = ["ended", "taken"];
  t.after(() => names.forEach((name) => delete Object.prototype[name]));
  for (const name of names) Object.prototype[name] = true;
  handOver("https://app.example/callback.html?code=a", { state: "state" });
  listen({ origin: "https://app.example", data: { type: "connect-widget", asking: true } });
  assert.equal(closings, 0);
  listen({ origin: "https://app.example", data: { type: "connect-widget", taken: true } });
  assert.equal(closings, 1);
});
