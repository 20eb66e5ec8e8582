// What other scripts and tests need to know about the tools: where each is, and the environments to run them in.
export { wasmEnv, wasmRoute, target as wasmTarget } from "./wasm-std.mjs";
export { tool } from "./tools.mjs";
export { chromium, chromiumArgs, webdriverEnv, webkit } from "./browsers.mjs";
export { nodeBin } from "./npm.mjs";
