// The Rust core as WebAssembly, inside this file: one request, and synchronous, so that it can serve a click.
import { bytes } from "#bytes";
import { make } from "#core";
import { bindCore } from "./instance.js";

/** Instantiates the core; throws where WebAssembly is refused (some engines at compilation, some only at instantiation). */
export function instantiate({ shell, onCrash }) {
  const { glue } = make();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes()), { "./connect_widget_wasm_bg.js": glue });
  return bindCore(glue, exports, shell, onCrash);
}
