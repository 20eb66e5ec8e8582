// What the page does for a flow: the hands of src/browser. Rust decides; this file opens, listens, stores, asks and calls.
//
// Each function that Rust imports is named in host.rs. Strings and numbers cross the boundary, objects never do: while this
// side calls in, `at` is the object at hand that Rust may read from.


/** What can happen to a flow, in the order that `signal` in bindings.rs counts. */
const EVENTS = {
  BLANK: 0, AWAY: 1, CLOSED: 2, RESOLVED: 3, UNRESOLVED: 4, RETURNED: 5, RELAYED: 6, MESSAGE: 7, VERIFIED: 8, UNVERIFIED: 9,
  VERIFY_FAILED: 10, TOKEN_RESPONSE: 11, NETWORK_FAILED: 12, EXCHANGED: 13, EXCHANGE_FAILED: 14, FOCUS: 15, BLUR: 16,
  RESTORED: 17, ABORT: 18,
};

/** Milliseconds between two looks at a window: two looks, one race and a close is seen in a fifth of a second. */
const LOOK = 60;

/** The prefix of every key in storage. */
const KEY = "connect-widget:";

/** The type of a return page's message, and the name of its channel and of its key in localStorage. */
const RETURN = "connect-widget";

const own = Object.prototype.hasOwnProperty;
const flows = new Map();
/** Who subscribes to nothing: the widget of flows that no instance began. */
const NOBODY = { _config: {}, _handlers: new Map() };

let core, shell, at, built, items, count = 0;

/** Binds this side to the Rust exports and to the shell, and takes up what an earlier page left open. */
export function bind(exports, parts) {
  core = exports;
  shell = parts;
  records("popup").map(([key]) => late.add(key));
  listen();
  return { start, close, refresh, handleRedirect, demand };
}

const signal = (flow, event, object, text = "") => {
  at = object;
  core.signal(flow.id, event, Date.now(), text);
};

const log = ({ widget }, ...words) => widget._config.debug && console.debug("[connect-widget]", ...words);

// ---- what Rust may read ------------------------------------------------------------------------------------------

const walk = (path) => path.split(".").reduce((value, key) => (key ? (own.call(value, key) ? value[key] : undefined) : value), at);

/** A tag and a text: t(ext), n(umber), l(ist and its length), f(unction), p(romise), o(bject), x (other), or nothing. */
export function read(path) {
  try {
    const value = walk(path);
    if (value == null) return "";
    if (typeof value == "string") return "t" + value;
    if (typeof value == "number") return "n" + Math.floor(value);
    if (typeof value == "function") return "f";
    if (Array.isArray(value)) return "l" + value.length;
    return typeof value != "object" ? "x" : typeof value.then == "function" ? "p" : "o";
  } catch {
    return "";
  }
}

export function query(path) {
  try {
    return String(new URLSearchParams(walk(path) || ""));
  } catch {
    return "";
  }
}

export function origin(url) {
  try {
    const { protocol, origin } = new URL(url || location.href);
    return /^https?:$/.test(protocol) ? origin : "";
  } catch {
    return "";
  }
}

export function claim(text, name) {
  try {
    const json = text.includes("{") ? text : atob(text.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"));
    return String(JSON.parse(json)[name] ?? "");
  } catch {
    return "";
  }
}

export function entropy(bytes) {
  crypto.getRandomValues(bytes);
}

// ---- what the shell calls ----------------------------------------------------------------------------------------

/** Begins a flow inside the click; `popup` is the window that the shell had to open before this code was here. */
function start(widget, options, wantsResult, popup) {
  if (widget._flow) {
    widget.focus();
    return wantsResult ? Promise.reject(shell.error("already_open")) : Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    const done = (kind, value, invalid) => {
      if (invalid || (wantsResult && kind == "error")) reject(value);
      else if (wantsResult && kind != "success") reject(shell.error(kind == "exit" ? "popup_closed" : "aborted"));
      else resolve(wantsResult ? value : undefined);
    };
    const flow = makeFlow(widget, options || {}, done);
    const { signal: abortSignal } = flow.options;
    widget._flow = flow;
    flow.popup = popup;
    if (abortSignal?.aborted) return settle(flow, "error", shell.error("aborted"));
    flow.starting = true;
    at = flow.options;
    const { userAgent, maxTouchPoints, standalone } = navigator;
    core.begin(flow.id, Date.now(), innerWidth, innerHeight, maxTouchPoints, top !== self, !!standalone, userAgent);
    flow.starting = false;
    if (!wantsResult) resolve();
    if (!flows.has(flow.id)) return;
    abortSignal?.addEventListener("abort", flow.abort);
    watch(flow);
  });
}

function makeFlow(widget, options, done) {
  const flow = { id: ++count, widget, options, done, controller: new AbortController(), abort: () => signal(flow, EVENTS.ABORT) };
  flows.set(flow.id, flow);
  return flow;
}

function watch(flow) {
  flow.timer = setInterval(look, LOOK, flow);
  listen();
}

const close = ({ _flow }) => _flow && settle(_flow, "close");

const refreshes = new Map();

/** One request per refresh token, in this page and, with Web Locks, in all pages of the origin: who waits gets the answer. */
function refresh(options) {
  const { tokenEndpoint, refreshToken } = options || {};
  const name = RETURN + core.digest([tokenEndpoint, refreshToken].join());
  if (!refreshes.has(name)) refreshes.set(name, alone(name, () => requestRefresh(options || {})).finally(() => refreshes.delete(name)));
  return refreshes.get(name);
}

const requestRefresh = (options) =>
  new Promise((resolve, reject) => {
    const flow = makeFlow(NOBODY, options, (kind, value) => {
      if (kind == "error") reject(value);
      else resolve({ refresh_token: options.refreshToken, ...value });
    });
    flow.silent = true;
    options.signal?.addEventListener("abort", flow.abort);
    at = options;
    core.refresh(flow.id, Date.now());
    if (options.signal?.aborted) flow.abort();
  });

function alone(name, run) {
  const { locks } = navigator;
  if (!locks || !window.BroadcastChannel) return run();
  const channel = new BroadcastChannel(name);
  const shared = new Promise((resolve) => (channel.onmessage = ({ data }) => resolve(data)));
  const share = () =>
    run().then((value) => {
      channel.postMessage(value);
      return value;
    });
  const overdue = () => new Promise((resolve) => setTimeout(resolve, 300));
  return locks
    .request(name, { ifAvailable: true }, (lock) => lock && share())
    .then((value) => value || locks.request(name, () => Promise.race([shared, overdue()]).then((value) => value || share())))
    .finally(() => channel.close());
}

/** The result of the redirect that this page came back from, or null. */
function handleRedirect(handlers = {}) {
  return new Promise((resolve, reject) => {
    const done = (kind, value) => (kind == "error" ? reject(value) : resolve(kind == "success" ? value : null));
    const { held } = shell.inbox;
    if (held) return takeHeld(handlers, done);
    const letter = mail.shift();
    if (letter) return done(...letter);
    const [record] = handlers.verify ? records("redirect") : [];
    if (!record) return resolve(null);
    watch(takeUp(record, handlers, done));
  });
}

/** Somebody subscribed, perhaps after the result came. An answer to `handleRedirect` in the same task goes there. */
function demand() {
  const { held } = shell.inbox;
  if (held && !/\bexchange=/.test(held[1])) takeHeld({}, post);
  deliver();
}

function takeHeld(handlers, done) {
  const { held } = shell.inbox;
  const [key, record, url, response] = held;
  shell.inbox.held = undefined;
  const flow = takeUp([key, record], handlers, done);
  signal(flow, EVENTS.RETURNED, null, response);
  if (isUnanswered(flow)) {
    // Not an answer to this attempt after all: everything is put back as it was.
    abandon(flow);
    storage((session) => session.setItem(key, record));
    history.replaceState(history.state, "", url);
    done("close");
  }
}

/** A flow for a remembered attempt, without a window. */
function takeUp([key, record], handlers, done) {
  const flow = makeFlow(NOBODY, handlers, done);
  flow.silent = true;
  flow.key = key;
  core.resume(flow.id, Date.now(), key.slice(KEY.length), record, !!handlers.verify);
  return flow;
}

const isUnanswered = (flow) => flows.has(flow.id) && !flow.answered;

const abandon = ({ id }) => flows.delete(id) && core.forget(id);

// ---- results that nobody asked for yet ---------------------------------------------------------------------------

const mail = [];

function post(kind, value) {
  if (kind == "success" || kind == "error") mail.push([kind, value]);
  deliver();
}

function deliver() {
  for (const letter of mail.slice()) {
    const [kind, value] = letter;
    const reader = [...shell.inbox.subscribers].find(({ _handlers }) => _handlers.get(kind)?.size);
    if (!reader) continue;
    mail.splice(mail.indexOf(letter), 1);
    tell({ widget: reader, options: {} }, kind, value);
  }
}

// ---- the window --------------------------------------------------------------------------------------------------

export function open(id, url) {
  const flow = flows.get(id);
  const given = flow.popup === undefined ? flow.options.popup : flow.popup;
  flow.popup = given === undefined ? shell.openWindow(url) : given;
  if (!flow.popup || flow.popup.closed) return false;
  flow.trigger = document.activeElement;
  if (!url) showConnecting(flow);
  else if (given) navigate(id, url);
  return true;
}

/** A short document in the blank window. No style attribute and no style element: it works under any CSP. */
function showConnecting({ popup, widget }) {
  try {
    const { document: page } = popup;
    const make = (parent, name, properties) => parent.appendChild(Object.assign(page.createElement(name), properties));
    const text = (widget._config.labels || {}).connecting || "Connecting…";
    page.documentElement.lang = document.documentElement.lang || "en";
    page.title = text;
    make(page.head, "meta", { name: "color-scheme", content: "light dark" });
    make(page.body, "p", { align: "center", textContent: text }).setAttribute("role", "status");
  } catch {
    // A window that the app opened at an address of its own is left as it is.
  }
}

export function navigate(id, url) {
  flows.get(id)?.popup.location.replace(url);
}

export const redirect = (url) => location.assign(url);

export function closeWindow(id) {
  const flow = flows.get(id);
  if (!flow) return;
  flow.answered = true;
  forget(flow);
  flow.popup?.close();
  flow.popup = null;
}

/** One look at each window: closed, away, or back on the app's origin, where its URL can be read. */
function look(flow) {
  let sight = EVENTS.BLANK;
  if (flow.popup?.closed) sight = EVENTS.CLOSED;
  else if (flow.popup) {
    try {
      const { href } = flow.popup.location;
      if (/[?#]/.test(href)) signal(flow, EVENTS.RETURNED, null, href);
    } catch {
      sight = EVENTS.AWAY;
    }
  }
  signal(flow, sight);
}

// ---- what is remembered ------------------------------------------------------------------------------------------

/** Popups leave a mark in localStorage too, by which a page of the app knows that it is the return of one. */
export function remember(id, state, record, popup) {
  const flow = flows.get(id);
  if (!flow) return false;
  flow.key = KEY + state;
  flow.origin = new URLSearchParams(record).get("origin");
  sweep();
  return storage((session, local) => {
    session.setItem(flow.key, record + "&page=" + encodeURIComponent(location.href));
    if (popup) local.setItem(flow.key, Date.now() + 36e5);
    return true;
  });
}

function forget({ key }) {
  late.delete(key);
  if (key) storage((...stores) => stores.map((store) => store.removeItem(key)));
}

/** The remembered attempts of a mode, newest first, as pairs of key and record. */
const records = (mode) =>
  storage((session) =>
    Object.keys(session)
      .filter((key) => key.startsWith(KEY))
      .map((key) => [key, session.getItem(key)])
      .filter(([, record]) => new URLSearchParams(record).get("mode") == mode)
      .sort(([, a], [, b]) => new URLSearchParams(b).get("expires") - new URLSearchParams(a).get("expires")),
  ) || [];

/** Attempts that nobody came back from leave nothing behind. */
const sweep = () =>
  storage((...stores) =>
    stores.map((store, isLocal) => {
      for (const key of Object.keys(store).filter((key) => key.startsWith(KEY))) {
        const text = store.getItem(key);
        if (Date.now() > (isLocal ? text : new URLSearchParams(text).get("expires"))) store.removeItem(key);
      }
    }),
  );

/** Runs with both stores; false where the browser refuses them. */
function storage(run) {
  try {
    return run(sessionStorage, localStorage);
  } catch {
    return false;
  }
}

// ---- asking the app and the token endpoint -----------------------------------------------------------------------

/** Runs now, in this task; what it answers, or a promise of it, comes back as an event. */
function ask(flow, run, answered, failed) {
  new Promise((resolve) => resolve(run())).then(
    (value) => {
      flow.given = value;
      signal(flow, value == null && answered == EVENTS.VERIFIED ? EVENTS.UNVERIFIED : answered, value);
    },
    (cause) => {
      flow.cause = cause;
      signal(flow, failed);
    },
  );
}

export function resolve(id, state, popup) {
  const flow = flows.get(id);
  if (!flow) return;
  const { token, link } = flow.options;
  const source = token === undefined ? link : token;
  const context = { state, mode: popup ? "popup" : "redirect", signal: flow.controller.signal };
  ask(flow, () => (typeof source == "function" ? source(context) : source), EVENTS.RESOLVED, EVENTS.UNRESOLVED);
}

export function verify(id) {
  const flow = flows.get(id);
  if (flow) ask(flow, () => flow.options.verify({ signal: flow.controller.signal }), EVENTS.VERIFIED, EVENTS.VERIFY_FAILED);
}

export function exchange(id, code, codeVerifier, redirectUri) {
  const flow = flows.get(id);
  if (flow) ask(flow, () => flow.options.exchange({ code, codeVerifier, redirectUri }), EVENTS.EXCHANGED, EVENTS.EXCHANGE_FAILED);
}

export function requestToken(id, endpoint, form, json) {
  const flow = flows.get(id);
  if (!flow) return;
  const request = {
    method: "POST",
    headers: { accept: "application/json", "content-type": json ? "application/json" : "application/x-www-form-urlencoded" },
    body: json ? JSON.stringify(Object.fromEntries(new URLSearchParams(form))) : form,
    signal: flow.controller.signal,
  };
  const parse = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return {};
    }
  };
  ask(flow, () => fetch(endpoint, request).then((response) => response.text()).then(parse), EVENTS.TOKEN_RESPONSE, EVENTS.NETWORK_FAILED);
}

// ---- the outcome -------------------------------------------------------------------------------------------------

/** The steps of `Build` in outcome.rs, in its order. */
const STEPS = [
  () => (items = items || []).push((built = {})),
  (key, text) => (built[key] = text),
  (key, text) => {
    if (!(text >= 0)) return;
    built[key] = +text;
    built.expires_at = Math.floor(Date.now() / 1000) + +text;
  },
  (key, text) => (built[key] = text ? text.split(",") : []),
  (key, text) => {
    try {
      built[key] = JSON.parse(text);
    } catch {
      built[key] = text;
    }
  },
  (key, text) => (key ? (built[key] = walk(text)) : (built = walk(text))),
  (key, text) => (built[key] = text || new Date().toISOString()),
  (key, text) => (built[key] = Object.fromEntries(new URLSearchParams(text))),
  (key, text) => {
    built[key] = Math.floor(Date.parse(text) / 1000);
    built.expires_in = built[key] - Math.floor(Date.now() / 1000);
  },
];

export function build(step, key, text) {
  built = built || {};
  STEPS[step](key, text);
}

export function emit(id, name) {
  const flow = flows.get(id);
  if (flow && !flow.silent) tell(flow, "event", name, { timestamp: new Date().toISOString() });
}

export function finish(id, outcome, code, message, late) {
  const value = items || built;
  built = items = undefined;
  const flow = flows.get(id);
  if (!flow) return;
  if (outcome == 3) settle(flow, "error", new shell.ConnectError(code, message, value, flow.cause), late);
  else if (outcome == 2) settle(flow, "exit", undefined, late);
  else settle(flow, "success", outcome ? flow.given : value);
}

const report = (error) => console.error("[connect-widget] a callback threw:", error);

/** Calls the flow's callback and the subscribers of an event; what they throw is reported and changes nothing. */
function tell(flow, event, ...values) {
  const callback = flow.options["on" + event[0].toUpperCase() + event.slice(1)];
  for (const handler of [callback, ...(flow.widget._handlers.get(event) || [])]) {
    try {
      handler?.(...values);
    } catch (error) {
      report(error);
    }
  }
}

/** The one way out of a flow: everything is released before anybody is told. */
function settle(flow, kind, value, mayBeLate) {
  release(flow, mayBeLate);
  log(flow, kind, kind == "error" ? value.code : "");
  if (flow.silent) return flow.done(kind, value);
  const invalid = flow.starting && value?.code == "invalid_options";
  flow.done(kind, value, invalid);
  if (invalid) return;
  if (kind != "close") tell(flow, kind, ...(value === undefined ? [] : [value]));
  tell(flow, "close");
}

function release(flow, mayBeLate) {
  const { id, widget, options, popup, trigger, timer, controller, abort } = flow;
  flows.delete(id);
  core.forget(id);
  clearInterval(timer);
  controller.abort();
  options.signal?.removeEventListener("abort", abort);
  if (mayBeLate) {
    if (popup) late.add(flow.key);
  } else {
    forget(flow);
    popup?.close();
  }
  if (widget._flow == flow) widget._flow = undefined;
  if (popup && document.activeElement == document.body) trigger?.focus?.();
  listen();
}

// ---- listening: only while a flow is open, or a late result may come ----------------------------------------------

/** Keys of attempts by popup that ended, or whose page was reloaded, before the result came. */
const late = new Set();

let listening = false, channel;

const listeners = {
  message({ source, origin, data }) {
    for (const flow of flows.values()) {
      const { popup } = flow;
      if (popup && (source === popup || (!source && popup.closed))) return receive(flow, origin, data);
    }
    if (late.size) receiveLate(origin, data);
  },
  storage: ({ key, newValue }) => key == RETURN && newValue && relay(newValue),
  focus: () => flows.forEach((flow) => signal(flow, EVENTS.FOCUS)),
  blur: () => flows.forEach((flow) => signal(flow, EVENTS.BLUR)),
  pageshow: ({ persisted }) => persisted && flows.forEach((flow) => signal(flow, EVENTS.RESTORED)),
};

function listen() {
  const wanted = flows.size + late.size > 0;
  if (wanted == listening) return;
  listening = wanted;
  for (const name in listeners) (wanted ? addEventListener : removeEventListener)(name, listeners[name]);
  if (!window.BroadcastChannel) return;
  if (wanted) (channel = new BroadcastChannel(RETURN)).onmessage = ({ data }) => typeof data == "string" && relay(data);
  else channel.close();
}

/** A message from the flow's own window: its provider's, or the app's return page's. */
function receive(flow, origin, data) {
  if (isReturn(origin, data)) signal(flow, EVENTS.RETURNED, null, data.response);
  else if (origin === flow.origin) signal(flow, EVENTS.MESSAGE, data);
  else log(flow, "ignored a message from", origin);
}

const isReturn = (origin, data) => origin === location.origin && data && data.type === RETURN && typeof data.response == "string";

/** A response from a page of the app that lost its opener. */
function relay(response) {
  flows.forEach((flow) => signal(flow, EVENTS.RELAYED, null, response));
  tryLate(() => true, EVENTS.RELAYED, null, response);
}

function receiveLate(origin, data) {
  if (isReturn(origin, data)) relay(data.response);
  else tryLate((record) => record.get("origin") === origin, EVENTS.MESSAGE, data);
}

function tryLate(accepts, event, object, text) {
  for (const record of late.size ? records("popup") : []) {
    if (!late.has(record[0]) || !accepts(new URLSearchParams(record[1]))) continue;
    const flow = takeUp(record, {}, post);
    signal(flow, event, object, text);
    if (isUnanswered(flow)) abandon(flow);
  }
  listen();
}
