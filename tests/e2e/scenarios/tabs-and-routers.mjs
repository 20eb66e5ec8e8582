// What stands between the page and its window: routers that write the history, extensions that answer a window of their own, tabs that
// cover the app.
import { protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const popup = (protocol, more) => ({ protocol, mode: "popup", outcome: { success: protocols[protocol].isResult }, ...more });

/** Routers write a state of their own when they start, which is before a trigger is mounted: Angular's, TanStack's, Next's, Turbo. */
const afterRouter = async (env) => {
  history.replaceState({ navigationId: 1 }, "", location.href);
  await (await import("/plain.mjs")).plain(env);
};

/** What has taken the place of `window.open`, once a click is served by the core, or before. */
const openIs = (open) => async (env) => {
  const { plain, plainWithCore } = await import("/plain.mjs");
  if (env.scenario.at) window.requestIdleCallback = () => 0;
  await (env.scenario.at ? plain : plainWithCore)(env);
  window.open = open(window.open);
};

const DECOYS = {
  "a hidden frame that says it is open": () => () => {
    const frame = document.body.appendChild(Object.assign(document.createElement("iframe"), { hidden: true }));
    for (const [name, value] of Object.entries({ closed: false, opener: window, frameElement: null })) Object.defineProperty(frame.contentWindow, name, { value });
    return frame.contentWindow;
  },
  "the page's own window with another answer to closed": () => () => new Proxy(window, {
    get: (target, name) => (name === "closed" ? false : typeof target[name] === "function" ? () => {} : target[name]),
    set: () => true,
  }),
};

/** The new window, with something around it. */
const wrapped = (open) => (...values) => new Proxy(open.apply(window, values), {
  get: (target, name) => (typeof target[name] === "function" ? target[name].bind(target) : target[name]),
});

export const scenarios = [
  ...["implicit", "code"].map((protocol) => ({
    protocol,
    mode: "redirect",
    sandbox: AUTO,
    name: `${protocol} by redirect: a router writes a state of its own into the history before the widget is there`,
    page: afterRouter,
    outcome: { redirected: protocols[protocol].isResult },
  })),
  {
    protocol: "implicit",
    mode: "redirect",
    sandbox: AUTO,
    name: "implicit by redirect: the window's name is the app's own, all the way",
    async page(env) {
      window.name ||= "the app's own";
      await afterRouter(env);
    },
    async person(user) {
      await user.click();
      await user.heard("redirected");
      user.equal(await user.page.run(() => window.name), "the app's own");
    },
    outcome: { redirected: protocols.implicit.isResult },
  },
  ...["same-origin", "same-origin-allow-popups"].map((coop) => ({
    protocol: "implicit",
    mode: "redirect",
    sandbox: AUTO,
    name: `implicit by redirect: the app's page has Cross-Origin-Opener-Policy ${coop}, and the callback page has none`,
    at: { query: `sandbox_coop=${coop}` },
    outcome: { redirected: protocols.implicit.isResult },
  })),
  ...["code", "alter-connect"].flatMap((protocol) => Object.entries(DECOYS).flatMap(([what, open]) => [false, true].map((early) => popup(protocol, {
    name: `${protocol}: an extension that blocks windows answers ${what}${early ? ", and the click is quicker than the core" : ""}: popup_blocked`,
    ...(early && { at: { path: "/slow.html" } }),
    page: openIs(open),
    outcome: { error: "popup_blocked" },
  })))),
  ...["code", "alter-connect"].flatMap((protocol) => [false, true].map((early) => popup(protocol, {
    name: `${protocol}: a sandbox of scripts puts a proxy around the new window${early ? ", and the click is quicker than the core" : ""}`,
    ...(early && { at: { path: "/slow.html" } }),
    sandbox: AUTO,
    page: openIs(wrapped),
  }))),
  {
    protocol: "code",
    mode: "popup",
    at: { path: "/stalled.html" },
    name: "the page is left while its core is on the way: the blank window closes",
    // WebKit has the page's requests fail before the page is gone.
    options: () => ({ onError: undefined }),
    async person(user) {
      await user.click();
      await user.newWindow();
      await user.page.reload();
      await user.heard("ready", { nth: 2 });
      await user.eventually(() => user.isAlone(), "the window's close");
    },
  },
  popup("code", {
    name: "code, severed: the window is a tab that covers the app, and the user closes it, in a browser that says nothing of the focus then: an exit",
    sandbox: { coop: "same-origin" },
    keepsFocus: true,
    lingers: true,
    async page(env) {
      await (await import("/plain.mjs")).plainWithCore(env);
      let isHidden = false;
      Object.defineProperty(document, "hidden", { get: () => isHidden });
      Object.defineProperty(document, "visibilityState", { get: () => (isHidden ? "hidden" : "visible") });
      env.cover = (value) => {
        isHidden = value;
        document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
      };
    },
    async person(user) {
      await user.click();
      const tab = await user.newWindow();
      await user.page.run(() => { window.env.cover(true); });
      await user.eventually(() => user.page.run(() => window.instruments.opened.at(-1)?.popup.closed), "closed to read true");
      await user.wait(2500);
      user.equal(await user.all("exit"), []);
      await tab.close();
      await user.page.run(() => { window.env.cover(false); });
      await user.heard("exit");
    },
    outcome: { exit: null },
  }),
];
