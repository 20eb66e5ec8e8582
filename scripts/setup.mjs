// Gets this machine ready: `npm run setup` for everything, `npm run setup -- NAME…` for some of it. Nothing is done
// twice: a second run takes under a second. `npm start` and `npm test` call the steps that they need by themselves.
import { ensureWasmStd } from "./lib/wasm-std.mjs";
import { ensureTool } from "./lib/tools.mjs";
import { ensureBrowsers, ensureHeadlessShell } from "./lib/browsers.mjs";
import { ensureNodeModules } from "./lib/npm.mjs";
import { venv } from "./lib/python.mjs";
import { Failure, Unavailable, main } from "./lib/run.mjs";

const memo = (work) => {
  let result;
  return () => (result ??= work());
};

/** Every step by name: idempotent, and done at most once in a process. */
export const steps = {
  "wasm-std": memo(ensureWasmStd),
  "wasm-bindgen": memo(() => ensureTool("wasm-bindgen-cli")),
  "wasm-pack": memo(() => ensureTool("wasm-pack")),
  geckodriver: memo(() => ensureTool("geckodriver")),
  chromium: memo(() => ensureBrowsers("chromium", "chromedriver").then(ensureHeadlessShell)),
  firefox: memo(() => ensureBrowsers("firefox")),
  webkit: memo(() => ensureBrowsers("webkit")),
  npm: memo(() => ensureNodeModules()),
  "python-oauth": memo(() => venv("tests/oauth-servers/requirements.txt")),
  "python-sandbox": memo(() => venv("tests/sandbox/requirements.txt")),
};

/** What compiling the package takes. */
export const forPackage = ["npm", "wasm-std", "wasm-bindgen", "wasm-pack"];

/** Does the named steps side by side: one waits for the network while another compiles. */
export async function setup(...names) {
  const results = await Promise.allSettled(names.map((name) => steps[name]()));
  const reasons = results.filter((result) => result.status === "rejected").map((result) => result.reason);
  const unexpected = reasons.find((reason) => !(reason instanceof Failure));
  if (unexpected) throw unexpected;
  const Reason = reasons.every((reason) => reason instanceof Unavailable) ? Unavailable : Failure;
  if (reasons.length > 0) throw new Reason(reasons.map((reason) => reason.message).join("\n✖ "));
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    const asked = process.argv.slice(2);
    const unknown = asked.find((name) => !Object.hasOwn(steps, name));
    if (unknown) throw new Failure(`there is no step ${unknown}; there are: ${Object.keys(steps).join(", ")}`);
    await setup(...(asked.length > 0 ? asked : Object.keys(steps)));
    console.log("Ready.");
  });
}
