// Pages on which other scripts have changed what the language brings: Prototype and MooTools, hardened pages, other promises.
import { protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };

/** What the pages do before anything of the package is called. */
const CHANGES = {
  /** Prototype 1.6: JSON of its own on lists, `$A` as `Array.from`, another `bind`, and enumerable methods. */
  "a Prototype": () => {
    const $A = (iterable) => (iterable?.toArray ? iterable.toArray() : Array.prototype.slice.call({ length: iterable?.length || 0, ...iterable }));
    const ownBind = Function.prototype.bind;
    Array.prototype.toJSON = function () {
      return `[${this.map((item) => JSON.stringify(item)).join(", ")}]`;
    };
    Array.from = $A;
    Function.prototype.bind = function (context, ...given) {
      return given.length === 0 && context === undefined ? this : ownBind.call(this, context, ...given);
    };
    Object.assign(Array.prototype, { each: Array.prototype.forEach, toArray: Array.prototype.slice, without: () => [] });
    Object.keys = (object) => {
      const names = [];
      for (const name in object) if (Object.prototype.hasOwnProperty.call(object, name)) names.push(name);
      return names;
    };
  },
  /** MooTools 1.5: `Array.from` wraps what is no list, and its own `Event`, `Element` and `Request`. */
  "a MooTools": () => {
    Array.from = (item) => (item == null ? [] : typeof item.length === "number" && typeof item !== "string" ? Array.prototype.slice.call(item) : [item]);
    Object.assign(Function.prototype, { extend() {}, implement() {}, hide() {}, protect() {} });
    Object.assign(String.prototype, { contains: String.prototype.includes, capitalize() {} });
    Object.assign(Number.prototype, { limit() {}, toInt() {} });
    Object.assign(window, { Event: class DOMEvent {}, Element: class Element {}, Request: class Request {}, Type: class Type {}, Document: class {}, Window: class {} });
  },
  /** What `lockdown()` of SES and its like do: nothing that is inherited can be overridden by assignment. */
  "a hardened": () => {
    for (const name of Object.getOwnPropertyNames(globalThis)) {
      const made = /^[A-Z]/.test(name) && Object.getOwnPropertyDescriptor(globalThis, name).value;
      if (typeof made !== "function" || !/^(Object|Function|Array|.*Error|Promise|Map|Set|WeakMap|WeakSet|Symbol|String|Number|Boolean|Date|RegExp|ArrayBuffer|.*Array|DataView)$/.test(name)) continue;
      Object.freeze(made);
      if (made.prototype) Object.freeze(made.prototype);
    }
    for (const made of [JSON, Math, Reflect, Object.getPrototypeOf(async () => {}), Object.getPrototypeOf([][Symbol.iterator]()), Object.getPrototypeOf(Uint8Array).prototype]) Object.freeze(made);
  },
  /** Old extensions of the language: every loop over an object's names meets them. */
  "a careless": () => {
    Object.assign(Object.prototype, { version: "1.0", binding: "optional", landing: null });
  },
  /** The page calls something of its own `self`. */
  "a self-named": () => {
    window.self = { name: "of the page's own" };
  },
  /** Its classic scripts call something of their own what the window calls so: modules see those. */
  "a careless-named": () => {
    const script = document.createElement("script");
    // WebKit's driver asks what the page calls `performance` for the time.
    const more = navigator.userAgent.includes("Version/") ? "" : ", performance = {}";
    script.textContent = `let history = null; const open = [], close = document.querySelector("#close")${more};`;
    document.head.append(script);
  },
  /** What an extension has put in the place of `fetch`. */
  "a fetch-watching": () => {
    const { fetch } = window;
    window.fetch = (url, settings = {}) => fetch(url, settings.hasOwnProperty("method") ? settings : { ...settings, method: "GET" });
  },
  /** A library's promises in place of the browser's. */
  "another Promise's": () => {
    const Native = Promise;
    const Other = class OtherPromise {
      constructor(work) {
        this.inner = new Native(work);
      }
      then(...handlers) {
        const inner = this.inner.then(...handlers);
        return Object.assign(Object.create(Other.prototype), { inner });
      }
      catch(handler) {
        return this.then(undefined, handler);
      }
      static resolve = (value) => (value instanceof Other ? value : new Other((resolve) => resolve(value)));
      static reject = (cause) => new Other((_, reject) => reject(cause));
      static race = (all) => new Other((...settle) => [...all].forEach((one) => Other.resolve(one).then(...settle)));
      static all = (all) => new Other((...settle) => Native.all([...all].map((one) => Other.resolve(one).inner)).then(...settle));
    };
    window.Promise = Other;
  },
};

/** WebKit's driver writes what a test reads with what the page has. */
const changeBack = () => {
  delete Array.prototype.toJSON;
  for (const name of ["version", "binding", "landing"]) delete Object.prototype[name];
};

const changed = (whose, { person = (user) => user.click(), outcome, ...more }) => ({
  mode: "popup",
  rows: ["f38"],
  sandbox: AUTO,
  cannot: whose.includes("Promise") ? { webkit: "its driver works with the page's own promises" } : undefined,
  outcome,
  async person(user) {
    await person(user);
    await user.heard(Object.keys(outcome)[0]);
    await user.page.run(changeBack);
  },
  async page(env) {
    const { plain, plainWithCore } = await import("/plain.mjs");
    CHANGES[env.scenario.whose]();
    await (env.scenario.options ? plainWithCore : plain)(env);
  },
  whose,
  ...more,
});

/** Reports are written by the page's own JSON, which may have made a text of the list. */
const areGrants = (value) => protocols["alter-connect"].isResult(typeof value === "string" ? JSON.parse(value) : value);

export const scenarios = Object.keys(CHANGES).flatMap((whose) => [
  changed(whose, {
    protocol: "code",
    name: `${whose} page: code by popup, its params a Map`,
    options: () => ({ params: new Map([["prompt", "login"], ["resource", "a"]]) }),
    async person(user) {
      await user.click();
      await user.heard("success");
      const { searchParams: sent } = new URL(await user.page.run(() => window.instruments.opened[0].url));
      user.equal([sent.get("prompt"), sent.get("resource")], ["login", "a"]);
    },
    outcome: { success: protocols.code.isResult },
  }),
  changed(whose, { protocol: "code", mode: "redirect", name: `${whose} page: code by redirect, back on the callback page`, outcome: { redirected: protocols.code.isResult } }),
  changed(whose, { protocol: "code", mode: "redirect", name: `${whose} page: code by redirect, back on the app itself`, options: () => ({ redirectUri: `${location.origin}/` }), outcome: { redirected: protocols.code.isResult } }),
  changed(whose, { protocol: "implicit", name: `${whose} page: implicit by popup, severed`, sandbox: { ...AUTO, coop: "same-origin" }, outcome: { success: protocols.implicit.isResult } }),
  changed(whose, { protocol: "alter-connect", session: { allowed_providers: null }, name: `${whose} page: alter-connect by popup`, outcome: { success: areGrants } }),
  changed(whose, { protocol: "stackone-link", name: `${whose} page: stackone-link by popup`, sandbox: AUTO, outcome: { success: protocols["stackone-link"].isResult } }),
  changed(whose, {
    protocol: "code",
    promise: true,
    name: `${whose} page: a refusal is a ConnectError`,
    sandbox: { ...AUTO, error: "access_denied" },
    async person(user) {
      await user.click();
      const { code, name } = await user.heard("rejected");
      user.equal([code, name], ["access_denied", "ConnectError"]);
    },
    outcome: { error: "access_denied" },
  }),
]).concat({
  protocol: "code",
  mode: "popup",
  rows: ["f38"],
  promise: true,
  sandbox: AUTO,
  name: "a page without random values: no flow begins with a state that can be guessed",
  async page(env) {
    const { plain } = await import("/plain.mjs");
    Object.defineProperty(crypto, "getRandomValues", { value: undefined });
    await plain(env);
  },
  async person(user) {
    await user.click();
    const { code } = await user.heard("rejected");
    user.equal(code, "core_failed");
    user.equal(await user.page.run(() => window.instruments.opened.filter(({ url }) => url).length), 0);
  },
  // What stopped the core is not hidden from what watches the page's errors.
  uncaught: /unreachable/i,
  outcome: { error: "core_failed" },
}, {
  protocol: "code",
  mode: "popup",
  rows: ["f38", "csp"],
  sandbox: AUTO,
  config: { wasm: false },
  name: "an old script has put a `value` on Object.prototype: the core as JavaScript comes all the same",
  async page(env) {
    const { plain } = await import("/plain.mjs");
    Object.prototype.value = "of the page's own";
    await plain(env);
  },
  async person(user) {
    await user.click();
    await user.heard("close");
    await user.page.run(() => delete Object.prototype.value);
  },
  outcome: { success: protocols.code.isResult },
}, ...Object.entries({ throws: { error: "network_error" }, "answers at once": { success: ({ access_token }) => access_token === "a" } }).map(([how, outcome]) => ({
  protocol: "code",
  mode: "popup",
  rows: ["f38", "stuck"],
  how,
  sandbox: AUTO,
  name: `a page whose own fetch ${how}, and no promise is there: the flow ends, and so does a refresh`,
  async page(env) {
    const { plain, onClick } = await import("/plain.mjs");
    const { fetch } = window;
    window.fetch = (url, ...rest) => {
      if (!String(url).includes("/oauth/token")) return fetch(url, ...rest);
      if (env.scenario.how === "throws") throw new Error("not here");
      return { status: 200, text: () => JSON.stringify({ access_token: "a" }) };
    };
    await plain(env);
    const { tokenEndpoint, clientId } = env.options;
    onClick(env, env.other, () => env.widget.refresh({ tokenEndpoint, clientId, refreshToken: "one" }));
  },
  async person(user) {
    await user.click();
    await user.heard(Object.keys(outcome)[0]);
    await user.click("#other");
    await user.heard(how === "throws" ? "rejected" : "resolved", { nth: how === "throws" ? 1 : 2 });
  },
  outcome,
}))).concat({
  protocol: "code",
  mode: "popup",
  rows: ["f38", "stuck"],
  sandbox: AUTO,
  name: "a page whose own addEventListener wraps each listener, so that none is ever taken back: one flow after the other",
  async page(env) {
    const { plainWithCore } = await import("/plain.mjs");
    const { addEventListener } = EventTarget.prototype;
    window.addEventListener = (type, listener, ...rest) => addEventListener.call(window, type, (event) => listener(event), ...rest);
    await plainWithCore(env);
    env.go.addEventListener("click", () => setTimeout(() => dispatchEvent(new Event("blur"))));
  },
  async person(user) {
    for (const nth of [1, 2]) {
      await user.click();
      await user.heard("success", { nth });
    }
  },
  outcome: { success: [protocols.code.isResult, protocols.code.isResult] },
}, {
  protocol: "alter-connect",
  mode: "popup",
  rows: ["f38", "stuck"],
  session: { allowed_providers: null },
  sandbox: AUTO,
  name: "onSuccess dispatches an event of the kind that brought it: another flow of the page goes on",
  options: (env) => ({
    onSuccess(value) {
      dispatchEvent(new MessageEvent("message"));
      env.say("success", value);
    },
  }),
  async page(env) {
    const { plain } = await import("/plain.mjs");
    await plain(env);
    const other = env.Connect.create();
    env.other.addEventListener("click", () => other.open({ token: () => new Promise(() => {}), onError: (error) => env.say("other", error) }));
    env.other.addEventListener("dblclick", () => other.close());
  },
  async person(user) {
    await user.click("#other");
    await user.click();
    await user.heard("success");
    await user.wait(100);
    user.equal(await user.all("other"), []);
    await user.page.run(() => document.querySelector("#other").dispatchEvent(new Event("dblclick")));
  },
  outcome: { success: protocols["alter-connect"].isResult },
}, {
  protocol: "implicit",
  mode: "redirect",
  rows: ["f38"],
  sandbox: AUTO,
  at: { path: "/sync.html" },
  name: "a script that waits for the user's consent lets nothing into local storage, and says nothing: a token that comes back to another page of the app is told",
  options: () => ({ redirectUri: `${location.origin}/` }),
  async page(env) {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (...values) {
      if (this !== localStorage) setItem.apply(this, values);
    };
    await (await import("/plain.mjs")).plain(env);
  },
  outcome: { redirected: protocols.implicit.isResult },
}, {
  protocol: "code",
  mode: "redirect",
  rows: ["f38"],
  sandbox: AUTO,
  name: "an image of the page is called `prerendering`: a redirect's result is told",
  async page(env) {
    document.body.insertAdjacentHTML("beforeend", '<img name="prerendering" alt="">');
    await (await import("/plain.mjs")).plain(env);
  },
  outcome: { redirected: protocols.code.isResult },
}, ...Object.entries({
  "a frame of another site is called `hidden`": ({ providers }) => `<iframe name="hidden" src="${providers}/sandbox/blank"></iframe>`,
  "a form is called `documentElement`, its field `getAttribute`": () => '<form name="documentElement"><input name="getAttribute" aria-label="Name"></form>',
}).map(([what, html]) => ({
  protocol: "alter-connect",
  mode: "popup",
  rows: ["f38"],
  name: `${what}: two clicks, two results`,
  async page(env) {
    document.body.insertAdjacentHTML("beforeend", html(env));
    await (await import("/plain.mjs")).plain(env);
  },
  async person(user) {
    // The first one may still rest when the second one opens.
    const known = [user.page];
    for (const nth of [1, 2]) {
      await user.click();
      const window = await user.atProvider(known);
      known.push(window);
      await protocols["alter-connect"].person(window, user);
      await user.heard("close", { nth });
    }
  },
  outcome: { success: [protocols["alter-connect"].isResult, protocols["alter-connect"].isResult] },
})), {
  protocol: "code",
  mode: "popup",
  rows: ["f38"],
  givesFocusBack: true,
  name: "a script of the page dispatches plain events called `message` all the time: whoever closes the window exits, and the next click works",
  async page(env) {
    await (await import("/plain.mjs")).plain(env);
    const again = () => {
      dispatchEvent(new CustomEvent("message"));
      setTimeout(again, 1);
    };
    again();
  },
  async person(user) {
    for (const nth of [1, 2]) {
      await user.click();
      await (await user.atProvider()).close();
      await user.heard("close", { nth });
    }
  },
  outcome: { exit: [null, null] },
}, {
  protocol: "alter-connect",
  mode: "popup",
  rows: ["f38"],
  sandbox: AUTO,
  name: "a test tool's `queueMicrotask` forgets what it was given: the token comes, and the account",
  async page(env) {
    await (await import("/plain.mjs")).plainWithCore(env);
    window.queueMicrotask = () => {};
  },
  outcome: { success: protocols["alter-connect"].isResult },
}, {
  protocol: "code",
  mode: "popup",
  rows: ["f38"],
  name: "a careless page: the script tag's file defines all of its names",
  async page(env) {
    const { Connect } = env;
    CHANGES["a careless"]();
    await import("/pkg/connect-widget.global.js");
    const { Connect: Own, providers } = window.ConnectWidget ?? {};
    env.say("defined", [typeof Own?.create, Own !== Connect, ...Object.keys(providers ?? {})]);
  },
  async person(user) {
    const defined = await user.heard("defined");
    await user.page.run(changeBack);
    user.equal(defined, ["function", true, "alter", "aniapi", "anny", "anonLink", "stackOne"]);
  },
});
