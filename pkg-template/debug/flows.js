// The flows that debug watches, and what it has found of each, or of the page.
import { findings, warn } from "./findings.js";
import { unknownNames } from "./names.js";

const DOCS = `https://unpkg.com/connect-widget@${__VERSION__}/troubleshooting.md`;

/** The flow of each instance; kept after its end, until the next click. */
export const flows = new Map();

/** The last flow that anybody began: errors do not say whose they are. */
export let latest;

/** A flow begins. */
export function begin(widget, flow) {
  latest = flow;
  flows.set(widget, flow);
}

export const isLive = (flow) => Boolean(flow && !flow.isOver);

/** Whether instances want WebAssembly: what each of them says. */
export const wants = new Set();
export const avoidsWasm = () => wants.has(false) && !wants.has(true);

export const found = [];

/** What the page, rather than one flow, was told already. */
export const onPage = { told: new Set() };

/** Shows a finding, once for each flow (or the page) and `key`. */
export function find(code, facts = {}, scope = onPage, key = "") {
  if (scope.told.has(code + key)) return;
  const finding = explain(code, facts);
  scope.told.add(code + key);
  found.push(finding);
  warn(finding);
  window.dispatchEvent(new CustomEvent("connect-widget:finding", { detail: finding }));
}

/** Names that nobody knows are told once on a page. */
export function findUnknown(kind, said) {
  for (const facts of unknownNames(kind, said)) find("unknown_name", facts, onPage, kind + facts.name);
}

export const explain = (code, facts) => ({ code, ...findings[code](facts), docs: `${DOCS}#${code}` });
