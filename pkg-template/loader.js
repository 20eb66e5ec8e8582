// Where the core comes from, and when.
import { ConnectError, error } from "./errors.js";
import { remembers } from "./held.js";
import { ofPage } from "./page.js";

/** The core, once it is there; what loads hand-over.js and debug.js. */
export let core, loadHandOver, loadDebug;

let loading, load;

/** Sets where the core comes from, `source({ wasm, isIdle, ConnectError, onCrash })`, and hand-over.js and debug.js. The first may answer a promise, the others must. */
export function setSource(source, handOver, debug) {
  load = source;
  loadHandOver = handOver;
  loadDebug = debug;
}

/**
 * The core, or a promise of it. Where a load fails, or its core has stopped by the time that somebody's turn comes, it is loaded again: for whoever
 * waits already, and for whoever asks next. While the page is being left nobody gets one: what a redirect brought is for the next page. `isIdle`:
 * nobody waits for it.
 */
export function getCore(widget, isIdle) {
  if (core) return core;
  const again = () => getCore(widget);
  const pending = ofPage().leaving || loading;
  if (pending) return pending.then(again, again);
  const found = load({ wasm: widget.config.wasm, isIdle, ConnectError, onCrash });
  if (!found.then) return (core = found);
  loading = found.then(
    (loaded) => {
      loading = 0;
      return (core = loaded);
    },
    (cause) => {
      loading = 0;
      throw error("load_failed", cause);
    },
  );
  // A failure is not to be reported as unhandled. A click adds its own handler only after `window.open`, in the middle of which Firefox does what is due.
  loading.catch(() => {});
  return loading;
}

/** Has the core come in idle time; where an earlier page left something open, soon. Storage takes milliseconds to open: the app goes first. */
export function warmUp(widget) {
  const warm = async () => {
    if (widget.isDestroyed) return;
    try {
      (await getCore(widget, !remembers())).warm();
    } catch {
      // Whoever needs it asks again, and is told.
    }
  };
  setTimeout(() => ((!remembers() && window.requestIdleCallback) || setTimeout)(warm));
}

/** After a trap the instance is dead: the next call gets a fresh one. */
function onCrash() {
  core = null;
}
