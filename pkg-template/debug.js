// connect-widget/debug: says on the console what is wrong and how to mend it. Loaded only where an app creates an instance with
// `debug: true`; the shell and the core tell `observe()` what happens, and the rest is found out here.
//
// What it finds it shows once for each flow, and tells the page by an event, `connect-widget:finding`.
import { errors, findings, warn } from "./debug/findings.js";
import { endpointOf, landingOf, systemOf, systems } from "./debug/systems.js";
import { diagnose as diagnosePage } from "./debug/diagnose.js";
import { saidIn, unknownNames } from "./debug/names.js";
import { PREFIX, ownership, records } from "./owner.js";
import { clockOffset, examineLanding, foreignTop, headers, isFramed, listen, originOf, place, probeStore, redact, severingHeader, why } from "./debug/page.js";

const DOCS = `https://unpkg.com/connect-widget@${__VERSION__}/troubleshooting.md`;

/** Milliseconds after which a window that is out of sight and was not given up is taken for severed. */
const SEVERED = 500;
/** A flow that is over sooner, in milliseconds, was given up. */
const GIVEN_UP = 2000;

// ---------------------------------------------------------------- what was found

const found = [];

/** What the page, rather than one flow, was told already. */
const onPage = { told: new Set() };

/** Shows a finding, once for each flow (or the page) and `key`. */
function find(code, facts = {}, scope = onPage, key = "") {
  if (scope.told.has(code + key)) return;
  const finding = explain(code, facts);
  scope.told.add(code + key);
  found.push(finding);
  warn(finding);
  window.dispatchEvent(new CustomEvent("connect-widget:finding", { detail: finding }));
}

/** Names that nobody knows are told once on a page. */
function findUnknown(kind, said) {
  for (const facts of unknownNames(kind, said)) find("unknown_name", facts, onPage, kind + facts.name);
}

const explain = (code, facts) => ({ code, ...findings[code](facts), docs: `${DOCS}#${code}` });

/** See debug.d.ts. */
export const diagnose = (options) => diagnosePage(options, { explain, found, copies: copies(), avoidsWasm: avoidsWasm() });

// ---------------------------------------------------------------- what the shell and the core tell

/** The flow of each instance; kept after its end, until the next click. */
const flows = new Map();

/** The last flow that anybody began: errors do not say whose they are. */
let latest;

const isLive = (flow) => Boolean(flow && !flow.isOver);

/** Whether instances want WebAssembly: what each of them says. */
const wants = new Set();
const avoidsWasm = () => wants.has(false) && !wants.has(true);

/** What happens, by the names that shell.js, errors.js, and in src/browser/ driver.rs and hearing.rs use. */
const observers = {
  create(href, widget) {
    register(widget);
    wants.add(widget.config.wasm !== false);
    // React's StrictMode destroys an instance in the task that has made it. What else there is to say is said of the next one.
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
    flows.set(widget, (latest = flow));
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

async function findBadLanding(url) {
  const [code, facts] = await examineLanding(url);
  if (code) find(code, facts, onPage, facts.landing);
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

// ---------------------------------------------------------------- the token endpoint

/** Finds out why the token endpoint could not be read, by requests that have nothing in them. */
async function explainNetwork(flow, scope) {
  const endpoint = flow?.options.tokenEndpoint;
  if (typeof endpoint !== "string") return find("network_error", {}, scope);
  const facts = { endpoint: place(endpoint), origin };
  // What the policy refuses is told a little later than the request fails.
  await new Promise((resolve) => setTimeout(resolve, 100));
  if (violations.some((blocked) => originOf(blocked) === originOf(endpoint))) return;
  const probe = (init) => fetch(endpoint, { method: "POST", credentials: "omit", cache: "no-store", ...init });
  const code = await probe({ redirect: "manual" }).then(
    ({ type }) => (type === "opaqueredirect" ? "token_redirect" : "token_cors"),
    () => probe({ mode: "no-cors" }).then(() => "token_cors", () => "token_unreachable"),
  );
  find(code, facts, scope);
}

/** The token endpoint answered, and it was no token. */
function explainStatus(code, { status, body, error }, flow, scope) {
  const { tokenEndpoint, tokenRequest: format = "form" } = flow?.options ?? {};
  const endpoint = typeof tokenEndpoint === "string" ? place(tokenEndpoint) : undefined;
  if (typeof body === "string" && /^\s*</.test(body)) return find("token_html", { endpoint, status }, scope);
  if (code === "invalid_grant" || code === "invalid_client") return find(code, {}, scope);
  const word = redact(typeof error === "string" ? error : code);
  const isFormat = status === 415 || status === 422 || (status === 400 && /^(invalid_request|unsupported_grant_type|invalid_response)$/.test(word));
  if (isFormat && endpoint) return find("token_format", { format, status, code: word }, scope);
  if (status >= 200 && status < 300) return find("invalid_response", { malformed: systems.code.malformed }, scope);
  find("token_refused", { status, code: word }, scope);
}

// ---------------------------------------------------------------- messages, and pages that come back

/** The attempts by popup that this page remembers. */
const popups = () => records("sessionStorage").filter(({ mode }) => mode === "popup");

/** The origin whose messages are the provider's. */
function expectedOrigin({ options }) {
  const [known] = popups().filter(({ origin }) => origin);
  return known?.origin ?? originOf(options[systemOf(options).messages.from]);
}

const typeOf = (data) => {
  try {
    return typeof data === "string" ? data : data.type;
  } catch {
    return undefined; // A getter of a stranger's threw.
  }
};

/** Whether what was posted is a result of the flow's system. */
const isResult = (data, { options }) => Boolean(systemOf(options).messages?.result.test(typeOf(data)));

/** The message itself is judged by the core; this only says why it came to nothing. */
function onMessage({ origin, data }) {
  const type = typeOf(data);
  if (typeof type !== "string") return;
  if (type === "connect-widget") {
    if (origin === window.origin && typeof data.response === "string") later(() => judgeReturn(data.response, latest, true));
    return;
  }
  const flow = [...flows.values()].find((flow) => isLive(flow) && systemOf(flow.options).messages?.name.test(type));
  const expected = flow && expectedOrigin(flow);
  if (!expected) return;
  const { members } = systemOf(flow.options).messages;
  if (origin !== expected) {
    if (isResult(data, flow)) find("message_origin", { seen: origin, expected }, flow, origin);
  } else if (!isResult(data, flow) && (typeof data === "string" || members.some((member) => member in data))) {
    find("message_shape", { type: typeof data === "string" ? "a string" : `type ${redact(type)}` }, flow);
  }
}

const later = (work) => setTimeout(work, 100);

/** Why a URL that the window is at, or that a page of the app offers, was no answer. */
function judgeReturn(href, flow, wasOffered = false) {
  if (!isLive(flow)) return;
  for (const record of popups()) {
    const verdict = ownership(href, record);
    if (verdict === "proven") return;
    const elsewhere = record.landing && ownership(href, { ...record, landing: undefined });
    if (verdict === null && elsewhere === "proven") return find("redirect_uri_path", { seen: place(href), landing: record.landing }, flow);
    if (wasOffered && (verdict ?? ownership(href, withoutState(record)))) return find("message_state", { landing: place(href) }, flow);
  }
}

/** An attempt whose answers need not have a state. */
const withoutState = (record) => ({ ...record, answers: record.answers.map((answer) => answer.replace(/ (connect_)?state\b/, "")) });

/** Hears what pages offer that have lost their opener. */
function listenToChannels(flow) {
  if (!window.BroadcastChannel) return;
  flow.channels = popups().map(({ state }) => {
    const channel = new BroadcastChannel(PREFIX + state);
    channel.onmessage = ({ data }) => typeof data?.response === "string" && later(() => judgeReturn(data.response, flow, true));
    return channel;
  });
}

function findIgnoredResponse(href) {
  const [, query = "", fragment = ""] = /^[^?#]*\??([^#]*)#?(.*)$/.exec(href);
  const parameters = new URLSearchParams(`${query}&${fragment}`);
  const has = ([name, value]) => (value ? parameters.get(name) === value : parameters.has(name));
  const answers = Object.values(systems).flatMap(({ answers }) => answers);
  const answer = answers.map((texts) => texts.map((text) => text.split("="))).find((answer) => answer.every(has));
  if (answer) find("response_ignored", { landing: place(href), names: answer.map(([name]) => name) });
}

/** A redirect that this tab is away for, as far as the page knows; undefined where its answer is here. */
function redirectOf() {
  const inMemory = window[Symbol.for("connect-widget")];
  const isHeld = ({ state, response }) => response || inMemory?.state === state;
  return records("sessionStorage").find((record) => record.mode === "redirect" && record.expires > Date.now() && !isHeld(record));
}

/** The page was loaded anew while a redirect was pending. */
function findUnansweredRedirect() {
  const record = redirectOf();
  // One that this load has asked for is only about to leave.
  const isOwn = record && [...flows.values()].some(isLive);
  if (record && !isOwn) findUnanswered(record);
}

function findUnanswered(record) {
  const { unanswered } = systemOf(record);
  // Where nobody is sent back the user comes unasked, and `verify` is asked then.
  if (!unanswered) return;
  const { landing, page } = record;
  find("redirect_unanswered", unanswered(landing ?? place(page)));
  if (landing) findBadLanding(landing);
}

// ---------------------------------------------------------------- the Content Security Policy

const violations = [];

/** What is refused is told a little later than it fails, and the flow with it. */
const isOrWasLive = (flow) => isLive(flow) || performance.now() - flow.overAt < 500;

/** The folder of this file, and of the package's others; undefined where the browser does not say. Not every format has `import.meta`. */
const [FOLDER] = /https?:\/\/[^\s()?#]*\//.exec(new Error().stack) ?? [];

/** Whether a URL is that of a part of this package that is a file of its own; bundlers put a hash into its name. */
function isPart(url) {
  const [, folder, hash] = /^([^?#]*\/)(?:core|fallback|hand-over)([.-][\w-]{8})?\.js(?:[?#]|$)/.exec(url) ?? [];
  return FOLDER ? folder === FOLDER : Boolean(folder && !hash);
}

/** Whether a URL, or the origin that some browsers tell instead, is the token endpoint of a flow that asks there by itself. */
function isEndpoint(url, options) {
  const endpoint = endpointOf(options);
  return endpoint !== undefined && [place(endpoint), `${originOf(endpoint)}/`].includes(place(url));
}

function onViolation({ effectiveDirective, violatedDirective, blockedURI, disposition }) {
  // Of a policy that only reports: nothing was refused.
  if (disposition === "report") return;
  const directive = effectiveDirective || violatedDirective;
  const isScript = /^script-src/.test(directive);
  const add = addition(isScript, directive, blockedURI);
  if (!add) return;
  violations.push(blockedURI);
  const blocked = /^https?:/.test(blockedURI) ? place(blockedURI) : blockedURI === "wasm-eval" ? "WebAssembly" : blockedURI;
  find("csp", { directive: directive.replace(/-elem$/, ""), blocked, add }, onPage, directive + blocked);
}

/** The line that the policy lacks; undefined where it is none of ours. */
function addition(isScript, directive, blocked) {
  if (isScript && /^wasm/.test(blocked)) return avoidsWasm() ? undefined : "Add 'wasm-unsafe-eval' to script-src (it allows WebAssembly, and no eval). Without it the core runs as JavaScript; create({ wasm: false }) then spares the report.";
  if (isScript && isPart(blocked)) return `Add ${originOf(blocked) === origin ? "'self'" : originOf(blocked)} to script-src.`;
  if (directive === "connect-src" && [...flows.values()].some((flow) => isOrWasLive(flow) && isEndpoint(blocked, flow.options))) return `Add ${originOf(blocked) === origin ? "'self'" : originOf(blocked)} to connect-src.`;
  return undefined;
}

/** What was refused before this file was there, where the browser has kept it. */
function hearEarlierViolations() {
  try {
    const observer = new ReportingObserver((reports) => reports.forEach(({ body }) => onViolation({ ...body.toJSON?.(), blockedURI: body.blockedURL })), { types: ["csp-violation"], buffered: true });
    observer.observe();
    setTimeout(() => observer.disconnect());
  } catch {
    // Not every browser has it.
  }
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
