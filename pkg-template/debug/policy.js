// What the page's Content Security Policy refuses of this package, and the line that it lacks.
import { avoidsWasm, find, flows, isLive, onPage } from "./flows.js";
import { originOf, place } from "./page.js";
import { endpointOf } from "./systems.js";

const violations = [];

/** Whether the policy has refused a request to a URL's origin. */
export const wasRefused = (url) => violations.some((blocked) => originOf(blocked) === originOf(url));

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

export function onViolation({ effectiveDirective, violatedDirective, blockedURI, disposition }) {
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
export function hearEarlierViolations() {
  try {
    const observer = new ReportingObserver((reports) => reports.forEach(({ body }) => onViolation({ ...body.toJSON?.(), blockedURI: body.blockedURL })), { types: ["csp-violation"], buffered: true });
    observer.observe();
    setTimeout(() => observer.disconnect());
  } catch {
    // Not every browser has it.
  }
}
