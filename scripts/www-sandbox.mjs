// Where tests/demo looks for it.
export { startSandbox } from "./lib/sandbox.mjs";
