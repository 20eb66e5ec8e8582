// What can be asked about the page without changing anything on it.
import { redirects } from "../launch.js";

/**
 * Listens by the prototype's own method, so that an app that counts its listeners finds none of these. What an event of a
 * stranger's does to a listener stays in there.
 */
export function listen(target, type, listener, options) {
  const guarded = (event) => {
    try {
      listener(event);
    } catch {
      // Data with traps in it: no answer, and nothing to say.
    }
  };
  EventTarget.prototype.addEventListener.call(target, type, guarded, options);
}

/** A text of a stranger's, short and without anything that could be a token. Words between underscores are a code, such as `temporarily_unavailable`. */
export const redact = (text) => String(text).replace(/(?!_?[a-z]+(_[a-z]+)+(?![\w-]))[\w-]{20,}(\.[\w-]+)*/g, "…").slice(0, 200);

/** What an app or the network threw, in a few words; they end a sentence of ours. */
export const why = (cause) => (cause ? redact(cause.message ?? cause).replace(/\.$/, "") : "");

/** Origin and path of a URL; the text itself, redacted, where it is none. */
export function place(url) {
  try {
    const { origin, pathname } = new URL(url, location.href);
    return origin + pathname;
  } catch {
    return redact(url);
  }
}

/** The origin of a URL; undefined where it is none by itself: a relative one is no option of ours. */
export const originOf = (url) => {
  try {
    return new URL(url).origin;
  } catch {
    return undefined;
  }
};

export const isFramed = () => window.top !== window.self;

/** The origin of the site that has this page in a frame: "" where that is unknown, undefined where it is this page's own or there is no frame. */
export function foreignTop() {
  try {
    if (window.top.origin === window.origin) return undefined;
  } catch {
    // Another origin.
  }
  const { ancestorOrigins } = location;
  return ancestorOrigins ? ancestorOrigins[ancestorOrigins.length - 1] : "";
}

/** `ok`, `refused` or `full`. */
export function probeStore(name) {
  const key = "connect-widget-probe";
  try {
    window[name].setItem(key, "1".repeat(2048));
    window[name].removeItem(key);
    return "ok";
  } catch (error) {
    return error.name === "QuotaExceededError" || error.code === 22 ? "full" : "refused";
  }
}

let asked;

/** The headers of this page, asked for once; null where the server does not say. */
export const headers = () =>
  (asked ??= fetch(location.href.split("#")[0], { method: "HEAD", cache: "no-store" }).then(
    (response) => (response.ok ? response.headers : null),
    () => null,
  ));

/** How many seconds this device's clock is ahead of the server's; 0 within a minute. */
export function clockOffset(headers) {
  const ahead = (Date.now() - Date.parse(headers?.get("date") ?? "")) / 1000;
  // A cache's copy keeps its date and has an age (RFC 9111 section 5.1); some caches date it anew all the same, so both are right.
  const [, age = 0] = /^(\d{1,9})\s*(,|$)/.exec(headers?.get("age") ?? "") ?? [];
  const seconds = Math.round(ahead > 0 ? Math.max(0, ahead - age) : ahead);
  return Math.abs(seconds) > 60 ? seconds : 0;
}

/** The header by which this page severs the windows that it opens, or undefined. */
export function severingHeader(headers) {
  const value = headers?.get("cross-origin-opener-policy")?.split(";")[0].trim();
  return value === "same-origin" || value === "same-origin-plus-COEP" ? value : undefined;
}

/** All policies that are in force here, each as a map of directives. */
export function policies(headers) {
  const inPage = [...document.querySelectorAll('meta[http-equiv="Content-Security-Policy" i]')].map((meta) => meta.content);
  const texts = [...(headers?.get("content-security-policy")?.split(",") ?? []), ...inPage];
  return texts.map((text) => new Map(text.split(";").map((part) => part.trim().split(/\s+/)).map(([name, ...sources]) => [name.toLowerCase(), sources])));
}

/** Whether a policy lets this page connect to a URL; as good as can be told without asking. */
export function allowsConnect(policy, url) {
  const sources = policy.get("connect-src") ?? policy.get("default-src");
  const { origin, protocol, host, hostname } = new URL(url, location.href);
  return !sources || sources.some((source) =>
    source === "*" || source === protocol || (source === "'self'" && origin === window.origin) || [origin, host, hostname].includes(source.replace(/(\w)\/.*$/, "$1"))
    || (/\*\./.test(source) && hostname.endsWith(source.replace(/^.*\*/, ""))));
}

/** Whether a policy lets this page compile WebAssembly. */
export function allowsWasm(policy) {
  const sources = policy.get("script-src") ?? policy.get("default-src");
  return !sources || sources.some((source) => source === "'wasm-unsafe-eval'" || source === "'unsafe-eval'");
}

/** Compiles the smallest module there is. */
export function runsWasm() {
  try {
    return new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])) instanceof WebAssembly.Module;
  } catch {
    return false;
  }
}

/** What the page can see of the device. */
function lookAtDevice() {
  const { userAgent, maxTouchPoints, standalone } = navigator;
  return { width: innerWidth, height: innerHeight, userAgent, maxTouchPoints, standalone, isCoarse: window.matchMedia?.("(pointer: coarse)").matches, isFramed: top !== window };
}

/**
 * What `auto` decides here, and what made it so: which one of the facts, if it were otherwise, would turn the decision.
 * @returns {{mode: "popup" | "redirect", because: string}}
 */
export function decideMode() {
  const facts = lookAtDevice();
  const decide = ({ width, height, isCoarse, isFramed, ...navigator }) => redirects(width, height, navigator, () => isCoarse, isFramed);
  const decision = decide(facts);
  const turns = (change) => decide({ ...facts, ...change }) !== decision;
  const reasons = decision
    ? [
        [turns({ standalone: false }), "it runs from iOS's home screen, where no window comes back"],
        [turns({ width: 2000, height: 1000 }), `a phone, or a tablet held upright (${facts.width} × ${facts.height})`],
        [true, "an in-app browser, whose windows do not open"],
      ]
    : [
        [turns({ isFramed: false }), "a frame is never redirected"],
        [turns({ width: 400, height: 800 }), `wide enough for a window (${facts.width} × ${facts.height})`],
        [true, "a desktop browser with a mouse or trackpad"],
      ];
  return { mode: decision ? "redirect" : "popup", because: reasons.find(([holds]) => holds)[1] };
}

/** What is wrong with another page of this origin that answers are to come to: a finding's code and its facts, or nothing. */
export async function examineLanding(url) {
  if (originOf(url) !== origin || place(url) === place(location.href)) return [];
  const state = await inspectLanding(url).catch(() => true);
  const landing = place(url);
  if (typeof state === "number") return ["callback_missing", { landing, status: state }];
  return state ? [] : ["callback_silent", { landing }];
}

/** Whether the page at an address loads this package: a number is the status that says that nothing is there. */
async function inspectLanding(url) {
  const page = await fetch(place(url), { headers: { accept: "text/html" } });
  // Any other failure says nothing of the page that a user gets, who is signed in and asks in another way.
  if (!page.ok) return page.status === 404 || page.status === 410 ? page.status : true;
  const html = (await page.text()).replace(/<!--[^]*?-->/g, "");
  if (!/<html|<head|<body|<!doctype|<script/i.test(html)) return true;
  const external = [...html.matchAll(/<script\b[^>]*\ssrc\s*=\s*["']?([^"'\s>]+)/gi)].map(([, src]) => new URL(src, place(url)));
  const own = [...document.scripts].map((script) => script.src);
  if (/connect-widget/.test(html) || external.some(({ href, origin }) => own.includes(href) || origin !== window.origin)) return true;
  // A script that loads others may load anything.
  const texts = [html, ...await Promise.all(external.slice(0, 8).map((src) => fetch(src).then((script) => script.text(), () => "import")))];
  return texts.some((text) => /connect-widget|\bimport\b|\brequire\b|ConnectWidget/.test(text));
}
