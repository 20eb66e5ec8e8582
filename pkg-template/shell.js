// The shell: the class that apps see, before its core is there. The core is the Rust crate; it does everything else. What must
// not wait for it is here: the blank window of a click that comes too early, and a response that must leave the URL.
import { findOwner, hold, holds, remembers, rewrite, takeUp } from "./owner.js";

/** An error with a stable code; `details` holds the provider's own words, `cause` what the app or the network threw. */
export class ConnectError extends Error {
  constructor(code, message, details, cause) {
    super(message);
    Object.assign(this, { code, details, cause });
    observe("error", this);
  }

  // Not assigned: where a page has frozen Error.prototype, that throws.
  get name() {
    return "ConnectError";
  }
}

/** What can fail where there is no core; src/error.rs has the same sentences. */
const SENTENCES = {
  invalid_options: "is missing or not valid",
  sdk_destroyed: "destroy() was called: create() a new one.",
  no_window: "Only a browser can do this.",
  load_failed: "The core did not load; see cause. The next click tries again.",
  core_failed: "The core stopped; see cause. The next click starts it afresh.",
  already_open: "A window is open already.",
  aborted: "The app ended the flow.",
  timeout: "No result within the timeout.",
  popup_closed: "The user closed the window.",
};

const error = (code, cause, subject = "") => new ConnectError(code, subject + SENTENCES[code], undefined, cause);

/** What src/flow/mode.rs decides for `auto`, for a click that comes before it; tests/vectors/mode.json holds the two equal. */
export function redirects({ width, height, userAgent, maxTouchPoints, coarse, standalone, framed }) {
  const isHandHeld = coarse || /Android|iP(hone|ad|od)/.test(userAgent) || (maxTouchPoints > 1 && /Macintosh/.test(userAgent));
  const isNarrow = width <= 480 || (height > width && width <= 1024);
  const isInApp = /FBAN|FBAV|FB_IAB|Instagram|Line\/|MicroMessenger|Snapchat|Pinterest|LinkedInApp|Bytedance|musical_ly|KAKAOTALK|Twitter|; wv\)|iP(hone|ad|od)(?!.*Safari\/)/.test(userAgent);
  return !framed && ((isNarrow && isHandHeld) || standalone === true || isInApp);
}

/** Opens the window of a click that came before the core; undefined where that will redirect, or use the app's own window. */
function openEarly({ mode, popup }) {
  const { userAgent, maxTouchPoints, standalone } = navigator;
  const facts = { width: innerWidth, height: innerHeight, userAgent, maxTouchPoints, standalone, coarse: page.matchMedia?.("(pointer: coarse)").matches, framed: top !== self };
  if (popup !== undefined || mode === "redirect" || (mode !== "popup" && redirects(facts))) return undefined;
  const left = screenX + (outerWidth - 500) / 2, top_ = screenY + (outerHeight - 700) / 2;
  const opened = open("", `connect-widget:${performance.now() + Math.random()}`, `popup,width=500,height=700,left=${left | 0},top=${top_ | 0}`);
  // Another script's `open` may answer what is no window.
  return typeof opened?.closed === "boolean" ? opened : null;
}

/** The window, from the first instance on: an import touches no global. Undefined on a server, whatever that calls its window. */
let page;

let core, loading, load, handOver, explain, findings;

/** Tells debug.js, which the first instance with `debug` loads, what happens. */
const observe = (...facts) => findings?.then((found) => found.observe(...facts), () => {});

/** Calls that have not ended. The core ends them; where it has stopped, the shell does. */
const launches = new Set();

/** What all copies of this package on the page have in common: the instances that listen for results or errors, in their order, and the cores. */
const ofPage = () => (page[Symbol.for("connect-widget:page")] ||= { subscribers: new Set(), cores: new Set() });

/** Those who listen get what came back. */
const demand = () => ofPage().cores.forEach((core) => core.demand());

const shell = { ConnectError, subscribers: () => [...ofPage().subscribers] };

/** Sets where the core comes from, `source({ wasm, shell, onCrash })`, who offers responses to other pages, and debug.js; each may be a promise. */
export const setSource = (...sources) => ([load, handOver, explain] = sources);

/** The core, or a promise of it; a load that failed is tried again by the next click. */
function getCore({ wasm }) {
  if (core || loading) return core || loading;
  const take = (found) => {
    loading = 0;
    ofPage().cores.add(found);
    // Some may have begun to listen when no core could be loaded.
    if (ofPage().subscribers.size) setTimeout(demand);
    return (core = found);
  };
  const found = load({ wasm, shell, onCrash });
  if (!found.then) return take(found);
  return (loading = found.then(
    take,
    (cause) => {
      loading = 0;
      throw error("load_failed", cause);
    },
  ));
}

/** After a trap the instance is dead: its flows fail, and the next call gets a fresh one. */
function onCrash(cause) {
  ofPage().cores.delete(core);
  core = undefined;
  for (const launch of [...launches]) end(launch, error("core_failed", cause));
}

/** Calls the handlers of an event, and the callback of the call that it is about, once what runs now is done. */
const tell = ({ widget, options }, event, callback, ...values) =>
  [...widget.handlersOf(event), options?.[callback]].forEach((handler) => queueMicrotask(() => handler?.(...values)));

/** The window of a call that waits for the core: the shell's, or the app's own. */
const windowOf = ({ options, popup = options?.popup }) => popup;

/** Ends a call as the core would: `open()` has resolved, or does now; `authorize()` fails. `isSilent`: only `close` is told. */
function end(launch, failure, isSilent) {
  launch.widget.early = undefined;
  launch.ended();
  if (launch.wantsResult) launch.reject(failure);
  else launch.resolve();
  if (failure.code === "popup_closed") {
    tell(launch, "event", "onEvent", "EXIT", { timestamp: new Date().toISOString() });
    tell(launch, "exit", "onExit");
  } else if (!isSilent) tell(launch, "error", "onError", failure);
  tell(launch, "close");
  try {
    windowOf(launch)?.close();
  } catch {
    // It is the app's own, or nothing that the core would take for a window.
  }
}

/** Whether a call still waits for the core; the app's signal, the user or the time may end it before. */
function isWaiting(launch) {
  const { widget, began, options } = launch;
  if (widget.early !== launch) return false;
  try {
    if (options.signal?.aborted) end(launch, error("aborted"));
    else if (windowOf(launch)?.closed) end(launch, error("popup_closed"));
    else if (options.timeout > 0 && performance.now() - began >= options.timeout) end(launch, error("timeout"));
  } catch {
    // Options that cannot be read are the core's to refuse.
  }
  return widget.early === launch;
}

/** Takes a response that answers a pending attempt off the URL before a router sees it, and holds it or hands it over. */
function takeResponse() {
  try {
    takeUp();
    const response = location.href;
    const owner = /[?#].*=/.test(response) && findOwner(response);
    if (!owner) return;
    const bare = location.origin + location.pathname;
    if (owner.mode === "redirect") return void hold(owner, response, Date.now() < owner.expires ? owner.page : bare);
    rewrite(bare);
    // Where that cannot be loaded, a reload finds the response where it was.
    Promise.resolve(handOver())
      .then((offer) => offer(response, owner))
      .catch(() => rewrite(response));
  } catch {
    // Storage is refused: nothing can have been remembered.
  }
}

/** One widget on a page; see index.d.ts. */
export class Connect {
  constructor(config) {
    try {
      // Without a prototype: what a script has put on Object.prototype would be read as an option.
      this.config = { __proto__: null, ...config };
    } catch (cause) {
      throw error("invalid_options", cause, "Option config ");
    }
    this.handlers = new Map();
    page = globalThis.window?.document && window.location && window;
    if (!page) return;
    takeResponse();
    this.observe("create", location.href);
    // Storage takes milliseconds to open: the app goes first. What an earlier page left open needs the core soon, a click later.
    const warm = async () => {
      if (this.isDestroyed) return;
      const found = await getCore(this.config);
      found.recall();
      found.prepare();
    };
    setTimeout(() => (remembers() || !page.requestIdleCallback ? setTimeout : page.requestIdleCallback)(() => warm().catch(() => {})));
  }

  static create(config) {
    return new Connect(config);
  }

  check(needsWindow) {
    if (this.isDestroyed) throw error("sdk_destroyed");
    if (needsWindow && !page) throw error("no_window");
  }

  /** For the core: the handlers of an event as they are now. */
  handlersOf(event) {
    return [...(this.handlers.get(event) || [])];
  }

  /** For the core: what `debug` is told. */
  observe(finding, fact) {
    if (!this.config.debug) return;
    findings ||= explain();
    observe(finding, fact, this);
  }

  launch(options, wantsResult) {
    return new Promise((resolve, reject) => {
      this.check(true);
      const launch = { widget: this, options, wantsResult, popup: undefined, began: performance.now(), resolve, reject, ended: () => launches.delete(launch) };
      if (this.early && isWaiting(this.early)) {
        this.focus();
        if (wantsResult) throw error("already_open");
        return resolve();
      }
      const found = getCore(this.config);
      launches.add(launch);
      this.observe("launch", { options, active: navigator.userActivation?.isActive });
      if (found.open) return found.open(launch);
      this.early = launch;
      launch.popup = null;
      try {
        launch.options = { __proto__: null, ...options };
        const timer = setInterval(() => isWaiting(launch) || clearInterval(timer), 60);
        launch.popup = openEarly(launch.options);
      } catch {
        // Options that cannot be read are the core's to refuse; Firefox throws in a frame that may not open windows.
      }
      found.then(
        (found) => {
          if (!isWaiting(launch)) return;
          this.early = undefined;
          found.open(launch);
        },
        (failure) => isWaiting(launch) && end(launch, failure),
      );
    });
  }

  open(options) {
    return this.launch(options, false);
  }

  authorize(options) {
    return this.launch(options, true);
  }

  async handleRedirect(handlers) {
    if (!page) return null;
    this.check();
    const { cores } = ofPage();
    if (remembers()) await getCore(this.config);
    for (const one of new Set(core ? [core, ...cores] : cores)) {
      const result = await one.handleRedirect(handlers);
      if (result !== null) return result;
    }
    return null;
  }

  async refresh(options) {
    this.check(true);
    return (await getCore(this.config)).refresh(this, options);
  }

  close() {
    this.check();
    const { early } = this;
    if (!early) return void core?.close(this);
    end(early, error("aborted"), true);
  }

  focus() {
    if (this.early) windowOf(this.early)?.focus?.();
    else core?.focus(this);
  }

  destroy() {
    if (this.isDestroyed) return;
    if (page) ofPage().subscribers.delete(this);
    this.observe("destroy");
    // Nobody else is told.
    this.handlers.clear();
    this.close();
    this.isDestroyed = true;
  }

  on(event, handler) {
    this.check();
    if (typeof handler !== "function") throw error("invalid_options", undefined, "Option handler ");
    this.handlers.set(event, (this.handlers.get(event) || new Set()).add(handler));
    if (page && /success|error/.test(event)) {
      ofPage().subscribers.add(this);
      // An answer to `handleRedirect()` in the same task goes there.
      Promise.resolve()
        .then(() => core || (remembers() && getCore(this.config)))
        // The response waits for a core that comes later.
        .catch((failure) => event === "error" && holds() && handler(failure))
        .then(demand);
    }
    return () => this.handlers.get(event)?.delete(handler);
  }

  off(event, handler) {
    this.check();
    this.handlers.get(event)?.delete(handler);
  }

  isOpen() {
    this.check();
    return !!this.early || !!core?.isOpen(this);
  }

  getVersion() {
    return __VERSION__;
  }
}
