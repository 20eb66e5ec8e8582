// The Rust core as WebAssembly, inside this file: one request, and synchronous, so that it can serve a click.
import { bind } from "#host";
import { texts } from "#texts";
import { bytes, imports } from "#wasm";
import { handOver } from "./hand-over.js";

/** Instantiates the core; throws where WebAssembly is refused (some engines at compilation, some only at instantiation). */
export function instantiate(parts) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes()), imports);
  return bind(exports, texts, parts, handOver);
}
