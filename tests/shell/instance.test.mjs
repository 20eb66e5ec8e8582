// An instance of the core and the page: what an instance that stops leaves to those who wait, what a page that is prerendered does not
// use, and what other scripts cannot do to it. The core is the test's own.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { ConnectError } from "../../pkg-template/errors.js";
import { bindCore, bindShell } from "../../pkg-template/instance.js";
import { ofPage } from "../../pkg-template/page.js";

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

let did, isAtRest, shown;

/** A core that keeps account of what it is asked; each of its functions may be another one. */
const aCore = (own) => ({
  bind() {},
  isAtRest: () => isAtRest,
  ...Object.fromEntries(["open", "hear", "close", "recall", "demand", "handleRedirect", "refresh"].map((name) => [name, async () => void did.push(name)])),
  ...own,
});

beforeEach(() => {
  [did, isAtRest] = [[], true];
  globalThis.window = globalThis;
  delete window[Symbol.for("connect-widget:page")];
  globalThis.document = new EventTarget();
});

/** Whoever asks the browser whether the page is prerendered is told so, until it is shown. */
function prerender() {
  document.prerendering = true;
  shown = () => {
    document.prerendering = false;
    document.dispatchEvent(new Event("prerenderingchange"));
  };
}

describe("a page that is prerendered", () => {
  test("is none where an element of the page has that name", async () => {
    document.prerendering = {};
    await bindShell(aCore(), ConnectError, new Set()).handleRedirect({});
    assert.deepEqual(did, ["handleRedirect"]);
  });

  test("takes up nothing, asks for nothing and tells nothing until it is shown, for which one listener waits", async (t) => {
    prerender();
    const listening = t.mock.method(document, "addEventListener").mock;
    const core = bindShell(aCore(), ConnectError, new Set());
    isAtRest = false;
    const answers = Promise.all([core.handleRedirect({}), core.refresh({}, {})]);
    core.warm();
    core.demand();
    await settled();
    assert.deepEqual([did, listening.callCount()], [[], 1]);
    shown();
    await answers;
    assert.deepEqual(did.sort(), ["demand", "handleRedirect", "recall", "refresh"]);
  });
});

describe("an idle moment", () => {
  const played = () => did.filter((name) => name !== "recall");

  test("plays a call that nobody made, once, however many instances there are", () => {
    const core = bindShell(aCore(), ConnectError, new Set());
    core.warm();
    core.warm();
    assert.deepEqual(played(), ["open", "hear", "close"]);
  });

  test("plays none where the user has clicked already, nor after that", () => {
    const core = bindShell(aCore(), ConnectError, new Set());
    isAtRest = false;
    core.warm();
    isAtRest = true;
    core.warm();
    assert.deepEqual(played(), []);
  });

  test("opens no window and asks nobody by it", () => {
    const calls = [];
    bindShell(aCore({ open: (call) => calls.push(call) }), ConnectError, new Set()).warm();
    const [{ popup, options }] = calls;
    assert.notEqual(popup, undefined, "a window is there already");
    assert.equal(options.mode, "popup", "a phone's page is not left");
    assert.deepEqual(Object.entries(options).filter(([name, value]) => typeof value === "function" && name !== "onSuccess"), []);
  });
});

test("what has been answered is under way no more", async () => {
  const calls = new Set();
  const core = bindShell(aCore({ refresh: async () => { throw new Error("invalid_grant"); } }), ConnectError, calls);
  const answers = [core.handleRedirect({}), core.refresh({}, {})];
  assert.equal(calls.size, 2);
  await Promise.allSettled(answers);
  await settled();
  assert.equal(calls.size, 0);
});

test("those who listened before there was a core get what came back, and where nobody listens nothing is asked for", async () => {
  bindShell(aCore(), ConnectError, new Set());
  await settled();
  assert.deepEqual(did, []);
  ofPage().subscribers.add({});
  bindShell(aCore(), ConnectError, new Set());
  await settled();
  assert.deepEqual(did, ["demand"]);
});

describe("a core that stops", () => {
  let copies = 0, stop, crashes, ended;
  const trap = new Error("unreachable");

  /** A core whose exports stop it. */
  async function bound(own) {
    const { guard } = await import(`../../pkg-template/calm.js?${copies += 1}`);
    crashes = 0;
    const exports = { stop: () => { throw trap; }, memory: { buffer: "as it is" } };
    const core = aCore({ guard, __wbg_set_wasm: (guarded) => { exports.guarded = guarded; }, ...own });
    const bound = bindCore(core, exports, { ConnectError, onCrash: () => { crashes += 1; } });
    stop = () => exports.guarded.stop();
    ended = [];
    bound.exports = exports.guarded;
    return bound;
  }
  const call = (name) => ({ name, end: (error) => ended.push([name, error]) });
  const failed = { name: "ConnectError", code: "core_failed", cause: trap };

  test("fails what is under way with what stopped it, once, and nothing that has ended", async () => {
    const core = await bound({ refresh: () => new Promise(() => {}) });
    const [over, live] = [call("over"), call("live")];
    core.open(over);
    core.open(live);
    over.ended();
    const refreshed = core.refresh({}, {});
    await core.handleRedirect({});
    assert.throws(stop, trap);
    await assert.rejects(refreshed, failed);
    assert.deepEqual([ended.map(([name]) => name), ended[0][1].code, ended[0][1].cause], [["live"], "core_failed", trap]);
    assert.equal(stop(), undefined, "what listens still does nothing");
    assert.deepEqual([ended.length, crashes], [1, 1], "the next call gets a fresh one, once");
  });

  test("is no core of the page any more: nobody asks it for what came back", async () => {
    const core = await bound();
    assert.deepEqual([...ofPage().cores], [core]);
    assert.throws(stop);
    assert.deepEqual([...ofPage().cores], []);
  });

  test("what it has beside functions stays as it is", async () => {
    assert.equal((await bound()).exports.memory.buffer, "as it is");
  });
});

describe("what other scripts have put in the browser's place", () => {
  let calmed, guard;

  beforeEach(async () => ({ calmed, guard } = await import(`../../pkg-template/calm.js?${Math.random()}`)));

  const throwing = () => {
    throw new Error("not here");
  };

  test("may throw, also as a number is made of its answer: the core goes on", () => {
    const { ask, valued, right, text } = calmed({ ask: throwing, valued: () => ({ valueOf: throwing }), right: (one, two) => one + two, text: "as it is" });
    for (const answer of [ask(), valued()]) assert.ok(!answer);
    assert.deepEqual([right(2, 3), text], [5, "as it is"]);
  });

  test("an answer for a core that has stopped meanwhile is given to nobody", () => {
    const trap = new Error("unreachable");
    let stops = 0;
    const { inner, outer } = guard({ inner: () => { throw trap; }, outer: () => callBack() }, () => { stops += 1; });
    const { callBack } = calmed({ callBack: () => { try { inner(); } catch { /* a promise of the page's own catches what its listener throws */ } return 1; } });
    assert.throws(outer, trap);
    assert.equal(stops, 1);
  });

  test("what iterates is a list to it", async () => {
    const { listOf } = await import("../../pkg-template/calm.js");
    assert.deepEqual(listOf(new Set(["a", "b"])), ["a", "b"]);
  });

  test("its listening may throw, and no options are given, of which Object.prototype may have some", async () => {
    const { plainly } = await import("../../pkg-template/calm.js");
    const heard = [];
    const { addEventListener, removeEventListener } = plainly({ addEventListener: (...values) => heard.push(values), removeEventListener: throwing });
    const listener = () => {};
    addEventListener("focus", listener);
    removeEventListener("focus", listener);
    assert.deepEqual(heard, [["focus", listener]]);
  });
});
