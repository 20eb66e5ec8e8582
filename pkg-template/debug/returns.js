// Answers that came to nothing: messages, and pages that came back.
import { PREFIX, ownership, records } from "../owner.js";
import { find, flows, isLive, latest, onPage } from "./flows.js";
import { examineLanding, originOf, place, redact } from "./page.js";
import { systemOf, systems } from "./systems.js";

/** The attempts by popup that this page remembers. */
const popups = () => records("sessionStorage").filter(({ mode }) => mode === "popup");

/** The origin whose messages are the provider's. */
export function expectedOrigin({ options }) {
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
export const isResult = (data, { options }) => Boolean(systemOf(options).messages?.result.test(typeOf(data)));

/** The message itself is judged by the core; this only says why it came to nothing. */
export function onMessage({ origin, data }) {
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
export function judgeReturn(href, flow, wasOffered = false) {
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
export function listenToChannels(flow) {
  if (!window.BroadcastChannel) return;
  flow.channels = popups().map(({ state }) => {
    const channel = new BroadcastChannel(PREFIX + state);
    channel.onmessage = ({ data }) => typeof data?.response === "string" && later(() => judgeReturn(data.response, flow, true));
    return channel;
  });
}

export function findIgnoredResponse(href) {
  const [, query = "", fragment = ""] = /^[^?#]*\??([^#]*)#?(.*)$/.exec(href);
  const parameters = new URLSearchParams(`${query}&${fragment}`);
  const has = ([name, value]) => (value ? parameters.get(name) === value : parameters.has(name));
  const answers = Object.values(systems).flatMap(({ answers }) => answers);
  const answer = answers.map((texts) => texts.map((text) => text.split("="))).find((answer) => answer.every(has));
  if (answer) find("response_ignored", { landing: place(href), names: answer.map(([name]) => name) });
}

/** A redirect that this tab is away for, as far as the page knows; undefined where its answer is here. */
export function redirectOf() {
  const inMemory = window[Symbol.for("connect-widget")];
  const isHeld = ({ state, response }) => response || inMemory?.state === state;
  return records("sessionStorage").find((record) => record.mode === "redirect" && record.expires > Date.now() && !isHeld(record));
}

/** The page was loaded anew while a redirect was pending. */
export function findUnansweredRedirect() {
  const record = redirectOf();
  // One that this load has asked for is only about to leave.
  const isOwn = record && [...flows.values()].some(isLive);
  if (record && !isOwn) findUnanswered(record);
}

export function findUnanswered(record) {
  const { unanswered } = systemOf(record);
  // Where nobody is sent back the user comes unasked, and `verify` is asked then.
  if (!unanswered) return;
  const { landing, page } = record;
  find("redirect_unanswered", unanswered(landing ?? place(page)));
  if (landing) findBadLanding(landing);
}

export async function findBadLanding(url) {
  const [code, facts] = await examineLanding(url);
  if (code) find(code, facts, onPage, facts.landing);
}
