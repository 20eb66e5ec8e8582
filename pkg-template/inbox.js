// Who gets what came back: whoever asks first, by handleRedirect() or by on(). src/browser/inbox.rs is the core's side of it.
import { holds, remembers } from "./held.js";
import { core, getCore } from "./loader.js";
import { demand, ofPage } from "./page.js";

/** What the first core that has something makes of it; null where none has. */
export async function resultOf(widget, handlers) {
  await (remembers() && getCore(widget));
  // This copy's own core first: its errors are of the class that the app knows.
  for (const one of new Set([core, ...ofPage().cores])) {
    // React's StrictMode destroys a widget in the task that has made and asked it: what came back is for the next one.
    const result = one && !widget.isDestroyed ? await one.handleRedirect(handlers) : null;
    // An exchange that answers nothing is a result.
    if (result !== null) return result;
  }
  return null;
}

/**
 * Has a widget hear of what came back.
 * `onFailure`, if any, is a handler of its errors: it is told why the core does not load. The response waits for one that does.
 */
export async function subscribe(widget, onFailure) {
  ofPage().subscribers.add(widget);
  // An answer to `handleRedirect()` in the same task goes there.
  await undefined;
  try {
    if (remembers()) await getCore(widget);
  } catch (failure) {
    if (widget.handlersOf("error").includes(onFailure) && holds()) onFailure(failure);
  } finally {
    demand();
  }
}
