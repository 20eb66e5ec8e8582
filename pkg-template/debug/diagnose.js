// The report of diagnose(): what the page, the options and the device say about a flow, without opening anything.
import { records } from "../owner.js";
import { warn } from "./findings.js";
import { saidIn, unknownNames } from "./names.js";
import { endpointOf, landingOf, systemOf, systems } from "./systems.js";
import { allowsConnect, allowsWasm, clockOffset, decideMode, examineLanding, foreignTop, headers, isFramed, originOf, place, policies, probeStore, runsWasm, severingHeader } from "./page.js";

/** See debug.d.ts. */
export async function diagnose(options = {}, { explain, found, copies, avoidsWasm }) {
  const { protocol = "alter-connect", verify } = options;
  const answered = await headers();
  const inForce = policies(answered);
  const problems = [];
  const problem = (code, facts) => problems.push(explain(code, facts));

  const decided = decideMode();
  const asked = options.mode === "popup" || options.mode === "redirect";
  const brought = options.popup !== undefined && { mode: "popup", because: "the app brings a window" };
  const mode = asked ? { mode: options.mode, because: "the option `mode` says so" } : brought || decided;

  if (!systems[protocol]) problem("invalid_options", { message: `Option protocol is not one of ${Object.keys(systems).join(", ")}.` });
  for (const facts of unknownNames("option of open()", saidIn(options))) problem("unknown_name", facts);
  const { option, url: landing } = landingOf(options);
  const origin = landing === undefined ? window.origin : originOf(landing);
  if (!origin) problem("invalid_options", { message: `Option ${option} is not an absolute URL, such as ${window.origin}/callback.html.` });
  else if (origin !== window.origin) problem("redirect_uri_origin", { option, given: landing, own: window.origin });
  const [wrong, facts] = await examineLanding(landing);
  if (wrong) problem(wrong, facts);

  const storage = { sessionStorage: probeStore("sessionStorage"), localStorage: probeStore("localStorage") };
  for (const [store, state] of Object.entries(storage)) if (state !== "ok") problem(`storage_${state}`, { store });

  const refusesWasm = inForce.some((policy) => !allowsWasm(policy));
  // Where the policy is known to refuse it, or nobody wants it, it is not asked: it would report that.
  const wasm = !refusesWasm && !avoidsWasm && runsWasm();
  if (refusesWasm && !avoidsWasm) problem("csp", { directive: "script-src", blocked: "WebAssembly", add: "Add 'wasm-unsafe-eval' to script-src, or create({ wasm: false })." });
  const endpoint = endpointOf(options);
  if (endpoint && inForce.some((policy) => !allowsConnect(policy, endpoint))) {
    problem("csp", { directive: "connect-src", blocked: place(endpoint), add: `Add ${originOf(endpoint)} to connect-src.` });
  }

  const way = verify ? "`verify` asks your backend." : "give `verify`, or let the answer come to a page that loads connect-widget/callback.";
  const severing = severingHeader(answered);
  if (severing) problem("coop_own", { value: severing, way });
  const top = foreignTop();
  if (top !== undefined && !verify) problem("third_party_frame", { top });
  const seconds = clockOffset(answered);
  if (seconds) problem("clock_off", { seconds });
  if (copies.length > 1) problem("two_copies", { copies });

  const report = {
    version: __VERSION__,
    copies,
    protocol,
    mode: mode.mode,
    because: mode.because,
    register: systemOf(options).register(options),
    page: { origin: window.origin, isSecure: isSecureContext, isFramed: isFramed(), foreignTop: top ?? null },
    headers: answered && { coop: answered.get("cross-origin-opener-policy"), csp: answered.get("content-security-policy") },
    storage,
    pending: records("sessionStorage").length,
    wasm,
    channels: typeof BroadcastChannel === "function",
    locks: Boolean(navigator.locks),
    secondsAhead: seconds,
    problems,
    found: [...found],
  };
  show(report);
  return report;
}

function show({ problems, found, register, page, headers: answered, storage, ...rest }) {
  const text = (value) => (typeof value === "object" && value !== null ? Object.entries(value).map(([name, one]) => `${name}: ${one}`).join(", ") : String(value));
  const rows = { ...rest, ...page, ...storage, ...register, ...answered, copies: rest.copies.join(", ") };
  console.table(Object.fromEntries(Object.entries(rows).map(([name, value]) => [name, { value: text(value) }])));
  problems.forEach(warn);
}
