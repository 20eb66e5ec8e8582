// One instance of the core, bound to the shell.
import { listOf, plainly } from "./calm.js";

/**
 * The exports of an instance, until it traps (out of memory, or a bug): then `onCrash` is told, and every later call, such as one
 * of a listener that is still there, does nothing. No exception of the page's gets here: the core catches them where it calls.
 */
function guard(exports, onCrash) {
  let isDead = false;
  const guarded = (run) => (...values) => {
    if (isDead) return undefined;
    try {
      return run(...values);
    } catch (cause) {
      isDead = true;
      onCrash(cause);
      throw cause;
    }
  };
  return Object.fromEntries(Object.entries(exports).map(([name, value]) => [name, typeof value === "function" ? guarded(value) : value]));
}

/** Connects the two sides. @returns the core's functions: src/bindings.rs */
export function bindCore(core, exports, shell, onCrash) {
  core.__wbg_set_wasm(guard(exports, onCrash));
  core.bind({ ...shell, listOf, plainly });
  return core;
}
