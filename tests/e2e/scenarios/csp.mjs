// Pages that forbid: WebAssembly, eval, inline styles, untyped HTML; and browsers without WebAssembly.
import { names, protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };

/** What the browser reported of a policy's violations, by directive. */
const violations = async (user) => {
  await user.wait(400);
  const { items } = await user.ask(`/api/beacon/${user.id}-csp`, undefined, user.app);
  return items.map(({ body }) => body["csp-report"]?.["effective-directive"] ?? body["csp-report"]?.["violated-directive"] ?? JSON.stringify(body));
};

const under = (policy, protocol, more = {}) => ({
  protocol,
  mode: "popup",
  sandbox: AUTO,
  rows: ["csp"],
  at: (user) => ({ query: `sandbox_csp=${policy}&sandbox_csp_report=${user.id}-csp` }),
  name: `${protocol} under the policy ${policy}`,
  outcome: { success: protocols[protocol].isResult },
  ...more,
});

const withoutReports = {
  async person(user) {
    await user.click();
    await user.heard("success");
    user.equal(await violations(user), []);
  },
};

const WITHOUT_WASM = {
  async page(env) {
    const { plain } = await import("/plain.mjs");
    delete window.WebAssembly;
    await plain(env);
  },
};

/** Chromium before 115 compiles at most 4 KB at once. */
const OLD_CHROMIUM = {
  async page(env) {
    const { plain } = await import("/plain.mjs");
    const { Module } = WebAssembly;
    WebAssembly.Module = function (bytes) {
      if (bytes.byteLength > 4096) throw new RangeError("WebAssembly.Compile is disallowed on the main thread, if the buffer size is larger than 4KB.");
      return new Module(bytes);
    };
    await plain(env);
  },
};

export const scenarios = [
  ...names.map((protocol) => under("strict", protocol)),
  ...["wasm", "trusted-types"].map((policy) => under(policy, "alter-connect", withoutReports)),
  under("wasm", "alter-connect", { name: "an app's signal leaves a policy without eval nothing to report", options: () => ({ signal: new AbortController().signal }), ...withoutReports }),
  under("strict", "alter-connect", { name: "wasm: false gives a strict policy nothing to report", config: { wasm: false }, ...withoutReports }),
  under("strict", "code", { name: "wasm: false, code by redirect", config: { wasm: false }, mode: "redirect", outcome: { redirected: protocols.code.isResult }, options: undefined }),
  under("strict", "code", {
    name: "a strict policy with the core inside",
    at: (user) => ({ path: "/sync.html", query: `sandbox_csp=strict&sandbox_csp_report=${user.id}-csp` }),
  }),
  under("strict", "alter-connect", {
    name: "a strict policy with the script tag",
    at: (user) => ({ path: "/global.html", query: `sandbox_csp=strict&sandbox_csp_report=${user.id}-csp` }),
  }),
  ...["'nonce-app'", "'nonce-app' 'strict-dynamic'", "'nonce-app' 'strict-dynamic' 'wasm-unsafe-eval'"].flatMap((sources) => ["/", "/global.html"].map((path) =>
    under(encodeURIComponent(`script-src ${sources}`), "alter-connect", { name: `only ${sources} may run, at ${path}`, at: { path, query: `sandbox_csp=${encodeURIComponent(`script-src ${sources}`)}` } }))),
  ...names.map((protocol) => ({ protocol, mode: "popup", sandbox: AUTO, rows: ["csp"], name: `${protocol} in a browser without WebAssembly`, ...WITHOUT_WASM, outcome: { success: protocols[protocol].isResult } })),
  { protocol: "code", mode: "redirect", sandbox: AUTO, rows: ["csp"], name: "code by redirect in a browser without WebAssembly", ...WITHOUT_WASM, outcome: { redirected: protocols.code.isResult } },
  { protocol: "alter-connect", mode: "popup", sandbox: AUTO, rows: ["csp"], name: "where only small modules may be compiled at once", ...OLD_CHROMIUM, outcome: { success: protocols["alter-connect"].isResult } },
];
