// What of the package a page may load, and what each file may weigh.
import { readFileSync, readdirSync } from "node:fs";
import { inCache, inRoot } from "../lib/paths.mjs";
import { measure } from "./measure.mjs";
import { readModule } from "./wasm.mjs";

/** Every file that a browser may load, by name, with its sizes. */
export function packageSizes() {
  const names = readdirSync(inRoot("pkg")).filter((name) => /\.(js|html)$/.test(name));
  return Object.fromEntries(names.map((name) => [name, measure(readFileSync(inRoot("pkg", name)))]));
}

/** The core as it is inside core.js, sync.js and the script tag's build. */
export const core = () => readFileSync(inCache("build", "core.wasm"));

/** What the core's memory begins with, in bytes (tests/memory checks how far it grows). */
export const linearMemory = (bytes) => readModule(bytes).pages * 65536;

/** The budgets: `{ [file]: { raw?, gzip?, brotli? } }` in bytes, from the root's package.json. */
export const budgets = () => JSON.parse(readFileSync(inRoot("package.json"), "utf8")).budgets;

/** A sentence for each measure that is over its budget, and for each budget without a file. */
export function overBudget(sizes, budgets) {
  return Object.entries(budgets).flatMap(([file, limits]) =>
    Object.entries(limits).flatMap(([unit, limit]) => {
      const size = sizes[file]?.[unit];
      if (size === undefined) return [`${file} has a budget, but pkg/ has no such file`];
      return size > limit ? [`${file} is ${size} bytes (${unit}), ${size - limit} over its budget of ${limit}`] : [];
    }),
  );
}
