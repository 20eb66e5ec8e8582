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

/** A window of the app's own that has come back, with these openers, one behind the other; the first is nearest. */
function comeBack(t, owner, openers = []) {
  let offer;
  t.mock.method(globalThis, "setInterval", (work, pause) => { offer = { work, pause }; });
  t.mock.method(globalThis, "clearInterval", () => { offer = undefined; });
  const after = (milliseconds) => {
    for (let left = milliseconds; left > 0 && offer; left -= offer?.pause ?? 0) offer.work();
  };
  const heard = {};
  const [posted, told, channels, addresses] = [[], [], [], []];
  let closings = 0;
  const windows = openers.map((origin, at) => ({ origin, postMessage: (message, target) => posted.push([at, message, target]) }));
  windows.forEach((one, at) => { one.opener = windows[at + 1] ?? null; });
  const { BroadcastChannel } = globalThis;
  t.after(() => { globalThis.BroadcastChannel = BroadcastChannel; });
  Object.assign(globalThis, {
    window: globalThis, top: { opener: windows[0] ?? null }, close: () => { closings += 1; },
    location: { origin: "https://app.example", pathname: "/callback.html" }, history: { replaceState: (state, unused, url) => addresses.push(url) },
    sessionStorage: { "connect-widget:window": "ticket" }, localStorage: {},
    addEventListener: (event, listener) => { heard[event] = listener; },
    removeEventListener: (event, listener) => { if (heard[event] === listener) delete heard[event]; },
    BroadcastChannel: class {
      messages = [];
      constructor(name) { channels.push(Object.assign(this, { name })); }
      postMessage(message) { this.messages.push(message); }
      close() { this.isClosed = true; }
    },
  });
  handOver("https://app.example/callback.html?code=a&state=state#connect_state=bound", owner, (taken) => told.push(taken));
  return { heard, posted, told, channels, addresses, after, get closings() { return closings; } };
}

const TAKEN = { type: "connect-widget", taken: true };

test("what says that it was taken is believed of the app's own origin alone", (t) => {
  const back = comeBack(t, { state: "state" });
  back.heard.message({ origin: "https://provider.example", data: TAKEN });
  assert.deepEqual([back.closings, back.told], [0, []]);
  back.heard.message({ origin: "https://app.example", data: TAKEN });
  assert.deepEqual([back.closings, back.told, Object.keys(back.heard), back.channels.map(({ isClosed }) => isClosed)], [1, [true], [], [true]]);
});

test("a channel that says so is of the app's own origin, and the address is without the response by then", (t) => {
  const back = comeBack(t, { state: "state" });
  assert.deepEqual(back.addresses, ["https://app.example/callback.html"]);
  back.channels[0].onmessage({ data: TAKEN });
  assert.deepEqual([back.closings, back.told], [1, [true]]);
});

test("the nearest four openers are asked, those of this origin alone, and a channel only where none of them has taken it for a while", (t) => {
  const [app, other] = ["https://app.example", "https://provider.example"];
  const back = comeBack(t, { state: "state" }, [other, app, other, app, app]);
  const message = { type: "connect-widget", response: "https://app.example/callback.html?code=a&state=state#connect_state=bound", window: "ticket" };
  assert.deepEqual(back.posted, [[1, message, app], [3, message, app]]);
  back.after(1000);
  assert.deepEqual(back.channels.map(({ name, messages }) => [name, messages]), [[`${PREFIX}state`, []]]);
  back.after(250);
  assert.deepEqual(back.channels[0].messages, [message]);
});

test("where no opener is in sight a channel is asked at once, of every state that it may be, and an opener of another site is none", (t) => {
  const back = comeBack(t, undefined, ["https://provider.example"]);
  assert.deepEqual(back.channels.map(({ name, messages }) => [name, messages.length]), [[`${PREFIX}ticket`, 1], [`${PREFIX}state`, 1], [`${PREFIX}bound`, 1]]);
});

test("a channel that cannot be used stops nothing: the user is told", (t) => {
  const back = comeBack(t, { state: "state" });
  back.channels[0].postMessage = () => { throw new Error("DataCloneError"); };
  back.after(250 * 19);
  assert.deepEqual(back.told, [false]);
});

test("the user is told after five seconds, and after ten minutes it gives up, and lets go of everything; the window stays", (t) => {
  const back = comeBack(t, { state: "state" }, ["https://app.example"]);
  back.after(4500);
  assert.deepEqual(back.told, []);
  back.after(250);
  assert.deepEqual(back.told, [false]);
  back.after(590_000);
  assert.notDeepEqual(Object.keys(back.heard), []);
  back.after(10_000);
  assert.equal(back.posted.length, 2400);
  assert.deepEqual([back.closings, back.told, Object.keys(back.heard), back.channels[0].isClosed], [0, [false], [], true]);
});

test("where nobody can be asked, that is told at once", (t) => {
  t.mock.method(globalThis, "setInterval", () => 0);
  const told = [];
  Object.assign(globalThis, {
    window: globalThis, top: { opener: null }, location: { origin: "https://app.example", pathname: "/callback.html" },
    history: { replaceState() {} }, sessionStorage: {}, localStorage: {}, addEventListener() {}, removeEventListener() {},
  });
  handOver("https://app.example/callback.html?code=a", undefined, (taken) => told.push(taken));
  assert.deepEqual(told, [false]);
});
