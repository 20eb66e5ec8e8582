// Nothing lost, nothing wedged: results that come at an awkward time or by an awkward way, and whatever could keep the next click
// from working.
import { alterReturning, names, protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const appItself = () => `${location.origin}/`;
const popup = (protocol, more) => ({ protocol, mode: "popup", outcome: { success: protocols[protocol].isResult }, ...more });
const redirect = (protocol, more) => ({ protocol, mode: "redirect", outcome: { redirected: protocols[protocol].isResult }, ...more });

/** Only asked, by another button, is the redirect's result asked for. */
async function asksLater(env) {
  const { onClick, plainWidget } = await import("/plain.mjs");
  const widget = plainWidget(env);
  const { verify, exchange } = env.options;
  onClick(env, env.other, async () => {
    const value = await widget.handleRedirect({ verify, exchange });
    if (value !== null) env.say("redirected", value);
  });
}

/** Whether a page of the app is there; a driver cannot look while it is being loaded. */
const isReady = (user) => user.page.run(() => Boolean(window.env?.other)).catch(() => false);

/** After a reload: as Chromium shows a page that was loaded before the click, and whose session storage is the tab's once it is shown. */
const prerendered = async (env) => {
  const { plain } = await import("/plain.mjs");
  const kept = Object.entries(sessionStorage);
  if (kept.length === 0) return plain(env);
  sessionStorage.clear();
  Object.defineProperty(document, "prerendering", { configurable: true, value: true });
  await plain(env);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  for (const [key, value] of kept) sessionStorage.setItem(key, value);
  delete document.prerendering;
  document.dispatchEvent(new Event("prerenderingchange"));
};

/** The page that a redirect comes back to, as Chromium prerenders it: with a copy of the store of the page that the user sees, which uses what is in it. */
const prerenderedCopy = async (env) => {
  const { plain } = await import("/plain.mjs");
  if (!Object.keys(sessionStorage).some((key) => key.startsWith("connect-widget:"))) return plain(env);
  Object.defineProperty(document, "prerendering", { configurable: true, value: true });
  await plain(env);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  env.say("shown");
  delete document.prerendering;
  document.dispatchEvent(new Event("prerenderingchange"));
};

/** The page that comes after a reload takes its time. */
async function slowAfterReload(env) {
  const { plain } = await import("/plain.mjs");
  if (sessionStorage.getItem("loaded")) await new Promise((resolve) => setTimeout(resolve, 2500));
  sessionStorage.setItem("loaded", "yes");
  await plain(env);
}

/** No page of the app can rewrite its address. */
async function fixedAddress(env) {
  const { plain } = await import("/plain.mjs");
  localStorage.setItem("e2e address", "fixed");
  for (const name of ["replaceState", "pushState"]) {
    history[name] = () => {
      throw new DOMException("this address cannot be rewritten", "SecurityError");
    };
  }
  await plain(env);
}

/** Where a redirect has come back to this page, its store takes nothing more. */
async function fullAfterReturn(env) {
  if (location.search.includes("code=")) {
    for (let size = 1 << 20; size > 0; size >>= 1) {
      try {
        for (;;) sessionStorage.setItem(`filler ${Math.random()}`, "x".repeat(size));
      } catch {
        // No more of this size.
      }
    }
  }
  await asksLater(env);
}

/** No return page of the app can open a channel, as in Firefox where cookies are blocked; and this page looks at no window. */
async function noChannels(env) {
  const { plain } = await import("/plain.mjs");
  window.setInterval = () => 0;
  localStorage.setItem("e2e channels", "refused");
  await plain(env);
}

const ADDRESSES = {
  "the callback page at a path that begins with //": () => ({ redirectUri: `${location.origin}//callback.html` }),
  "the app itself at a path that begins with //": () => ({ redirectUri: `${location.origin}//` }),
};

const FIXED = {
  "the callback page": () => ({ redirectUri: `${location.origin}/callback.html` }),
  "the app itself": () => ({ redirectUri: appItself() }),
};

const unwritable = (protocol, mode, landing, options, more) => ({
  protocol,
  mode,
  rows: ["f11"],
  sandbox: AUTO,
  name: `${protocol} by ${mode}: ${landing}`,
  options,
  addressStays: true,
  outcome: { [mode === "popup" ? "success" : "redirected"]: protocols[protocol].isResult },
  ...more,
});

/** The first click is for an address that leads nowhere. */
const nowhere = (env) => ({ authorizationEndpoint: `${env.protocolOptions.authorizationEndpoint}?sandbox_no_content=true` });

const thenSomewhere = (user) => user.page.run(() => { window.env.options.authorizationEndpoint = window.env.protocolOptions.authorizationEndpoint; });

/** Presses the button without a driver, which would wait for the page that never comes. */
const presses = (user) => user.page.run(() => { setTimeout(() => window.env.go.click()); });

/** A click whose redirect leads nowhere: the page is still here. */
const staysAt204 = async (user) => {
  await user.ready();
  await presses(user);
  await user.wait(1200);
};

/** Signs in at the provider, in the page itself, and comes back. */
const comesBack = async (user, protocol) => {
  await user.eventually(() => user.isAtProvider(user.page), "the provider");
  await protocols[protocol].person(user.page, user);
  await user.heard("redirected");
};

/** The app's own backend exchanges the code. */
const byBackend = () => ({
  clientId: "anny-backend",
  tokenEndpoint: undefined,
  exchange: async (grant) => (await fetch("/api/oauth/exchange", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ provider: "anny", ...grant }) })).json(),
});

const hasToken = (value) => !!value?.access_token;

/** Every option that is of the wrong kind, by its name. */
const WRONG = {
  signal: [() => new AbortController(), () => ({}), () => ({ aborted: false }), () => "signal", () => 1],
  popup: [() => ({}), () => 5, () => "popup", () => document.createElement("iframe"), () => ({ closed: false, close() {}, focus() {} }), () => window],
  timeout: [() => -1, () => NaN, () => "5000", () => ({})],
  mode: [() => "tab", () => 1, () => ({ toString: () => "popup" })],
  whenBlocked: [() => true, () => "never"],
  onSuccess: [() => "done", () => ({})],
  onError: [() => 1],
  onExit: [() => ({ call() {} })],
  onEvent: [() => []],
  verify: [() => "verify", () => Promise.resolve(null)],
  scope: [() => 1, () => ["openid"]],
  params: [() => "a=b", () => 5, () => [["a", "b"]], () => ({ a: {} }), () => new Date(), () => new Set(["a=b"]), () => new Map([[1, "b"]]), () => ({ state: "mine" }), () => ({ login_hint: "\ud800" })],
  clientId: [() => 1, () => "", () => undefined],
  redirectUri: [() => "", () => "callback", () => ({})],
};

const throwing = () => new Proxy({}, { get() { throw new Error("the app's own trap"); }, ownKeys() { throw new Error("the app's own trap"); }, getOwnPropertyDescriptor() { throw new Error("the app's own trap"); }, getPrototypeOf() { throw new Error("the app's own trap"); }, has() { throw new Error("the app's own trap"); } });

/** What can throw while a flow lets go of what it holds, told by the page before the click. */
const SPITEFUL = {
  "the signal's removeEventListener": (env) => {
    const { signal } = (env.controller = new AbortController());
    env.options.signal = signal;
    env.options.onEvent = () => { signal.removeEventListener = () => { throw new Error("spite"); }; };
    env.widget.on("close", () => delete signal.removeEventListener);
  },
  "the trigger's focus()": (env) => {
    env.go.focus = () => { throw new Error("spite"); };
    env.go.addEventListener("click", () => setTimeout(() => env.go.blur()));
  },
  "a channel's close()": () => {
    const { close } = BroadcastChannel.prototype;
    BroadcastChannel.prototype.close = function () {
      close.call(this);
      throw new Error("spite");
    };
  },
  "clearInterval": () => {
    const { clearInterval } = window;
    window.clearInterval = (id) => {
      clearInterval(id);
      throw new Error("spite");
    };
  },
  "the window's removeEventListener": () => {
    const { removeEventListener } = window;
    window.removeEventListener = (...values) => {
      removeEventListener(...values);
      throw new Error("spite");
    };
  },
  "storage's removeItem": () => {
    const { removeItem } = Storage.prototype;
    Storage.prototype.removeItem = function (key) {
      removeItem.call(this, key);
      throw new Error("spite");
    };
  },
};

/** Two copies of the package, or three, on one page, each with its own core. */
const COPIES = {
  "the main entry finds it, the one with the core inside is asked": ["/pkg/index.js", "/pkg/sync.js"],
  "the one with the core inside finds it, the main entry is asked": ["/pkg/sync.js", "/pkg/index.js"],
  "another copy of the main entry is asked": ["/pkg/index.js", "/pkg/index.js?copy"],
};

/** One widget of each copy: the first finds the result, the last is asked. */
const withCopies = (ask) => async (env) => {
  const { plainWidget } = await import("/plain.mjs");
  const [found, last] = await Promise.all(env.scenario.copies.map((path) => import(path)));
  env.say("copies", new Set([found.Connect, last.Connect]).size);
  env.Connect = found.Connect;
  plainWidget(env);
  ask(env, last.Connect.create());
};

export const scenarios = [
  popup("code", {
    rows: ["f9", "late"],
    sandbox: AUTO,
    subscribe: true,
    name: "the timeout strikes while the code is exchanged: the token that comes later is delivered, and the request is not aborted",
    options: () => ({ timeout: 600_000, onSuccess: undefined, onError: undefined }),
    async page(env) {
      const { plain } = await import("/plain.mjs");
      const { fetch } = window;
      const { performance: clock } = window;
      const now = clock.now.bind(clock);
      window.fetch = async (url, init) => {
        if (!String(url).includes("/oauth/token")) return fetch(url, init);
        clock.now = () => now() + 700_000;
        env.say("signal", init?.signal?.aborted ?? null);
        const response = await fetch(url, init);
        while (!env.isTimedOut) await new Promise((resolve) => setTimeout(resolve, 20));
        env.say("aborted", init?.signal?.aborted ?? false);
        return response;
      };
      await plain(env);
      env.widget.on("error", () => { env.isTimedOut = true; });
    },
    async person(user) {
      await user.click();
      await user.heard("on success");
      user.equal(await user.heard("aborted"), false);
    },
    outcome: { "on error": "timeout", "on success": protocols.code.isResult },
  }),
  ...["code", "implicit", "alter-connect", "anon-link"].map((protocol) => redirect(protocol, {
    rows: ["f10"],
    sandbox: AUTO,
    name: `${protocol}: the page is reloaded between the return and handleRedirect()`,
    page: asksLater,
    async person(user) {
      await user.click();
      await user.heard("ready", { nth: 2 });
      await user.wait(200);
      for (const nth of [3, 4]) {
        await user.page.reload();
        await user.heard("ready", { nth });
      }
      await user.click("#other");
      await user.heard("redirected");
    },
  })),
  ...["implicit", "code"].map((protocol) => redirect(protocol, {
    rows: ["f10"],
    sandbox: AUTO,
    name: `${protocol}, back on the app itself: the page is reloaded between the return and handleRedirect()`,
    options: () => ({ redirectUri: appItself() }),
    page: asksLater,
    async person(user) {
      await user.click();
      await user.heard("ready", { nth: 2 });
      await user.wait(200);
      await user.page.reload();
      await user.heard("ready", { nth: 3 });
      await user.click("#other");
      await user.heard("redirected");
    },
  })),
  ...["/", "/callback.html"].map((landing) => redirect("implicit", {
    rows: ["f10"],
    sandbox: AUTO,
    name: `implicit, back on ${landing}: the page is left and come back to before anybody asks; a reload afterwards finds nothing`,
    options: () => ({ redirectUri: location.origin + landing }),
    page: asksLater,
    async person(user) {
      await user.click();
      await user.heard("ready", { nth: 2 });
      await user.wait(200);
      await user.page.goto(new URL("/callback.html", await user.page.url()).href);
      await user.page.back();
      await user.eventually(() => isReady(user), "the page again");
      await user.wait(200);
      await user.click("#other");
      await user.heard("redirected");
      await user.page.reload();
      await user.eventually(() => isReady(user), "the reloaded page");
      await user.wait(200);
      await user.click("#other");
      await user.wait(300);
    },
  })),
  ...["code", "implicit"].map((protocol) => popup(protocol, {
    rows: ["f14"],
    sandbox: AUTO,
    name: `${protocol}: the return page may not open a channel: the opener gets the answer`,
    options: () => ({ redirectUri: `${location.origin}/callback.html` }),
    page: noChannels,
    async person(user) {
      await user.click();
      await user.heard("success");
    },
  })),
  ...["code", "implicit", "anon-link", "alter-connect"].flatMap((protocol) => [false, true].filter((severed) => severed || protocol !== "alter-connect").map((severed) => ({
    protocol,
    mode: "popup",
    rows: ["f10", "late"],
    subscribe: true,
    sandbox: severed ? { coop: "same-origin" } : {},
    name: `${protocol}: the opener is reloaded while the popup${severed ? ", severed," : ""} finishes: delivered once it has loaded`,
    options: (env) => ({ ...(protocol === "alter-connect" ? alterReturning(env) : {}), onSuccess: undefined }),
    page: slowAfterReload,
    async person(user) {
      await user.click();
      const window = severed ? await user.newWindow() : await user.atProvider();
      await user.eventually(() => user.isAtProvider(window), "the provider");
      await user.wait(300);
      await user.page.reload();
      await protocols[protocol].person(window, user);
      await user.heard("on success");
    },
    outcome: { "on success": protocols[protocol].isResult },
  }))),
  {
    protocol: "alter-connect",
    mode: "popup",
    rows: ["f10", "late"],
    subscribe: true,
    name: "alter-connect: the app has gone on to another of its pages when the popup finishes: delivered, as soon as that page is there",
    options: () => ({ onSuccess: undefined }),
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await user.page.goto(user.address({ query: "second" }));
      await user.heard("ready");
      await protocols["alter-connect"].person(window, user);
      await user.heard("on success");
    },
    outcome: { "on success": protocols["alter-connect"].isResult },
  },
  popup("stackone-link", {
    rows: ["f10", "late"],
    name: "stackone-link: the opener is reloaded while the popup finishes: handleRedirect({verify}) has the account",
    windowsStay: true,
    options: () => ({ onSuccess: undefined }),
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await user.page.reload();
      await protocols["stackone-link"].person(window, user);
      await user.heard("redirected");
    },
    outcome: { redirected: protocols["stackone-link"].isResult },
  }),
  popup("stackone-link", {
    rows: ["f10", "late"],
    name: "stackone-link: the opener is reloaded, and the user takes longer than handleRedirect({verify}) asks: whoever listens has the account",
    windowsStay: true,
    options: () => ({ onSuccess: undefined }),
    async page(env) {
      const { plainWidget } = await import("/plain.mjs");
      const widget = plainWidget(env);
      widget.on("success", (value) => env.say("on success", value));
      env.say("answer", await widget.handleRedirect({ verify: env.options.verify }));
    },
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await user.page.reload();
      user.equal(await user.heard("answer", { nth: 2 }), null);
      await protocols["stackone-link"].person(window, user);
      await user.heard("on success");
    },
    outcome: { "on success": protocols["stackone-link"].isResult },
  }),
  {
    protocol: "code",
    mode: "popup",
    rows: ["f10"],
    subscribe: true,
    sandbox: { coop: "same-origin" },
    name: "code, severed: the page that takes the app's place in mid-flow was prerendered before the click, with the store that there was then: delivered",
    options: () => ({ onSuccess: undefined }),
    page: prerendered,
    // It comes once in a page's life.
    listensToo: ["prerenderingchange"],
    async person(user) {
      await user.click();
      const window = await user.newWindow();
      await user.eventually(() => user.isAtProvider(window), "the provider");
      await user.wait(300);
      await user.page.reload();
      await protocols.code.person(window, user);
    },
    outcome: { "on success": protocols.code.isResult },
  },
  ...["code", "alter-connect", "implicit"].flatMap((protocol) => [false, true].map((subscribe) => ({
    protocol,
    mode: "redirect",
    rows: ["f10"],
    subscribe,
    sandbox: AUTO,
    name: `${protocol}, a redirect's result: a page that is prerendered beside the one that the user sees uses none of it until it is shown${subscribe ? ", by a subscriber" : ""}`,
    page: prerenderedCopy,
    listensToo: ["prerenderingchange"],
    async person(user) {
      await user.click();
      const kind = subscribe ? "on success" : "redirected";
      await user.heard(kind);
      const order = (await user.reports()).map(({ kind }) => kind).filter((one) => one === "shown" || one === kind);
      user.equal(order, ["shown", kind]);
    },
    outcome: { [subscribe ? "on success" : "redirected"]: protocols[protocol].isResult },
  }))),
  ...["code", "implicit"].flatMap((protocol) => Object.entries(ADDRESSES).flatMap(([landing, options]) => [
    unwritable(protocol, "popup", landing, options),
    unwritable(protocol, "popup", landing, options, { sandbox: { ...AUTO, coop: "same-origin" }, name: `${protocol} by popup, severed: ${landing}` }),
    unwritable(protocol, "redirect", landing, options),
  ])),
  ...["code", "implicit"].flatMap((protocol) => Object.entries(FIXED).flatMap(([landing, options]) => [
    unwritable(protocol, "popup", `${landing}, where replaceState throws`, options, { page: fixedAddress }),
    unwritable(protocol, "popup", `${landing}, where replaceState throws`, options, { page: fixedAddress, sandbox: { ...AUTO, coop: "same-origin" }, name: `${protocol} by popup, severed: ${landing}, where replaceState throws` }),
    unwritable(protocol, "redirect", `${landing}, where replaceState throws`, options, { page: fixedAddress }),
  ])),
  unwritable("alter-connect", "redirect", "the app itself, where replaceState throws", () => ({}), { page: fixedAddress }),
  ...Object.entries({
    "destroys the widget": ({ widget }) => widget.destroy(),
    "aborts the flow": ({ controller }) => controller.abort(),
  }).map(([does, leave]) => redirect("code", {
    rows: ["stuck"],
    sandbox: AUTO,
    name: `the app ${does} when the page is left: the redirect's result is there all the same`,
    options: (env) => ({ signal: (env.controller = new AbortController()).signal, onError: undefined }),
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      window.onpagehide = () => leave(env);
    },
  })),
  redirect("stackone-link", {
    rows: ["late"],
    sandbox: AUTO,
    name: "stackone-link: the app's backend is out of reach after the redirect: a reload asks it again, and has the account",
    options: (env) => ({
      async verify(context) {
        if (!sessionStorage.getItem("is reached")) throw new Error("out of reach");
        return env.protocolOptions.verify(context);
      },
    }),
    async person(user) {
      await user.click();
      await user.heard("redirect failed");
      await user.page.run(() => sessionStorage.setItem("is reached", "yes"));
      await user.page.reload();
    },
    outcome: { "redirect failed": "verify_failed", redirected: protocols["stackone-link"].isResult },
  }),
  {
    protocol: "stackone-link",
    mode: "popup",
    rows: ["late"],
    subscribe: true,
    name: "stackone-link: the user finishes after the timeout, and the app's backend is asked on",
    options: () => ({ timeout: 1500, onSuccess: undefined, onError: undefined }),
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await user.heard("on error");
      await protocols["stackone-link"].person(window, user);
      await user.heard("on success");
    },
    outcome: { "on error": "timeout", "on success": protocols["stackone-link"].isResult },
  },
  popup("anon-link", {
    name: "anon-link: the provider shows the return page in a frame of its own page",
    options: ({ providers }) => ({
      link({ state }) {
        const back = `${location.origin}/pkg/callback.html?type=success&state=${state}`;
        return { url: `${providers}/sandbox/frame?src=${encodeURIComponent(back)}`, state };
      },
    }),
    async person(user) {
      await user.click();
      await user.heard("success");
    },
  }),
  ...[["code", "true"], ["code", "close"], ["code", "noopener"], ["code", "close,noopener"], ["implicit", "close"], ["alter-connect", "true"], ["alter-connect", "close", true], ["alter-connect", "noopener", true], ["anon-link", "true"]].map(([protocol, further_window, bound]) => popup(protocol, {
    rows: ["f12"],
    sandbox: { further_window },
    // A window without an opener cannot always close itself, and says what to do.
    windowsStay: true,
    lingers: true,
    name: `${protocol}${bound ? ", bound" : ""}: the sign-in ends in a further window (${further_window === "true" ? "the first one stays" : further_window})`,
    options: (env) => (protocol === "alter-connect" ? alterReturning(env, { bound }) : {}),
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      if (protocol === "anon-link") return protocols[protocol].person(window, user);
      await window.press("Continue in a new window");
      await protocols[protocol].person(await user.newWindow([user.page, window]), user);
    },
  })),
  ...["code", "implicit"].flatMap((protocol) => ["/pkg/callback.html", "/"].map((landing) => ({
    protocol,
    mode: "popup",
    rows: ["f12"],
    subscribe: true,
    name: `${protocol}: the provider goes on in the tab that opened its window, closes that, and comes back on ${landing}`,
    sandbox: { further_window: "opener" },
    cannot: { firefox: "it lets no page send on the window that opened it, where that is of another origin" },
    landing,
    options: ({ scenario: { landing } }) => ({ redirectUri: location.origin + landing, onSuccess: undefined }),
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await window.press("Continue in the first window");
      await user.eventually(() => user.isAtProvider(user.page), "the provider in the tab");
      await protocols[protocol].person(user.page, user);
      await user.heard("on success");
    },
    outcome: { "on success": protocols[protocol].isResult },
  }))),
  ...["code", "implicit"].map((protocol) => redirect(protocol, {
    rows: ["f13", "stuck"],
    mayExit: true,
    sandbox: undefined,
    name: `${protocol}: the server answers 204 to a redirect, so that the page stays: the next click works`,
    options: nowhere,
    async person(user) {
      await staysAt204(user);
      user.equal(await user.page.run(() => location.pathname), "/");
      await thenSomewhere(user);
      await presses(user);
      await comesBack(user, protocol);
    },
    lingers: true,
  })),
  redirect("code", {
    rows: ["f13", "stuck"],
    mayExit: true,
    promise: true,
    name: "authorize(): the server answers 204 to a redirect: the first promise ends when the next click is made",
    options: nowhere,
    async person(user) {
      await staysAt204(user);
      await thenSomewhere(user);
      await presses(user);
      user.equal((await user.heard("rejected")).code, "popup_closed");
      await comesBack(user, "code");
    },
    lingers: true,
  }),
  redirect("code", {
    mayExit: true,
    sandbox: undefined,
    name: "a page that is left lets nobody listen to it any more, as Firefox's may: the core goes on",
    options: nowhere,
    async person(user) {
      await staysAt204(user);
      await user.page.run(() => {
        const { addEventListener } = window;
        window.addEventListener = () => { throw new DOMException("This window is another site's.", "SecurityError"); };
        dispatchEvent(new PageTransitionEvent("pagehide"));
        window.addEventListener = addEventListener;
      });
      await thenSomewhere(user);
      await presses(user);
      await comesBack(user, "code");
    },
    lingers: true,
  }),
  redirect("code", {
    rows: ["f13", "stuck"],
    mayExit: true,
    cannot: { firefox: "its driver switches off the question whether to leave a page", webkit: "its driver answers the question whether to leave a page with yes" },
    name: "the user stays at the page's question whether to leave it: the next click works",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      window.onbeforeunload = (event) => event.preventDefault();
    },
    async person(user) {
      // A page that nobody touched may not ask.
      await user.click("#other");
      user.page.stays();
      await presses(user);
      await user.wait(800);
      user.ok((await user.page.url()).startsWith(user.app));
      await user.page.run(() => { window.onbeforeunload = null; });
      await user.click();
      // The page that asks is the one that was left; the one that comes back asks too.
      await comesBack(user, "code");
      await user.page.run(() => { window.onbeforeunload = null; });
    },
    lingers: true,
  }),
  {
    protocol: "implicit",
    mode: "popup",
    rows: ["f13", "hang"],
    givesFocusBack: true,
    name: "the server answers 204 to the popup, which stays blank: the user closes it, and the next click works",
    options: nowhere,
    async person(user) {
      await user.click();
      await user.heard("resolved");
      await user.wait(1000);
      // A driver does not know a window that never came to a page.
      await user.page.run(() => { window.instruments.opened[0].popup.close(); });
      await user.heard("exit");
      await thenSomewhere(user);
      await user.click();
      await protocols.implicit.person(await user.newWindow(), user);
    },
    outcome: { exit: null, success: protocols.implicit.isResult },
    lingers: true,
  },
  {
    ...popup("code"),
    rows: ["f14"],
    sandbox: AUTO,
    name: "every option of the wrong kind is named by invalid_options, nothing is opened, and the same click opens a good flow",
    async page(env) {
      const { coreIsThere, plainWidget } = await import("/plain.mjs");
      const widget = env.Connect.create();
      const { scenario } = env;
      env.scenario = { ...scenario };
      env.go.addEventListener("click", async () => {
        const asked = Object.entries(WRONG).flatMap(([name, values]) => values.map((value) => [name, widget.authorize({ ...env.options, [name]: value() })]));
        asked.push(...["signal", "popup", "params", "verify", "redirectUri"].map((name) => [name, widget.authorize({ ...env.options, [name]: throwing() })]));
        const getter = (name) => Object.defineProperty({ ...env.options }, name, { enumerable: true, configurable: true, get() { throw new Error("the app's own getter"); } });
        asked.push(...["signal", "mode", "clientId", "popup"].map((name) => [name, widget.authorize(getter(name))]));
        for (const value of [5, "options", throwing()]) asked.push(["", widget.open(value)]);
        for (const [name, value] of [["verify", "verify"], ["exchange", 5]]) asked.push([name, widget.handleRedirect({ [name]: value })]);
        env.say("opened", window.instruments.opened.length);
        const wrong = [];
        for (const [name, promise] of asked) {
          const error = await promise.then(() => ({ message: "no error" }), (error) => error);
          if (error.code !== "invalid_options" || !error.message.includes(name)) wrong.push([name, error.code, error.message]);
        }
        env.say("wrong", wrong);
      });
      plainWidget(env);
      await coreIsThere();
    },
    async person(user) {
      await user.click();
      user.equal(await user.heard("opened"), 0);
      user.equal(await user.heard("wrong"), []);
      await user.heard("success");
    },
  },
  ...Object.keys(SPITEFUL).map((what) => popup("alter-connect", {
    rows: ["f14"],
    sandbox: AUTO,
    what,
    name: `${what} throws while a flow lets go: the rest is let go of, and the next click works`,
    async page(env) {
      const { plainWithCore } = await import("/plain.mjs");
      await plainWithCore(env);
      SPITEFUL[env.scenario.what](env);
    },
    async person(user) {
      for (const nth of [1, 2]) {
        await user.click();
        await user.heard("success", { nth });
        await user.heard("close", { nth });
      }
      user.equal(await user.page.run(() => window.env.widget.isOpen()), false);
    },
    outcome: { success: [protocols["alter-connect"].isResult, protocols["alter-connect"].isResult] },
  })),
  popup("alter-connect", {
    rows: ["f14"],
    sandbox: AUTO,
    name: "the close() of the app's own window throws: the flow ends, and the next click works",
    async page(env) {
      const { onClick, plain } = await import("/plain.mjs");
      await plain(env);
      onClick(env, env.other, () => {
        const own = window.open("");
        own.close = () => { throw new Error("spite"); };
        return env.widget.open({ ...env.options, popup: own, token: () => Promise.reject(new Error("the backend is down")) });
      });
    },
    async person(user) {
      await user.click("#other");
      user.equal((await user.heard("error")).code, "source_failed");
      await user.heard("close");
      const left = await user.newWindow();
      await left.close();
      await user.click();
      await user.heard("success");
    },
    outcome: { error: "source_failed", success: protocols["alter-connect"].isResult },
  }),
  popup("code", {
    rows: ["f15"],
    sandbox: AUTO,
    name: "half a surrogate pair in every place that takes a text, twenty times, then a good click: that works",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      const HALF = "\ud83d";
      env.other.addEventListener("click", async () => {
        const codes = new Set();
        for (let nth = 0; nth < 20; nth += 1) {
          for (const more of [{ params: { login_hint: HALF } }, { params: { [HALF]: "x" } }, { params: new URLSearchParams([[HALF, HALF]]) }, { scope: HALF }, { clientId: HALF }, { issuer: HALF }, { protocol: HALF }, { redirectUri: location.origin + HALF }, { mode: HALF }]) {
            await env.widget.authorize({ ...env.options, popup: null, ...more }).catch(({ code }) => codes.add(code));
          }
          env.widget.off(HALF, () => {});
          env.widget.on(HALF, () => {});
          await env.widget.refresh({ tokenEndpoint: env.options.tokenEndpoint, clientId: HALF, refreshToken: HALF }).catch(({ code }) => codes.add(code));
        }
        env.say("codes", [...codes].sort());
      });
    },
    async person(user) {
      await user.click("#other");
      const codes = await user.heard("codes");
      user.ok(codes.every((code) => ["invalid_options", "popup_blocked"].includes(code)), codes.join());
      const known = (await user.reports()).filter(({ kind }) => kind === "error").length;
      user.ok(known >= 0);
      await user.click();
      await user.heard("success");
    },
    options: () => ({ onError: undefined }),
  }),
  popup("alter-connect", {
    rows: ["f16"],
    cannot: { webkit: "it walks through every index of a list that it posts, and never sends this one" },
    name: "grants that claim a length of four billions are refused at once, and the next click works",
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await window.run(() => {
        const grants = [{ grant_id: "sparse", provider: "google" }];
        grants.length = 4_000_000_000;
        window.opener.postMessage({ type: "alter_connect_success", grants }, "*");
      });
      user.equal((await user.heard("error", { patience: 4000 })).code, "invalid_response");
      await user.click();
      await protocols["alter-connect"].person(await user.newWindow([user.page, window]), user);
    },
    outcome: { error: "invalid_response", success: protocols["alter-connect"].isResult },
  }),
  popup("code", {
    rows: ["f17"],
    sandbox: AUTO,
    name: "sixty refreshes of sixty tokens at once, in three widgets: sixty answers, each its own",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      const { fetch } = window;
      env.other.addEventListener("click", async () => {
        window.fetch = async (url, init) => {
          if (!String(url).includes("/oauth/token")) return fetch(url, init);
          const { refresh_token: token } = Object.fromEntries(new URLSearchParams(init.body));
          await new Promise((resolve) => setTimeout(resolve, 100 * Math.random()));
          return new Response(JSON.stringify({ access_token: `for ${token}`, token_type: "Bearer" }), { headers: { "content-type": "application/json" } });
        };
        const widgets = [env.widget, env.Connect.create(), env.Connect.create()];
        const tokens = Array.from({ length: 60 }, (_, nth) => `refresh-token-${nth}`);
        const answers = await Promise.all(tokens.map((refreshToken, nth) => widgets[nth % 3].refresh({ tokenEndpoint: env.options.tokenEndpoint, clientId: "anny-demo", refreshToken })));
        window.fetch = fetch;
        env.say("right", answers.filter(({ access_token: token }, nth) => token === `for refresh-token-${nth}`).length);
      });
    },
    async person(user) {
      await user.click("#other");
      user.equal(await user.heard("right"), 60);
      await user.click();
      await user.heard("success");
    },
  }),
  popup("implicit", {
    rows: ["f17", "tabs"],
    name: "eight flows of eight instances at once: each gets its own",
    async page(env) {
      const { onClick, optionsOf, plain } = await import("/plain.mjs");
      await plain(env);
      onClick(env, env.other, () => env.Connect.create().open({ ...optionsOf(env), onSuccess: (value) => env.say("another", value) }));
    },
    async person(user) {
      const windows = [];
      for (const button of ["#go", ...Array(7).fill("#other")]) {
        await user.click(button);
        windows.push(await user.newWindow([user.page, ...windows]));
      }
      for (const window of windows.toReversed()) await protocols.implicit.person(window, user);
      await user.heard("another", { nth: 7 });
      await user.heard("success");
      user.equal(new Set((await user.all("another")).map(({ access_token: token }) => token)).size, 7);
    },
  }),
  redirect("stackone-link", {
    rows: ["f18", "double"],
    sandbox: AUTO,
    name: "two calls of handleRedirect({verify}) at once: one has the result, the other null",
    async page(env) {
      const { plainWidget } = await import("/plain.mjs");
      const widget = plainWidget(env);
      const { verify } = env.options;
      const answers = await Promise.all([widget.handleRedirect({ verify }), widget.handleRedirect({ verify })]);
      env.say("answers", answers.map((answer) => answer !== null));
      for (const answer of answers) if (answer) env.say("redirected", answer);
    },
    async person(user) {
      await user.click();
      await user.heard("redirected");
      user.equal((await user.all("answers")).at(-1).filter(Boolean).length, 1);
    },
  }),
  redirect("code", {
    rows: ["f18"],
    sandbox: AUTO,
    name: "handleRedirect() without the needed exchange keeps the code for the call that brings it",
    options: byBackend,
    async page(env) {
      const { plainWidget } = await import("/plain.mjs");
      const widget = plainWidget(env);
      widget.on("success", (value) => env.say("on success", value));
      const { exchange } = env.options;
      const answers = [await widget.handleRedirect(), await widget.handleRedirect({}), await widget.handleRedirect({ exchange })];
      env.say("answers", answers.map((answer) => answer !== null));
      if (answers[2]) env.say("redirected", answers[2]);
    },
    async person(user) {
      await user.click();
      await user.heard("redirected");
      user.equal((await user.all("answers")).at(-1), [false, false, true]);
    },
    outcome: { redirected: hasToken },
  }),
  popup("anon-link", {
    rows: ["late"],
    subscribe: true,
    name: "the user comes back after the timeout, to a page of the app that hands nothing over: delivered",
    options: () => ({ redirectUrl: `${location.origin}/other.html`, timeout: 1500, onSuccess: undefined, onError: undefined }),
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await user.heard("on error");
      const state = await user.page.run(() => Object.entries(sessionStorage).flatMap(([key, record]) => (key.startsWith("connect-widget:") ? [JSON.parse(record).bound ?? ""] : [])).join());
      await user.sends(window, `${user.app}/other.html?type=success&state=${encodeURIComponent(state)}`);
      await user.heard("on success");
    },
    outcome: { "on error": "timeout", "on success": ({ type }) => type === "success" },
  }),
  popup("code", {
    rows: ["late"],
    subscribe: true,
    name: "a code that comes after the timeout goes to the app's exchange, and what that answers is delivered",
    options: () => ({ ...byBackend(), timeout: 1500, onSuccess: undefined, onError: undefined }),
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await user.heard("on error");
      await protocols.code.person(window, user);
      await user.heard("on success");
    },
    outcome: { "on error": "timeout", "on success": hasToken },
  }),
  {
    protocol: "code",
    mode: "popup",
    rows: ["hang"],
    name: "refresh: another page has the lock and says nothing, as one that the browser has frozen: asked all the same",
    async page(env) {
      const { onClick, plainWidget } = await import("/plain.mjs");
      const widget = plainWidget(env);
      const { setInterval } = window;
      // Nobody who tests waits a minute.
      window.setInterval = (run, time) => setInterval(run, time > 30_000 ? 300 : time);
      let taken;
      navigator.locks.request = async (name, { ifAvailable }, callback) => {
        taken ??= name;
        await (name !== taken ? callback({ name }) : ifAvailable ? callback(null) : new Promise(() => {}));
      };
      const { fetch } = window;
      window.fetch = (url, ...rest) => (String(url).includes("/oauth/token") ? Promise.resolve(Response.json({ access_token: "another" })) : fetch(url, ...rest));
      const { tokenEndpoint, clientId } = env.options;
      onClick(env, env.other, () => widget.refresh({ tokenEndpoint, clientId, refreshToken: "one" }));
    },
    async person(user) {
      await user.click("#other");
      user.equal((await user.heard("resolved")).access_token, "another");
    },
    outcome: {},
  },
  popup("code", {
    rows: ["leaked"],
    sandbox: AUTO,
    name: "a question to verify that is on its way while the app's exchange answers is aborted when the flow is over",
    options: (env) => ({
      ...byBackend(),
      verify: ({ signal }) => {
        env.say("verify asked");
        return new Promise((_, reject) => signal.addEventListener("abort", () => (env.say("verify aborted"), reject(signal.reason))));
      },
    }),
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      // Asked as soon as the app has the focus.
      env.widget.on("event", (name) => name === "OAUTH_STARTED" && setTimeout(() => window.dispatchEvent(new Event("focus"))));
    },
    async person(user) {
      await user.click();
      await user.heard("verify asked");
      await user.heard("success");
      await user.heard("verify aborted");
    },
    outcome: { success: hasToken },
  }),
  ...[false, true].map((subscribed) => popup("code", {
    rows: ["f10", "late"],
    name: `the opener, whose code the app's backend exchanges, is reloaded while the popup finishes${subscribed ? ", and somebody subscribes" : ""}: the code is kept for the call that brings exchange`,
    options: () => ({ ...byBackend(), onSuccess: undefined }),
    async page(env) {
      const { onClick, plainWidget } = await import("/plain.mjs");
      const widget = plainWidget(env);
      if (subscribed) for (const event of ["success", "error"]) widget.on(event, (value) => env.say(`on ${event}`, value));
      const { exchange } = env.options;
      onClick(env, env.other, async () => {
        const answers = [await widget.handleRedirect(), await widget.handleRedirect({ exchange }), await widget.handleRedirect({ exchange })];
        env.say("answers", answers.map((answer) => answer !== null));
        env.say("redirected", answers[1]);
      });
    },
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await user.page.reload();
      await user.heard("ready", { nth: 2 });
      // It has to be sure that it is no copy of the tab.
      await user.wait(1500);
      await protocols.code.person(window, user);
      await user.eventually(() => user.isAlone(), "the window's close");
      await user.click("#other");
      user.equal(await user.heard("answers"), [false, true, false]);
    },
    outcome: { redirected: hasToken },
  })),
  redirect("code", {
    rows: ["lost", "double"],
    sandbox: AUTO,
    name: "handleRedirect() is called while the code that a subscriber to errors had taken is exchanged: it has the result",
    async page(env) {
      const { plainWidget } = await import("/plain.mjs");
      const { fetch } = window;
      const asked = new Promise((resolve) => {
        window.fetch = async (url, ...rest) => {
          if (!String(url).includes("/oauth/token")) return fetch(url, ...rest);
          env.say("exchange");
          resolve();
          await new Promise((done) => setTimeout(done, 500));
          return fetch(url, ...rest);
        };
      });
      const widget = plainWidget(env);
      widget.on("error", (error) => env.say("on error", error));
      asked.then(() => widget.handleRedirect()).then((value) => env.say("redirected", value), (error) => env.say("redirect failed", error));
    },
    async person(user) {
      await user.click();
      await user.heard("redirected");
      user.equal((await user.all("exchange")).length, 1);
    },
  }),
  ...Object.entries(COPIES).flatMap(([what, copies]) => [
    redirect("code", {
      rows: ["f19"],
      sandbox: AUTO,
      copies,
      name: `${what}: a redirect's result is the page's, by handleRedirect()`,
      page: withCopies((env, widget) => widget.handleRedirect().then((value) => value && env.say("redirected", value))),
      async person(user) {
        await user.click();
        await user.heard("redirected");
        user.equal((await user.all("copies")).at(-1), 2);
      },
    }),
    {
      protocol: "implicit",
      mode: "redirect",
      rows: ["f19"],
      sandbox: AUTO,
      copies,
      name: `${what}: a redirect's result is the page's, by on("success")`,
      page: withCopies((env, widget) => widget.on("success", (value) => env.say("on success", value))),
      outcome: { "on success": protocols.implicit.isResult },
    },
    {
      protocol: "code",
      mode: "popup",
      rows: ["f19", "late"],
      copies,
      name: `${what}: a popup's result after a reload is the page's`,
      options: () => ({ onSuccess: undefined }),
      page: withCopies((env, widget) => widget.on("success", (value) => env.say("on success", value))),
      async person(user) {
        await user.click();
        const window = await user.atProvider();
        await user.page.reload();
        await user.heard("ready", { nth: 2 });
        await user.wait(500);
        await protocols.code.person(window, user);
        await user.heard("on success");
      },
      outcome: { "on success": protocols.code.isResult },
    },
  ]),
  redirect("code", {
    rows: ["f19", "double"],
    sandbox: AUTO,
    copies: ["/pkg/index.js", "/pkg/sync.js"],
    name: "two copies of the package are both asked for a redirect's result: one exchange, one result",
    page: withCopies((env, widget) => {
      const { fetch } = window;
      window.fetch = (url, ...rest) => (String(url).includes("/oauth/token") && env.say("exchange"), fetch(url, ...rest));
      for (const one of [widget, env.widget]) one.handleRedirect().then((value) => value && env.say("redirected", value), (error) => env.say("redirect failed", error));
    }),
    async person(user) {
      await user.click();
      await user.heard("redirected");
      await user.wait(300);
      user.equal((await user.all("exchange")).length, 1);
    },
  }),
  ...[false, true].map((reloaded) => redirect("code", {
    rows: ["lost", ...(reloaded ? ["f10"] : [])],
    sandbox: AUTO,
    name: `session storage is full when a code comes back to the app${reloaded ? ", which is reloaded before it asks" : ""}`,
    options: () => ({ redirectUri: appItself() }),
    page: fullAfterReturn,
    async person(user) {
      await user.click();
      await user.heard("ready", { nth: 2 });
      user.equal(await user.page.run(() => location.search.includes("code=")), false);
      if (reloaded) {
        await user.page.reload();
        await user.heard("ready", { nth: 3 });
      }
      await user.click("#other");
      await user.heard("redirected");
    },
  })),
  redirect("code", {
    rows: ["lost"],
    sandbox: AUTO,
    name: "session storage is full when a code comes back to the callback page",
    options: () => ({ redirectUri: `${location.origin}/callback.html` }),
    async page(env) {
      localStorage.setItem("e2e store", "full");
      const { plain } = await import("/plain.mjs");
      await plain(env);
    },
  }),
  redirect("code", {
    rows: ["lost"],
    sandbox: AUTO,
    name: "local storage alone is refused, and a code comes back to the app's own page",
    options: () => ({ redirectUri: location.origin + location.pathname }),
    async page(env) {
      const { plain } = await import("/plain.mjs");
      Object.defineProperty(window, "localStorage", { get() { throw new DOMException("refused", "SecurityError"); } });
      await plain(env);
    },
  }),
  {
    protocol: "code",
    mode: "redirect",
    rows: ["f37"],
    sandbox: AUTO,
    name: "neither the store nor the history of the callback page takes a code: it says that nobody waits",
    options: () => ({ redirectUri: `${location.origin}/callback.html` }),
    async page(env) {
      localStorage.setItem("e2e store", "full");
      localStorage.setItem("e2e address", "fixed");
      const { plain } = await import("/plain.mjs");
      await plain(env);
    },
    async person(user) {
      await user.click();
      await user.eventually(() => user.page.run(() => !document.querySelector('[data-connect-widget="lost"]').hidden).catch(() => false), "the words");
      await user.page.goto(user.address());
      await user.heard("ready", { nth: 2 });
    },
    outcome: {},
    // The attempt has not expired: the user may go back to the provider.
    lingers: true,
  },
  redirect("code", {
    rows: ["lost"],
    sandbox: AUTO,
    name: "on(\"success\") without a function is refused, and uses no result up",
    async page(env) {
      await asksLater(env);
      for (const handler of [undefined, null, {}, "done"]) {
        try {
          env.widget.on("success", handler);
        } catch (error) {
          env.say("refused", error);
        }
      }
    },
    async person(user) {
      await user.click();
      await user.heard("ready", { nth: 2 });
      for (let nth = 5; nth <= 8; nth += 1) {
        const { code, message } = await user.heard("refused", { nth });
        user.equal([code, message], ["invalid_options", "Option handler is missing or invalid: see its type."]);
      }
      await user.wait(500);
      await user.click("#other");
      await user.heard("redirected");
    },
  }),
  {
    protocol: "alter-connect",
    mode: "redirect",
    rows: ["lost", "f19"],
    sandbox: AUTO,
    at: { path: "/broken.html" },
    name: "only on(\"success\") waits for a redirect's result, on a copy whose core cannot be loaded: nothing is thrown, and the other copy's core brings it",
    async page(env) {
      const { onClick, plainWidget } = await import("/plain.mjs");
      const widget = plainWidget(env);
      const copy = (await import("/pkg/sync.js")).default.create();
      onClick(env, env.other, () => copy.open(env.options));
      if (!sessionStorage.getItem("was away")) return void sessionStorage.setItem("was away", "yes");
      // Its core is there by then.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      widget.on("success", (value) => env.say("on success", value));
    },
    async person(user) {
      await user.click("#other");
      await user.heard("on success");
    },
    outcome: { "on success": protocols["alter-connect"].isResult },
  },
  {
    protocol: "code",
    mode: "redirect",
    rows: ["lost"],
    sandbox: AUTO,
    name: "a code that waits for the app's exchange hides no other redirect's result, and is there for the call that brings one",
    options: byBackend,
    async page(env) {
      const { onClick, plainWidget } = await import("/plain.mjs");
      const widget = plainWidget(env);
      const { options: alter } = protocols["alter-connect"];
      widget.on("success", (value) => env.say("on success", value));
      onClick(env, env.other, async () => {
        const step = Number(sessionStorage.getItem("step"));
        sessionStorage.setItem("step", step + 1);
        if (step === 0) await widget.open({ ...alter(env), mode: "redirect" });
        else env.say("redirected", await widget.handleRedirect({ exchange: env.options.exchange }));
      });
    },
    async person(user) {
      await user.click();
      await user.heard("ready", { nth: 2 });
      await user.wait(500);
      await user.click("#other");
      await user.heard("on success");
      await user.click("#other");
      await user.heard("redirected");
    },
    outcome: { "on success": protocols["alter-connect"].isResult, redirected: hasToken },
  },
  ...[false, true].map((verifies) => ({
    protocol: "code",
    mode: "popup",
    rows: ["lost"],
    name: `reloaded before a popup's code came, and handleRedirect({ verify }) asks: ${verifies ? "it is told of nothing once the code is there" : "an account of another system is not this attempt's"}; the code waits for exchange`,
    options: () => ({ ...byBackend(), ...(verifies ? { verify: () => null } : {}) }),
    async page(env) {
      const { onClick, plainWidget } = await import("/plain.mjs");
      const widget = plainWidget(env);
      onClick(env, env.other, async () => {
        const hasAsked = sessionStorage.getItem("has asked");
        sessionStorage.setItem("has asked", "yes");
        const { exchange } = env.options;
        const value = await widget.handleRedirect(hasAsked ? { exchange } : { verify: () => (verifies ? null : { id: "an account of another system" }) });
        env.say(hasAsked ? "redirected" : "asked", value);
      });
    },
    async person(user) {
      await user.click();
      const popup = await user.atProvider();
      await user.page.reload();
      await user.heard("ready", { nth: 2 });
      await user.click("#other");
      if (!verifies) await user.heard("asked");
      await protocols.code.person(popup, user);
      user.equal(await user.heard("asked"), null);
      await user.eventually(() => user.isAlone(), "the window's close");
      await user.click("#other");
      await user.heard("redirected");
    },
    outcome: { redirected: hasToken },
  })),
  ...["code", "implicit", "alter-connect"].map((protocol) =>
    redirect(protocol, {
      rows: ["lost"],
      sandbox: AUTO,
      at: { path: "/sync.html" },
      name: `${protocol}: the redirect comes back to another page of the app, which goes on to the one that was left: there the user is, and there the result is told`,
      options: (env) => (protocol === "alter-connect" ? alterReturning(env, { to: appItself() }) : { redirectUri: appItself() }),
      async person(user) {
        await user.click();
        await user.heard("redirected");
        user.equal(await user.page.run(() => document.title), "The app, with the core inside");
      },
    }),
  ),
  ...["code", "implicit", "alter-connect"].map((protocol) =>
    redirect(protocol, {
      rows: ["lost", "f10"],
      sandbox: AUTO,
      at: { path: "/sync.html" },
      name: `${protocol}: the redirect comes back to another page of the app, which is reloaded before it can go on to the one that was left: the result is told`,
      // WebKit ends what a page loads before it leaves: who asks there is told so.
      page: asksLater,
      options: (env) => (protocol === "alter-connect" ? alterReturning(env, { to: appItself() }) : { redirectUri: appItself() }),
      async person(user) {
        await user.page.run(() => sessionStorage.setItem("hand-over takes", "5000"));
        await user.click();
        await user.heard("ready", { nth: 2 });
        await user.wait(500);
        await user.page.run(() => sessionStorage.removeItem("hand-over takes"));
        await user.page.reload();
        await user.heard("ready", { nth: 3 });
        // Firefox may reload a page that is still being loaded with the address that it came with: then it goes on after all.
        await user.eventually(async () => {
          if (await isReady(user)) await user.click("#other");
          return (await user.all("redirected")).length > 0;
        }, "the result");
        const there = await user.page.run(() => location.search + location.hash);
        user.equal(there, user.engine === "firefox" && there ? new URL(user.address()).search : "");
      },
    }),
  ),
  ...["code", "implicit"].map((protocol) =>
    redirect(protocol, {
      rows: ["lost", "f13"],
      sandbox: AUTO,
      at: { path: "/sync.html" },
      name: `${protocol}: the redirect comes back to another page of the app, whose router shows the one that was left in this one's place (Navigation API): the result is told there`,
      options: () => ({ redirectUri: appItself() }),
      async page(env) {
        const { plain } = await import("/plain.mjs");
        window.navigation?.addEventListener("navigate", (event) => event.canIntercept && event.intercept({ handler: async () => env.say("routed") }));
        await plain(env);
      },
    }),
  ),
  ...["code", "implicit"].map((protocol) =>
    redirect(protocol, {
      rows: ["lost", "f13"],
      sandbox: AUTO,
      at: { path: "/sync.html" },
      name: `${protocol}: the redirect comes back to another page of the app, whose router puts off what is written into the address (Navigation API): the result is told, and the router shows the page that was left`,
      options: () => ({ redirectUri: appItself() }),
      async page(env) {
        const { plain } = await import("/plain.mjs");
        // As Angular's router with the platform's navigation: a reload is left alone.
        window.navigation?.addEventListener("navigate", (event) => {
          const precommitHandler = () => new Promise((resolve) => setTimeout(resolve, 100));
          if (event.canIntercept && event.navigationType !== "reload") event.intercept({ ...(event.cancelable && { precommitHandler }), handler: async () => env.say("routed") });
        });
        await plain(env);
      },
      async person(user) {
        await user.click();
        await user.heard("redirected");
        await user.eventually(() => user.page.run(() => location.pathname === "/sync.html"), "the page that was left");
      },
    }),
  ),
  ...["popup", "redirect"].flatMap((mode) => ["", ", and another page has opened it"].map((opened) => ({
    protocol: "code",
    mode,
    rows: ["lost", "f10"],
    name: `code by ${mode}: the app's page is reloaded while the token endpoint is asked${opened}: the page that is loaded then has the tokens`,
    options: ({ protocolOptions }) => ({ tokenEndpoint: `${protocolOptions.tokenEndpoint}?sandbox_delay_ms=1500` }),
    async page(env) {
      const { plain } = await import("/plain.mjs");
      const { fetch } = window;
      window.fetch = (...values) => {
        if (String(values[0]).includes("/oauth/token")) env.say("asks");
        return fetch(...values);
      };
      if (opened) window.opener = { closed: false };
      await plain(env);
    },
    async person(user) {
      await user.click();
      if (mode === "popup") await protocols.code.person(await user.atProvider(), user);
      else {
        await user.eventually(() => user.isAtProvider(user.page), "the provider's page");
        await protocols.code.person(user.page, user);
      }
      await user.heard("asks");
      await user.page.reload();
      await user.heard("asks", { nth: 2 });
    },
    outcome: { redirected: protocols.code.isResult },
  }))),
  {
    protocol: "code",
    mode: "redirect",
    rows: ["lost", "f18"],
    sandbox: { ...AUTO, auto_decision: "deny" },
    subscribe: true,
    name: "code for the app's exchange, by redirect: a refusal needs none, and waits for no call that brings it",
    options: byBackend,
    outcome: { "on error": "access_denied" },
  },
  {
    protocol: "stackone-link",
    mode: "popup",
    rows: ["lost"],
    sandbox: AUTO,
    name: "a verify that answers false, an empty text or 0 has nothing yet: it is asked again",
    options: (env) => {
      const nothing = [false, "", 0];
      const { verify } = protocols["stackone-link"].options(env);
      return { verify: async (context) => (nothing.length ? nothing.shift() : verify(context)) };
    },
    outcome: { success: protocols["stackone-link"].isResult },
  },
  {
    protocol: "code",
    mode: "redirect",
    rows: ["lost", "f20", "f19"],
    sandbox: AUTO,
    name: "a redirect's result waits for a core that cannot be loaded: on(\"error\") is told once, and on(\"success\") has the result when there is a core",
    at: { path: "/broken.html" },
    async page(env) {
      const { onClick, plainWidget } = await import("/plain.mjs");
      const widget = plainWidget(env);
      for (const event of ["success", "error"]) widget.on(event, (value) => env.say(`on ${event}`, value));
      const deaf = () => env.say("told what it did not listen to");
      widget.on("error", deaf)();
      const gone = env.Connect.create();
      gone.on("error", deaf);
      gone.destroy();
      onClick(env, env.other, async () => {
        const copy = (await import("/pkg/sync.js")).default.create();
        if (!sessionStorage.getItem("was away")) copy.open(env.options);
        sessionStorage.setItem("was away", "yes");
      });
    },
    async person(user) {
      await user.click("#other");
      user.equal((await user.heard("on error")).code, "load_failed");
      await user.wait(500);
      for (const name of ["on success", "told what it did not listen to"]) user.equal((await user.all(name)).length, 0);
      await user.click("#other");
      await user.heard("on success");
    },
    outcome: { "on error": "load_failed", "on success": protocols.code.isResult },
  },
  {
    protocol: "code",
    mode: "popup",
    rows: ["f20"],
    at: { path: "/half-broken.html" },
    sandbox: AUTO,
    name: "core.js cannot be loaded in idle time: nothing else is tried, because Firefox never loads again what failed once, and the click has another part to load",
    async person(user) {
      const asked = () => user.page.run(() => performance.getEntriesByType("resource").map(({ name }) => name.split("/").pop()));
      await user.ready();
      await user.eventually(async () => (await asked()).includes("core.js"), "the warm-up");
      await user.wait(500);
      user.ok(!(await asked()).includes("fallback.js"));
      await user.click();
      await user.heard("success");
      user.ok((await asked()).includes("fallback.js"));
    },
    outcome: { success: protocols.code.isResult },
  },
  ...[false, true].map((promise) => ({
    protocol: "code",
    mode: "popup",
    rows: ["f20"],
    at: { path: "/broken.html" },
    promise,
    name: `the core cannot be loaded: onError, on("error") and close are told${promise ? ", and authorize() rejects" : ""}; the next click tries again`,
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      env.widget.on("error", (error) => env.say("on error", error));
    },
    async person(user) {
      for (const nth of [1, 2, 3]) {
        await user.click();
        const { code, cause } = await user.heard("error", { nth });
        user.equal(code, "load_failed");
        user.ok(cause);
        await user.heard("close", { nth });
        if (promise) user.equal((await user.heard("rejected", { nth })).code, "load_failed");
        else await user.heard("resolved", { nth });
        await user.eventually(() => user.isAlone(), "the window's close");
      }
      user.equal(await user.page.run(() => window.env.widget.isOpen()), false);
    },
    outcome: { error: Array(3).fill("load_failed"), "on error": Array(3).fill("load_failed") },
  })),
  {
    protocol: "code",
    mode: "redirect",
    rows: ["f20"],
    at: { path: "/broken.html" },
    name: "the core cannot be loaded, by redirect: onError, on(\"error\") and close are told",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      env.widget.on("error", (error) => env.say("on error", error));
    },
    async person(user) {
      await user.click();
      await user.heard("error");
      await user.heard("close");
    },
    outcome: { error: "load_failed", "on error": "load_failed" },
  },
  ...names.map((protocol) => popup(protocol, {
    rows: ["f20", "stuck"],
    promise: true,
    name: `${protocol}: an abort from a callback during open() ends the flow, and the next click works`,
    options: (env) => ({
      signal: (env.controller = new AbortController()).signal,
      onEvent: (name) => name === "OPEN" && env.controller?.abort(),
    }),
    async person(user) {
      await user.click();
      user.equal((await user.heard("rejected")).code, "aborted");
      await user.heard("close");
      await user.eventually(() => user.isAlone(), "the window's close");
      await user.page.run(() => {
        delete window.env.options.signal;
        window.env.controller = undefined;
      });
      await user.click();
      await protocols[protocol].person(await user.newWindow(), user);
    },
    outcome: { error: "aborted", success: protocols[protocol].isResult },
  })),
];
