// Decides which suite runs when. Knows nothing of processes, so that its rules can be tested by themselves.

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {string[]} [after] suites that must have passed first
 * @property {boolean} [onRequest] runs only where it is named
 * @property {number} [load]     how much of a slot it takes: 1, or less for a suite that mostly waits
 * @property {boolean} [alone]  runs only while nothing else does: it measures time, or needs fixed ports
 */

/** The named suites and every suite that they come after, in the table's order; all but those on request where none is named. */
export function select(suites, names) {
  const byName = new Map(suites.map((suite) => [suite.name, suite]));
  const wanted = new Set();
  const add = (name) => {
    const suite = byName.get(name);
    if (!suite) throw new RangeError(`there is no suite ${name}; there are: ${[...byName.keys()].join(", ")}`);
    if (wanted.has(name)) return;
    wanted.add(name);
    suite.after?.forEach(add);
  };
  (names.length > 0 ? names : suites.filter((suite) => !suite.onRequest).map((suite) => suite.name)).forEach(add);
  return suites.filter((suite) => wanted.has(suite.name));
}

/**
 * Runs suites, as many at once as fill the `slots`, in the table's order as far as their conditions allow.
 * @param {Suite[]} suites
 * @param {object} how
 * @param {number} how.slots
 * @param {(suite: Suite) => Promise<void>} how.prepare set-up; begun for all at once; a suite waits for its own, one that
 *   runs alone for everybody's
 * @param {(suite: Suite) => Promise<{outcome: "passed" | "failed" | "not run", reason?: string}>} how.run
 * @param {(error: Error) => {outcome: "failed" | "not run", reason: string}} how.explain what a failed set-up means
 * @param {(suite: Suite, result: object) => void} [how.report] called as each one ends
 * @returns {Promise<Map<string, {outcome: string, reason?: string}>>} in the order in which they ended
 */
export async function schedule(suites, { slots, prepare, run, explain, report = () => {} }) {
  const results = new Map();
  const waiting = [...suites];
  const running = new Map();
  const preparing = new Map();
  const prepared = new Map(); // name → null, or the error

  for (const suite of suites) {
    preparing.set(suite.name, prepare(suite).then(() => null, (error) => error).then((error) => {
      preparing.delete(suite.name);
      prepared.set(suite.name, error);
    }));
  }

  const load = ({ load = 1 }) => load;
  const total = () => [...running.keys()].reduce((sum, suite) => sum + load(suite), 0);

  const end = (suite, result) => {
    results.set(suite.name, result);
    report(suite, result);
  };

  const settleWithoutRunning = (suite) => {
    const unmet = suite.after?.find((name) => results.has(name) && results.get(name).outcome !== "passed");
    const error = prepared.get(suite.name);
    if (!unmet && !error) return false;
    waiting.splice(waiting.indexOf(suite), 1);
    end(suite, unmet ? { outcome: results.get(unmet).outcome, reason: `${unmet} ${results.get(unmet).outcome === "failed" ? "failed" : "did not run"}` } : explain(error));
    return true;
  };

  const canStart = (suite) => {
    if (!prepared.has(suite.name) || total() + load(suite) > slots) return false;
    if (suite.after?.some((name) => results.get(name)?.outcome !== "passed")) return false;
    if ([...running.keys()].some(({ alone }) => alone)) return false;
    return !suite.alone || (running.size === 0 && preparing.size === 0);
  };

  while (waiting.length > 0 || running.size > 0) {
    while (waiting.some(settleWithoutRunning));
    for (let next; (next = waiting.find(canStart)); ) {
      const suite = next;
      waiting.splice(waiting.indexOf(suite), 1);
      running.set(suite, run(suite).then((result) => {
        running.delete(suite);
        end(suite, result);
      }));
    }
    if (waiting.length > 0 || running.size > 0) await Promise.race([...running.values(), ...preparing.values()]);
  }
  return results;
}
