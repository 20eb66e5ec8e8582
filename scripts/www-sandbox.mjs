export { startSandbox } from "./lib/sandbox.mjs";
