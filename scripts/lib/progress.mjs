// One line when a step starts that has something to do, one when it is done, and a sign of life in between.
import { relative } from "node:path";
import { root } from "./paths.mjs";
import { Failure, lastLines } from "./run.mjs";

const beat = 30_000;

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * Shows that `work` is going on. `log` is the file it writes to, from which the sign of life is taken.
 * @template T @param {string} label @param {() => Promise<T>} work @param {{log?: string}} [options] @returns {Promise<T>}
 */
export async function step(label, work, { log } = {}) {
  const started = performance.now();
  console.log(`▸ ${label}${log ? ` (${relative(root, log)})` : ""}`);
  const timer = setInterval(() => console.log(`  … ${label}, ${seconds(started)}: ${log ? lastLines(log, 1).trim().slice(0, 80) : "still at it"}`), beat);
  try {
    const result = await work();
    console.log(`✔ ${label}, ${seconds(started)}`);
    return result;
  } catch (error) {
    console.log(`✖ ${label}, ${seconds(started)}`);
    throw error instanceof Failure ? error : Object.assign(new Failure(`${label}: ${error.message}`), { cause: error });
  } finally {
    clearInterval(timer);
  }
}
