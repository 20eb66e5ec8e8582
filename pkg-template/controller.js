// One trigger and its flow, for any framework: what it shows (`state`), and what it can do. The wrappers render it.
// Touches nothing before `mount()` or a click, so that it can be made on a server.
import { Connect } from "./index.js";

const idle = { status: "idle", result: null, error: null };

// What a screen reader says; the widget itself has these texts' English, where they are shown in a window.
const english = {
  opened: "A window has opened. Continue there.",
  success: "Connected.",
  failed: "That did not work.",
  cancelled: "Cancelled.",
  blocked: "The browser blocked the window. Allow pop-ups for this site, then try again.",
};

/**
 * @typedef {object} Setup
 * @property {() => object} options  the latest options: what `Connect.open` takes, and `id`, `labels`, `connect`
 * @property {object} [config]       for `Connect.create`, where the options bring no instance of their own
 * @property {(text: string) => void} [say]  announces a text; default: a live region of the page
 */
export class Controller {
  /** @param {Setup} setup */
  constructor({ options, config, say = announce }) {
    this.options = options;
    this.config = config;
    this.say = say;
    this.state = idle;
    this.listeners = new Set();
    /** The flow that is live, as an identity; whatever belongs to another comes too late. */
    this.flow = null;
    /** The element that gets the focus back. */
    this.trigger = null;
    this.mounted = null;
    for (const verb of ["subscribe", "open", "authorize", "close", "focus"]) this[verb] = this[verb].bind(this);
  }

  /** Calls `listener` after each change of `state`. @returns {() => void} what ends that */
  subscribe(listener) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The instance that runs the flows: the app's, or one of this trigger's own. */
  get connect() {
    const { connect, labels } = this.options();
    return connect || (this.own = this.own || Connect.create({ ...this.config, ...(labels && { labels }) }));
  }

  /** To be called when the trigger is on the page: warms the widget up, and takes what a redirect brought. */
  mount() {
    this.mounted = {};
    if (this.say === announce) liveRegion();
    const returned = takeReturn(keyOf(this.options()), () => this.askReturn());
    if (returned) this.deliverReturn(returned);
    else void this.connect;
  }

  /** To be called when the trigger goes: ends its flow in silence. */
  unmount() {
    this.mounted = null;
    const live = this.flow;
    this.flow = null;
    if (live) {
      forget();
      this.set(idle);
    }
    if (this.own) this.own.destroy();
    else if (live) this.connect.close();
    this.own = null;
  }

  /** Starts a flow, or brings the live one to the front. Resolves when it is launched; failures go to `state` and `onError`. */
  open() {
    return this.launch("open").catch(() => {});
  }

  /** Starts a flow. @returns a promise of its result */
  authorize() {
    return this.launch("authorize");
  }

  close() {
    const live = this.flow;
    this.flow = null;
    if (!live) return;
    forget();
    this.set(idle);
    this.connect.close();
  }

  focus() {
    this.connect.focus();
  }

  launch(verb) {
    const { connect, id, labels, ...options } = this.options();
    const instance = this.connect;
    if (instance.isOpen()) return instance[verb](options);

    const flow = (this.flow = {});
    this.delivered = undefined;
    const settle = (status, value) => flow === this.flow && this.settle(status, value);
    if (this.mounted) remember(keyOf(this.options()));
    const launched = instance[verb]({
      ...options,
      onSuccess: (result) => settle("success", result),
      onError: (error) => settle("error", error),
      onExit: () => settle("exit"),
      onEvent: (name, metadata) => flow === this.flow && this.onEvent(name, metadata),
    });
    // After the call, which opens the window: nothing may come between it and the click.
    if (flow === this.flow) this.set({ ...idle, status: "opening" });
    launched.then(
      (result) => (verb === "open" ? flow === this.flow && this.launched() : settle("success", result)),
      (error) => (error.code === "popup_closed" ? settle("exit") : settle("error", error)),
    );
    return launched;
  }

  onEvent(name, metadata) {
    if (name === "connect_opened") {
      this.launched();
      this.announce("opened");
    }
    call(this.options().onEvent, name, metadata);
  }

  launched() {
    if (this.state.status === "opening") this.set({ ...idle, status: "open" });
  }

  settle(status, value) {
    this.flow = null;
    forget();
    this.set({ status, result: status === "success" ? value : null, error: status === "error" ? value : null });
    this.giveFocusBack();
    this.report(status, value);
    if (status !== "success") this.awaitLateResult();
  }

  /** Tells the user and the app. */
  report(status, value) {
    const { onSuccess, onError, onExit } = this.options();
    if (status === "success") {
      this.delivered = value;
      this.announce("success");
      call(onSuccess, value);
    } else if (status === "error") {
      this.announce(value.code === "popup_blocked" ? "blocked" : "failed");
      call(onError, value);
    } else {
      this.announce("cancelled");
      call(onExit);
    }
  }

  // After a timeout, or in a window that its provider cut off and that looked closed, the user may still arrive. What comes
  // of it after all is only told to subscribers; another instance's would hear of other triggers' flows too.
  awaitLateResult() {
    if (!this.own || this.lateResults === this.own) return;
    this.lateResults = this.own;
    // In a while: subscribers hear of the live flow's result too, and its own callback may come after them.
    this.own.on("success", (result) => void Promise.resolve().then(() => {
      if (!this.mounted || result === this.delivered) return;
      if (this.flow) this.report("success", result);
      else this.settle("success", result);
    }));
  }

  askReturn() {
    const { exchange, verify } = this.options();
    return this.connect.handleRedirect({ exchange, verify }).then(
      (result) => result === null ? null : { status: "success", value: result },
      (error) => ({ status: "error", value: error }),
    );
  }

  deliverReturn(returned) {
    const { mounted } = this;
    this.set({ ...idle, status: "opening" });
    returned.outcome.then((outcome) => {
      if (mounted !== this.mounted || returned.delivered) return;
      returned.delivered = true;
      if (this.flow) {
        if (outcome) this.report(outcome.status, outcome.value);
      } else if (outcome) this.settle(outcome.status, outcome.value);
      else this.set(idle);
    });
  }

  announce(label) {
    const text = { ...english, ...this.options().labels }[label];
    if (text) this.say(text);
  }

  giveFocusBack() {
    const { trigger } = this;
    if (!trigger || !trigger.isConnected) return;
    const { activeElement, body } = trigger.ownerDocument;
    if (!activeElement || activeElement === body) trigger.focus({ preventScroll: true });
  }

  set(state) {
    this.state = state;
    for (const listener of [...this.listeners]) listener();
  }
}

/** Whether the trigger should say that it is busy. */
export const isBusy = ({ status }) => status === "opening" || status === "open";

/** The names of every option that `Connect.open` or a trigger takes. */
export const optionNames = [
  "protocol", "token", "baseURL", "link", "redirectUrl", "verify", "authorizationEndpoint", "clientId", "redirectUri", "scope",
  "params", "responseType", "tokenEndpoint", "tokenRequest", "issuer", "exchange", "onSuccess", "onError", "onExit", "onEvent",
  "mode", "popup", "whenBlocked", "signal", "timeout", "connect", "labels",
];

/** A callback that throws is reported, as an event handler's throw is, and changes nothing. */
function call(callback, ...args) {
  if (!callback) return;
  try {
    callback(...args);
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}

// ---------------------------------------------------------------- which trigger a redirect belongs to

const mark = "connect-widget.trigger";

/** What a redirect brought, until the trigger that started it has been told. */
let pending = null;

const keyOf = ({ id, protocol = "alter-connect", clientId = "" }) => id || `${protocol} ${clientId}`;

// Storage may be refused, or be missing; then a redirect fails with an error of its own.
function storage(work) {
  try {
    return work(sessionStorage);
  } catch {
    return null;
  }
}

const remember = (key) => storage((store) => store.setItem(mark, key));
const forget = () => storage((store) => store.removeItem(mark));

// The mark is taken before anything is asked, and the answer kept here: frameworks mount a component twice, or mount
// another one of the same kind, and the result must reach exactly one that stays.
function takeReturn(key, ask) {
  if (storage((store) => store.getItem(mark)) === key) {
    forget();
    pending = { key, outcome: ask(), delivered: false };
  }
  return pending && pending.key === key && !pending.delivered ? pending : null;
}

// ---------------------------------------------------------------- announcements

let region = null;

function liveRegion() {
  if (region && region.isConnected) return region;
  region = document.createElement("div");
  region.setAttribute("role", "status");
  hide(region);
  document.body.append(region);
  return region;
}

/** Hides an element from sight alone. By script, which no content security policy forbids. */
export function hide(element) {
  Object.assign(element.style, {
    position: "absolute", width: "1px", height: "1px", margin: "-1px", padding: "0", border: "0",
    overflow: "hidden", clipPath: "inset(50%)", whiteSpace: "nowrap",
  });
}

function announce(text) {
  const element = liveRegion();
  // The same words again are no change, and would not be spoken.
  element.textContent = element.textContent === text ? `${text}\u00a0` : text;
}
