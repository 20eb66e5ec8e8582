// A page whose time, windows, network, channels and locks the test moves by itself, so that a journey of an hour takes a
// millisecond and can be played again from its seed. The driver, the shell, the events and the storage are the real ones.

const PREFIX = "connect-widget:";
const PROVIDER = `http://localhost:${location.port}`;

let now, timers, nextId, channels, locks, requests, listeners;
/** The windows of the journey; the last one is the flow's. */
let opened;
let put = [];

const real = { addEventListener: EventTarget.prototype.addEventListener, removeEventListener: EventTarget.prototype.removeEventListener, postTask: window.setTimeout };

function replace(object, name, value) {
  const own = Object.getOwnPropertyDescriptor(object, name);
  put.push(() => (own ? Object.defineProperty(object, name, own) : delete object[name]));
  Object.defineProperty(object, name, { configurable: true, writable: true, value });
}

class Channel extends EventTarget {
  constructor(name) {
    super();
    this.name = name;
    channels.add(this);
  }

  postMessage(data) {
    Promise.resolve().then(() => {
      for (const other of [...channels]) {
        if (other !== this && other.name === this.name) other.dispatchEvent(new MessageEvent("message", { data }));
      }
    });
  }

  close() {
    channels.delete(this);
  }
}

const lockManager = {
  async request(name, { ifAvailable }, use) {
    await null;
    if (locks.has(name)) {
      if (!ifAvailable) throw new Error("no journey waits for a lock");
      return use(null);
    }
    locks.add(name);
    try {
      return await use({ name });
    } finally {
      locks.delete(name);
    }
  },
};

/** A window: on its first, blank document, on a page of another origin, or on one of the app's. */
class JourneyWindow {
  constructor(url) {
    this.window = this;
    this.opener = window;
    this.isGone = this.isSevered = false;
    this.document = document.implementation.createHTMLDocument();
    this.go(url || "about:blank");
    opened.push(this);
  }

  get closed() {
    return this.isGone || this.isSevered;
  }

  get location() {
    const { url } = this;
    return {
      get href() {
        if (url !== "about:blank" && !url.startsWith(location.origin)) throw new DOMException("another origin", "SecurityError");
        return url;
      },
      replace: (next) => this.go(next),
    };
  }

  go(url) {
    this.url = url;
  }

  focus() {}

  postMessage() {}

  close() {
    this.isGone = true;
  }
}

/** Takes the page over. */
export function install() {
  [now, timers, nextId, channels, locks, requests, listeners, opened, put] = [Date.now(), new Map(), 1, new Set(), new Set(), [], [], [], []];
  const set = (run, delay, period) => (timers.set(nextId, { run, due: now + Math.max(delay || 0, 0), period }), nextId++);
  replace(window, "setTimeout", (run, delay) => set(run, delay));
  replace(window, "setInterval", (run, period) => set(run, period, period));
  for (const name of ["clearTimeout", "clearInterval"]) replace(window, name, (id) => timers.delete(id));
  replace(window, "requestIdleCallback", (run) => set(run, 1));
  replace(Date, "now", () => now);
  replace(performance, "now", () => now);
  // The driver reports there what the app's callbacks throw.
  const { error } = console;
  replace(console, "error", (...words) => String(words[0]).startsWith("[connect-widget]") || error.apply(console, words));
  replace(window, "BroadcastChannel", Channel);
  replace(navigator, "locks", lockManager);
  replace(window, "open", (url) => new JourneyWindow(url));
  replace(window, "fetch", () => new Promise((resolve) => requests.push(resolve)));
  replace(EventTarget.prototype, "addEventListener", function (type, listener, options) {
    listeners.push([this ?? window, type, listener]);
    return real.addEventListener.call(this, type, listener, options);
  });
  replace(EventTarget.prototype, "removeEventListener", function (type, listener, options) {
    listeners = listeners.filter((one) => one[0] !== (this ?? window) || one[1] !== type || one[2] !== listener);
    return real.removeEventListener.call(this, type, listener, options);
  });
}

/** Gives the page back. */
export const uninstall = () => put.splice(0).reverse().forEach((one) => one());

/** Whatever is on its way without time passing has arrived. */
export async function settle() {
  for (let turn = 0; turn < 30; turn++) await null;
}

/** Time passes, and what is due in it happens in its order. */
export async function advance(time) {
  const end = now + time;
  for (;;) {
    const [id, next] = [...timers].reduce((one, other) => (other[1].due < one[1].due ? other : one), [0, { due: Infinity }]);
    if (next.due > end) break;
    now = Math.max(now, next.due);
    if (next.period) next.due = now + next.period;
    else timers.delete(id);
    next.run();
    await settle();
  }
  now = end;
  await settle();
}

/** The clock jumps, as over a night in which the machine slept. */
export const jump = (time) => void (now += time);

const flowWindow = () => opened.at(-1);

export const go = (url) => flowWindow()?.go(url);
export const sever = () => void (flowWindow() && (flowWindow().isSevered = true));
export const closeWindow = () => flowWindow()?.close();
export const isWindowGone = () => flowWindow()?.isGone ?? true;
export const isWindowSevered = () => flowWindow()?.isSevered ?? true;
export const signal = (type) => window.dispatchEvent(new Event(type));

/** A message, of the flow's window or of a stranger. */
export function post(data, origin, isStranger) {
  const event = new MessageEvent("message", { data, origin: origin || PROVIDER });
  const source = isStranger ? { window: null, postMessage() {}, opener: null } : flowWindow();
  Object.defineProperty(event, "source", { value: source ?? null });
  window.dispatchEvent(event);
}

/** A return page without its opener offers this. */
export function relay(state, message) {
  const channel = new Channel(PREFIX + state);
  channel.postMessage({ type: "connect-widget", ...message });
  channel.close();
}

export const countWindows = () => opened.length;

/** Lets the browser do what it has to do. */
export const breathe = () => new Promise((resolve) => real.postTask.call(window, resolve, 0));

export const countRequests = () => requests.length;
export const answerRequest = (status, body) => requests.shift()?.({ status, text: async () => body });
export const failRequest = () => requests.shift()?.(Promise.reject(new TypeError("no network")));

const keysOf = (store) => Object.keys(store).filter((key) => key.startsWith(PREFIX));
export const rememberedStates = () => keysOf(sessionStorage).map((key) => key.slice(PREFIX.length)).filter((state) => state !== "window");
export const forgetAll = () => [sessionStorage, localStorage].forEach((store) => keysOf(store).forEach((key) => store.removeItem(key)));

/** What a flow could have left, in words. */
export const left = () =>
  Object.entries({
    listeners: listeners.map(([, type]) => type),
    timers: [...timers.values()].map(({ period }) => (period ? `every ${period}` : "once")),
    channels: [...channels].map(({ name }) => name),
    locks: [...locks],
    requests: requests.map(() => "pending"),
    session: keysOf(sessionStorage),
    local: keysOf(localStorage),
  })
    .filter(([, found]) => found.length > 0)
    .map(([what, found]) => `${what}: ${found}`)
    .join("; ");
