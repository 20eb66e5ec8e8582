// One trigger and its flow, for any framework: what it shows (`state`), and what it can do. The wrappers render it.
// Touches nothing before `mount()` or a click, so that it can be made on a server.
//
// A flow outlives its trigger: the click on an item of a menu closes the menu, and the item is gone before the window is
// there. Then the callbacks that the click was made with are called, and nothing else of the trigger is touched.
import { Connect } from "./index.js";

const idle = { status: "idle", result: null, error: null };

// What a screen reader says; the widget itself has these texts' English, where they are shown in a window.
const english = {
  opened: "A window has opened. Continue there.",
  success: "Connected.",
  failed: "That did not work.",
  cancelled: "Cancelled.",
  blocked: "The browser blocked the window. Allow pop-ups for this site and try again.",
};

/**
 * @typedef {object} Setup
 * @property {() => object} options  the latest options: what `Connect.open` takes, and `id`, `labels`, `connect`
 * @property {object} [config]       for `Connect.create`, where the options bring no instance of their own
 * @property {(text: string) => void} [say]  announces a text; default: a live region of the page
 * @property {() => void} [onClose]  called when a flow is over, whatever came of it
 */
export class Controller {
  /** @param {Setup} setup */
  constructor({ options, config, say = announce, onClose }) {
    // A copy, because the app may change its own object later; what a script has put on Object.prototype is no option.
    this.options = () => ({ __proto__: null, ...options() });
    this.config = config;
    this.say = say;
    this.onClose = onClose;
    this.state = idle;
    this.listeners = new Set();
    /** The flow that is live, and the instance that runs it; whatever belongs to another flow comes too late. */
    this.flow = null;
    /** The options of the last click. */
    this.clicked = null;
    /** The element that gets the focus back. */
    this.trigger = null;
    this.mounted = null;
    /** Whether the trigger was taken off the page. */
    this.gone = false;
    for (const verb of ["subscribe", "open", "authorize", "close", "focus"]) this[verb] = this[verb].bind(this);
  }

  /** Calls `listener` after each change of `state`. @returns {() => void} what ends that */
  subscribe(listener) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The instance that runs the flow, or will run the next one: the app's, or one of this trigger's own. */
  get connect() {
    if (this.flow && isOpen(this.flow.instance)) return this.flow.instance;
    const { connect, labels } = this.options();
    if (connect) return connect;
    this.own ||= Connect.create(this.config);
    // The window has the texts of its click: the app may have got others, or another language, since the trigger was mounted.
    this.own.config.labels = labels;
    return this.own;
  }

  /** To be called when the trigger is on the page: warms the widget up, and takes what a redirect brought. */
  mount() {
    this.mounted = {};
    if (this.gone) {
      this.gone = false;
      this.set(this.state); // what came of its flow meanwhile
    }
    if (this.say === announce) liveRegion(this.trigger);
    const key = keyOf(this.options());
    if (heir === key) {
      heir = null;
      this.giveFocusBack();
    }
    if (orphan && keyOf(orphan.given) === key) orphan.successor = this;
    tellingRouter(() => void this.connect);
    const { mounted } = this;
    const take = (pause) => {
      if (mounted !== this.mounted) return;
      const returned = takeReturn(keyOf(this.options()), () => this.askReturn());
      if (returned) this.deliverReturn(returned);
      // An app may ask its server for the client that this trigger is known by.
      else if (left && pause < 9e3) setTimeout(take, pause, 2 * pause);
    };
    // A prerendered page begins with a copy of the tab's store, which may be old by the time it is shown.
    if (globalThis.document?.prerendering === true) document.addEventListener("prerenderingchange", () => take(100), { once: true });
    else take(100);
  }

  /** To be called when the trigger goes. Its flow goes on: who wants that ended calls `close()`, before or after. */
  unmount() {
    this.mounted = null;
    this.gone = true;
    if (this.flow) orphan = this;
    this.release();
  }

  /** Destroys the trigger's own instance, when nobody can want anything of it any more. */
  release() {
    if (!this.own || !this.gone || this.flow || this.asking) return;
    this.own.destroy();
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
    const { flow } = this;
    if (!flow) return;
    this.end(idle);
    tried(() => flow.instance.close());
  }

  focus() {
    if (this.flow || !this.gone) this.connect.focus();
  }

  launch(verb) {
    const given = this.options();
    const { connect, id, labels, ...options } = given;
    const instance = this.connect;
    if (isOpen(instance)) return instance[verb](options);

    if (noted) forget(noted);
    const flow = (this.flow = { instance });
    this.clicked = given;
    // The result that was told last. For now it is what no result can be: `undefined` can, where an exchange answers nothing.
    this.told = flow;
    const unwatch = this.watchClose(flow);
    const settle = (status, value) => flow === this.flow && this.settle(status, value);
    const promise = instance[verb]({
      ...options,
      onSuccess: (result) => settle("success", result),
      onError: (error) => settle("error", error),
      onExit: () => settle("exit"),
      onEvent: (name, metadata) => flow === this.flow && this.onEvent(name, metadata),
    });
    // After the call, which opens the window: nothing slow may come between it and the click, and the window's copy
    // of this page's storage must not have the note.
    if (flow === this.flow) {
      if (this.mounted || this.gone) remember(flow, keyOf(given));
      if (this.state.status !== "open") this.set({ ...idle, status: "opening" });
    }
    promise.then(
      (result) => (verb === "open" ? flow === this.flow && this.launched() : settle("success", result)),
      // Where the flow has ended by itself, its callback has said so by now (`settle`), and this call has nothing to add. The `code` would not tell:
      // a server may call an error of its own `popup_closed`. Where no callback was called, there was no flow, or the app ended it.
      (error) => {
        unwatch();
        // One case is left: a flow that is begun in a callback and refused is ended by the `close` of the flow before, and after open() nobody else says why.
        if (flow !== this.flow && (this.flow || verb !== "open")) return;
        if (error.code === "aborted") this.end(idle);
        else this.settle("error", error);
      },
    );
    return promise;
  }

  /** Hears when the flow is over, also where the app itself closed its instance. @returns what ends that */
  watchClose(flow) {
    const closed = () => {
      // A callback began this flow before the one that it ended said that it closed.
      if (flow === this.flow && isOpen(flow.instance)) return;
      unwatch();
      if (flow === this.flow) this.end(idle);
      call(this.onClose);
    };
    const unwatch = tried(() => flow.instance.on("close", closed)) || (() => {});
    return unwatch;
  }

  onEvent(name, metadata) {
    if (name === "OAUTH_STARTED") {
      this.flow.hasLeft = !this.flow.hasWindow;
      if (noted === this.flow) remember(noted, keyOf(this.clicked));
    }
    if (name === "connect_opened") {
      this.flow.hasWindow = true;
      this.launched();
      this.announce("opened");
    }
    call(this.given.onEvent, name, metadata);
  }

  launched() {
    if (this.state.status !== "open") this.set({ ...idle, status: "open" });
  }

  settle(status, value) {
    this.end({ status, result: status === "success" ? value : null, error: status === "error" ? value : null });
    // A microtask later: an app may show something else in the trigger's place as long as a flow is live, and has yet to show the trigger again.
    Promise.resolve().then(() => {
      const one = this.gone ? this.successor : this;
      if (one && !one.gone) return one.giveFocusBack();
      // Or it shows another trigger of the kind by then, where this one was.
      heir = keyOf(this.given);
      setTimeout(() => {
        heir = null;
      }, 500);
    });
    this.report(status, value);
  }

  /** What came of an earlier flow: another one may be live. */
  deliver(status, value) {
    if (this.flow) this.report(status, value);
    else this.settle(status, value);
  }

  /** The flow is over, and this is what is left of it. */
  end(state) {
    const { flow } = this;
    this.flow = null;
    // Back from the provider, the user may go there again, and finish: then another page asks whose result it is.
    if (flow && !flow.hasLeft) forget(flow);
    this.set(state);
    if (state.status === "error" || state.status === "exit") this.awaitLateResult();
    // In a while: the instance has yet to say that it closed.
    else Promise.resolve().then(() => this.release());
  }

  /** The options that count: the latest ones, or those of the click when the trigger is gone, or the app cannot make them any more. */
  get given() {
    return (this.gone && this.clicked) || tried(this.options) || this.clicked;
  }

  /** Tells the user and the app. */
  report(status, value) {
    const { onSuccess, onError, onExit } = this.given;
    if (status === "success") {
      this.told = value;
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
  // of it after all is only told to subscribers; another instance's would hear of other triggers' flows too. A trigger
  // that was gone before its flow ended keeps its instance for that.
  awaitLateResult() {
    if (!this.own || this.lateResults === this.own) return;
    this.lateResults = this.own;
    // In a while: subscribers hear of the live flow's result too, and its own callback may come after them.
    this.own.on("success", async (result) => {
      await null;
      if (result === this.told) return;
      if (!noted) storage((store) => store.removeItem(NOTE));
      this.deliver("success", result);
    });
  }

  askReturn() {
    const { exchange, verify } = this.options();
    this.asking = true;
    return this.connect.handleRedirect({ exchange, verify }).then(
      (result) => result !== null && { status: "success", value: result },
      (error) => ({ status: "error", value: error }),
    ).then((outcome) => {
      this.asking = false;
      this.release();
      return outcome;
    });
  }

  deliverReturn(returned) {
    const { mounted } = this;
    if (!this.flow) this.set({ ...idle, status: "opening" });
    returned.outcome.then((outcome) => {
      if (mounted !== this.mounted || returned.isTold) return;
      returned.isTold = true;
      if (outcome) this.deliver(outcome.status, outcome.value);
      else if (!this.flow) {
        // Reloaded in mid-flow, perhaps: the window may still be there, and its result to come.
        this.set(idle);
        this.awaitLateResult();
      }
    });
  }

  announce(label) {
    const text = { __proto__: null, ...this.given.labels }[label] ?? english[label];
    if (text) this.say(text, this.trigger);
  }

  giveFocusBack() {
    const { trigger } = this;
    if (!trigger?.isConnected) return;
    trigger.addEventListener?.("keydown", pressOnce);
    const { activeElement, body } = trigger.ownerDocument;
    if (!activeElement || activeElement === body) trigger.focus({ preventScroll: true });
  }

  set(state) {
    this.state = state;
    if (this.gone) return;
    for (const listener of [...this.listeners]) call(listener);
  }
}

/** Whether a flow of this instance is live, be it another trigger's. */
export const isOpen = (instance) => Boolean(tried(() => instance.isOpen()));

/** Who holds down the key that has pressed the provider's last button holds it down here, once the window is gone: that presses no trigger. */
const pressOnce = (event) => event.repeat && event.key === "Enter" && event.preventDefault();

/** Whether the trigger should say that it is busy. */
export const isBusy = ({ status }) => status === "opening" || status === "open";

/** What `work` answers; undefined where it throws, as an instance does that the app destroyed. The next call says so then. */
function tried(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}

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

/** The note in storage that says which, by its key, and, once it has left, which redirects the tab remembered then. */
const NOTE = "connect-widget.trigger";

/** What a redirect brought, until the trigger that started it has been told. */
let pending = null;

/** The key of a trigger whose flow has just ended, and which was gone by then: the next one of that key gets the focus. */
let heir = null;

/** The last trigger that went while its flow was live: one of its key that is shown from then on, as under another React key, is its successor, and gets the focus. */
let orphan = null;

const keyOf = ({ id, protocol = "alter-connect", clientId = "" }) => id || `${protocol} ${clientId}`;

/** The note that another load of the page left; undefined until somebody asks. */
let left;

/** The flow that the note in storage is of now. */
let noted = null;

// Storage may be refused, or be missing; then a redirect fails with an error of its own.
const storage = (work) => tried(() => work(sessionStorage));

/** The redirects that this tab remembers, of all instances. */
const redirects = () => storage((store) => Object.keys(store).filter((key) => /^connect-widget:.*"mode":"redirect"/.test(key + store[key]))) || [];

const findLeft = () => {
  if (left !== undefined) return;
  const [key, ...known] = storage((store) => JSON.parse(store.getItem(NOTE))) || [];
  // Where another redirect has left since, an instance of the app's own did so, and what came back is for that one.
  const isOvertaken = known[0] && redirects().some((redirect) => !known.includes(redirect));
  left = (!isOvertaken && key) || null;
};

function remember(flow, key) {
  findLeft();
  noted = flow;
  storage((store) => store.setItem(NOTE, JSON.stringify([key, ...(flow.hasLeft ? redirects() : [])])));
}

function forget(flow) {
  if (noted !== flow) return;
  noted = null;
  storage((store) => store.removeItem(NOTE));
}

// The note counts once in a load, and the answer is kept here: frameworks mount a component twice, or mount another one
// of the same kind, and the result must reach exactly one that stays. It stays in storage until there is a result: the
// user may have come back without one, and go on. A note of this load is of a flow that is still live, though its trigger
// may be gone.
function takeReturn(key, ask) {
  findLeft();
  if (left === key) {
    left = null;
    const outcome = ask().then((outcome) => {
      if (outcome && !noted) storage((store) => store.removeItem(NOTE));
      return outcome;
    });
    pending = { key, outcome, isTold: false };
  }
  return pending && pending.key === key && !pending.isTold ? pending : null;
}

// ---------------------------------------------------------------- routers

/**
 * Makes an instance, which may take a response off the address. A router that began before would write it there again: Vue Router with its first
 * page, Next.js whenever it renders. Next puts a `replaceState` of its own in the browser's place, by which it learns of an address that somebody else
 * has written. It passes over a state with its own mark, `__NA`, so the address is written once more, without the mark.
 */
function tellingRouter(make) {
  const before = globalThis.location?.href;
  make();
  const after = globalThis.location?.href;
  if (after === before) return;
  const { state } = history;
  let isTold = false;
  const tell = () => {
    const isBack = location.href === before;
    const { __NA, ...others } = (isBack ? state : history.state) ?? {};
    const isNext = location.href === after && __NA && history.replaceState !== History.prototype.replaceState;
    if (isTold || !(isBack || isNext)) return;
    isTold = isNext;
    history.replaceState(others, "", after);
  };
  // Next listens from its own first effect on; a router's first page may take a while.
  for (const pause of [0, 250, 1000, 3000]) setTimeout(() => tried(tell), pause);
}

// ---------------------------------------------------------------- announcements

let region = null;

/** The modal dialog that an element of the page is shown in, in whatever shadow tree: nothing around it is heard. */
function dialogOf(element) {
  for (let one = element?.isConnected && element; one; one = one.assignedSlot || one.parentNode || one.host) {
    if (one.matches?.("dialog[open], [aria-modal=true]")) return one;
  }
  return null;
}

/** The page's own voice for screen readers. To be there a while before it speaks, or it is not heard. */
export function liveRegion(trigger) {
  const place = dialogOf(trigger) || dialogOf(region) || document.body;
  if (!region?.isConnected) {
    region = document.createElement("div");
    region.setAttribute("role", "status");
    // By these two the dialogs of Radix, Angular's CDK and others, and those of React Aria, know what they must not hide from screen readers.
    region.setAttribute("aria-live", "polite");
    region.dataset.liveAnnouncer = "true";
    hide(region);
  }
  if (region.parentNode !== place) place.append(region);
  return region;
}

/** Hides an element from sight alone. By script, which no content security policy forbids. */
export function hide(element) {
  Object.assign(element.style, {
    position: "absolute", width: "1px", height: "1px", margin: "-1px", padding: "0", border: "0",
    overflow: "hidden", clipPath: "inset(50%)", whiteSpace: "nowrap",
  });
}

export function announce(text, trigger) {
  speak(liveRegion(trigger), text);
}

export function speak(element, text) {
  // The same words again are no change, and would not be spoken.
  element.textContent = element.textContent === text ? `${text}\u00a0` : text;
}
