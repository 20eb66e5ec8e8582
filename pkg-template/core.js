// The Rust core as WebAssembly, inside this file: one request, and synchronous, so that it can serve a click.
import { bytes } from "#bytes";
import { make } from "#core";
import { bindCore } from "./instance.js";

/** What the core calls of the page's; what is thrown there, and not expected, must not cross the core's frames. */
const calm = (functions) =>
  Object.fromEntries(
    Object.entries(functions).map(([name, run]) => [
      name,
      (...values) => {
        try {
          return run(...values);
        } catch {
          // The core goes on as if nothing had been answered.
        }
      },
    ]),
  );

/** Instantiates the core; throws where WebAssembly is refused (some engines at compilation, some only at instantiation). */
export function instantiate({ shell, onCrash }) {
  const core = make();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes()), { a: calm(core.imports.a) });
  return bindCore(core, exports, shell, onCrash);
}
