// The shell: the class that apps see. It keeps the click sacred and hands everything else to the engine (src/browser and the
// Rust core behind it), which may be here already, may be on its way, or may have to be the JavaScript one.

import { KEY, handOver } from "./hand-over.js";

const inBrowser = typeof window != "undefined";

/** An error with a stable code; `details` holds the provider's own words, `cause` what the app or the network threw. */
export class ConnectError extends Error {
  constructor(code, message, details, cause) {
    super(message);
    this.name = "ConnectError";
    this.code = code;
    this.details = details;
    this.cause = cause;
  }
}

const SENTENCES = {
  sdk_destroyed: "destroy() was called; create() a new one.",
  already_open: "A window is open already; it was brought to the front.",
  popup_closed: "The user closed the window.",
  aborted: "The app ended the flow.",
  no_window: "This needs a browser.",
  load_failed: "The core could not be loaded.",
};

const error = (code, cause) => new ConnectError(code, SENTENCES[code], undefined, cause);

/** Opens a centred window on the screen that the page is on; every flow's has a name of its own. */
export const openWindow = (url) =>
  window.open(
    url,
    KEY + Math.random(),
    `popup,width=500,height=700,left=${Math.round(screenX + (outerWidth - 500) / 2)},top=${Math.round(screenY + (outerHeight - 700) / 2)}`,
  );

/** What the core's mode decision goes by: 1 hand-held, 2 in a frame, 4 an in-app browser or a web app on iOS's home screen. */
function deviceMarks() {
  const { maxTouchPoints, standalone, userAgent } = navigator;
  return (
    (maxTouchPoints > 1 || /Android|iPhone|iPad|iPod/.test(userAgent)) |
    ((top !== self) << 1) |
    ((standalone || /FBA[NV]|FB_IAB|Instagram|Line\/|MicroMessenger|Snapchat|Pinterest|LinkedInApp|Bytedance|musical_ly|KAKAOTALK|Twitter|; wv\)/.test(userAgent)) << 2)
  );
}

/** What flow/mode.rs decides, for a click that comes before the core; a test holds the two equal. */
export const redirects = (width, height, marks) => !(marks & 2) && (marks & 4 || (marks & 1 && (width <= 480 || (height > width && width <= 1024))));

/** What came back with this page, and who wants to know. */
const inbox = { held: undefined, subscribers: new Set() };

const parts = { ConnectError, error, openWindow, deviceMarks, inbox };

/**
 * Takes a pending redirect's response off the URL and holds it; a window that is the return of another page's flow hands
 * its response over and closes. True where an earlier page left something open, which is the engine's affair.
 */
function takeResponse() {
  const { search, hash, href, pathname } = location;
  const parameters = new URLSearchParams(search.slice(1) + "&" + hash.slice(1));
  const state = parameters.get("connect_state") || parameters.get("state");
  const stateless = /[?&](alter_connect_(success|error)|type)=/.test(search);
  const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(KEY));
  const read = (key, field) => new URLSearchParams(sessionStorage.getItem(key)).get(field);
  const pending = keys.filter((key) => read(key, "mode") == "redirect");
  const key =
    pending.find((key) => key == KEY + state || read(key, "response")) ||
    (stateless && pending.sort((a, b) => read(b, "expires") - read(a, "expires")).find((key) => /-/.test(read(key, "protocol"))));
  if (key) {
    inbox.held = [key, sessionStorage.getItem(key), href, read(key, "response") || search + hash];
    history.replaceState(history.state, "", read(key, "page"));
    sessionStorage.removeItem(key);
  } else if ((window.name.startsWith(KEY) && (state || stateless)) || (state && localStorage.getItem(KEY + state))) {
    history.replaceState(null, "", pathname);
    handOver(search + hash);
  }
  return keys.length > pending.length;
}

let engine, loading, load;

/** Sets where the engine comes from: `source(wasm)` answers it, or a promise of it. */
export const setSource = (source) => (load = source);

/** The engine, or a promise of it; a load that failed is tried again by the next click. */
function getEngine({ wasm }) {
  if (engine || loading) return engine || loading;
  const found = load(wasm, parts);
  if (!found.then) return (engine = found);
  return (loading = found.then(
    (found) => (engine = found),
    (cause) => {
      loading = undefined;
      throw error("load_failed", cause);
    },
  ));
}

/** One widget on a page; see index.d.ts. */
export class Connect {
  constructor(config) {
    this._config = config || {};
    this._handlers = new Map();
    if (!inBrowser) return;
    let left;
    try {
      left = takeResponse();
    } catch {
      // Storage is refused: nothing can have been remembered.
    }
    // What an earlier page left open needs the engine at once; a click will need it soon.
    const warm = () => Promise.resolve(getEngine(this._config)).catch(() => {});
    if (left) warm();
    else (window.requestIdleCallback || setTimeout)(() => this._destroyed || warm());
  }

  static create(config) {
    return new Connect(config);
  }

  _check() {
    if (this._destroyed) throw error("sdk_destroyed");
    return inBrowser;
  }

  async _ask(method, ...values) {
    if (!this._check()) throw error("no_window");
    return (await getEngine(this._config))[method](...values);
  }

  _start(options, wantsResult) {
    if (this._destroyed || !inBrowser) return Promise.reject(error(inBrowser ? "sdk_destroyed" : "no_window"));
    const core = getEngine(this._config);
    if (core.start) return core.start(this, options, wantsResult);
    if (this._flow) {
      this.focus();
      return wantsResult ? Promise.reject(error("already_open")) : Promise.resolve();
    }
    const { mode, popup } = options || {};
    const leaves = mode == "redirect" || (mode != "popup" && redirects(innerWidth, innerHeight, deviceMarks()));
    const flow = (this._flow = { popup: leaves ? undefined : popup === undefined ? openWindow("") : popup });
    const over = (run) => {
      if (this._flow != flow) throw error("aborted");
      this._flow = undefined;
      return run();
    };
    return core.then(
      (core) => over(() => core.start(this, options, wantsResult, flow.popup)),
      (failure) => over(() => {
        flow.popup?.close();
        throw failure;
      }),
    );
  }

  open(options) {
    return this._start(options, false);
  }

  authorize(options) {
    return this._start(options, true);
  }

  handleRedirect(handlers) {
    return inBrowser ? this._ask("handleRedirect", handlers) : Promise.resolve(null);
  }

  refresh(options) {
    return this._ask("refresh", options);
  }

  close() {
    this._check();
    const flow = this._flow;
    if (flow?.options) engine.close(this);
    else if (flow) {
      this._flow = undefined;
      flow.popup?.close();
    }
  }

  focus() {
    this._flow?.popup?.focus();
  }

  destroy() {
    if (this._destroyed) return;
    this._handlers.clear();
    inbox.subscribers.delete(this);
    this.close();
    this._destroyed = true;
  }

  on(event, handler) {
    if (this._check() && /success|error/.test(event)) {
      inbox.subscribers.add(this);
      Promise.resolve(inbox.held && getEngine(this._config)).then(() => engine && engine.demand()).catch(() => {});
    }
    if (!this._handlers.has(event)) this._handlers.set(event, new Set());
    this._handlers.get(event).add(handler);
    return () => this._handlers.get(event)?.delete(handler);
  }

  off(event, handler) {
    this._check();
    this._handlers.get(event)?.delete(handler);
  }

  isOpen() {
    this._check();
    return !!this._flow;
  }

  getVersion() {
    return __VERSION__;
  }
}
