// The page in a browser: the hands of src/browser. Rust decides; this file answers its questions, opens, listens, stores, asks
// and calls.
//
// Texts and objects never cross the boundary: while this side calls in, it holds them, and Rust knows them by number, as it
// does its own texts (src/text.rs). What Rust answers is a set of effects, which are run here.

/** What can happen to a flow, in the order of `Event::ALL` in machine.rs. */
const EVENTS = {
  BLANK: 0, AWAY: 1, CLOSED: 2, OPENED: 3, BLOCKED: 4, RESOLVED: 5, UNRESOLVED: 6, RETURNED: 7, RELAYED: 8, MESSAGE: 9, VERIFIED: 10,
  UNVERIFIED: 11, VERIFY_FAILED: 12, TOKEN_RESPONSE: 13, NETWORK_FAILED: 14, EXCHANGED: 15, EXCHANGE_FAILED: 16, FOCUS: 17, BLUR: 18,
  RESTORED: 19, ABORT: 20,
};

/** Milliseconds between two looks at a window: two looks, one race and a close is seen in a fifth of a second. */
const LOOK = 60;

/** Flows that can be live at once in a page; bindings.rs has the same number. */
const SLOTS = 32;

/** The prefix of every key in storage. */
const KEY = "connect-widget:";

/** The type of a return page's message, and the name of its channel and of its key in localStorage. */
const RETURN = "connect-widget";

/** Who subscribes to nothing: the widget of flows that no instance began. */
const NOBODY = { _config: {}, _handlers: new Map() };

const own = Object.prototype.hasOwnProperty;

/** Live flows by their slots in the core. */
const flows = [];
const forEachFlow = (run) => flows.slice().forEach((flow) => flow && run(flow));

let core, shell, texts;

/** Binds this side to the Rust exports, their texts and the shell. */
export function bind(exports, list, parts, handOver) {
  core = exports;
  texts = list;
  shell = parts;
  if (parts.inbox.foreign) handOver(parts.inbox.foreign);
  return { start, close, refresh, handleRedirect, demand, prepare };
}

// ---- what Rust may ask -------------------------------------------------------------------------------------------

/** The flow that a call is about, the object at hand, and the values held for the length of the call. */
let at, object, held;

/** Calls in, about a flow and an object (or a returned URL), and runs the effects that the core answers. */
function enter(flow, call, value, url) {
  if (flow.slot < 0) return;
  const outer = { at, object, held };
  at = flow;
  object = value;
  held = [undefined];
  flow.place = url != null && /^[^?#]*\??([^#]*)#?([^]*)/.exec(url).slice(1).map((text) => new URLSearchParams(text));
  let effects;
  try {
    effects = call(flow.slot, Date.now());
  } catch (cause) {
    // An option that cannot be read or encoded: a getter that throws, half a surrogate pair.
    flow.error = ["invalid_options", "An option cannot be used; see cause."];
    flow.cause = cause;
    effects = FAIL;
  }
  ({ at, object, held } = outer);
  EFFECTS.forEach((run, bit) => effects & (1 << bit) && flow.slot >= 0 && run(flow, effects & LATE));
}

function signal(flow, event, value, url) {
  flow.last = event;
  enter(flow, (slot, now) => core.step(slot, now, event), value, url);
}

const log = ({ widget }, ...words) => widget._config.debug && console.debug("[connect-widget]", ...words);

export const keep = (value) => (value == null ? 0 : held.push(value) - 1);

export const hold = (text) => keep(texts[text]);

/** A text that the core made just now, in its memory. */
export const holdMade = (address, length) => keep(String.fromCharCode.apply(null, new Uint8Array(core.memory.buffer, address, length)));

const get = (value, key) => (value != null && own.call(value, key) ? value[key] : undefined);

/** Runs what foreign objects and texts may make throw; then there is no value. */
function attempt(run) {
  try {
    return keep(run());
  } catch {
    return 0;
  }
}

export const read = (name) => attempt(() => (texts[name] ? get(object, texts[name]) : object));
export const member = (value, name) => attempt(() => get(held[value], texts[name]));
export const item = (list, index) => attempt(() => held[list][index] ?? (index < held[list].length ? {} : undefined));

/** In the order of `Kind::ALL` in page.rs. */
export function kind(value) {
  value = held[value];
  if (value == null) return 0;
  if (typeof value == "string") return value ? 1 : 2;
  if (typeof value == "number") return value >= 0 ? 3 : 8;
  if (typeof value == "function") return 5;
  if (typeof value != "object") return 8;
  return Array.isArray(value) ? 4 : typeof value.then == "function" ? 6 : 7;
}

export const is = (value, word) => held[value] === texts[word];
export const same = (one, other) => held[one] === held[other];
export const number = (value) => Number(held[value]);

const pool = new Uint32Array(16);
let drawn = 16;

/** One request for random words serves a whole flow. */
export function random() {
  if (drawn == 16) {
    crypto.getRandomValues(pool);
    drawn = 0;
  }
  const word = pool[drawn];
  pool[drawn++] = 0;
  return word;
}

let parsed = {};

/** The last URL's is remembered: most clicks ask for the one before. */
export const origin = (url) =>
  attempt(() => {
    const text = held[url];
    if (typeof text != "string") return;
    if (parsed.text != text) {
      const { protocol, origin } = new URL(text);
      parsed = { text, origin: /^https?:$/.test(protocol) ? origin : undefined };
    }
    return parsed.origin;
  });

export const ownOrigin = () => keep(location.origin);
export const contains = (value, part) => held[value].includes(texts[part]);
export const parameter = (place, name) => keep(at.place[place].get(texts[name]));
export const repeats = (place, name) => at.place[place].getAll(texts[name]).length > 1;

export const claim = (value, name) =>
  attempt(() => {
    const json = held[value].includes("{") ? held[value] : atob(held[value].split(".")[1].replace(/-/g, "+").replace(/_/g, "/"));
    return get(JSON.parse(json), texts[name]);
  });

export function note(field, value) {
  if (value) at.record[texts[field]] = held[value];
}

export const noted = (field) => keep(at.record[texts[field]]);

export function startAddress(value, joint) {
  // As every URL parser does, before something is appended.
  const url = (held[value] || "").replace(/^[\0- ]+|[\0- ]+$/g, "");
  const join = texts[joint];
  at.address = join == "?" ? url + (url.includes("?") ? "&" : "?") : join ? url.replace(/\/$/, "") + join : url;
}

export function append(name, value) {
  if (value) at.address += `${"?&#".includes(at.address.slice(-1)) ? "" : "&"}${texts[name]}=${encodeURIComponent(held[value])}`;
}

export function appendAll(value) {
  const known = new URL(at.address).searchParams;
  const entries = Object.entries(held[value] || {}).filter(([, value]) => value != null);
  for (const [name, value] of entries) at.address += "&" + encodeURIComponent(name) + "=" + encodeURIComponent(value);
  return !entries.some(([name]) => known.has(name));
}

const now = () => Math.floor(Date.now() / 1000);

/** The steps of `Put` in page.rs, in its order: what becomes of the result's `name`. */
const STEPS = [
  () => (at.items ??= []).push((at.built = {})),
  (name, value) => value !== undefined && (name ? (at.built[name] = value) : (at.built = value)),
  (name, value) => {
    if (!(value >= 0)) return;
    at.built[name] = +value;
    at.built.expires_at = now() + +value;
  },
  (name, value) => (at.built[name] = Array.isArray(value) ? value : []),
  (name, value) => {
    try {
      at.built[name] = JSON.parse(value);
    } catch {
      at.built[name] = value;
    }
  },
  (name, value) => (at.built[name] = value || new Date().toISOString()),
  (name) => (at.built[name] = Object.fromEntries(at.place[1])),
  (name, value) => {
    const time = Math.floor(Date.parse(value) / 1000);
    if (!(time >= 0)) return;
    at.built[name] = time;
    at.built.expires_in = time - now();
  },
  (name, value) => value && (at.built[name] = value.split(",")),
];

export function put(step, name, value) {
  at.built ??= {};
  STEPS[step](texts[name], held[value]);
}

export function fail(code, sentence, option) {
  at.error = [texts[code], (option ? `Option ${texts[option]} ` : "") + texts[sentence]];
}

export function refuse(code, description) {
  const [name, words] = [code, description].map((value) => typeof held[value] == "string" && held[value]);
  at.error = [name || "oauth_error", words || name || "oauth_error"];
}

// ---- what Rust may have done -------------------------------------------------------------------------------------

/** The bits of `Effects` in machine.rs, in its order. */
const EFFECTS = [
  open,
  (flow) => ["OPEN", "connect_opened"].map((name) => emit(flow, name)),
  (flow) => remember(flow, true),
  navigate,
  (flow) => (remember(flow) ? location.assign(flow.address) : signal(flow, EVENTS.BLOCKED)),
  (flow) => emit(flow, "OAUTH_STARTED"),
  resolve,
  (flow) => ask(flow, () => flow.options.verify({ signal: signalOf(flow) }), EVENTS.VERIFIED, EVENTS.VERIFY_FAILED),
  closeWindow,
  requestToken,
  exchange,
  (flow) => emit(flow, "OAUTH_COMPLETE"),
  (flow) => emit(flow, "EXIT"),
  (flow) => settle(flow, "success", flow.items || flow.built),
  (flow) => settle(flow, "success", flow.given),
  (flow, late) => settle(flow, "error", new shell.ConnectError(...flow.error, flow.built, flow.cause), late),
  (flow, late) => settle(flow, "exit", undefined, late),
];

const FAIL = 1 << 15;
const LATE = 1 << 17;

// ---- what the shell calls ----------------------------------------------------------------------------------------

/** Begins a flow inside the click; `popup` is the window that the shell had to open before this code was here. */
function start(widget, options, wantsResult, popup) {
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
    enter(flow, begin, flow.options);
    flow.starting = false;
    if (!wantsResult) resolve();
    if (flow.slot < 0) return;
    abortSignal?.addEventListener("abort", flow.abort);
    watch(flow);
  });
}

function makeFlow(widget, options, done) {
  let slot = 0;
  while (flows[slot]) slot++;
  if (slot == SLOTS) throw shell.error("already_open");
  const flow = { slot, widget, options, done, record: { __proto__: null }, abort: () => signal(flow, EVENTS.ABORT) };
  return (flows[slot] = flow);
}

/** What is aborted when the flow ends; made for those who ask. */
const signalOf = (flow) => (flow.controller ??= new AbortController()).signal;

const begin = (slot, now) => core.begin(slot, now, innerWidth, innerHeight, shell.deviceMarks());

/** What a click need not wait for. */
function prepare() {
  if (isRecalled) return;
  recall();
  rehearse();
}

let isRecalled;

/** Takes up, once, what an earlier page left open, and listens for it. */
function recall() {
  if (!isRecalled) {
    isRecalled = true;
    sweep();
    for (const [key, { origin }] of records("popup")) if (!flows.some((flow) => flow?.key == key)) late.set(key, { origin });
  }
  listen();
}

/**
 * Goes once from a click to a result that nobody hears of, without a window: engines compile what is called for the first time, and
 * for the kind of object that it is called with.
 */
function rehearse() {
  const flow = makeFlow(NOBODY, { __proto__: null, token: KEY, onExit() {} }, () => {});
  const pretend = (call, value) => enter(flow, (slot, now) => void call(slot, now, EVENTS.OPENED), value);
  pretend(begin, flow.options);
  pretend(core.step);
  signal(flow, EVENTS.MESSAGE, { type: "alter_connect_success", grants: [{ grant_id: KEY, provider: KEY }] });
}

function watch(flow) {
  flow.timer = setInterval(look, LOOK, flow);
  listen(true);
  setTimeout(recall);
}

const close = ({ _flow }) => _flow && settle(_flow, "close");

/** The rest of a refresh is a file of its own, which comes with the first one. */
const refresh = (options) =>
  import("./refresh.js").then(
    (file) => file.refresh(options, requestRefresh, shell),
    (cause) => {
      throw shell.error("load_failed", cause);
    },
  );

const requestRefresh = (options) =>
  new Promise((resolve, reject) => {
    const flow = makeFlow(NOBODY, options, (kind, value) => {
      if (kind == "error") reject(value);
      else resolve({ refresh_token: options.refreshToken, ...value });
    });
    flow.silent = true;
    enter(flow, core.beginRefresh, options);
  });

/** The result of the redirect that this page came back from, or null. */
function handleRedirect(given) {
  const handlers = { __proto__: null, ...given };
  return new Promise((resolve, reject) => {
    const done = (kind, value) => (kind == "error" ? reject(value) : resolve(kind == "success" ? value : null));
    const { held } = shell.inbox;
    if (held) return takeHeld(handlers, done);
    const letter = mail.shift();
    if (letter) return done(...letter);
    const [record] = handlers.verify ? records("redirect") : [];
    if (!record) return resolve(null);
    const flow = takeUp(record, handlers, done);
    if (flow.lives) watch(flow);
    else settle(flow, "close");
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
  const [key, text, url, response] = held;
  shell.inbox.held = undefined;
  const flow = takeUp([key, parseRecord(text)], handlers, done);
  signal(flow, EVENTS.RETURNED, undefined, response);
  if (isUnanswered(flow)) {
    // Not an answer to this attempt after all, or too late a one: everything is put back as it was.
    abandon(flow);
    if (flow.lives) storage((session) => session.setItem(key, text));
    history.replaceState(history.state, "", url);
    done("close");
  }
}

/** A flow for a remembered attempt, without a window. */
function takeUp([key, record], handlers, done) {
  const flow = makeFlow(NOBODY, handlers, done);
  flow.silent = true;
  flow.key = key;
  flow.record = record;
  enter(flow, (slot, now) => void (flow.lives = core.resume(slot, now, !!handlers.verify)));
  return flow;
}

const isUnanswered = (flow) => flow.slot >= 0 && !flow.answered;

function abandon(flow) {
  flows[flow.slot] = undefined;
  flow.slot = -1;
}

// ---- results that nobody asked for yet ---------------------------------------------------------------------------

const mail = [];

function post(kind, value, widget) {
  if (kind == "success" || kind == "error") mail.push([kind, value, widget]);
  deliver();
}

/** To the widget that began the flow where it listens, or else to the first one that does. */
function deliver() {
  for (const letter of mail.slice()) {
    const [kind, value, widget] = letter;
    const reader = [widget, ...shell.inbox.subscribers].find((one) => one?._handlers.get(kind)?.size);
    if (!reader) continue;
    mail.splice(mail.indexOf(letter), 1);
    tell({ widget: reader, options: {} }, kind, value);
  }
}

// ---- the window --------------------------------------------------------------------------------------------------

/** Opens the flow's window, or takes the one that is already open. */
function open(flow) {
  const { address, options } = flow;
  const given = flow.popup === undefined ? options.popup : flow.popup;
  const popup = (flow.popup = given === undefined ? shell.openWindow(address || "") : given);
  if (!popup || (popup.closed && popup == options.popup)) return signal(flow, EVENTS.BLOCKED);
  // The user was quicker than the core: the next looks see it.
  if (popup.closed) return;
  flow.trigger = document.activeElement;
  if (!address) showConnecting(flow);
  else if (given) navigate(flow);
  signal(flow, EVENTS.OPENED);
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

function navigate({ popup, address }) {
  popup.location.replace(address);
}

/** Closes a window; Chromium loses a close that meets the window on its way from one process to another. */
function shut(popup, tries = 30) {
  popup?.close();
  if (popup && !popup.closed && tries) setTimeout(shut, 150, popup, tries - 1);
}

/** Closes a window that may be about to navigate: Chromium loses a close that meets a navigation, so that is replaced first. */
function shutAtRest(popup, tries = 20) {
  if (!popup || popup.closed) return;
  try {
    if (popup.document.readyState == "complete") tries = 0;
  } catch {
    if (tries == 20) popup.location.replace("about:blank");
  }
  if (tries) setTimeout(shutAtRest, 50, popup, tries - 1);
  else shut(popup);
}

/** The response is here: the record is used up, and the window has done its part. */
function closeWindow(flow) {
  flow.answered = true;
  forget(flow);
  shut(flow.popup);
  flow.popup = null;
}

/** One look at each window: closed, away, or back on the app's origin, where its URL can be read. */
function look(flow) {
  let sight = EVENTS.BLANK;
  if (flow.popup?.closed) sight = EVENTS.CLOSED;
  else if (flow.popup) {
    try {
      const { href } = flow.popup.location;
      if (/[?#]/.test(href)) signal(flow, EVENTS.RETURNED, undefined, href);
    } catch {
      sight = EVENTS.AWAY;
    }
  }
  signal(flow, sight);
}

// ---- what is remembered ------------------------------------------------------------------------------------------

/**
 * Stores the transaction under its state; false where storage is refused. Popups leave a mark in localStorage too, by which
 * a page of the app knows that it is the return of one.
 */
function remember(flow, popup) {
  const { record } = flow;
  flow.key = KEY + record.state;
  flow.origin = record.origin;
  record.page = location.href;
  return storage((session, local) => {
    session.setItem(flow.key, new URLSearchParams(record));
    if (popup) local.setItem(flow.key, record.expires);
    return true;
  });
}

/** The mark of a window out of sight, which the app's own channel was quicker than, stays: when it comes back, it can close. */
function forget({ key, last }, wasClosed) {
  late.delete(key);
  const severed = wasClosed && last > EVENTS.MESSAGE;
  if (key) storage((...stores) => stores.map((store, isLocal) => (isLocal && severed) || store.removeItem(key)));
}

const parseRecord = (text) => ({ __proto__: null, ...Object.fromEntries(new URLSearchParams(text)) });

/** The remembered attempts of a mode, newest first, as pairs of key and record. */
const records = (mode) =>
  storage((session) =>
    Object.keys(session)
      .filter((key) => key.startsWith(KEY))
      .map((key) => [key, parseRecord(session.getItem(key))])
      .filter(([, record]) => record.mode == mode)
      .sort(([, a], [, b]) => b.expires - a.expires),
  ) || [];

/** Attempts that nobody came back from leave nothing behind. */
const sweep = () =>
  storage((...stores) =>
    stores.map((store, isLocal) => {
      for (const key of Object.keys(store).filter((key) => key.startsWith(KEY))) {
        const text = store.getItem(key);
        if (Date.now() > (isLocal ? text : parseRecord(text).expires)) store.removeItem(key);
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

function resolve(flow) {
  const { record, options } = flow;
  const source = record.protocol == "alter-connect" ? options.token : options.link;
  const context = { state: record.state, mode: record.mode, signal: signalOf(flow) };
  ask(flow, () => (typeof source == "function" ? source(context) : source), EVENTS.RESOLVED, EVENTS.UNRESOLVED);
}

function exchange(flow) {
  const form = new URLSearchParams(flow.address);
  const grant = { code: form.get("code"), codeVerifier: form.get("code_verifier"), redirectUri: form.get("redirect_uri") };
  ask(flow, () => flow.options.exchange(grant), EVENTS.EXCHANGED, EVENTS.EXCHANGE_FAILED);
}

function requestToken(flow) {
  const form = flow.address;
  const json = flow.record.token_request == "json";
  const request = {
    method: "POST",
    headers: { accept: "application/json", "content-type": json ? "application/json" : "application/x-www-form-urlencoded" },
    body: json ? JSON.stringify(Object.fromEntries(new URLSearchParams(form))) : form,
    signal: signalOf(flow),
  };
  const parse = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return {};
    }
  };
  ask(flow, () => fetch(flow.record.token_endpoint, request).then((response) => response.text()).then(parse), EVENTS.TOKEN_RESPONSE, EVENTS.NETWORK_FAILED);
}

// ---- the outcome -------------------------------------------------------------------------------------------------

function emit(flow, name) {
  if (!flow.silent) tell(flow, "event", name, { timestamp: new Date().toISOString() });
}

const report = (error) => console.error("[connect-widget] a callback threw:", error);

/** Calls the flow's callback and the subscribers of an event; what they throw is reported and changes nothing. */
function tell(flow, event, ...values) {
  const callback = flow.options["on" + event[0].toUpperCase() + event.slice(1)];
  for (const handler of [...(flow.widget._handlers.get(event) || []), callback]) {
    try {
      if (handler) handler(...values);
    } catch (error) {
      report(error);
    }
  }
}

/**
 * The one way out of a flow. Its timer, its slot and its window are released before anybody is told; its record and the
 * listeners, which are slow to release, after.
 */
function settle(flow, kind, value, mayBeLate) {
  const wasClosed = flow.popup?.closed;
  release(flow, mayBeLate);
  log(flow, kind, kind == "error" ? value.code : "");
  const invalid = flow.starting && value?.code == "invalid_options";
  flow.done(kind, value, invalid);
  if (!flow.silent && !invalid) {
    if (kind != "close") tell(flow, kind, ...(value === undefined ? [] : [value]));
    tell(flow, "close");
  }
  // Storage and channels are slow, and the flow is over already.
  if (!mayBeLate) forget(flow, wasClosed && /success|error/.test(kind));
  listen();
}

function release(flow, mayBeLate) {
  const { widget, options, popup, trigger, timer, controller, abort } = flow;
  abandon(flow);
  clearInterval(timer);
  controller?.abort();
  options.signal?.removeEventListener("abort", abort);
  if (mayBeLate) {
    if (popup) late.set(flow.key, { origin: flow.origin, widget });
  } else {
    late.delete(flow.key);
    (flow.last == EVENTS.VERIFIED ? shutAtRest : shut)(popup);
  }
  if (widget._flow == flow) widget._flow = undefined;
  if (popup && document.activeElement == document.body) trigger?.focus?.();
}

// ---- listening: only while a flow is open, or a late result may come ----------------------------------------------

/**
 * Attempts by popup that ended, or whose page was reloaded, before the result came: by their keys, the provider's origin, and
 * the widget where it is known.
 */
const late = new Map();

let channel;

const listeners = {
  message({ source, origin, data }) {
    for (const flow of flows) {
      const popup = flow && flow.popup;
      if (popup && (source === popup || (!source && popup.closed))) return receive(flow, origin, data);
    }
    if (late.size) receiveLate(source, origin, data);
  },
  storage: ({ key, newValue }) => key == RETURN && relay(newValue),
  focus: () => forEachFlow((flow) => signal(flow, EVENTS.FOCUS)),
  blur: () => forEachFlow((flow) => signal(flow, EVENTS.BLUR)),
  pageshow: ({ persisted }) => persisted && forEachFlow((flow) => signal(flow, EVENTS.RESTORED)),
};

/** Opening the channel is the slowest single step of a click; it is left to the next task, before the window can have come anywhere. */
function listen(inClick) {
  const wanted = flows.some(Boolean) || late.size > 0;
  Object.entries(listeners).map((entry) => (wanted ? addEventListener : removeEventListener)(...entry));
  if (!wanted) channel = channel?.close();
  else if (!(inClick || channel) && window.BroadcastChannel) (channel = new BroadcastChannel(RETURN)).onmessage = ({ data }) => relay(data);
}

/** A message from the flow's own window: its provider's, or the app's return page's. */
function receive(flow, origin, data) {
  if (isReturn(origin, data)) signal(flow, EVENTS.RETURNED, undefined, data.response);
  else if (origin === flow.origin) signal(flow, EVENTS.MESSAGE, data);
  else log(flow, "ignored a message from", origin);
}

const isReturn = (origin, data) => origin === location.origin && data && data.type === RETURN && typeof data.response == "string";

/** A response from a page of the app that lost its opener. The first attempt that takes it, a live one if there is one, ends it. */
function relay(response) {
  const takes = (flow) => {
    if (!flow || flow.answered) return;
    if (flow.popup?.closed) signal(flow, EVENTS.CLOSED);
    signal(flow, EVENTS.RELAYED, undefined, response);
    return !isUnanswered(flow);
  };
  if (typeof response == "string" && !flows.some(takes)) tryLate(() => true, EVENTS.RELAYED, undefined, response);
}

function receiveLate(source, origin, data) {
  if (isReturn(origin, data)) relay(data.response);
  else if (tryLate((known) => known.origin === origin, EVENTS.MESSAGE, data)) shut(source);
}

/** Takes up late attempts, the newest first, until one is answered; whether one was. */
function tryLate(accepts, event, value, url) {
  return [...late.values()].some(accepts) && records("popup").some((record) => {
    const known = late.get(record[0]);
    if (!known || !accepts(known)) return;
    const flow = takeUp(record, {}, (kind, value) => post(kind, value, known.widget));
    signal(flow, event, value, url);
    if (!isUnanswered(flow)) return true;
    abandon(flow);
  });
}
