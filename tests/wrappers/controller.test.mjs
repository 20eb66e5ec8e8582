// What the wrappers share, against a widget of the test's own: the order and the number of what is told, and to whom.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import esbuild from "esbuild";
import { inRoot } from "../../scripts/lib/paths.mjs";

const source = inRoot("pkg-template", "controller.js");
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A widget whose flows the test ends; `subscribersFirst` is the order in which it tells. */
class Widget {
  static instances = [];
  static subscribersFirst = false;
  /** What handleRedirect answers: a function. */
  static returned = null;

  static create(config) {
    const widget = new Widget(config);
    Widget.instances.push(widget);
    return widget;
  }

  constructor(config) {
    Object.assign(this, { config: { ...config }, calls: [], handlers: {}, flow: null });
  }

  start(verb, options) {
    this.calls.push([verb, options]);
    if (this.destroyed) return Promise.reject(Object.assign(new Error(), { code: "sdk_destroyed" }));
    if (this.flow) return verb === "open" ? Promise.resolve() : Promise.reject(Object.assign(new Error(), { code: "already_open" }));
    if (options.invalid) return Promise.reject(Object.assign(new Error(), { code: "invalid_options" }));
    this.flow = options;
    if (options.blocked) this.end("Error", Object.assign(new Error(), { code: "popup_blocked" }));
    return verb === "open" ? Promise.resolve() : new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
  }

  open(options) { return this.start("open", options); }
  authorize(options) { return this.start("authorize", options); }
  check() { if (this.destroyed) throw Object.assign(new Error(), { code: "sdk_destroyed" }); }
  isOpen() { this.check(); return this.flow !== null; }
  focus() { this.calls.push(["focus"]); }
  close() { this.check(); this.calls.push(["close"]); if (this.flow) this.over(); }
  destroy() { this.calls.push(["destroy"]); this.flow = null; this.handlers = {}; this.destroyed = true; }
  on(event, handler) { this.check(); (this.handlers[event] ??= new Set()).add(handler); return () => this.handlers[event]?.delete(handler); }
  handleRedirect(handlers) { this.calls.push(["handleRedirect", handlers]); return Promise.resolve().then(Widget.returned ?? (() => null)); }

  /** Ends the flow: "Success", "Error" or "Exit". */
  end(kind, value) {
    const callback = this.flow[`on${kind}`];
    const handlers = [...(this.handlers[kind.toLowerCase()] ?? [])];
    this.flow = null;
    for (const tell of Widget.subscribersFirst ? [...handlers, callback] : [callback, ...handlers]) tell(value);
    this.tellClose();
  }

  over() {
    this.flow = null;
    this.tellClose();
  }

  tellClose() {
    for (const tell of [...(this.handlers.close ?? [])]) tell();
  }

  late(value) { for (const tell of this.handlers.success ?? []) tell(value); }
}

globalThis.TestWidget = Widget;
/** Everything that was called on any widget. */
const verbs = () => Widget.instances.flatMap(({ calls }) => calls.map(([verb]) => verb));
globalThis.sessionStorage = { items: new Map(), getItem: (key) => sessionStorage.items.get(key) ?? null, setItem: (key, value) => sessionStorage.items.set(key, value), removeItem: (key) => sessionStorage.items.delete(key) };

/** The module, fresh: as another load of the page has it. */
async function load() {
  const { outputFiles: [{ text }] } = await esbuild.build({
    entryPoints: [source], bundle: true, write: false, format: "esm",
    plugins: [{
      name: "widget",
      setup(build) {
        build.onResolve({ filter: /^\.\/index\.js$/ }, () => ({ path: "index", namespace: "widget" }));
        build.onLoad({ filter: /.*/, namespace: "widget" }, () => ({ contents: "export const Connect = globalThis.TestWidget;" }));
      },
    }],
  });
  return import(`data:text/javascript,${encodeURIComponent(`${text}//${Math.random()}`)}`);
}

let module;

beforeEach(async () => {
  Object.assign(Widget, { instances: [], subscribersFirst: false, returned: null });
  sessionStorage.items.clear();
  module = await load();
});

/** A trigger on a page, with a log of what it tells the app and the user. */
function trigger(options = {}, { mounted = true, onClose } = {}) {
  const log = [];
  const said = [];
  const settings = {
    onSuccess: (result) => log.push(["success", result]), onError: ({ code }) => log.push(["error", code]), onExit: () => log.push(["exit"]),
    ...options,
  };
  const controller = new module.Controller({ options: () => settings, say: (text) => said.push(text), onClose });
  if (mounted) controller.mount();
  return { controller, settings, log, said, get widget() { return controller.connect; } };
}

test("making one touches nothing; mounting it makes the widget", () => {
  const { controller } = trigger({}, { mounted: false });
  assert.equal(Widget.instances.length, 0);
  controller.mount();
  assert.equal(Widget.instances.length, 1);
});

test("the flow's options are the app's, without what is the trigger's own", () => {
  const { controller, widget } = trigger({ token: "t", baseURL: "b", id: "i", labels: { success: "Fertig" } });
  controller.open();
  const [, options] = widget.calls[0];
  assert.deepEqual(Object.keys(options).sort(), ["baseURL", "onError", "onEvent", "onExit", "onSuccess", "token"]);
  assert.deepEqual(widget.config, { labels: { success: "Fertig" } });
});

test("the window has the labels of its click, whatever they were when the trigger was mounted", () => {
  const { controller, settings, widget } = trigger({ token: "t" });
  for (const connecting of ["Verbindung …", "Connexion …", undefined]) {
    settings.labels = connecting && { connecting };
    controller.open();
    assert.equal(widget.config.labels?.connecting, connecting);
    controller.close();
  }
});

test("what a script has put on Object.prototype is no option, and no instance of the app's", () => {
  const { controller, widget } = trigger({ token: "t" });
  Object.assign(Object.prototype, { connect: { open: () => assert.fail("a stranger's") }, labels: { success: "forged" } });
  try {
    controller.open();
    assert.equal(controller.connect, widget);
  } finally {
    delete Object.prototype.connect;
    delete Object.prototype.labels;
  }
  assert.deepEqual(verbs(), ["open"]);
});

test("the window is opened before anybody is told that it opens", () => {
  const { controller, widget } = trigger();
  const order = [];
  widget.open = () => { order.push("open"); return Promise.resolve(); };
  controller.subscribe(() => order.push(controller.state.status));
  controller.open();
  assert.deepEqual(order, ["open", "opening"]);
});

test("idle, opening, open, success", async () => {
  const { controller, widget, log, said } = trigger();
  const statuses = [controller.state.status];
  controller.subscribe(() => statuses.push(controller.state.status));
  controller.open();
  widget.flow.onEvent("connect_opened", {});
  widget.end("Success", ["grant"]);
  await settled();
  assert.deepEqual(statuses, ["idle", "opening", "open", "success"]);
  assert.deepEqual(controller.state, { status: "success", result: ["grant"], error: null });
  assert.deepEqual(log, [["success", ["grant"]]]);
  assert.deepEqual(said, ["A window has opened. Continue there.", "Connected."]);
});

test("a window that is open before open() has returned is open, and not opening once more", async () => {
  const { controller, widget } = trigger();
  const seen = [];
  controller.subscribe(() => seen.push(controller.state.status));
  const { start } = widget;
  widget.start = (verb, options) => {
    const answer = start.call(widget, verb, options);
    options.onEvent("connect_opened", {});
    return answer;
  };
  await controller.open();
  assert.deepEqual(seen, ["open"]);
});

test("a blocked window, and wrong options, are one error each", async () => {
  for (const [option, code, words] of [["blocked", "popup_blocked", /blocked the window/], ["invalid", "invalid_options", /did not work/]]) {
    const { controller, log, said } = trigger({ [option]: true });
    await controller.open();
    await settled();
    assert.deepEqual(log, [["error", code]]);
    assert.equal(controller.state.status, "error");
    assert.match(said.join(), words);
  }
});

test("authorize() answers the result, and tells the callbacks once", async () => {
  const { controller, widget, log } = trigger();
  const result = controller.authorize();
  const { resolve } = widget;
  widget.end("Success", "r");
  resolve("r");
  assert.equal(await result, "r");
  await settled();
  assert.deepEqual(log, [["success", "r"]]);
});

test("authorize() rejects when the user gives up; that is an exit, once", async () => {
  const { controller, widget, log } = trigger();
  const result = controller.authorize();
  const { reject } = widget;
  widget.end("Exit");
  reject(Object.assign(new Error(), { code: "popup_closed" }));
  await assert.rejects(result, { code: "popup_closed" });
  await settled();
  assert.deepEqual(log, [["exit"]]);
});

test("pressed again, the flow goes on as it is", async () => {
  const { controller, widget, log } = trigger();
  controller.open();
  await controller.open();
  await assert.rejects(controller.authorize(), { code: "already_open" });
  assert.equal(controller.state.status, "open");
  widget.end("Success", 1);
  assert.deepEqual(log, [["success", 1]]);
});

for (const [who, same] of [["the same trigger", true], ["another trigger of the same widget", false]]) {
  test(`a callback that begins the next flow, of ${who}: that one has its own result, and each closes once`, async () => {
    const connect = new Widget();
    const closed = [];
    const one = trigger({ connect }, { onClose: () => closed.push("one") });
    const other = same ? one : trigger({ connect }, { onClose: () => closed.push("other") });
    const { onSuccess } = one.settings;
    one.settings.onSuccess = (result) => {
      onSuccess(result);
      if (result === 1) other.controller.open();
    };
    one.controller.open();
    connect.end("Success", 1);
    assert.equal(other.controller.state.status, "opening");
    assert.deepEqual(closed, ["one"]);
    connect.end("Success", 2);
    assert.deepEqual(other.log, same ? [["success", 1], ["success", 2]] : [["success", 2]]);
    assert.deepEqual(closed, ["one", same ? "one" : "other"]);
    await settled();
  });
}

test("a callback that begins the next flow with options that are refused: the app is told", async () => {
  const { controller, settings, widget, log } = trigger();
  controller.open();
  settings.onSuccess = () => {
    settings.invalid = true;
    controller.open();
  };
  widget.end("Success", 1);
  await settled();
  assert.deepEqual([log, controller.state.status], [[["error", "invalid_options"]], "error"]);
});

test("the callbacks of the latest options are called", () => {
  const { controller, settings, widget, log } = trigger();
  controller.open();
  settings.onSuccess = () => log.push(["the latest"]);
  widget.end("Success", 1);
  assert.deepEqual(log, [["the latest"]]);
});

test("options that the app cannot make any more, as when its user has gone meanwhile: the click's callbacks are called", () => {
  let user = { log: [] };
  const options = () => {
    const { log } = user;
    return { onSuccess: (result) => log.push(result) };
  };
  const controller = new module.Controller({ options, say: () => {} });
  controller.mount();
  controller.open();
  const { log } = user;
  user = null;
  controller.connect.end("Success", 1);
  assert.deepEqual([log, controller.state.status], [[1], "success"]);
});

test("a callback that throws is reported, and changes nothing", async (context) => {
  const reported = new Promise((resolve) => context.mock.method(globalThis, "setTimeout", (work) => { try { work(); } catch (error) { resolve(error); } }));
  const { controller, widget } = trigger({ onSuccess: () => { throw new Error("the app's"); } });
  controller.open();
  widget.end("Success", 1);
  assert.equal((await reported).message, "the app's");
  assert.equal(controller.state.status, "success");
});

test("a server's own code that is one of ours is a failure, for callbacks and for authorize()", async () => {
  for (const verb of ["open", "authorize"]) {
    const { controller, widget, log, said } = trigger();
    const result = controller[verb]();
    result.catch(() => {});
    const { reject } = widget;
    const error = Object.assign(new Error(), { code: "popup_closed", details: { error: "popup_closed" } });
    widget.end("Error", error);
    reject?.(error);
    await settled();
    assert.deepEqual(log, [["error", "popup_closed"]], verb);
    assert.equal(controller.state.error, error);
    assert.deepEqual(said, ["That did not work."]);
  }
});

test("what was no flow, but a call that rejected, is a failure whatever its code", async () => {
  const { controller, log } = trigger();
  controller.connect.open = () => Promise.reject(Object.assign(new Error(), { code: "popup_closed" }));
  await controller.open();
  await settled();
  assert.deepEqual(log, [["error", "popup_closed"]]);
});

test("an app that has shown something else in its button's place makes another one once the flow is over: that gets the focus, and no other, nor a later one", async () => {
  const button = (log) => ({ isConnected: true, ownerDocument: { activeElement: null }, focus: () => log.push(["focus"]) });
  const next = (id) => {
    const one = trigger({ id }, { mounted: false });
    one.controller.trigger = button(one.log);
    one.controller.mount();
    return one;
  };
  const { controller, widget, settings } = trigger({ id: "a" });
  let shown;
  settings.onExit = () => setTimeout(() => { shown = [next("b"), next("a"), next("a")]; });
  controller.open();
  controller.unmount();
  widget.end("Exit");
  await settled();
  assert.deepEqual(shown.map(({ log }) => log), [[], [["focus"]], []]);
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.deepEqual(next("a").log, []);
});

test("a trigger that is put in the place of the clicked one while its flow is live gets the focus, and no other", async () => {
  const shown = (id) => {
    const one = trigger({ id });
    one.controller.trigger = { isConnected: true, ownerDocument: { activeElement: null }, focus: () => one.log.push(["focus"]) };
    return one;
  };
  const before = shown("a");
  const { controller, widget } = trigger({ id: "a" });
  controller.open();
  controller.unmount();
  const after = [shown("b"), shown("a")];
  widget.end("Exit");
  await settled();
  assert.deepEqual([before, ...after].map(({ log }) => log), [[], [], [["focus"]]]);
});

test("the focus goes to a trigger that is shown again once the flow is over", async () => {
  const { controller, widget, log } = trigger();
  const button = { isConnected: true, ownerDocument: { activeElement: null }, focus: () => log.push(["focus"]) };
  // A framework renders in a while, with something else in the trigger's place as long as a flow is live.
  controller.subscribe(() => Promise.resolve().then(() => { controller.trigger = module.isBusy(controller.state) ? null : button; }));
  controller.open();
  await settled();
  widget.end("Exit");
  await settled();
  assert.deepEqual(log, [["exit"], ["focus"]]);
});

test("the focus is given back where it is nowhere, without scrolling, and taken from nobody", async () => {
  const { controller, widget } = trigger();
  const body = {};
  const focused = [];
  for (const activeElement of [body, null, { of: "another field" }]) {
    controller.trigger = { isConnected: true, ownerDocument: { activeElement, body }, focus: (options) => focused.push(options) };
    controller.open();
    widget.end("Success", 1);
    await settled();
  }
  assert.deepEqual(focused, [{ preventScroll: true }, { preventScroll: true }]);
});

test("a key that was held down as the window went, and is repeated here, presses no trigger; a new one does", async () => {
  const { controller, widget } = trigger();
  controller.trigger = Object.assign(new EventTarget(), { isConnected: true, ownerDocument: { activeElement: null }, focus() {} });
  controller.open();
  widget.end("Success", 1);
  await settled();
  const presses = (key, repeat) => controller.trigger.dispatchEvent(Object.assign(new Event("keydown", { cancelable: true }), { key, repeat }));
  assert.deepEqual([presses("Enter", true), presses("Enter", false), presses("Tab", true)], [false, true, true]);
});

test("the same words again are a change, or nobody would hear them", () => {
  const element = { textContent: "" };
  const said = ["Cancelled.", "Cancelled.", "Cancelled."].map((text) => (module.speak(element, text), element.textContent));
  assert.equal(new Set(said.map((text) => text.trim())).size, 1);
  assert.ok(said[0] !== said[1] && said[1] !== said[2]);
});

test("the page's voice stays where it is from one announcement to the next, and goes into no dialog that is gone with its trigger", (context) => {
  const places = [];
  const aPlace = (name) => ({ isConnected: name !== "gone", matches: () => name !== "body", append(region) { places.push(name); Object.assign(region, { parentNode: this, isConnected: true }); } });
  const [body, gone] = [aPlace("body"), aPlace("gone")];
  globalThis.document = { body, createElement: () => ({ style: {}, dataset: {}, setAttribute() {} }) };
  context.after(() => delete globalThis.document);
  for (const trigger of [undefined, { isConnected: false, parentNode: gone }, { isConnected: true, parentNode: body }]) module.announce("Connected.", trigger);
  assert.deepEqual(places, ["body"]);
});

describe("unmounted in mid-flow", () => {
  for (const [kind, value, told] of [["Success", "r", ["success", "r"]], ["Error", Object.assign(new Error(), { code: "c" }), ["error", "c"]], ["Exit", undefined, ["exit"]]]) {
    test(`the flow goes on to its ${kind.toLowerCase()}, and the callbacks of its click are called`, async () => {
      const { controller, settings, widget, log, said } = trigger({ onEvent: (name) => log.push([name]) });
      let renders = 0;
      controller.subscribe(() => { renders += 1; });
      controller.trigger = { isConnected: true, ownerDocument: { activeElement: null }, focus: () => log.push(["focus"]) };
      controller.open();
      settings.onSuccess = settings.onError = settings.onExit = settings.onEvent = () => log.push(["of a later rendering"]);
      renders = 0;
      controller.unmount();
      assert.deepEqual(widget.calls.map(([verb]) => verb), ["open"]);
      widget.flow.onEvent("connect_opened", {});
      widget.end(kind, value);
      await settled();
      assert.deepEqual(log, [["connect_opened"], told]);
      assert.equal(renders, 0, "nothing is rendered");
      assert.equal(said.length, 2, "the user is told all the same");
    });
  }

  test("the trigger's own widget is destroyed once its flow has succeeded, and not before it said that it closed", async () => {
    let closed = 0;
    const { controller, widget } = trigger({}, { onClose: () => { closed += 1; } });
    controller.open();
    controller.unmount();
    await settled();
    assert.deepEqual(verbs(), ["open"]);
    widget.end("Success", 1);
    await settled();
    assert.deepEqual([verbs(), closed], [["open", "destroy"], 1]);
  });

  test("after an exit that was none its widget still brings the result, once", async () => {
    const { controller, widget, log } = trigger();
    controller.open();
    controller.unmount();
    widget.end("Exit");
    await settled();
    widget.late("late");
    await settled();
    assert.deepEqual(log, [["exit"], ["success", "late"]]);
    assert.deepEqual(verbs(), ["open", "destroy"]);
  });

  test("close() ends the flow, before and after", async () => {
    for (const order of [["unmount", "close"], ["close", "unmount"]]) {
      Widget.instances = [];
      const { controller, log } = trigger();
      controller.open();
      for (const verb of order) controller[verb]();
      await settled();
      assert.deepEqual([verbs(), log], [["open", "close", "destroy"], []], order.join());
    }
  });

  test("mounted again, as a component that was hidden is, it shows what came of it, with one widget", async () => {
    const { controller, widget, log } = trigger();
    const shown = [];
    controller.subscribe(() => shown.push(controller.state.status));
    controller.open();
    controller.unmount();
    controller.mount();
    assert.equal(controller.state.status, "opening");
    controller.unmount();
    widget.end("Exit");
    controller.mount();
    assert.equal(shown.at(-1), "exit");
    controller.open();
    widget.end("Success", 1);
    await settled();
    assert.deepEqual(log, [["exit"], ["success", 1]]);
    assert.equal(Widget.instances.length, 1);
    assert.deepEqual(verbs(), ["open", "open"]);
  });

  test("another trigger of the same kind that mounts meanwhile takes nothing", async () => {
    const { controller, widget, log } = trigger();
    controller.open();
    controller.unmount();
    const other = trigger();
    await settled();
    assert.deepEqual(verbs(), ["open"], "nobody asks for what a redirect brought");
    assert.equal(sessionStorage.items.size, 1, "and if the flow redirects, the next load knows whose it was");
    widget.end("Success", 1);
    await settled();
    assert.deepEqual([log, other.log], [[["success", 1]], []]);
    assert.equal(sessionStorage.items.size, 0);
  });

  test("a click that had unmounted it before it opened is a flow all the same", async () => {
    const { controller, log } = trigger();
    controller.unmount();
    controller.open();
    const widget = Widget.instances.at(-1);
    assert.equal(sessionStorage.items.size, 1);
    widget.end("Success", 1);
    await settled();
    assert.deepEqual([log, verbs()], [[["success", 1]], ["destroy", "open", "destroy"]]);
  });

  test("the app's own widget is neither closed nor destroyed", async () => {
    const connect = new Widget();
    const { controller, log } = trigger({ connect });
    controller.open();
    controller.unmount();
    connect.end("Success", 1);
    await settled();
    assert.deepEqual(connect.calls.map(([verb]) => verb), ["open"]);
    assert.deepEqual(log, [["success", 1]]);
    assert.equal(Widget.instances.length, 0);
    assert.equal(connect.handlers.close.size, 0, "and keeps no handler");
  });
});

test("the app closes its own widget: idle, with no outcome, and the next click works", async () => {
  const connect = new Widget();
  for (const verb of ["open", "authorize"]) {
    const { controller, log } = trigger({ connect });
    const result = controller[verb]();
    result.catch(() => {});
    const { reject } = connect;
    connect.close();
    reject?.(Object.assign(new Error(), { code: "aborted" }));
    await settled();
    assert.deepEqual([controller.state.status, log], ["idle", []], verb);
    controller.open();
    connect.end("Success", 1);
    assert.deepEqual(log, [["success", 1]]);
  }
});

test("the app destroyed its own widget: an error, told to the callback and never thrown", async () => {
  const connect = new Widget();
  const { controller, log } = trigger({ connect });
  connect.destroy();
  await controller.open();
  await assert.rejects(controller.authorize(), { code: "sdk_destroyed" });
  assert.deepEqual(log, [["error", "sdk_destroyed"], ["error", "sdk_destroyed"]]);
});

test("the app destroys its own widget in mid-flow, which tells nobody: idle, with no outcome", async () => {
  const connect = new Widget();
  const { controller, log } = trigger({ connect });
  const result = controller.authorize();
  connect.destroy();
  connect.reject(Object.assign(new Error(), { code: "aborted" }));
  await assert.rejects(result, { code: "aborted" });
  assert.deepEqual([controller.state.status, log], ["idle", []]);
});

test("a click that was refused hears nothing of the next flow of the app's own widget", async () => {
  const connect = new Widget();
  let closed = 0;
  await trigger({ connect, invalid: true }, { onClose: () => { closed += 1; } }).controller.open();
  await settled();
  connect.open({});
  connect.close();
  assert.equal(closed, 0);
});

test("another widget in the options leaves the live flow to the one that runs it", async () => {
  const [first, second] = [new Widget(), new Widget()];
  const { controller, settings, log } = trigger({ connect: first });
  controller.open();
  settings.connect = second;
  await controller.open();
  controller.focus();
  assert.deepEqual(first.calls.map(([verb]) => verb), ["open", "open", "focus"]);
  assert.deepEqual(second.calls, []);
  first.end("Success", 1);
  controller.open();
  assert.deepEqual(second.calls.map(([verb]) => verb), ["open"]);
  assert.deepEqual(log, [["success", 1]]);
});

test("storage is not touched before the window is open", () => {
  const { controller, widget } = trigger();
  const { start } = widget;
  let before;
  widget.start = (...given) => { before = sessionStorage.items.size; return start.apply(widget, given); };
  controller.open();
  assert.deepEqual([before, sessionStorage.items.size], [0, 1]);
});

test("a trigger that never mounts, as Angular's service is, gets late results too", async () => {
  const { controller, widget, log } = trigger({}, { mounted: false });
  controller.open();
  widget.end("Error", Object.assign(new Error(), { code: "timeout" }));
  widget.late("late");
  await settled();
  assert.deepEqual(log, [["error", "timeout"], ["success", "late"]]);
});

test("a trigger that never mounts leaves no note: what its redirect brings is for the app's own handleRedirect(), and for no trigger of the kind", async () => {
  trigger({}, { mounted: false }).controller.open();
  module = await load();
  trigger();
  await settled();
  assert.equal(verbs().includes("handleRedirect"), false);
});

test("focus() of a trigger that is gone makes no widget", () => {
  const { controller } = trigger();
  controller.unmount();
  controller.focus();
  assert.deepEqual([Widget.instances.length, verbs()], [1, ["destroy"]]);
});

test("unmounted while idle, the app's own widget goes on with another trigger's flow", () => {
  const connect = new Widget();
  const [one, two] = [trigger({ connect, id: "one" }), trigger({ connect, id: "two" })];
  one.controller.open();
  two.controller.open();
  assert.equal(two.controller.state.status, "idle");
  two.controller.unmount();
  assert.ok(connect.isOpen());
});

test("close() ends the flow with no outcome", () => {
  const { controller, widget, log } = trigger();
  controller.open();
  controller.close();
  assert.deepEqual(widget.calls.at(-1), ["close"]);
  assert.equal(controller.state.status, "idle");
  assert.deepEqual(log, []);
});

for (const subscribersFirst of [false, true]) {
  test(`a late result is delivered once, and the next flow's too (subscribers ${subscribersFirst ? "first" : "last"})`, async () => {
    const { controller, widget, log } = trigger();
    Widget.subscribersFirst = subscribersFirst;
    controller.open();
    widget.end("Exit");
    widget.late("late");
    await settled();
    assert.deepEqual(log, [["exit"], ["success", "late"]]);
    assert.equal(controller.state.result, "late");
    controller.open();
    widget.end("Success", "next");
    await settled();
    assert.deepEqual(log, [["exit"], ["success", "late"], ["success", "next"]]);
  });
}

test("however often the user gives up, one handler waits for a late result", () => {
  const { controller, widget } = trigger();
  for (let times = 0; times < 3; times += 1) {
    controller.open();
    widget.end("Exit");
  }
  assert.equal(widget.handlers.success.size, 1);
});

test("a late result that is nothing, as of an exchange whose backend sets a cookie, is delivered, once", async () => {
  const { controller, widget, log } = trigger();
  controller.open();
  widget.end("Error", Object.assign(new Error(), { code: "timeout" }));
  widget.late(undefined);
  await settled();
  assert.deepEqual(log, [["error", "timeout"], ["success", undefined]]);
  controller.open();
  widget.end("Success", undefined);
  await settled();
  assert.deepEqual(log.slice(2), [["success", undefined]]);
});

test("a listener to its state that throws is reported, and the outcome is told all the same", (context) => {
  const timers = context.mock.method(globalThis, "setTimeout", () => {});
  const { controller, widget, log } = trigger();
  const shown = [];
  controller.subscribe(() => { throw new Error("of the app"); });
  controller.subscribe(() => shown.push(controller.state.status));
  controller.open();
  widget.end("Success", 1);
  assert.deepEqual([log, shown.at(-1)], [[["success", 1]], "success"]);
  assert.throws(timers.mock.calls.at(-1).arguments[0], /of the app/);
});

test("an empty label is silence, another one is said, and none is the English one", () => {
  const { controller, widget, said } = trigger({ labels: { cancelled: "", success: "Verbunden.", opened: undefined } });
  controller.open();
  widget.end("Exit");
  controller.open();
  widget.end("Success", 1);
  assert.deepEqual(said, ["Verbunden."]);
  controller.announce("opened");
  assert.match(said.at(-1), /window/);
});

describe("after a redirect", () => {
  /** Leaves the page by a trigger's redirect; the module is loaded anew, as the page is. */
  async function leave(options) {
    const { controller } = trigger(options);
    controller.open();
    Widget.instances = [];
    module = await load();
  }

  test("the result reaches the trigger that started it, with the functions that it needs", async () => {
    const [exchange, verify] = [() => {}, () => {}];
    await leave({ id: "two" });
    Widget.returned = () => "result";
    const [one, two] = [trigger({ id: "one" }), trigger({ id: "two", exchange, verify })];
    assert.equal(two.controller.state.status, "opening");
    await settled();
    assert.deepEqual([one.log, two.log], [[], [["success", "result"]]]);
    assert.deepEqual(two.widget.calls, [["handleRedirect", { exchange, verify }]]);
    assert.deepEqual(one.widget.calls, []);
  });

  test("without ids, the protocol and the client tell triggers apart", async () => {
    await leave({ protocol: "code", clientId: "a" });
    Widget.returned = () => "result";
    const triggers = [trigger(), trigger({ protocol: "code", clientId: "b" }), trigger({ protocol: "code", clientId: "a" }), trigger({ protocol: "code", clientId: "a" })];
    await settled();
    assert.deepEqual(triggers.map(({ log }) => log.length), [0, 0, 1, 0]);
  });

  test("the protocol that is meant without one is the same where it is named", async () => {
    await leave({});
    Widget.returned = () => "result";
    const { log } = trigger({ protocol: "alter-connect", clientId: "" });
    await settled();
    assert.deepEqual(log, [["success", "result"]]);
  });

  test("a trigger whose client comes after it was mounted, as out of the app's settings, is told, once", async () => {
    await leave({ protocol: "code", clientId: "a" });
    Widget.returned = () => "result";
    const { controller, settings, log } = trigger({ protocol: "code", clientId: "" });
    await settled();
    assert.deepEqual([log, verbs()], [[], []]);
    settings.clientId = "a";
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.deepEqual([log, verbs()], [[["success", "result"]], ["handleRedirect"]]);
    controller.unmount();
  });

  test("a client that takes the app six seconds to find is not too late, and a trigger that was taken off the page meanwhile asks for nothing", async (context) => {
    await leave({ protocol: "code", clientId: "a" });
    Widget.returned = () => "result";
    context.mock.timers.enable({ apis: ["setTimeout"] });
    const [gone, late] = [trigger({ protocol: "code" }), trigger({ protocol: "code" })];
    gone.controller.unmount();
    gone.settings.clientId = "a";
    context.mock.timers.tick(6000);
    assert.equal(verbs().includes("handleRedirect"), false);
    late.settings.clientId = "a";
    context.mock.timers.tick(6000);
    await new Promise(setImmediate);
    assert.deepEqual([gone.log, late.log], [[], [["success", "result"]]]);
  });

  test("its client comes while a flow of its own is live: that is shown, and both results are told", async (context) => {
    await leave({ protocol: "code", clientId: "a" });
    Widget.returned = () => "redirected";
    context.mock.timers.enable({ apis: ["setTimeout"] });
    const { controller, settings, widget, log } = trigger({ protocol: "code" });
    await controller.open();
    settings.clientId = "a";
    context.mock.timers.tick(200);
    assert.equal(controller.state.status, "open");
    await new Promise(setImmediate);
    widget.end("Success", "clicked");
    assert.deepEqual(log, [["success", "redirected"], ["success", "clicked"]]);
  });

  test("a trigger that was taken off the page while the answer is asked for leaves it to the one in its place, and its widget goes once that is there", async () => {
    await leave({});
    let answer;
    Widget.returned = () => new Promise((resolve) => { answer = resolve; });
    const [one, two] = [trigger(), trigger()];
    await settled();
    one.controller.unmount();
    assert.deepEqual(verbs(), ["handleRedirect"]);
    answer("result");
    await settled();
    assert.deepEqual([one.log, two.log], [[], [["success", "result"]]]);
    assert.deepEqual(verbs(), ["handleRedirect", "destroy"]);
  });

  test("mounted twice, as StrictMode does, it is told once, where it stays", async () => {
    await leave({});
    Widget.returned = () => "result";
    const { controller, log } = trigger();
    controller.unmount();
    controller.mount();
    await settled();
    assert.deepEqual(log, [["success", "result"]]);
    controller.unmount();
    controller.mount();
    await settled();
    assert.equal(log.length, 1);
    assert.equal(Widget.instances.flatMap(({ calls }) => calls).filter(([verb]) => verb === "handleRedirect").length, 1);
  });

  test("unmounted while the answer is asked for, the widget that asks lives until it has it", async () => {
    await leave({});
    let answer;
    Widget.returned = () => new Promise((resolve) => { answer = resolve; });
    const { controller, log } = trigger();
    await settled();
    controller.unmount();
    assert.deepEqual(verbs(), ["handleRedirect"]);
    controller.mount();
    answer("result");
    await settled();
    assert.deepEqual(log, [["success", "result"]]);
    assert.deepEqual(verbs(), ["handleRedirect"]);
    controller.unmount();
    assert.deepEqual(verbs(), ["handleRedirect", "destroy"]);
  });

  test("two of the same kind at once, with verify: one asks, one is told", async () => {
    await leave({});
    Widget.returned = () => "result";
    const verify = () => {};
    const triggers = [trigger({ verify }), trigger({ verify })];
    await settled();
    assert.deepEqual(triggers.map(({ log }) => log.length), [1, 0]);
    assert.deepEqual(verbs(), ["handleRedirect"]);
  });

  test("another trigger's flow meanwhile takes nothing from the one that started the redirect", async () => {
    await leave({ id: "two" });
    Widget.returned = () => "result";
    const one = trigger({ id: "one" });
    one.controller.open();
    one.widget.end("Success", 1);
    const two = trigger({ id: "two" });
    await settled();
    assert.deepEqual([one.log, two.log], [[["success", 1]], [["success", "result"]]]);
  });

  test("reloaded in mid-flow: what the window brings later is delivered", async () => {
    await leave({});
    const { widget, log } = trigger();
    await settled();
    widget.late("late");
    await settled();
    assert.deepEqual(log, [["success", "late"]]);
    assert.equal(sessionStorage.items.size, 0, "and the next page asks for nothing");
  });

  test("its failure is an error", async () => {
    await leave({});
    Widget.returned = () => { throw Object.assign(new Error(), { code: "access_denied" }); };
    const { log } = trigger();
    await settled();
    assert.deepEqual(log, [["error", "access_denied"]]);
  });

  test("nothing came back: idle again, and nothing is told", async () => {
    await leave({});
    const { controller, log } = trigger();
    await settled();
    assert.deepEqual(log, []);
    assert.equal(controller.state.status, "idle");
  });

  test("a click before the answer is a flow of its own; both results are told", async () => {
    await leave({});
    let answer;
    Widget.returned = () => new Promise((resolve) => { answer = resolve; });
    const { controller, widget, log } = trigger();
    await settled();
    controller.open();
    answer("redirected");
    await settled();
    assert.equal(controller.state.status, "open");
    assert.equal(sessionStorage.items.size, 1, "the note is the live flow's");
    widget.end("Success", "clicked");
    assert.deepEqual(log, [["success", "redirected"], ["success", "clicked"]]);
  });

  test("back without a result, and forward again: the result reaches the trigger on the page that it comes to", async () => {
    for (const isCached of [true, false]) {
      Object.assign(Widget, { instances: [], returned: null });
      sessionStorage.items.clear();
      module = await load();
      const { controller, widget } = trigger({ id: "one" });
      controller.open();
      widget.flow.onEvent("OAUTH_STARTED", {});
      if (isCached) widget.end("Exit");
      else {
        module = await load();
        trigger({ id: "one" });
        await settled();
      }
      Widget.returned = () => "result";
      module = await load();
      const { log } = trigger({ id: "one" });
      await settled();
      assert.deepEqual(log, [["success", "result"]], isCached ? "from the cache" : "loaded anew");
      assert.equal(sessionStorage.items.size, 0);
    }
  });

  test("the time is up before the page has left: the redirect's result reaches the trigger all the same", async () => {
    const { controller, widget } = trigger({ id: "one" });
    controller.open();
    widget.flow.onEvent("OAUTH_STARTED", {});
    widget.end("Error", Object.assign(new Error("timeout"), { code: "timeout" }));
    Widget.returned = () => "result";
    module = await load();
    const { log } = trigger({ id: "one" });
    await settled();
    assert.deepEqual(log, [["success", "result"]]);
  });

  test("a window that opens after that does not inherit what was left", async () => {
    const { controller, widget } = trigger();
    controller.open();
    widget.flow.onEvent("OAUTH_STARTED", {});
    widget.end("Exit");
    assert.equal(sessionStorage.items.size, 1);
    const { start } = widget;
    let inherited;
    widget.start = (...given) => { inherited = sessionStorage.items.size; return start.apply(widget, given); };
    controller.open();
    assert.equal(inherited, 0);
    for (const name of ["connect_opened", "OAUTH_STARTED"]) widget.flow.onEvent(name, {});
    widget.end("Exit");
    assert.equal(sessionStorage.items.size, 0, "an outcome by popup leaves nothing");
  });

  test("an outcome by popup leaves nothing for the next page", async () => {
    const { controller, widget } = trigger();
    controller.open();
    widget.end("Exit");
    assert.equal(sessionStorage.items.size, 0);
  });
});
