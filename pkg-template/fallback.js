// The same Rust core, turned into JavaScript by Binaryen's wasm2js, for pages where WebAssembly is refused or missing.
import { bind } from "#host";
import { texts } from "#texts";
import * as core from "#wasm2js";
import { handOver } from "./hand-over.js";

/** As in core.js. */
export const instantiate = (parts) => bind(core, texts, parts, handOver);
