// connect-widget: a page loads the shell alone. The core is a file of its own, which comes in idle time, or by the click.
import { ConnectError } from "./errors.js";
import { setSource } from "./loader.js";
import { Connect } from "./shell.js";

setSource(
  async ({ wasm, isIdle, ...shell }) => {
    // The window comes first: to begin a request takes a slow device longer than all else that such a click does.
    await undefined;
    if (wasm !== false) {
      const part = import("./core.js");
      // Firefox never loads again what could not be loaded once: the other part is left for a click.
      if (isIdle) await part;
      try {
        return (await part).instantiate(shell);
      } catch {
        // A CSP or an old browser refuses WebAssembly: the same core as JavaScript.
      }
    }
    return (await import("./fallback.js")).instantiate(shell);
  },
  () => import("./hand-over.js"),
  () => import("./debug.js"),
);

export { Connect, ConnectError };
export default Connect;
