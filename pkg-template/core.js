// The Rust core as WebAssembly, inside this file: one request, and synchronous, so that it can serve a click.
import { bytes } from "#bytes";
import { make } from "#glue";
import { bindCore } from "./instance.js";

/** Instantiates the core for a shell, `{ ConnectError, onCrash }`; throws where WebAssembly is refused (some engines at compilation, some only at instantiation). */
export function instantiate(shell) {
  const core = make();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes()), { a: core.imports });
  return bindCore(core, exports, shell);
}
