// The same Rust core, turned into JavaScript by Binaryen's wasm2js, for pages where WebAssembly is refused or missing.
import * as core from "#wasm2js";
import * as glue from "#glue";
import { bind } from "#host";

/** As in core.js. */
export function instantiate(parts) {
  glue.__wbg_set_wasm(core);
  core.__wbindgen_start?.();
  return bind(glue, parts);
}
