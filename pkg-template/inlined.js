// What sync.js and global.js have in common: the core is in the file itself, and is instantiated at its first use, never at import.
import { instantiate } from "./core.js";
import { handOver } from "./hand-over.js";
import { setSource } from "./loader.js";

/** Has the shell take that core. The rest is loaded where it is needed: `fallback` and `debug` each answer a promise of its module. */
export const useInlined = (fallback, debug) =>
  setSource(
    ({ wasm, ...shell }) => {
      try {
        if (wasm !== false) return instantiate(shell);
      } catch {
        // A CSP or an old browser refuses WebAssembly: the same core as JavaScript.
      }
      return fallback().then(({ instantiate }) => instantiate(shell));
    },
    async () => ({ handOver }),
    debug,
  );
