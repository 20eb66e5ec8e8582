// One instance of the core, bound to the shell.
import { listOf, plainly } from "./calm.js";

/** Connects the two sides. @returns the core's functions: src/bindings.rs */
export function bindCore(core, exports, shell, onCrash) {
  core.__wbg_set_wasm(core.guard(exports, onCrash));
  core.bind({ ...shell, listOf, plainly });
  return core;
}
