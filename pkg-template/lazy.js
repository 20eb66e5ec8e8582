// connect-widget/lazy: a page loads only the shell; the core comes at the first intent.
import { Connect, ConnectError, setSource } from "./shell.js";

setSource(async (wasm, parts) => {
  try {
    if (wasm !== false) return (await import("./core.js")).instantiate(parts);
  } catch {
    // A CSP or an old browser refuses WebAssembly: the same core as JavaScript.
  }
  return (await import("./fallback.js")).instantiate(parts);
});

export { Connect, ConnectError };
export default Connect;
