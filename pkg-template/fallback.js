// The same Rust core, turned into JavaScript by Binaryen's wasm2js, for pages where WebAssembly is refused or missing.
import { make } from "#glue";
import { instance } from "#wasm2js";
import { bindCore } from "./instance.js";

/** As in core.js. */
export function instantiate(shell) {
  const core = make();
  return bindCore(core, instance({ a: core.imports }), shell);
}
