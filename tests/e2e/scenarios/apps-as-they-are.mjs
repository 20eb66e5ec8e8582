// Apps as they are: policies of their own, frames of every kind, pages that are left and come back to, and scripts that get between.
import { alterReturning, anonReturning, protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const popup = (protocol, more) => ({ protocol, mode: "popup", outcome: { success: protocols[protocol].isResult }, ...more });
const appItself = () => `${location.origin}/`;

/** What another script has put in the place of window.open answers this. */
const openAnswers = (answer) => async (env) => {
  const { plain, plainWithCore } = await import("/plain.mjs");
  if (env.scenario.at) window.requestIdleCallback = () => 0;
  await (env.scenario.at ? plain : plainWithCore)(env);
  window.open = () => answer();
};

const NO_WINDOWS = {
  "an object": () => ({}),
  "false": () => false,
  "an object that can only be closed, as Cordova's InAppBrowser": () => ({ addEventListener() {}, removeEventListener() {}, close() {}, show() {}, executeScript() {} }),
};

/** The app in a frame whose document is written in its page, as playgrounds have it: it has the page's origin, and not in its address. */
const inSrcdoc = (protocol) => popup(protocol, {
  name: `${protocol}: the app is in a frame of srcdoc`,
  sandbox: AUTO,
  async page(env) {
    if (top !== self) return (await import("/plain.mjs")).plain(env);
    const html = await (await fetch(location.href)).text();
    const frame = document.createElement("iframe");
    frame.srcdoc = html.replace("<head>", `<head><base href="${location.origin}/">`);
    document.body.append(frame);
  },
  options: () => ({ redirectUri: new URL("/pkg/callback.html", document.baseURI).href }),
  async person(user) {
    await user.heard("ready", { nth: 2 });
    await user.clickInFrame();
    await user.heard("success");
  },
});

/** Some drivers report by the page's own JSON. */
const takesItBack = (user) => user.page.run(() => { delete Array.prototype.toJSON; });

async function withPrototypeJs(env) {
  if (env.scenario.protocol === "alter-connect") env.token = await protocols["alter-connect"].options(env).token();
  Array.prototype.toJSON = function () {
    return `[${this.map((one) => JSON.stringify(one)).join(", ")}]`;
  };
  await (await import("/plain.mjs")).plain(env);
}

/** The app's button is the custom element. */
async function withButton(env) {
  const { optionsOf } = await import("/plain.mjs");
  const { registerConnectButton } = await import("/pkg/element.js");
  registerConnectButton();
  const element = document.createElement("connect-button");
  const { onSuccess, onError, onExit, onEvent, ...options } = optionsOf(env);
  Object.assign(element, options, { id: "go" });
  for (const type of ["success", "error", "exit"]) element.addEventListener(type, ({ detail }) => env.say(type, detail));
  env.go.replaceWith(element);
}

/** The app clears both stores when it is left, as this event tells it. */
const clearsStores = (event) => async (env) => {
  const target = event === "visibilitychange" ? document : window;
  target.addEventListener(event, () => {
    if (target === document && !document.hidden) return;
    const run = localStorage.e2e;
    for (const store of [localStorage, sessionStorage]) store.clear();
    localStorage.e2e = run;
  });
  await (await import("/plain.mjs")).plain(env);
};

export const scenarios = [
  ...["code", "implicit"].map((protocol) => inSrcdoc(protocol)),
  ...Object.entries(NO_WINDOWS).flatMap(([what, answer]) => [false, true].map((early) => popup("code", {
    name: `window.open answers ${what}, which is no window${early ? ", and the click is quicker than the core" : ""}: popup_blocked`,
    ...(early && { at: { path: "/slow.html" } }),
    page: openAnswers(answer),
    options: () => ({ timeout: 6000 }),
    outcome: { error: "popup_blocked" },
  }))),
  ...["code", "alter-connect", "anon-link", "implicit"].map((protocol) => popup(protocol, {
    name: `${protocol}: the app itself has Cross-Origin-Opener-Policy same-origin`,
    at: { query: "sandbox_coop=same-origin" },
    sandbox: AUTO,
    options: protocol === "alter-connect" ? (env) => alterReturning(env) : undefined,
  })),
  ...["code", "alter-connect", "anon-link", "implicit", "stackone-link"].map((protocol) => popup(protocol, {
    name: `${protocol}: the app itself has Cross-Origin-Opener-Policy same-origin-allow-popups: the window closes`,
    at: { query: "sandbox_coop=same-origin-allow-popups" },
    sandbox: AUTO,
  })),
  ...["code", "anon-link", "alter-connect"].flatMap((protocol) => [false, true].map((severed) => popup(protocol, {
    name: `${protocol}${severed ? ", severed" : ""}: the app clears both stores while the window is open`,
    sandbox: severed ? { coop: "same-origin" } : {},
    options: protocol === "alter-connect" ? (env) => alterReturning(env) : undefined,
    async person(user) {
      await user.click();
      const window = severed ? await user.newWindow() : await user.atProvider();
      await user.eventually(() => user.isAtProvider(window), "the provider");
      await user.wait(300);
      await user.page.run(() => { const run = localStorage.getItem("e2e"); localStorage.clear(); sessionStorage.clear(); localStorage.setItem("e2e", run); });
      await protocols[protocol].person(window, user);
      await user.heard("success");
    },
  }))),
  ...["code", "anon-link", "implicit", "alter-connect"].flatMap((protocol) => [false, true].filter((severed) => severed || protocol !== "alter-connect").map((severed) => popup(protocol, {
    name: `${protocol}${severed ? ", severed" : ""}: while the window is open the user follows a link to another page of the app, which has the result`,
    subscribe: true,
    sandbox: severed ? { coop: "same-origin" } : {},
    options: (env) => ({ ...(protocol === "alter-connect" ? alterReturning(env) : {}), onSuccess: undefined }),
    async person(user) {
      await user.click();
      const window = severed ? await user.newWindow() : await user.atProvider();
      await user.eventually(() => user.isAtProvider(window), "the provider");
      await user.wait(300);
      await user.page.run(() => { setTimeout(() => location.assign("/?another")); });
      await user.heard("ready", { nth: 2 });
      await user.wait(1500);
      await protocols[protocol].person(window, user);
      await user.heard("on success");
    },
    outcome: { "on success": protocols[protocol].isResult },
  }))),
  ...["code", "alter-connect"].flatMap((protocol) => [
    { by: "", kind: "redirected" },
    { by: " by <connect-button>", kind: "success", page: withButton },
  ].map(({ by, kind, ...how }) => ({
    protocol,
    mode: "redirect",
    ...how,
    name: `${protocol}${by}: back from the provider, then forward again and to the end`,
    async person(user) {
      await user.click();
      await user.eventually(() => user.isAtProvider(user.page), "the provider");
      await user.page.back();
      await user.eventually(async () => (await user.all("exit")).length + (await user.all("ready")).length === 2, "the app");
      await user.wait(300);
      await user.page.run(() => { setTimeout(() => history.forward()); });
      await user.eventually(() => user.isAtProvider(user.page), "the provider again");
      await protocols[protocol].person(user.page, user);
      await user.heard(kind);
    },
    outcome: { [kind]: protocols[protocol].isResult },
    mayExit: true,
  }))),
  ...["code", "alter-connect", "stackone-link"].map((protocol) => popup(protocol, {
    name: `${protocol}: onSuccess leaves the page at once`,
    sandbox: AUTO,
    options: (env) => ({ onSuccess: (value) => { env.say("success", value); location.assign("/?done"); } }),
    async person(user) {
      await user.click();
      await user.heard("success");
      await user.heard("ready", { nth: 2 });
      await user.wait(500);
    },
  })),
  ...["close", "destroy"].map((verb) => popup("code", {
    name: `code: ${verb}() while the provider's page is on its way, and the page is left at once: no window stays`,
    outcome: {},
    options: (env) => ({
      onEvent(name) {
        if (name !== "OAUTH_STARTED") return;
        setTimeout(() => {
          env.widget[verb]();
          location.assign("/?done");
        });
      },
    }),
    async person(user) {
      await user.click();
      await user.heard("ready", { nth: 2 });
      await user.wait(500);
    },
  })),
  popup("code", {
    name: "code: close() as the provider's page has just come, and the app itself has Cross-Origin-Opener-Policy same-origin-allow-popups: no window stays",
    at: { query: "sandbox_coop=same-origin-allow-popups" },
    outcome: {},
    options(env) {
      const { open } = window;
      window.open = (...values) => {
        const opened = open(...values);
        const isBlank = () => {
          try {
            return opened.location.href === "about:blank";
          } catch {
            return false;
          }
        };
        const timer = setInterval(() => {
          if (isBlank()) return;
          clearInterval(timer);
          env.widget.close();
        }, 4);
        return opened;
      };
    },
    async person(user) {
      await user.click();
      await user.heard("close");
      await user.wait(1000);
    },
  }),
  popup("code", {
    name: "code: the provider's server does not answer: the user closes the window, and the next click works",
    givesFocusBack: true,
    lingers: true,
    options: () => ({ authorizationEndpoint: "https://127.0.0.1:9/authorize" }),
    async person(user) {
      await user.click();
      const window = await user.newWindow();
      await user.wait(800);
      await window.close();
      await user.heard("exit");
      await user.page.run(() => { window.env.options.authorizationEndpoint = window.env.protocolOptions.authorizationEndpoint; });
      await user.click();
      await protocols.code.person(await user.newWindow(), user);
    },
    outcome: { exit: null, success: protocols.code.isResult },
  }),
  ...["code", "alter-connect"].map((protocol) => ({
    protocol,
    mode: "redirect",
    sandbox: { ...AUTO, delay_ms: 400 },
    name: `${protocol}: a double click is one redirect, and no exit`,
    async person(user) {
      await user.ready();
      await user.page.run(() => { for (const [at, pause] of [0, 20, 150].entries()) setTimeout(() => window.env.go.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail: at + 1 })), pause); });
      await user.heard("redirected");
      await user.wait(200);
      user.equal((await user.reports()).filter(({ kind, value }) => kind === "event" && value[0] === "OAUTH_STARTED").length, 1);
    },
    outcome: { redirected: protocols[protocol].isResult },
  })),
  ...["code", "implicit", "alter-connect"].map((protocol) => ({
    protocol,
    mode: "redirect",
    sandbox: AUTO,
    name: `${protocol}: the page loads Prototype.js, which gives every array a toJSON`,
    page: withPrototypeJs,
    options: (env) => (protocol === "alter-connect" ? { token: env.token } : {}),
    async person(user) {
      await user.click();
      await user.heard("redirected");
      await takesItBack(user);
    },
    // What reports it has no better JSON.
    outcome: { redirected: (value) => JSON.stringify(value).includes(protocol === "alter-connect" ? "alice@example.com" : "access_token") },
  })),
  popup("code", {
    name: "code: the page loads Prototype.js, which gives every array a toJSON, and is reloaded in mid-flow",
    subscribe: true,
    page: withPrototypeJs,
    options: () => ({ onSuccess: undefined }),
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await user.page.reload();
      await user.heard("ready", { nth: 2 });
      await protocols.code.person(window);
      await user.heard("on success");
      await takesItBack(user);
    },
    outcome: { "on success": protocols.code.isResult },
  }),
  popup("code", {
    name: "the page has frozen what the language brings: an option of the wrong kind, a refusal, and a result",
    sandbox: { auto: "alice", auto_decision: "deny" },
    async page(env) {
      for (const { prototype } of [Object, Array, Function, Error, TypeError, Promise, Map, Set, String, Number, RegExp, Date, Uint8Array]) Object.freeze(prototype);
      await (await import("/plain.mjs")).plain(env);
      env.other.addEventListener("click", () => env.widget.open({ ...env.options, clientId: 5 }).catch((error) => env.say("refused", error)));
    },
    async person(user) {
      await user.click("#other");
      user.equal((await user.heard("refused")).code, "invalid_options");
      await user.click();
      const { name, code } = await user.heard("error");
      user.equal([name, code], ["ConnectError", "access_denied"]);
      await user.page.run(() => { window.env.options.authorizationEndpoint = window.env.options.authorizationEndpoint.replace("sandbox_auto_decision=deny", ""); });
      await user.click();
    },
    outcome: { error: "access_denied", success: protocols.code.isResult },
  }),
  ...["code", "implicit", "anon-link", "alter-connect"].flatMap((protocol) => [false, true].filter((reloads) => !reloads || protocol !== "alter-connect").map((reloads) => popup(protocol, {
    name: `${protocol}, severed: a browser without channels and locks, as Safari before 15.4${reloads ? "; the app is reloaded in mid-flow" : ""}`,
    sandbox: { coop: "same-origin" },
    subscribe: reloads,
    async page(env) {
      delete window.BroadcastChannel;
      delete Navigator.prototype.locks;
      localStorage.setItem("e2e channels", "missing");
      await (await import("/plain.mjs")).plain(env);
    },
    options(env) {
      const to = `${location.origin}/callback.html`;
      const options = protocol === "alter-connect" ? alterReturning(env, { to }) : protocol === "anon-link" ? anonReturning(env, { to }) : { redirectUri: to };
      return { ...options, ...(reloads && { onSuccess: undefined }) };
    },
    async person(user) {
      await user.click();
      const window = await user.newWindow();
      await user.eventually(() => user.isAtProvider(window), "the provider");
      await user.wait(300);
      if (reloads) {
        await user.page.reload();
        await user.heard("ready", { nth: 2 });
        await user.wait(300);
      }
      await protocols[protocol].person(window, user);
      await user.heard(reloads ? "on success" : "success");
    },
    outcome: { [reloads ? "on success" : "success"]: protocols[protocol].isResult },
  }))),
  popup("implicit", {
    name: "the page has seeded Math.random: two flows at once have a window each",
    async page(env) {
      Math.random = () => 0.5;
      const { onClick, optionsOf, plain } = await import("/plain.mjs");
      await plain(env);
      onClick(env, env.other, () => env.Connect.create().open({ ...optionsOf(env), onSuccess: (value) => env.say("on success", value) }));
    },
    async person(user) {
      await user.click();
      const first = await user.atProvider();
      await user.click("#other");
      await protocols.implicit.person(await user.newWindow([user.page, first]), user);
      await user.heard("on success");
      await protocols.implicit.person(first, user);
    },
    outcome: { success: protocols.implicit.isResult, "on success": protocols.implicit.isResult },
  }),
  ...["code", "anon-link"].map((protocol) => popup(protocol, {
    name: `${protocol}: the app is away when the window returns, and comes back minutes later, as a tab does that the browser had discarded`,
    subscribe: true,
    async page(env) {
      localStorage.setItem("e2e clock", "fast");
      await (await import("/plain.mjs")).plain(env);
    },
    options(env) {
      const to = `${location.origin}/callback.html`;
      return { ...(protocol === "anon-link" ? anonReturning(env, { to }) : { redirectUri: to }), onSuccess: undefined };
    },
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await user.page.run(() => { setTimeout(() => location.assign("/other.html")); });
      await user.eventually(async () => new URL(await user.page.url()).pathname === "/other.html", "another page");
      await protocols[protocol].person(window, user);
      // Three minutes on the callback page.
      await user.wait(3600);
      await user.page.run(() => { setTimeout(() => location.assign("/?again")); });
      await user.heard("on success");
    },
    outcome: { "on success": protocols[protocol].isResult },
  })),
  ...["popup", "redirect"].map((mode) => ({
    protocol: "implicit",
    mode,
    sandbox: AUTO,
    name: `implicit by ${mode}: the app's first module makes an instance, a router runs, and then comes a <connect-button>, which has the result`,
    options: () => ({ redirectUri: appItself() }),
    async page(env) {
      env.Connect.create();
      env.say("route", location.hash);
      history.replaceState(null, "", location.pathname + location.search);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await withButton(env);
    },
    async person(user) {
      await user.click();
      await user.heard("success");
      user.equal([...new Set(await user.all("route"))], [""]);
    },
    outcome: { success: protocols.implicit.isResult },
  })),
  {
    protocol: "code",
    mode: "redirect",
    name: "a consent tool lets nothing into storage, and does not say so: the redirect says so, and the page stays",
    page: async (env) => {
      await (await import("/plain.mjs")).plain(env);
      Storage.prototype.setItem = () => {};
    },
    outcome: { error: "redirect_error" },
  },
  ...["code", "implicit"].flatMap((protocol) => ["beforeunload", "pagehide", "visibilitychange", "unload"].map((event) => ({
    protocol,
    mode: "redirect",
    sandbox: AUTO,
    name: `${protocol} by redirect: the app clears both stores when it is left (${event})`,
    page: clearsStores(event),
    listensToo: [event],
    outcome: { redirected: protocols[protocol].isResult },
  }))),
  ...["code", "implicit"].flatMap((protocol) => ["beforeunload", "unload"].map((event) => ({
    protocol,
    mode: "redirect",
    sandbox: AUTO,
    at: { path: "/sync.html" },
    name: `${protocol} by redirect: the answer comes to another page of the app, and each of its pages clears both stores when it is left (${event})`,
    options: () => ({ redirectUri: `${location.origin}/` }),
    page: clearsStores(event),
    listensToo: [event],
    outcome: { redirected: protocols[protocol].isResult },
  }))),
  {
    protocol: "code",
    mode: "redirect",
    name: "code by redirect: the app clears local storage when it is left, and the user goes back from the provider: an exit, and the next click works",
    async page(env) {
      window.addEventListener("beforeunload", () => {
        const run = localStorage.e2e;
        localStorage.clear();
        localStorage.e2e = run;
      });
      await (await import("/plain.mjs")).plain(env);
    },
    async person(user) {
      await user.click();
      await user.eventually(() => user.isAtProvider(user.page), "the provider's page");
      await user.page.back();
      // Out of the back/forward cache, or loaded anew.
      await user.eventually(async () => (await user.all("exit")).length + (await user.all("ready")).length === 2, "the app");
      await user.click();
      await user.eventually(() => user.isAtProvider(user.page), "the provider's page");
      await protocols.code.person(user.page);
    },
    lingers: true,
    mayExit: true,
    outcome: { redirected: protocols.code.isResult },
  },
];
