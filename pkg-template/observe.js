// What debug.js is told. The first widget with `debug` has it loaded.

let findings;

/** Has it loaded, once; answers what tells it. */
export const observing = (load) => ((findings ||= load()), observe);

/** Tells it what happens; where it is not asked for, or cannot be loaded, nobody. */
export const observe = (...facts) => findings?.then((found) => found.observe(...facts), () => {});
