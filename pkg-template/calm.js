// How an instance of the core calls the page, whatever other scripts have done to it, and how it is called.

/** What has stopped the instance: out of memory, or a bug. One for each: the build puts a copy of this file into what makes an instance. */
let trap;

/**
 * A function of wasm-bindgen's glue that the core does not expect to throw: what it throws all the same stops here, before it crosses the core's
 * frames. A trap goes on. Where the page has called back into the core and that call has trapped, the core's frames before it are dead, too, and
 * must not go on with an answer that nobody gave.
 */
const calm = (run) => (...values) => {
  let answer;
  try {
    // A number in any case: what another script or a named frame has put in the place of one may throw where it is made one.
    answer = +run(...values);
  } catch {
    // The core goes on as if nothing had been answered.
  }
  if (trap) throw trap;
  return answer;
};

const each = (functions, wrap) => Object.fromEntries(Object.entries(functions).map(([name, run]) => [name, typeof run === "function" ? wrap(run) : run]));

/** What the core imports. */
export const calmed = (imports) => each(imports, calm);

/** What iterates, as an array. */
export const listOf = (iterable) => [...iterable];

/**
 * The exports of the instance, until it traps: then `fail` is told, once, and every later call, such as one of a listener that
 * is still there, does nothing.
 */
export function guard(exports, fail) {
  const guarded = (run) => (...values) => {
    if (trap) return undefined;
    try {
      return run(...values);
    } catch (cause) {
      if (!trap) {
        trap = cause;
        fail(cause);
      }
      throw cause;
    }
  };
  return each(exports, guarded);
}

/**
 * Listens without options: what a script has put on Object.prototype would be read as some. A target may throw, and the core goes on: where a redirect
 * has just left, Firefox may have given the window to another site's page already.
 */
export const plainly = (target) =>
  Object.fromEntries(["addEventListener", "removeEventListener"].map((name) => [name, (type, listener) => {
    try {
      target[name](type, listener);
    } catch {
      // Nothing is heard of it.
    }
  }]));
