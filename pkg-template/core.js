// The Rust core as WebAssembly, inside this file: one request, and synchronous, so that it can serve a click.
import * as glue from "#glue";
import { bind } from "#host";
import { wasm } from "#wasm";

/** Instantiates the core; throws where WebAssembly is refused (some engines at compilation, some only at instantiation). */
export function instantiate(parts) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm()), { "./connect_widget_bg.js": glue });
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start?.();
  return bind(glue, parts);
}
