// What the core calls of the page's.

/** What a function of wasm-bindgen's glue throws, and the core does not expect, must not cross the core's frames. */
export const calm = (run) => (...values) => {
  try {
    return run(...values);
  } catch {
    // The core goes on as if nothing had been answered.
  }
};
