// Entries with the core inside, the script tag, and a core that comes late: all behave as the main entry does.
import { names, protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const SYNC = { path: "/sync.html" };
const { isResult } = protocols["alter-connect"];

/** The core is asked for by the click and comes long after it. */
const slow = {
  at: { path: "/slow.html" },
  rows: ["blocked"],
  async page(env) {
    const { onClick, plain } = await import("/plain.mjs");
    window.requestIdleCallback = () => 0;
    for (const [name, value] of Object.entries(env.scenario.facts ?? {})) Object.defineProperty(name in window ? window : navigator, name, { value, configurable: true, writable: true });
    await plain(env);
    env.go.addEventListener("click", () => env.say("open in the click", [window.instruments.opened.length, env.widget.isOpen()]));
    onClick(env, env.other, () => env.widget.close());
  },
};

/** The core never comes, or cannot be loaded. The app may bring its own window; its other button ends what is open as the scenario says. */
const coreless = (path, { own = false, ends, ...more }) => ({
  at: { path },
  protocol: "code",
  mode: "popup",
  promise: true,
  async page(env) {
    const { onClick, optionsOf, plain } = await import("/plain.mjs");
    window.requestIdleCallback = () => 0;
    env.controller = new AbortController();
    await plain(env);
    env.options = optionsOf(env);
    env.go.addEventListener("click", () => own && (env.options.popup = window.open("", `own ${Math.random()}`, "popup,width=400,height=400")), true);
    onClick(env, env.other, () => ends?.(env));
    env.widget.on("error", (error) => env.say("on error", error));
    env.widget.on("exit", () => env.say("on exit"));
  },
  ...more,
});
const STALLED = "/stalled.html";
const OWN = { false: "", true: ", the app's own" };
const isAtRest = async (user) => user.equal(await user.page.run(() => window.env.widget.isOpen()), false);

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1";

export const scenarios = [
  ...names.flatMap((protocol) => ["popup", "redirect"].map((mode) => ({
    protocol,
    mode,
    at: SYNC,
    sandbox: AUTO,
    rows: mode === "popup" ? ["blocked"] : [],
    name: `sync: ${protocol} by ${mode}`,
    outcome: { [mode === "popup" ? "success" : "redirected"]: protocols[protocol].isResult },
  }))),
  {
    protocol: "alter-connect",
    mode: "popup",
    at: SYNC,
    sandbox: AUTO,
    rows: ["blocked"],
    name: "sync: the click comes before the core, and the window is open in it",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      window.requestIdleCallback = () => 0;
      await plain(env);
      env.go.addEventListener("click", () => env.say("open in the click", window.instruments.opened.length));
    },
    async person(user) {
      await user.click();
      user.equal(await user.heard("open in the click"), 1);
    },
    outcome: { success: isResult },
  },
  {
    protocol: "alter-connect",
    mode: "redirect",
    at: SYNC,
    sandbox: AUTO,
    rows: ["d2"],
    name: "sync: a redirect's result reaches a widget that was created after the one that found it",
    async page(env) {
      const { plainWidget } = await import("/plain.mjs");
      plainWidget(env);
      env.Connect.create().on("success", (value) => env.say("on success", value));
    },
    outcome: { "on success": isResult },
  },
  ...names.map((protocol) => ({
    ...slow,
    protocol,
    mode: "popup",
    name: `with a core that comes long after the click: ${protocol} by popup`,
    async person(user) {
      await user.click();
      user.equal(await user.heard("open in the click"), [1, true]);
      await protocols[protocol].person(await user.newWindow(), user);
    },
    outcome: { success: protocols[protocol].isResult },
  })),
  ...["alter-connect", "code"].map((protocol) => ({
    ...slow,
    protocol,
    mode: "redirect",
    // Left to the device, as a phone's is.
    options: () => ({ mode: "auto" }),
    facts: { userAgent: IPHONE, maxTouchPoints: 5, innerWidth: 390, innerHeight: 844 },
    name: `with a core that comes long after the click: ${protocol} on a phone redirects and opens no window`,
    async person(user) {
      await user.click();
      user.equal(await user.heard("open in the click"), [0, true]);
      await protocols[protocol].person(user.page, user);
      user.equal((await user.windows()).length, 1);
    },
    outcome: { redirected: protocols[protocol].isResult },
  })),
  {
    ...slow,
    protocol: "code",
    mode: "popup",
    promise: true,
    name: "with a core that comes long after the click: close() closes the window at once, and the next click works",
    async person(user) {
      await user.click();
      const popup = await user.newWindow();
      await user.click("#other");
      user.equal((await user.heard("rejected")).code, "aborted");
      await user.heard("close");
      await user.eventually(() => user.isAlone(), "the window's close");
      await user.click();
      await protocols.code.person(await user.newWindow([user.page, popup]));
    },
    outcome: { success: protocols.code.isResult },
  },
  {
    ...slow,
    protocol: "alter-connect",
    mode: "popup",
    name: "with a core that comes long after the click: open() resolves though close() came first, and nothing else is told",
    async person(user) {
      await user.click();
      await user.newWindow();
      await user.click("#other");
      await user.heard("close");
      await user.heard("resolved", { nth: 2 });
      await user.eventually(() => user.isAlone(), "the window's close");
    },
    outcome: {},
  },
  {
    ...slow,
    protocol: "code",
    mode: "popup",
    promise: true,
    rows: ["blocked", "stuck"],
    name: "with a core that comes long after the click: the user closes the window before, which is no blocked one",
    async person(user) {
      await user.click();
      const popup = await user.newWindow();
      await popup.close();
      user.equal((await user.heard("rejected")).code, "popup_closed");
      await user.click();
      await protocols.code.person(await user.newWindow([user.page, popup]));
    },
    outcome: { exit: null, success: protocols.code.isResult },
  },
  {
    ...slow,
    protocol: "code",
    mode: "popup",
    name: "with a core that comes long after the click: destroy() closes the window, and nobody is told anything",
    async page(env) {
      await slow.page(env);
      env.other.addEventListener("click", () => env.widget.destroy(), true);
    },
    async person(user) {
      await user.click();
      await user.newWindow();
      await user.click("#other");
      await user.eventually(() => user.isAlone(), "the window's close");
      await user.eventually(() => user.page.run(() => performance.getEntriesByType("resource").some(({ name }) => name.includes("/core.js"))), "the core");
      await user.wait(300);
      user.equal([await user.all("close"), (await user.windows()).length], [[], 1]);
    },
    outcome: {},
  },
  ...[false, true].map((own) => coreless(STALLED, {
    own,
    rows: ["stuck", "slow"],
    ends: (env) => env.widget.close(),
    name: `a core that does not come: a window${OWN[own]} that the user closes is an exit, and the next click opens another, which close() closes`,
    async person(user) {
      await user.click();
      const popup = await user.newWindow();
      await popup.close();
      user.equal((await user.heard("rejected")).code, "popup_closed");
      await user.heard("close");
      const [[name, { timestamp }]] = await user.all("event");
      user.equal([name, Number.isNaN(Date.parse(timestamp))], ["EXIT", false]);
      await isAtRest(user);
      await user.click();
      await user.newWindow([user.page, popup]);
      await user.click("#other");
      user.equal((await user.heard("rejected", { nth: 2 })).code, "aborted");
      await user.heard("close", { nth: 2 });
      await isAtRest(user);
    },
    outcome: { exit: null, "on exit": null },
  })),
  ...[false, true].map((own) => coreless(STALLED, {
    own,
    rows: ["stuck", "f20"],
    options: (env) => ({ signal: env.controller?.signal }),
    ends: (env) => env.controller.abort(),
    name: `a core that does not come: the app's signal ends the flow and closes the window${OWN[own]}; one that is aborted already does so at once`,
    async person(user) {
      await user.click();
      const popup = await user.newWindow();
      await user.click("#other");
      user.equal((await user.heard("rejected")).code, "aborted");
      await user.heard("close");
      await user.eventually(async () => !(await user.windows()).includes(popup), "the window's close");
      await user.click();
      user.equal((await user.heard("rejected", { nth: 2 })).code, "aborted");
      await user.heard("close", { nth: 2 });
      await isAtRest(user);
    },
    outcome: { error: ["aborted", "aborted"], "on error": ["aborted", "aborted"] },
  })),
  coreless(STALLED, {
    rows: ["stuck", "hang"],
    ends: (env) => env.widget.close(),
    name: "a core that does not come: after a minute the call fails, and its window closes; the next click opens another",
    async person(user) {
      await user.click();
      const popup = await user.newWindow();
      await user.page.run(() => {
        const now = performance.now.bind(performance);
        performance.now = () => now() + 61_000;
      });
      user.equal((await user.heard("rejected")).code, "load_failed");
      await user.heard("close");
      await user.eventually(async () => !(await user.windows()).includes(popup), "the window's close");
      await isAtRest(user);
      await user.click();
      await user.newWindow();
      await user.click("#other");
      user.equal((await user.heard("rejected", { nth: 2 })).code, "aborted");
      await user.heard("close", { nth: 2 });
    },
    outcome: { error: "load_failed", "on error": "load_failed" },
  }),
  coreless(STALLED, {
    rows: ["stuck", "hang"],
    options: () => ({ timeout: 500 }),
    name: "a core that does not come: the timeout counts from the click",
    async person(user) {
      await user.click();
      user.equal((await user.heard("rejected")).code, "timeout");
      await user.heard("close");
      await isAtRest(user);
    },
    outcome: { error: "timeout", "on error": "timeout" },
  }),
  coreless("/broken.html", {
    own: true,
    rows: ["f20", "blank"],
    name: "a core that cannot be loaded: the app's own window is closed",
    async person(user) {
      await user.click();
      user.equal((await user.heard("rejected")).code, "load_failed");
      await isAtRest(user);
    },
    outcome: { error: "load_failed", "on error": "load_failed" },
  }),
  {
    protocol: "alter-connect",
    mode: "popup",
    at: SYNC,
    promise: true,
    name: "sync: options that cannot be used close the window again and name the option",
    options: () => ({ token: "" }),
    async person(user) {
      await user.click();
      user.equal((await user.heard("rejected")).code, "invalid_options");
    },
  },
  {
    protocol: "code",
    mode: "popup",
    at: SYNC,
    rows: ["hang"],
    sandbox: { coop: "same-origin" },
    name: "sync: a severed popup's result",
    async person(user) {
      await user.click();
      await protocols.code.person(await user.newWindow(), user);
    },
    outcome: { success: protocols.code.isResult },
  },
  ...names.map((protocol) => ({ protocol, mode: "popup", at: { path: "/global.html" }, sandbox: AUTO, name: `script tag: ${protocol} by popup`, outcome: { success: protocols[protocol].isResult } })),
  { protocol: "alter-connect", mode: "redirect", at: { path: "/global.html" }, sandbox: AUTO, name: "script tag: alter-connect by redirect", outcome: { redirected: isResult } },
];
