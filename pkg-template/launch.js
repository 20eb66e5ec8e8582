// One call of open() or authorize(), as src/browser/app.rs sees it. Where the core is not there yet, the window is opened here, in
// the click, and the app's signal, the user and the time are heeded until the core takes the call over.
import { error } from "./errors.js";
import { PREFIX } from "./owner.js";

/**
 * What src/flow/mode.rs decides for `auto`, for a click that comes before it; tests/vectors/mode.json holds the two equal. `isCoarse` is asked
 * where it counts: to make a list of media queries is slow.
 */
export function redirects(width, height, { userAgent, maxTouchPoints, standalone }, isCoarse, isFramed) {
  const isIos = /iP/.test(userAgent) || (maxTouchPoints > 1 && /Mac/.test(userAgent));
  const isNarrow = width <= 480 || (height > width && (width <= 1024 || /Mobi/.test(userAgent)));
  const isHeldUpright = isNarrow && (isIos || /Android|Mobi/.test(userAgent) || isCoarse());
  const isInApp = (isIos && !/Safari\//.test(userAgent)) || /FB(A[NV]|_IAB)|Instagram|Line\/|MicroMessenger|Snapchat|Pinterest|LinkedInApp|Bytedance|musical_ly|KAKAOTALK|Twitter|; wv\)/.test(userAgent);
  return !isFramed && (isHeldUpright || standalone || isInApp);
}

/** Opens the window of a click that came before the core; undefined where that will redirect, or use the app's own window. */
function openEarly({ mode, popup }) {
  const wouldRedirect = () => redirects(innerWidth, innerHeight, navigator, () => window.matchMedia?.("(pointer: coarse)").matches, top !== window);
  if (popup !== undefined || mode === "redirect" || (mode !== "popup" && wouldRedirect())) return undefined;
  const opened = open("", PREFIX + performance.now() + Math.random(), `popup,width=500,height=700,left=${(screenX + outerWidth / 2 - 250) | 0},top=${(screenY + outerHeight / 2 - 350) | 0}`);
  // Another script's `open` may answer what is no window, or one in the page: a web view has one window, an extension a hidden frame.
  return opened?.closed === false && opened.top !== top ? opened : null;
}

/** Milliseconds after which a core is not waited for any longer: its request may stall, or who loads it may have lost it. */
const PATIENCE = 60_000;

/** One call. */
export class Launch {
  began = performance.now();
  /** The window that was opened here: null where the browser blocked it, undefined where none was opened. */
  popup;

  /** A call: `{ widget, options, wantsResult, resolve, reject }`. */
  constructor(call) {
    Object.assign(this, call);
  }

  /** Opens the window, and has the core, of which this is a promise, take the call over once it is there. */
  waitFor(loading) {
    const { widget } = this;
    widget.early = this;
    const stop = () => {
      // Another script's may throw.
      try {
        clearInterval(timer);
      } finally {
        removeEventListener("pagehide", leave);
      }
    };
    // Nobody would send the window anywhere from a page that is gone.
    const leave = () => this.heed() && this.window?.close();
    let timer;
    try {
      // The window before all else: the user waits for it.
      try {
        // What the options are in the click: the app may change them before the core is there.
        this.copy = { __proto__: null, ...this.options };
        // The app's signal may be aborted already, and a getter among them may have ended the call.
        if (this.heed()) {
          this.popup = null;
          this.popup = openEarly(this.copy);
        }
      } finally {
        timer = setInterval(() => this.heed() || stop(), 60);
        addEventListener("pagehide", leave);
      }
    } catch {
      // Options that cannot be read are the core's to refuse; Firefox throws in a frame that may not open windows.
    }
    loading.then(
      (core) => {
        if (!this.heed()) return;
        widget.early = null;
        core.open(this);
        stop();
      },
      (failure) => this.heed() && this.end(failure),
    );
  }

  /** The window of a call that waits: the one opened here, or, where none was to be opened, the app's own. A blocked one is null. */
  get window() {
    const { copy, popup = copy?.popup } = this;
    return popup;
  }

  /** Ends the call where the app's signal, the user or the time says so. Answers whether it still waits for the core. */
  heed() {
    const { widget, began, copy } = this;
    // Not by this object: where the app keeps the widget in a store that makes proxies (Valtio's), what is read there is another one.
    const waits = () => widget.early?.resolve === this.resolve;
    if (waits()) {
      try {
        const { signal, timeout } = copy;
        if (signal?.aborted) this.end(error("aborted", signal.reason));
        else if (this.window?.closed) this.end(error("popup_closed"));
        else if (timeout > 0 && performance.now() - began > timeout) this.end(error("timeout"));
        else if (performance.now() - began > PATIENCE) this.end(error("load_failed"));
      } catch {
        // Options that cannot be read are the core's to refuse.
      }
    }
    return waits();
  }

  /** The same widget is asked once more while this call waits: the core does likewise where a flow is live. */
  again(options, wantsResult) {
    this.window?.focus?.();
    // A window of the app's own that the second call will not use.
    if (options?.popup !== this.window) options?.popup?.close?.();
    if (wantsResult) throw error("already_open");
  }

  /** Ends the call as the core would: `open()` has resolved, or does now; `authorize()` fails. `isSilent`: only `close` is told. */
  end(failure, isSilent) {
    this.widget.early = null;
    if (this.wantsResult) this.reject(failure);
    else this.resolve();
    if (failure.code === "popup_closed") {
      this.tell("event", "onEvent", "EXIT", { timestamp: new Date().toJSON() });
      this.tell("exit", "onExit");
    } else if (!isSilent) this.tell("error", "onError", failure);
    this.tell("close");
    try {
      this.window?.close();
    } catch {
      // It is the app's own, or nothing that the core would take for a window.
    }
  }

  /** Calls the handlers of an event, and the callback of this call, once what runs now is done. */
  tell(event, callback, ...values) {
    [...this.widget.handlersOf(event), () => this.options?.[callback]?.(...values)].forEach((handler) => queueMicrotask(() => handler(...values)));
  }
}
