// The shell: the class that apps see, before its core is there. The core is the Rust crate; it does everything else. What must
// not wait for it is here: the blank window of a click that comes too early (launch.js), and a response that must leave the URL
// (held.js).
import { error } from "./errors.js";
import { takeResponse } from "./held.js";
import { resultOf, subscribe } from "./inbox.js";
import { Launch } from "./launch.js";
import { core, getCore, loadDebug, loadHandOver, warmUp } from "./loader.js";
import { observing } from "./observe.js";
import { ofPage } from "./page.js";

/** Whether this is a page; known from the first widget on, because an import touches no global. A server may have something called `window`, but then no `location`. */
let hasPage;

/** One widget on a page; see index.d.ts. */
export class Connect {
  /** The core knows a widget by its identity: Vue, and what is built on its reactivity, makes no proxy of what says this. */
  __v_skip = 1;
  /** The call that waits for its core. */
  early;
  isDestroyed;

  constructor(config) {
    try {
      // Without a prototype: what a script has put on Object.prototype would be read as an option.
      this.config = { __proto__: null, ...config };
    } catch (cause) {
      throw error("invalid_options", cause, "Option config ");
    }
    this.handlers = new Map();
    hasPage = globalThis.window?.document && globalThis.location;
    if (!hasPage) return;
    takeResponse(loadHandOver);
    this.observe("create", location.href);
    warmUp(this);
  }

  static create(config) {
    return new Connect(config);
  }

  check(needsWindow) {
    if (this.isDestroyed) throw error("sdk_destroyed");
    if (needsWindow && !hasPage) throw error("no_window");
  }

  /** For the core: the handlers of an event as they are now. */
  handlersOf(event) {
    return [...new Set(this.handlers.get(event))];
  }

  /** For the core: what `debug` is told. */
  observe(finding, fact) {
    if (this.config.debug) observing(loadDebug)(finding, fact, this);
  }

  launch(options, wantsResult) {
    return new Promise((resolve, reject) => {
      this.check(true);
      if (this.early?.heed()) return resolve(this.early.again(options, wantsResult));
      const found = getCore(this);
      const call = new Launch({ widget: this, options, wantsResult, resolve, reject });
      this.observe("launch", [options, navigator.userActivation?.isActive]);
      if (core) core.open(call);
      else call.waitFor(found);
    });
  }

  open(options) {
    return this.launch(options, false);
  }

  authorize(options) {
    return this.launch(options, true);
  }

  async handleRedirect(handlers) {
    if (!hasPage) return null;
    this.check();
    return resultOf(this, handlers);
  }

  async refresh(options) {
    this.check(true);
    return (await getCore(this)).refresh(this, options);
  }

  close() {
    this.check();
    this.end();
  }

  /** Ends the live flow, also of a widget that is destroyed. */
  end() {
    if (this.early) this.early.end(error("aborted"), true);
    else core?.close(this);
  }

  focus() {
    if (this.early) this.early.window?.focus?.();
    else core?.focus(this);
  }

  destroy() {
    if (this.isDestroyed) return;
    if (hasPage) {
      ofPage().subscribers.delete(this);
      this.observe("destroy");
    }
    // Nobody else is told, and what the app does when its signal is aborted begins nothing.
    this.handlers.clear();
    this.isDestroyed = true;
    this.end();
  }

  on(event, handler) {
    this.check();
    if (typeof handler !== "function") throw error("invalid_options", undefined, "Option handler ");
    this.handlers.set(event, new Set(this.handlers.get(event)).add(handler));
    if (hasPage && /success|error/.test(event)) subscribe(this, event === "error" && handler);
    return () => this.handlers.get(event)?.delete(handler);
  }

  off(event, handler) {
    this.check();
    this.handlers.get(event)?.delete(handler);
  }

  isOpen() {
    this.check();
    return !!(this.early || core?.isOpen(this));
  }

  getVersion() {
    return __VERSION__;
  }
}
