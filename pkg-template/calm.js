// How the core calls the page, whatever other scripts have done to it.

/** What a function of wasm-bindgen's glue throws, and the core does not expect, must not cross the core's frames. */
export const calm = (run) => (...values) => {
  try {
    return run(...values);
  } catch {
    // The core goes on as if nothing had been answered.
  }
};

/** What iterates, as an array. */
export const listOf = (iterable) => [...iterable];

/** Listens without options: what a script has put on Object.prototype would be read as some. */
export const plainly = (target) => ({
  addEventListener: (type, listener) => target.addEventListener(type, listener),
  removeEventListener(type, listener) {
    try {
      target.removeEventListener(type, listener);
    } catch {
      // Whatever a target does, the rest is let go of.
    }
  },
});
