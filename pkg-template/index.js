// connect-widget: the core is in this file and is instantiated at its first use, never at import.
import { Connect, ConnectError, setSource } from "./shell.js";
import { instantiate } from "./core.js";

setSource((wasm, parts) => {
  try {
    if (wasm !== false) return instantiate(parts);
  } catch {
    // A CSP or an old browser refuses WebAssembly: the same core as JavaScript.
  }
  return import("./fallback.js").then(({ instantiate }) => instantiate(parts));
});

export { Connect, ConnectError };
export default Connect;
