// connect-widget/sync: the core is in this file and is instantiated at its first use, never at import.
import { instantiate } from "./core.js";
import { handOver } from "./hand-over.js";
import { Connect, ConnectError, setSource } from "./shell.js";

setSource(
  ({ wasm, ...sides }) => {
    try {
      if (wasm !== false) return instantiate(sides);
    } catch {
      // A CSP or an old browser refuses WebAssembly: the same core as JavaScript.
    }
    return import("./fallback.js").then(({ instantiate }) => instantiate(sides));
  },
  () => handOver,
  () => import("./debug.js"),
);

export { Connect, ConnectError };
export default Connect;
