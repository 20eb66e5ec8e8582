// What other scripts and tests need to know about the tools: where each is, and the environments to run them in.
export { wasmEnv, wasmRoute, target as wasmTarget } from "./wasm-std.mjs";
export { tool, wasmBindgenVersion } from "./tools.mjs";
export { chromium, chromedriver, chromiumArgs, firefox, firefoxPrefs, geckodriver, webdriverEnv, webdriverJson, webkit } from "./browsers.mjs";
export { nodeBin } from "./npm.mjs";
export { venv, venvPython } from "./python.mjs";
