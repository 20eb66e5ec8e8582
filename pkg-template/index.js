// connect-widget: a page loads the shell alone. The core is a file of its own, which comes in idle time, or by the click.
import { ConnectError } from "./errors.js";
import { setSource } from "./loader.js";
import { Connect } from "./shell.js";

setSource(
  async ({ wasm, ...sides }) => {
    // The window comes first: to begin a request takes a slow device longer than all else that such a click does.
    await undefined;
    try {
      if (wasm !== false) return (await import("./core.js")).instantiate(sides);
    } catch {
      // A CSP or an old browser refuses WebAssembly: the same core as JavaScript.
    }
    return (await import("./fallback.js")).instantiate(sides);
  },
  () => import("./hand-over.js"),
  () => import("./debug.js"),
);

export { Connect, ConnectError };
export default Connect;
