// The same Rust core, turned into JavaScript by Binaryen's wasm2js, for pages where WebAssembly is refused or missing.
import { bind } from "#host";
import { named } from "#names";
import { texts } from "#texts";
import * as core from "#wasm2js";
import { handOver } from "./hand-over.js";

/** As in core.js. */
export const instantiate = (parts) => bind(named(core), texts, parts, handOver);
