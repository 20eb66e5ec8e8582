// The page around the driver in the tests: the shell before it, frames that play windows, and counters of everything that a flow
// could leave behind.

/** The page that stands for the provider's, on another origin: the same server by its other name. */
const PROVIDER = `http://localhost:${location.port}/pages/provider.html`;
/** The page of the app that answers come to. */
const RETURN = `${location.origin}/pages/return.html`;

const PREFIX = "connect-widget:";

// ---- what is set and not yet over ------------------------------------------------------------------------------------

const live = { listeners: [], timers: new Set(), channels: new Set(), errors: [] };
const { addEventListener, removeEventListener } = EventTarget.prototype;
const { setTimeout, setInterval, clearTimeout, BroadcastChannel, requestIdleCallback, cancelIdleCallback } = window;

EventTarget.prototype.addEventListener = function (type, listener, options) {
  live.listeners.push({ target: this ?? window, type, listener });
  return addEventListener.call(this, type, listener, options);
};

EventTarget.prototype.removeEventListener = function (type, listener, options) {
  const target = this ?? window;
  live.listeners = live.listeners.filter((one) => one.target !== target || one.type !== type || one.listener !== listener);
  return removeEventListener.call(this, type, listener, options);
};

window.setTimeout = (run, delay, ...values) => {
  const id = setTimeout(() => {
    live.timers.delete(id);
    run(...values);
  }, delay);
  live.timers.add(id);
  return id;
};

window.setInterval = (...values) => {
  const id = setInterval(...values);
  live.timers.add(id);
  return id;
};

// Either function clears what either has set.
window.clearTimeout = window.clearInterval = (id) => {
  live.timers.delete(id);
  clearTimeout(id);
};

/** What waits for an idle moment: on a busy machine for longer than its test lasts. */
const idle = new Set();

// WebKit has no such function.
if (requestIdleCallback) {
  window.requestIdleCallback = (run) => {
    const id = requestIdleCallback((deadline) => {
      idle.delete(id);
      run(deadline);
    });
    idle.add(id);
    return id;
  };
}

/** The page that was there waits for no idle moment any more: in it, it would take up what is the next page's. */
function forgetIdle() {
  for (const id of idle) cancelIdleCallback(id);
  idle.clear();
}

window.BroadcastChannel = class extends BroadcastChannel {
  constructor(name) {
    super(name);
    live.channels.add(this);
  }

  close() {
    live.channels.delete(this);
    super.close();
  }
};

addEventListener.call(window, "error", ({ message }) => live.errors.push(message));
addEventListener.call(window, "unhandledrejection", ({ reason }) => live.errors.push(`unhandled: ${reason}`));

const keysOf = (store) => Object.keys(store).filter((key) => key.startsWith(PREFIX));

const heldLocks = async () => (await navigator.locks.query()).held.map(({ name }) => name).filter((name) => name.startsWith(PREFIX));

/** Of tests that failed. */
let earlierLocks = [];

/** What is still there, in words; nothing is the empty text. */
export async function leftovers() {
  const locks = (await heldLocks()).filter((name) => !earlierLocks.includes(name));
  const counts = {
    listeners: live.listeners.map(({ type }) => type),
    timers: [...live.timers].map(String),
    channels: [...live.channels].map(({ name }) => name),
    locks,
    session: keysOf(sessionStorage),
    local: keysOf(localStorage),
    frames: [...document.querySelectorAll("iframe")].map(({ src }) => src),
    windows: realWindows.filter(({ closed }) => !closed).map(() => "open"),
    errors: live.errors,
  };
  const left = Object.entries(counts).filter(([, found]) => found.length > 0);
  if (left.length === 0) keepCore();
  return left.map(([what, found]) => `${what}: ${found}`).join("; ");
}

/** For a test that begins after one that failed: nothing of that one is there. */
export async function clear() {
  restore();
  earlierLocks = await heldLocks();
  live.errors = [];
  for (const { target, type, listener } of live.listeners) removeEventListener.call(target, type, listener);
  for (const id of live.timers) clearTimeout(id);
  forgetIdle();
  for (const channel of live.channels) channel.close();
  for (const store of [sessionStorage, localStorage]) for (const key of keysOf(store)) store.removeItem(key);
  for (const frame of document.querySelectorAll("iframe")) frame.remove();
  live.listeners = [];
  live.timers.clear();
  for (const one of realWindows) one.close();
  windows.length = openings.length = realWindows.length = 0;
  standIn = undefined;
  window.fetch = fetch;
  history.replaceState(null, "", "/");
}

const restores = [];

/** Puts back what `replace()` has replaced. */
const restore = () => restores.splice(0).reverse().forEach((put) => put());

/** Puts another value in the place of a property until the test is over. */
export function replace(object, name, value) {
  const own = Object.getOwnPropertyDescriptor(object, name);
  restores.push(() => (own ? Object.defineProperty(object, name, own) : delete object[name]));
  Object.defineProperty(object, name, { configurable: true, ...value });
}

export const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

const { fetch } = window;

/** From now on this function answers the requests of the page. */
export const setFetch = (answer) => void (window.fetch = answer);

/** The states of the attempts that this window remembers. */
export const remembered = () => keysOf(sessionStorage).map((key) => key.slice(PREFIX.length)).filter((state) => state !== "window");

/** What a return page that has lost its opener does: it offers its response on the attempt's channel. @returns whether it is taken */
export async function relay(state, message) {
  const channel = new BroadcastChannel(PREFIX + state);
  let isTaken = false;
  channel.onmessage = ({ data }) => (isTaken ||= data.type === "connect-widget" && data.taken === true);
  for (let tries = 0; !isTaken && tries < 50; tries++) {
    channel.postMessage({ type: "connect-widget", ...message });
    await pause(10);
  }
  channel.close();
  return isTaken;
}

// ---- windows ---------------------------------------------------------------------------------------------------------

/** A window whose page does what the test tells it to: `inner` is where the page is, `source` whom its messages come from. */
class Told {
  /** Has the page in it post a message to the app's; done once that is heard, or the window closed by it. */
  async say(message) {
    await this.isThere();
    this.inner.postMessage({ say: message }, "*");
    if (!this.isGone) await this.echo(1);
  }

  /** Once the provider's page is there and hears. */
  async isThere() {
    if (!(await this.echo(200))) throw new Error("the window is not on a page that listens");
  }

  /** Whether the page in it answers, which it does in its turn. */
  async echo(tries) {
    const word = `echo ${(echoes += 1)}`;
    let isHeard = false;
    const listen = ({ data, source }) => (isHeard ||= data === word && source === this.source);
    addEventListener.call(window, "message", listen);
    for (let turn = 0; !isHeard && !this.isGone && turn < 200; turn++) {
      if (turn < tries) this.inner.postMessage({ say: word }, "*");
      await pause(10);
    }
    removeEventListener.call(window, "message", listen);
    return isHeard;
  }
}

/** A frame in the part of a window: it can be closed, and its messages come from it. */
export class FrameWindow extends Told {
  constructor(url) {
    super();
    this.frame = document.createElement("iframe");
    if (url) this.frame.src = url;
    document.body.append(this.frame);
    this.inner = this.frame.contentWindow;
    this.source = this;
    this.isGone = false;
    /** What a page with Cross-Origin-Opener-Policy does to its opener's handle. */
    this.isSevered = false;
    this.window = this;
    this.focused = 0;
    /** What the app's page posted to it. */
    this.received = [];
    windows.push(this);
  }

  get closed() {
    return this.isGone || this.isSevered;
  }

  get location() {
    return this.inner.location;
  }

  get document() {
    return this.inner.document;
  }

  get opener() {
    return window;
  }

  focus() {
    this.focused += 1;
  }

  close() {
    this.isGone = true;
    this.frame.remove();
  }

  postMessage(...values) {
    this.received.push(values[0]);
    this.inner.postMessage(...values);
  }

  /** A message of the provider's page as it is, without the copy that WebKit takes minutes to make of an endless list. */
  dispatch(message) {
    const { origin } = new URL(PROVIDER);
    window.dispatchEvent(new MessageEvent("message", { data: message, origin, source: this.inner }));
  }

  /** Has the page in it go on to another one, and waits until that is there, or has closed the window. */
  async go(url) {
    await this.isThere();
    let isLoaded = false;
    addEventListener.call(this.frame, "load", () => (isLoaded = true), { once: true });
    this.inner.postMessage({ go: url }, "*");
    for (let turn = 0; !isLoaded && !this.isGone && turn < 500; turn++) await pause(10);
  }
}

/** A window of the browser's own, in the test's hands; the driver has the window itself. */
class RealWindow extends Told {
  constructor(inner) {
    super();
    this.inner = this.source = inner;
  }

  get isGone() {
    return this.inner.closed;
  }

  get closed() {
    return this.inner.closed;
  }

  /** The user closes it. */
  close() {
    this.inner.close();
  }

  /** The flow may end, and close it, at any moment. */
  async isThere() {
    if (!(await this.echo(200)) && !this.isGone) throw new Error("the window is not on a page that listens");
  }

  get location() {
    return this.inner.location;
  }

  /** The page in it closes it, once it has said this. */
  async leave(message) {
    await this.isThere();
    this.inner.postMessage({ say: message, leave: true }, "*");
    while (!this.isGone) await pause(10);
  }

  /** The page in it goes on: to one of the app's, which is read here, or to the provider's. */
  async go(url) {
    const isBack = () => {
      try {
        return this.inner.location.href === url && this.inner.document.readyState === "complete";
      } catch {
        return false;
      }
    };
    await this.isThere();
    this.inner.postMessage({ go: url }, "*");
    for (let turn = 0; !isBack() && !this.isGone && turn < 500; turn++) await pause(10);
  }
}

let echoes = 0;
const windows = [];
const realWindows = [];
const openings = [];
let standIn;

const { open } = window;

window.open = (url, name, features) => {
  openings.push({ url, name, features });
  return standIn === undefined ? new FrameWindow(url) : standIn(url, name, features);
};

/** What `setOpen()` takes for windows of the browser's own. */
function openReally(...values) {
  const opened = open.apply(window, values);
  if (opened) realWindows.push(opened);
  return opened;
}

/** From now on windows are what this answers: null for a browser that blocks them. */
export const setOpen = (open) => void (standIn = open);

export const lastWindow = () => windows.at(-1);
export const lastRealWindow = () => new RealWindow(realWindows.at(-1));
export const countOpenings = () => openings.length;
export const lastUrl = () => openings.at(-1)?.url;
export const lastFeatures = () => openings.at(-1)?.features;

/** A frame's messages come from the window that it plays. */
const source = Object.getOwnPropertyDescriptor(MessageEvent.prototype, "source");
Object.defineProperty(MessageEvent.prototype, "source", {
  ...source,
  get() {
    const real = source.get.call(this);
    return (real && windows.find(({ inner }) => inner === real)) || real;
  },
});

// ---- the page's code -------------------------------------------------------------------------------------------------

let sources, compiled, copies = 0;

/** The texts of pkg-template/shell.js, of what it imports, and of what binds it to the core, by their names. */
export const setSources = (texts) => void (sources = texts);

const asModule = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript;charset=utf-8" }));

/** The shell, as a page that has just been loaded has it. */
async function loadShell() {
  const addresses = {};
  const address = (name) => (addresses[name] ??= asModule(sources[name].replace(/"\.\/(\w+)\.js"/g, (_, other) => JSON.stringify(address(other))).replace("__VERSION__", '"test"')));
  const modules = await Promise.all(["errors", "loader", "shell", "instance"].map((name) => import(address(name))));
  return Object.assign({}, ...modules);
}

/** A core of its own, as a page that has just been loaded has it. */
async function loadCore() {
  compiled ??= await WebAssembly.compileStreaming(fetch("/wasm-bindgen-test_bg.wasm"));
  const fresh = await import(`/wasm-bindgen-test?copy=${(copies += 1)}`);
  await fresh.default({ module_or_path: compiled });
  return fresh;
}

/** The core of the test before, where that left nothing. An engine has room for a hundred or so. */
let used;

/**
 * The class that apps see. `isFirst`: the page that a test begins with, whose core may have served another test. Any other page
 * has one that knows nothing. `isLate`: its core comes when `arrive()` of the class is called. `isCopy`: another copy of the package
 * on the page that is there.
 */
export async function loadPage({ isFirst = false, isLate = false, isCopy = false } = {}) {
  // A page that comes after another one finds nothing of its copies.
  if (!isCopy) {
    forgetIdle();
    delete window[Symbol.for("connect-widget:page")];
  }
  const { Connect, ConnectError, setSource, bindShell } = await loadShell();
  const instance = (isFirst && used) || (await loadCore());
  used = undefined;
  if (isFirst) first = instance;
  const arrival = isLate && new Promise((resolve) => (Connect.arrive = resolve));
  const bind = () => bindShell(instance, ConnectError, new Set());
  setSource(() => (isLate ? arrival.then(bind) : bind()), async () => ({ handOver() {} }), async () => ({ observe: (finding, fact) => findings.push([finding, fact]) }));
  findings.length = 0;
  errorClasses.add(ConnectError);
  return Connect;
}

let first;

/** The test's first core is as good as new. */
const keepCore = () => void (used = first);

/** What debug.js would be told. */
const findings = [];

const errorClasses = new Set();
const isError = (value) => [...errorClasses].some((one) => value instanceof one);

// ---- the app ---------------------------------------------------------------------------------------------------------

/** In words: `success {…}`, `error code`. */
const words = (event, value) => [event, isError(value) ? value.code : JSON.stringify(value)].filter((word) => word !== undefined).join(" ");

/** Notes in words what the handlers of a widget hear. */
export function listen(widget, events) {
  const heard = [];
  for (const event of events) widget.on(event, (value) => heard.push(words(event, value)));
  return heard;
}

/** One call of `open()` or `authorize()`, and what came of it. */
export class Call {
  constructor(widget) {
    this.widget = widget;
    /** What the call's callbacks were told, in words, and what with. */
    this.told = [];
    this.values = [];
    this.milestones = [];
    /** What came of its promise. */
    this.promised = [];
  }

  tell(event, value) {
    this.values.push(value);
    this.told.push(words(event, value));
  }
}

/** What the text of a test's options and functions may speak of. */
const scope = (widget, call) => ({ widget, call, origin: location.origin, PROVIDER, RETURN, FrameWindow, openReally, lastWindow, lastRealWindow, pause, replace, restore, setFetch, relay, remembered, findings });

/** The value of an expression. */
export const evaluate = (text, widget, call) => {
  const names = scope(widget, call);
  return new Function(...Object.keys(names), `return (${text})`)(...Object.values(names));
};

/** Calls as an app does, with options that are written as JavaScript. `isPlain`: they are an object that callbacks may be added to. */
export function launch(widget, method, text, isPlain) {
  const call = new Call(widget);
  const recorders = {
    onSuccess: (value) => call.tell("success", value),
    onError: (error) => call.tell("error", error),
    onExit: () => call.tell("exit"),
    onEvent: (name) => call.milestones.push(name),
  };
  const own = evaluate(text, widget, call);
  widget[method](isPlain ? { ...recorders, ...own } : own).then(
    (value) => call.promised.push(words("resolved", value)),
    (error) => {
      call.failure = error;
      call.promised.push(words("rejected", error));
    },
  );
  return call;
}
