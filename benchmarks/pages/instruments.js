// What the page of a measurement has before any package is loaded: counters of everything that a package could leave
// behind, and the measurements themselves. Times are milliseconds of performance.now().

const bench = (window.bench = {});

// ---- counters ----------------------------------------------------------------------------------------------------

/** What is set and not yet cleared or over. */
const live = (bench.live = { listeners: new Map(), intervals: new Set(), timeouts: new Set(), channels: new Set() });

const { setInterval, clearInterval, setTimeout, clearTimeout, BroadcastChannel } = window;

window.setInterval = (...values) => {
  const id = setInterval(...values);
  live.intervals.add(id);
  return id;
};

window.setTimeout = (run, delay, ...values) => {
  const id = setTimeout(() => {
    live.timeouts.delete(id);
    run(...values);
  }, delay);
  live.timeouts.add(id);
  return id;
};

// Either function clears what either has set.
window.clearInterval = window.clearTimeout = (id) => {
  live.intervals.delete(id);
  live.timeouts.delete(id);
  clearTimeout(id);
};

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

for (const target of [window, document, AbortSignal.prototype]) {
  const { addEventListener, removeEventListener } = target;
  const known = (type, listener) => (live.listeners.has(listener) ? live.listeners.get(listener) : live.listeners.set(listener, new Set()).get(listener)).has(type);
  target.addEventListener = function (type, listener, options) {
    if (!known(type, listener)) live.listeners.get(listener).add(type);
    return addEventListener.call(this, type, listener, options);
  };
  target.removeEventListener = function (type, listener, options) {
    live.listeners.get(listener)?.delete(type);
    // What is no longer listened by must not be held by the counter.
    if (live.listeners.get(listener)?.size === 0) live.listeners.delete(listener);
    return removeEventListener.call(this, type, listener, options);
  };
}

const keys = (store) => Object.keys(store).filter((key) => key.startsWith("connect-widget:")).length;

/** How many of each are there now. */
bench.leftovers = async () => ({
  listeners: [...live.listeners.values()].reduce((sum, types) => sum + types.size, 0),
  intervals: live.intervals.size,
  timeouts: live.timeouts.size,
  channels: live.channels.size,
  locks: (await navigator.locks.query()).held.length,
  keys: keys(sessionStorage) + keys(localStorage),
});

/** The same, once nothing is left, or after five seconds: a window that is closing is asked again for a while. */
bench.rest = async () => {
  for (let tries = 0; ; tries++) {
    const left = await bench.leftovers();
    if (tries === 100 || Object.values(left).every((count) => count === 0)) return left;
    await idle(50);
  }
};

/** The memories of every WebAssembly instance, and the tables of functions that can be called back. */
const memories = [];
const tables = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...values) {
    super(...values);
    for (const value of Object.values(this.exports)) {
      if (value instanceof WebAssembly.Memory) memories.push(value);
      if (value instanceof WebAssembly.Table) tables.push(value);
    }
  }
};
bench.linearMemory = () => memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
bench.tableSlots = () => tables.reduce((sum, table) => sum + table.length, 0);

// ---- windows -----------------------------------------------------------------------------------------------------

const open = window.open;
let popup, openedAt, standIn, reopen;

/** Notes when a window is asked for. */
window.open = (...values) => {
  openedAt = performance.now();
  reopen?.();
  return (popup = standIn || open.apply(window, values));
};

/** From now on `window.open` answers a frame's window, which costs nothing to open; `close` marks it closed. */
bench.stubWindows = () => {
  const frame = document.body.appendChild(document.createElement("iframe"));
  let closed = false;
  const close = () => { closed = true; };
  // A window is its own top, and has none once it is closed, and a store of its own; a frame would be taken for what a blocker answers.
  const sessionStorage = { setItem() {} };
  const own = { close: () => close, closed: () => closed, focus: () => () => {}, top: () => (closed ? null : standIn), sessionStorage: () => sessionStorage };
  standIn = new Proxy(frame.contentWindow, { get: (target, key) => (own[key] ? own[key]() : Reflect.get(target, key, target)) });
  reopen = () => { closed = false; };
};

// ---- measurements ------------------------------------------------------------------------------------------------

const frame = () => new Promise((resolve) => setTimeout(resolve, 0));
/** By the browser's own timer: it is no timer of a package's. */
const idle = (time) => new Promise((resolve) => setTimeout(resolve, time));

bench.load = async (module) => {
  const began = performance.now();
  const { default: Connect } = await import(module);
  bench.widget = Connect.create();
  return performance.now() - began;
};

/** When the core is there: prepared in an idle moment, of its own accord. */
bench.ready = async () => {
  while (bench.linearMemory() === 0) await idle(10);
};

/** One click: how long until the window is asked for, and until the handler is through. */
bench.click = (options) => {
  const button = document.getElementById("connect");
  return new Promise((resolve) => {
    button.onclick = () => {
      openedAt = undefined;
      const began = performance.now();
      bench.widget.open(options);
      const through = performance.now() - began;
      resolve({ open: openedAt - began, through });
    };
    button.click();
  });
};

bench.options = (baseURL, token, more) => ({ token, baseURL, onSuccess() {}, onError() {}, onExit() {}, ...more });

/** Clicks and closes again and again; what a click costs once everything is warm. */
bench.laterClicks = async (baseURL, count) => {
  const times = [];
  for (let i = 0; i < count; i++) {
    times.push((await bench.click(bench.options(baseURL, "stay"))).open);
    bench.widget.close();
    await frame();
  }
  return times;
};

/** From the message's arrival, before any other listener, to the callback. */
bench.messageToCallback = (baseURL) => {
  let arrived;
  const first = ({ origin }) => (origin === baseURL ? (arrived = performance.now()) : undefined);
  window.addEventListener("message", first, true);
  return new Promise((resolve, reject) => {
    const onSuccess = () => resolve(performance.now() - arrived);
    bench.click(bench.options(baseURL, "grant", { onSuccess, onError: reject, onExit: () => reject(new Error("the window closed")) }));
  }).finally(() => window.removeEventListener("message", first, true));
};

/** From a window's real close to `onExit`, for a window that has been open for a while. */
bench.closeToExit = async (baseURL, openFor) => {
  const exit = new Promise((resolve) => bench.click(bench.options(baseURL, "stay", { onExit: () => resolve(performance.now()) })));
  await idle(openFor);
  const began = performance.now();
  popup.close();
  return (await exit) - began;
};

const dispatch = (event, count) => {
  const began = performance.now();
  for (let i = 0; i < count; i++) window.dispatchEvent(event);
  return performance.now() - began;
};

/** Microseconds per message from a stranger, over what it costs to dispatch one that nobody listens for. */
bench.foreignMessages = async (baseURL, count) => {
  const stranger = document.body.appendChild(document.createElement("iframe")).contentWindow;
  const event = new MessageEvent("message", { source: stranger, origin: "https://stranger.example", data: { type: "alter_connect_success", grants: [] } });
  dispatch(event, count);
  const nobody = dispatch(event, count);
  await bench.click(bench.options(baseURL, "stay"));
  dispatch(event, count);
  const total = dispatch(event, count);
  bench.widget.close();
  return (Math.max(total - nobody, 0) * 1000) / count;
};

/** Opens and closes, twenty times in a task, over windows that cost nothing. */
bench.cycles = async (baseURL, count) => {
  for (let i = 0; i < count; i++) {
    const opened = bench.widget.open(bench.options(baseURL, "stay"));
    bench.widget.close();
    await opened;
    // A window that is called off rests for some time before it is closed: what counts is what stays, not how many rest at once.
    if (i % 20 === 19) await idle(20);
  }
};
