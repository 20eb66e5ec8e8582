// Every suite of `npm test`, in the order in which they start. To add one, add its line.
//
//   name     what `npm test -- NAME` calls it
//   does     one phrase for the reader
//   command  program and arguments, or a function that answers them after the set-up; run in the repository's root
//            without stdin; exit code 0 means passed
//   needs    set-up steps of setup.mjs
//   after    suites that must pass first, such as "build" for whatever reads pkg/
//   env      what to add to the environment, asked for after the set-up
//   timeout  seconds, after which it has failed
//   load     how much of a slot it takes (default 1): 0.5 for one that leaves the processor idle for most of its time
//   alone    true where timing matters or ports are fixed: nothing else runs meanwhile
//   onRequest  true for a suite that runs only when it is named, because it is long
//   again    true where a browser on a busy machine may lose a click: a suite that failed is shown as such and run once more
//   show     how many lines of its output to show when it passes (default 12; all of them when it fails)
import { readdirSync } from "node:fs";
import { inRoot } from "./lib/paths.mjs";
import { webdriverEnv, webkit } from "./lib/browsers.mjs";
import { wasmEnv, wasmRoute, target as wasmTarget } from "./lib/wasm-std.mjs";
import { forPackage } from "./setup.mjs";

// Named one by one: Node 20 takes no patterns, and 22 no folder.
const testsIn = (folder) => readdirSync(inRoot(folder)).filter((name) => name.endsWith(".test.mjs")).map((name) => `${folder}/${name}`);
const nodeTest = (...files) => ["node", "--test", "--test-reporter=spec", ...files];

const underDisplay = (command) => [webkit().xvfb, "-a", "-s", "-screen 0 1280x1024x24", ...command];

/**
 * Clippy compiles what is tested, which costs nothing: it is rustc with more lints. `cargo clippy` would first check every dependency
 * as well. Its arguments after `--` come to it as this text, in cargo's own way of joining them.
 */
const underClippy = { RUSTC_WORKSPACE_WRAPPER: "clippy-driver", CLIPPY_ARGS: "--deny__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__" };

/** The quick part of an engine's scenarios, and, on request, all of them; what fails once is played again and shown as flaky. */
const endToEnd = (engine, name, needs) => {
  const command = ["npx", "--no-install", "playwright", "test", `--project=${engine}`];
  const both = { command: engine === "webkit" ? () => underDisplay(command) : command, needs: ["npm", ...needs], after: ["build"], alone: true, timeout: 1200, show: Infinity };
  return [
    { ...both, name: `journeys-${engine}`, does: `five protocols in ${name}, by popup and by redirect, and one answer to every complaint`, env: () => ({ E2E_PART: "quick" }) },
    { ...both, name: `e2e-${engine}`, does: `every end-to-end scenario in ${name}`, onRequest: true },
  ];
};

const wasmTest = (engine, name, needs) => {
  const command = () => [wasmEnv().cargo, "test", "--locked", "--package", "browser-tests", "--target", wasmTarget];
  return {
    name: `wasm-${engine}`,
    does: `wasm-bindgen-test in ${name}: the shipped driver behind its shell, windows of the browser's own, and a thousand random journeys`,
    command: engine === "webkit" ? () => underDisplay(command()) : command,
    needs: ["npm", "wasm-std", "wasm-bindgen", ...needs],
    // Only rustup's own toolchain shares wasm's standard library with Clippy.
    env: () => ({ ...wasmEnv().env, ...webdriverEnv(engine), ...(wasmRoute() === "host" ? underClippy : {}) }),
    timeout: 1200,
    again: true,
    load: 0.5,
    show: 30,
  };
};

export const suites = [
  { name: "format", does: "rustfmt", command: ["cargo", "fmt", "--all", "--check", "--", "--color", "never"], timeout: 60 },
  { name: "scripts", does: "the scripts' own tests", command: nodeTest(...testsIn("scripts/test")), timeout: 60, show: 0 },
  { name: "docs", does: "the docs: every link leads somewhere, every piece of plain JavaScript compiles, every complaint has its tests", command: nodeTest(...testsIn("tests/docs"), "tests/e2e/pains.test.mjs"), needs: ["npm"], timeout: 60, show: 0 },
  { name: "native", does: "cargo test under clippy: flows, protocols and the sandbox, on this machine", command: ["cargo", "test", "--locked", "--workspace"], env: () => underClippy, timeout: 1200, show: 40 },
  { name: "build", does: "npm run build: the package, in pkg/", command: ["node", "scripts/build.mjs", "--if-changed"], needs: forPackage, timeout: 1200 },
  { name: "shell", does: "what the shell decides before the core is there, held equal to the core's", command: nodeTest(...testsIn("tests/shell")), timeout: 60, show: 0 },
  wasmTest("chromium", "Chromium", ["chromium"]),
  wasmTest("firefox", "Firefox", ["firefox", "geckodriver"]),
  wasmTest("webkit", "WebKitGTK", ["webkit"]),
  { name: "demo", does: "the demo and the showroom in Chromium: every system, by popup and by redirect", command: nodeTest("tests/demo/demo.test.mjs"), needs: ["npm", "chromium"], after: ["build"], timeout: 1200, again: true, show: 0 },
  { name: "debug", does: "what debug says in Chromium: every finding caused for real, and none where all is right", command: nodeTest(...testsIn("tests/debug")), needs: ["npm", "chromium"], after: ["build"], timeout: 600, again: true, load: 0.5, show: 0 },
  { name: "a11y", does: "every page in Chromium, desktop and phone, light and dark: axe, keyboard, nothing from elsewhere", command: nodeTest("tests/a11y/site.test.mjs"), needs: ["npm", "chromium"], after: ["build"], timeout: 1200, again: true, show: 0 },
  { name: "sandbox-pages", does: "every page of the sandbox in Chromium, popup and phone, light and dark: axe, nothing too wide", command: ["node", "tests/sandbox/pages.mjs"], needs: ["npm", "chromium"], after: ["native"], onRequest: true, timeout: 600, show: 1 },
  { name: "server", does: "the package in Node, where there is no window", command: nodeTest("tests/e2e/server.test.mjs"), needs: ["npm"], after: ["build"], timeout: 60, show: 0 },
  ...endToEnd("chromium", "Chromium", ["chromium"]),
  ...endToEnd("firefox", "Firefox", ["firefox", "geckodriver"]),
  ...endToEnd("webkit", "WebKitGTK", ["webkit"]),
  { name: "types", does: "what must and must not compile, under five versions of TypeScript", command: ["node", "tests/types/run.mjs"], needs: ["npm"], after: ["build"], timeout: 1200, show: 1 },
  { name: "packaging", does: "the packed tarball: its files, types and source maps; three bundlers, a script tag, Node", command: nodeTest("tests/packaging/packaging.test.mjs"), needs: ["npm", "chromium"], after: ["build"], timeout: 1200, again: true, show: 0 },
  { name: "reproducible", does: "two clean clones build the same package, byte for byte", command: nodeTest("tests/packaging/reproducible.test.mjs"), needs: forPackage, onRequest: true, timeout: 1200 },
  { name: "wrappers", does: "React, Vue, Angular and the element in Chromium: flows, unmounting, redirects, axe", command: nodeTest(...testsIn("tests/wrappers")), needs: ["npm", "chromium"], after: ["build"], timeout: 1200, again: true, show: 0 },
  { name: "size", does: "every file within its budget, byte for byte", command: nodeTest("tests/size/budgets.test.mjs", "tests/size/report.test.mjs"), needs: ["npm"], after: ["build"], timeout: 60, show: 0 },
  { name: "memory", does: "10,000 flows in Chromium take no more memory than one, and nothing outlives an outcome", command: nodeTest("tests/memory/memory.test.mjs"), needs: ["npm", "chromium"], after: ["build"], timeout: 1200, again: true, show: 0 },
  { name: "oauth-servers", does: "oidc-provider and django-oauth-toolkit in Chromium: both grants, refresh across tabs, every spoilt answer", command: ["node", "tests/oauth-servers/run.mjs"], needs: ["npm", "chromium", "python-oauth"], after: ["build"], timeout: 1200, again: true, show: 0 },
  { name: "sdk", does: "the published Python backend SDK against the sandbox", command: ["node", "tests/sandbox/run.mjs"], needs: ["npm", "python-sandbox"], after: ["native"], timeout: 1200, show: 0 },
  { name: "peer", does: "beside @alter-ai/connect 0.8.0 in Chromium: where that is right the same, its defects, its README's examples", command: ["node", "tests/peer/run.mjs"], needs: ["npm", "chromium"], after: ["build"], timeout: 1200, again: true, show: 0 },
];
