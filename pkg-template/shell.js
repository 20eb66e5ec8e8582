// The shell: the class that apps see. It keeps the click sacred and hands everything else to the engine (src/browser and the
// Rust core behind it), which may be here already, may be on its way, or may have to be the JavaScript one.

/** The prefix of every key in storage and of every window's name; host.js and callback.js have the same. */
const KEY = "connect-widget:";

const page = globalThis.window;

/** An error with a stable code; `details` holds the provider's own words, `cause` what the app or the network threw. */
export class ConnectError extends Error {
  constructor(code, message, details, cause) {
    super(message);
    Object.assign(this, { name: "ConnectError", code, details, cause });
  }
}

const SENTENCES = {
  sdk_destroyed: "destroy() was called: create() a new one.",
  no_window: "Only a browser can do this.",
  load_failed: "The core did not load; see cause.",
  already_open: "A window is open already.",
  popup_closed: "The user closed the window.",
  aborted: "The app ended the flow.",
};

const error = (code, cause) => new ConnectError(code, SENTENCES[code], undefined, cause);

/** Opens a centred window on the screen that the page is on; every flow's has a name of its own. Null where it is blocked. */
function openWindow(url) {
  try {
    const popup = open(url, KEY + Math.random(), `popup,width=500,height=700,left=${(screenX + outerWidth / 2 - 250) | 0},top=${(screenY + outerHeight / 2 - 350) | 0}`);
    return popup && !popup.closed ? popup : null;
  } catch {
    // Firefox, in a frame that may not open windows; the others answer null.
    return null;
  }
}

/** The last user agent, and the marks that it makes. */
let agent, agentMarks;

/** What the core's mode decision goes by: 1 hand-held, 2 in a frame, 4 an in-app browser or a web app on iOS's home screen. */
function deviceMarks() {
  const { maxTouchPoints, standalone, userAgent } = navigator;
  if (agent != userAgent) {
    agent = userAgent;
    agentMarks =
      /Android|iP(hone|ad|od)/.test(agent) |
      (/FBA[NV]|FB_IAB|Instagram|Line\/|MicroMessenger|Snapchat|Pinterest|LinkedInApp|Bytedance|musical_ly|KAKAOTALK|Twitter|; wv\)/.test(agent) << 2);
  }
  return agentMarks | (maxTouchPoints > 1) | ((top != self) << 1) | (standalone << 2);
}

/** What flow/mode.rs decides, for a click that comes before the core; a test holds the two equal. */
export const redirects = (width, height, marks) => !(marks & 2) && (marks & 4 || (marks & 1 && (width <= 480 || (height > width && width <= 1024))));

/** What came back with this page (for itself, or for the page that opened it), and who wants to know. */
const inbox = { subscribers: new Set() };

const parts = { ConnectError, error, openWindow, deviceMarks, inbox };

/**
 * Takes a pending redirect's response, or the one of another page's window, off the URL before a router sees it, and holds
 * it for the engine. True where there is something for the engine to do.
 */
function takeResponse() {
  const { search, hash, href } = location;
  const parameters = new URLSearchParams(search.slice(1) + "&" + hash.slice(1));
  const bare = parameters.get("connect_state") || parameters.get("state");
  const state = KEY + bare;
  const isStateless = /[?&](alter_connect_\w+|type)=/.test(search);
  const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(KEY));
  let taken;
  for (const key of keys) {
    const record = new URLSearchParams(sessionStorage[key]);
    const field = (name) => record.get(name);
    if (field("mode") != "redirect" || !(key == state || field("response") || (isStateless && /-/.test(field("protocol"))))) continue;
    if (!taken || key == state || field("expires") > taken[0]) taken = [key == state ? "9" : field("expires"), key, sessionStorage[key], href, field("response") || search + hash, field("page")];
  }
  if (taken) {
    inbox.held = taken.slice(1);
    sessionStorage.removeItem(taken[1]);
    history.replaceState(history.state, "", taken[5]);
  } else if ((bare && localStorage[state]) || (page.name.startsWith(KEY) && (parameters.has("state") || isStateless))) {
    inbox.foreign = search + hash;
    history.replaceState(history.state, "", location.pathname);
  }
  return keys[0] || inbox.foreign || "";
}

let left;

/** Whether there is something for the engine to do; looked for once after each create(). */
function findLeft() {
  try {
    left ??= takeResponse();
  } catch {
    // Storage is refused: nothing can have been remembered.
  }
  return left;
}

let engine, loading, load;

/** Sets where the engine comes from: `source(wasm, parts)` answers it, or a promise of it. */
export const setSource = (source) => (load = source);

/** The engine, or a promise of it; a load that failed is tried again by the next click. */
function getEngine({ wasm }) {
  if (engine || loading) return engine || loading;
  const found = load(wasm, parts);
  if (!found.then) return (engine = found);
  return (loading = found.then(
    (found) => (engine = found),
    (cause) => {
      loading = 0;
      throw error("load_failed", cause);
    },
  ));
}

/** One widget on a page; see index.d.ts. */
export class Connect {
  constructor(config) {
    this._config = config || {};
    this._handlers = new Map();
    if (!page) return;
    const warm = async () => this._destroyed || (await getEngine(this._config)).prepare();
    // What an earlier page left open needs the engine at once; a click will need it soon.
    const prepare = () => (findLeft() ? queueMicrotask : page.requestIdleCallback || setTimeout)(() => warm().catch(() => {}));
    left = undefined;
    // Storage takes milliseconds to open. Where the URL has nothing that must be taken off it, the app goes first.
    if (/[?#]/.test(location)) prepare();
    else setTimeout(prepare);
  }

  static create(config) {
    return new Connect(config);
  }

  _check() {
    if (this._destroyed) throw error("sdk_destroyed");
  }

  async _ask(method, ...values) {
    this._check();
    if (!page) throw error("no_window");
    return (await getEngine(this._config))[method](...values);
  }

  async _start(given, wantsResult) {
    // Own properties only: what other scripts did to Object.prototype is no option.
    const options = { __proto__: null, ...given };
    this._check();
    if (!page) throw error("no_window");
    if (this._flow) {
      this.focus();
      if (wantsResult) throw error("already_open");
      return;
    }
    const core = getEngine(this._config);
    if (core.start) return core.start(this, options, wantsResult);
    const { mode, popup } = options;
    const leaves = mode == "redirect" || (mode != "popup" && redirects(innerWidth, innerHeight, deviceMarks()));
    const flow = (this._flow = { popup: leaves || popup !== undefined ? popup : openWindow("") });
    const failure = await core.then(() => {}, (cause) => cause);
    if (this._flow != flow) {
      // close() or destroy() in between.
      if (wantsResult) throw error("aborted");
      return;
    }
    this._flow = undefined;
    if (!failure) return engine.start(this, options, wantsResult, flow.popup);
    flow.popup?.close();
    throw failure;
  }

  open(options) {
    return this._start(options);
  }

  authorize(options) {
    return this._start(options, true);
  }

  async handleRedirect(handlers) {
    if (!page) return null;
    findLeft();
    return this._ask("handleRedirect", handlers);
  }

  refresh(options) {
    return this._ask("refresh", options);
  }

  close() {
    this._check();
    const flow = this._flow;
    if (flow?.options) return engine.close(this);
    this._flow = undefined;
    flow?.popup?.close();
    if (flow) this._handlers.get("close")?.forEach((handler) => queueMicrotask(handler));
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
    this._check();
    if (!this._handlers.has(event)) this._handlers.set(event, new Set());
    this._handlers.get(event).add(handler);
    if (page && /success|error/.test(event)) {
      inbox.subscribers.add(this);
      Promise.resolve()
        .then(() => (findLeft(), inbox.held && getEngine(this._config)))
        .then(() => engine && engine.demand(), () => {});
    }
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
