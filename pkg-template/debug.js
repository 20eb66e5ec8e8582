// connect-widget/debug: says on the console what is wrong and how to mend it. Loaded only where an app creates a widget with
// `debug: true`; the shell and the core tell `observe()` what happens, and the rest is found out here.
//
// What it finds it shows once for each flow, and tells the page by an event, `connect-widget:finding`.
import { errors } from "./debug/findings.js";
import { avoidsWasm, begin, explain, find, findUnknown, flows, found, isLive, latest, onPage, wants } from "./debug/flows.js";
import { saidIn } from "./debug/names.js";
import { clockOffset, foreignTop, headers, isFramed, listen, originOf, place, probeStore, redact, severingHeader, why } from "./debug/page.js";
import { expectedOrigin, findBadLanding, findIgnoredResponse, findUnanswered, findUnansweredRedirect, isResult, judgeReturn, listenToChannels, onMessage, redirectOf } from "./debug/returns.js";
import { hearEarlierViolations, onViolation } from "./debug/policy.js";
import { explainNetwork, explainStatus } from "./debug/token.js";
import { landingOf, systemOf, systems } from "./debug/systems.js";
import { diagnose as diagnosePage } from "./debug/diagnose.js";

/** Milliseconds after which a window that is out of sight and was not given up is taken for severed. */
const SEVERED = 500;
/** A flow that is over sooner, in milliseconds, was given up. */
const GIVEN_UP = 2000;

/** See debug.d.ts. */
export const diagnose = (options) => diagnosePage(options, { explain, found, copies: copies(), avoidsWasm: avoidsWasm() });

// ---------------------------------------------------------------- what the shell and the core tell

/** What happens, by the names that shell.js, errors.js, and in src/browser/ driver.rs and hearing.rs use. */
const observers = {
  create(href, widget) {
    register(widget);
    wants.add(widget.config.wasm !== false);
    // React's StrictMode destroys a widget in the task that has made it. What else there is to say is said of the next one.
    if (widget.isDestroyed) return;
    widget.on("event", (name) => onEvent(flows.get(widget), name));
    widget.on("exit", () => onExit(flows.get(widget)));
    widget.on("close", () => onClose(flows.get(widget)));
    findIgnoredResponse(href);
    findUnknown("option of create()", saidIn(widget.config));
    setTimeout(() => {
      findUnansweredRedirect();
      findUnknown("event", [...widget.handlers.keys()]);
    }, 400);
  },

  launch([options, isActive], widget) {
    // A click while a flow is live brings that flow's window to the front.
    if (isLive(flows.get(widget))) return;
    const flow = { options: read(options), isActive, told: new Set(), at: performance.now(), isOver: false };
    begin(widget, flow);
    findLateCall(flow);
    findUnknown("option of open()", saidIn(flow.options));
    findUnknown("event", [...widget.handlers.keys()]);
    // In a while: the window first.
    setTimeout(() => examine(flow).catch(() => {}), 50);
  },

  error(error) {
    const flow = isLive(latest) || latest?.hasJustEnded ? latest : undefined;
    onError(error, flow, flow ?? onPage);
  },

  destroy(_, widget) {
    const flow = flows.get(widget);
    flows.delete(widget);
    if (!isLive(flow)) return;
    onClose(flow);
    if (!flow.hasOutcome) find("destroyed", {}, flow);
  },

  window_gone(_, widget) {
    const flow = flows.get(widget);
    if (!flow || flow.wentAt) return;
    flow.wentAt = performance.now();
    listenToChannels(flow);
    setTimeout(() => {
      const isAsking = flow.options.verify && document.hasFocus();
      if (isLive(flow) && !isAsking) findSevered(flow).catch(() => {});
    }, SEVERED);
  },

  window_at(href, widget) {
    judgeReturn(href, flows.get(widget));
  },

  message_source(_, widget) {
    // This is a microtask of the core's own listener, in which the window's event is still the message.
    const { origin, data } = window.event ?? {};
    const flow = flows.get(widget);
    if (flow && isResult(data, flow) && origin === expectedOrigin(flow)) find("message_source", { origin }, flow);
  },
};

/** What the shell and the core call; it never throws. */
export function observe(finding, facts, widget) {
  try {
    start();
    observers[finding]?.(facts, widget);
  } catch (error) {
    console.debug("[connect-widget] debug:", error);
  }
}

/** The options as they are, where they can be read; the core says what is wrong with others. */
function read(options) {
  try {
    return { __proto__: null, ...options };
  } catch {
    return {};
  }
}

// ---------------------------------------------------------------- the click

let isStarted = false;
/** Whether this task is one of the user's: a click, a key. */
let isInGesture = false;
/** Whether gestures are heard of yet: the click that loaded this file was not. */
let hearsGestures = false;

function start() {
  if (isStarted) return;
  isStarted = true;
  for (const type of ["click", "keydown", "keyup", "pointerdown", "pointerup", "mousedown", "mouseup", "touchend", "submit", "change"]) {
    listen(window, type, onGesture, { capture: true, passive: true });
  }
  setTimeout(() => (hearsGestures = true));
  listen(window, "message", onMessage);
  listen(document, "securitypolicyviolation", onViolation);
  hearEarlierViolations();
}

function onGesture({ isTrusted }) {
  if (!isTrusted) return;
  isInGesture = true;
  setTimeout(() => (isInGesture = false));
}

function findLateCall(flow) {
  const { mode, popup } = flow.options;
  if (popup !== undefined || mode === "redirect" || isInGesture || window.event?.isTrusted) return;
  // The click may have been before this file, and have opened a window already.
  if (!hearsGestures && (flow.isActive !== false || navigator.userActivation?.hasBeenActive)) return;
  flow.isLate = true;
  find("late_open", { active: flow.isActive !== false, source: systemOf(flow.options).source }, flow);
}

/** What is wrong with the page whatever comes of the flow. */
async function examine(flow) {
  const { options } = flow;
  findCopies();
  for (const store of ["sessionStorage", "localStorage"]) {
    const state = probeStore(store);
    if (state !== "ok") find(`storage_${state}`, { store }, onPage, store);
  }
  const top = foreignTop();
  if (top !== undefined && systemOf(options).landing && !options.verify) find("third_party_frame", { top }, flow);
  await Promise.all([examineHeaders(flow), findBadLanding(landingOf(options).url)]);
}

async function examineHeaders(flow) {
  const answered = await headers();
  const seconds = clockOffset(answered);
  if (seconds) find("clock_off", { seconds });
  const value = severingHeader(answered);
  if (value) find("coop_own", { value, way: wayBack(flow.options) });
}

/** Which way an answer can take when the window is cut off. */
const wayBack = (options) => (options.verify ? "Nothing: `verify` asks your backend for the result." : systemOf(options).wayBack);

async function findSevered(flow) {
  // Where this page does it, that has been said.
  if (!severingHeader(await headers())) find("severed", { way: wayBack(flow.options) }, flow);
}

// ---------------------------------------------------------------- what becomes of a flow

function onEvent(flow, name) {
  if (flow && name === "OAUTH_COMPLETE") flow.hasOutcome = true;
}

function onExit(flow) {
  if (!flow) return;
  flow.hasOutcome = true;
  if (performance.now() - flow.at < GIVEN_UP) return;
  const record = redirectOf();
  if (record) return findUnanswered(record);
  // That it came back, and with what, has been said.
  if (flow.told.has("message_state")) return;
  const landing = landingOf(flow.options).url;
  const facts = { origin, landing: landing && place(landing) + (/\?/.test(landing) ? "?…" : ""), waits: Boolean(flow.wentAt) };
  find(systemOf(flow.options).silence ?? "no_return", facts, flow);
}

function onClose(flow) {
  if (!isLive(flow)) return;
  flow.isOver = true;
  flow.overAt = performance.now();
  flow.hasJustEnded = true;
  setTimeout(() => (flow.hasJustEnded = false));
  flow.channels?.forEach((channel) => channel.close());
  flow.channels = undefined;
}

/** Who says an error, beside the systems. */
const OURS = { ordinary: ["already_open", "aborted", "popup_closed", "no_window"] };
const TOKEN_ENDPOINT = {};

/** Who says an error: what others say has details, and each system has names of its own in them. So has a refusal without a state. */
function speakerOf(details) {
  if (Object(details) !== details) return OURS;
  if (typeof details.status === "number" && "body" in details) return TOKEN_ENDPOINT;
  return Object.values(systems).find(({ speaks }) => speaks?.(details));
}

function onError({ code, message, details, cause }, flow, scope) {
  const speaker = speakerOf(details);
  // What the user or the app has done.
  if (speaker.ordinary?.includes(code)) return;
  if (flow) flow.hasOutcome = true;
  if (speaker === OURS) return onOwnError(code, { message, cause }, flow, scope);
  if (speaker === TOKEN_ENDPOINT) return explainStatus(code, details, flow, scope);
  // A code of another system, or one of ours, means something else there. These two are ours where nobody has said them.
  const isOurs = /^(oauth_error|state_mismatch)$/.test(code) && !Object.values(details).includes(code);
  if (isOurs || Object.keys(speaker.findings).includes(code)) return find(code, {}, scope);
  find("provider_error", { code: redact(code) }, scope, code);
}

function onOwnError(code, { message, cause }, flow, scope) {
  if (code === "invalid_options") return onInvalidOption(message, flow, scope);
  if (code === "popup_blocked") return find(isFramed() && !flow?.isLate ? "frame_sandbox" : code, { late: flow?.isLate }, scope);
  if (code === "network_error") return void explainNetwork(flow, scope).catch(() => {});
  // Anything else is an error that the app has made of our class.
  if (Object.keys(errors).includes(code)) find(code, { why: why(cause), malformed: flow && systemOf(flow.options).malformed }, scope);
}

function onInvalidOption(message, flow, scope) {
  // The flow has never begun, or ends with a `close` of its own.
  if (flow) flow.isOver = true;
  const [, option] = /^Option (\S+)/.exec(message) ?? [];
  const given = flow?.options[option];
  const origin = typeof given === "string" && /^redirectUr[il]$/.test(option) && originOf(given);
  if (origin && origin !== window.origin) find("redirect_uri_origin", { option, given, own: window.origin }, scope);
  else find("invalid_options", { message }, scope);
}

// ---------------------------------------------------------------- copies

const COPIES = Symbol.for("connect-widget:debug");
/** What pkg-template/page.js keeps for all copies. */
const PAGE = Symbol.for("connect-widget:page");

function register(widget) {
  const { constructor } = widget;
  constructor.diagnose ??= diagnose;
  (globalThis[COPIES] ??= new Set()).add(constructor);
  findCopies();
}

function findCopies() {
  if (copies().length > 1) find("two_copies", { copies: copies() });
}

/** The versions of the copies that are there; one without `debug` is known by its core alone. */
function copies() {
  const versions = [...(globalThis[COPIES] ?? [])].map((copy) => copy.prototype.getVersion());
  const silent = (window[PAGE]?.cores?.size ?? 0) - versions.length;
  return [...versions, ...Array(Math.max(0, silent)).fill("unknown")];
}
