// The defects of the widget that this one replaces, one by one.
import { names, post, protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const { isResult } = protocols["alter-connect"];
const base = { protocol: "alter-connect", mode: "popup" };
const noCallbacks = () => ({ onSuccess: undefined, onError: undefined, onExit: undefined, onEvent: undefined });

export const scenarios = [
  {
    ...base,
    givesFocusBack: true,
    rows: ["d1", "stuck"],
    name: "without any callback, close and open again",
    options: noCallbacks,
    async person(user) {
      for (const nth of [1, 2]) {
        await user.click();
        await user.heard("resolved", { nth });
        await (await user.atProvider()).close();
        await user.heard("close", { nth });
      }
      user.equal(await user.page.run(() => window.env.widget.isOpen()), false);
    },
  },
  ...names.filter((protocol) => protocol !== "alter-connect").map((protocol) => ({
    protocol,
    mode: "popup",
    givesFocusBack: true,
    rows: ["d1", "stuck"],
    name: `${protocol}: close at the provider, then open again and finish`,
    async person(user) {
      await user.click();
      await (await user.atProvider()).close();
      await user.heard("exit");
      await user.click();
      await protocols[protocol].person(await user.newWindow(), user);
      await user.heard("success");
    },
    outcome: { exit: null, success: protocols[protocol].isResult },
  })),
  ...[false, true].map((isSevered) => ({
    ...base,
    protocol: "code",
    sandbox: isSevered ? { coop: "same-origin" } : {},
    rows: ["d1", "stuck"],
    // A severed window may live.
    lingers: isSevered,
    name: `the focus goes back to a frame of the app's page when the user closes the window${isSevered ? ", which is severed" : ""}: an exit`,
    async person(user) {
      await user.click();
      const popup = await user.newWindow();
      await user.eventually(() => user.isAtProvider(popup), "the provider");
      await user.wait(500);
      // The page has the focus then, in its frame, and hears nothing of it.
      await user.page.run(() => { document.hasFocus = () => true; });
      await popup.close();
      await user.heard("exit");
    },
    outcome: { exit: null },
  })),
  {
    ...base,
    mode: "redirect",
    sandbox: AUTO,
    rows: ["d2"],
    name: "a redirect's result waits for a subscriber that comes late, and is given once",
    async page(env) {
      const { plainWidget } = await import("/plain.mjs");
      const widget = plainWidget(env);
      setTimeout(() => {
        widget.on("success", (value) => env.say("on success", value));
        widget.on("success", () => env.say("second"));
        setTimeout(async () => {
          widget.on("success", () => env.say("third"));
          env.say("later", await widget.handleRedirect());
        }, 200);
      }, 400);
    },
    async person(user) {
      await user.click();
      user.ok(isResult(await user.heard("on success")));
      await user.heard("second");
      user.equal(await user.heard("later", { nth: 1 }), null);
      user.equal(await user.all("third"), []);
    },
    outcome: { "on success": isResult },
  },
  {
    ...base,
    mode: "redirect",
    sandbox: AUTO,
    rows: ["d2"],
    name: "a redirect's result waits for handleRedirect, and is answered once",
    async page(env) {
      const { plainWidget } = await import("/plain.mjs");
      const widget = plainWidget(env);
      setTimeout(async () => {
        const [first, second] = await Promise.all([widget.handleRedirect(), widget.handleRedirect()]);
        env.say("both", [!!first, !!second]);
        if (first || second) env.say("redirected", first ?? second);
      }, 400);
    },
    async person(user) {
      await user.click();
      await user.heard("redirected");
      user.equal((await user.all("both")).at(-1).filter(Boolean).length, 1);
    },
    outcome: { redirected: isResult },
  },
  {
    ...base,
    sandbox: { ...AUTO, close: "after" },
    rows: ["d5", "slow"],
    name: "a result that races with the close of its window wins",
    outcome: { success: isResult },
  },
  {
    ...base,
    sandbox: AUTO,
    rows: ["d8"],
    name: "onSuccess throws: the flow is over, the error is reported, the next click works",
    options: (env) => ({
      onSuccess(value) {
        env.say("success", value);
        throw new Error("the app's own mistake");
      },
    }),
    async person(user) {
      for (const nth of [1, 2]) {
        await user.click();
        await user.heard("success", { nth });
        await user.heard("close", { nth });
      }
      user.ok(await user.page.run(() => window.instruments.said.some((text) => text.includes("the app's own mistake"))));
    },
    outcome: { success: [isResult, isResult] },
  },
  {
    ...base,
    givesFocusBack: true,
    rows: ["d9", "behind"],
    name: "a second open() focuses the window and resolves; authorize() says already_open",
    async page(env) {
      const { onClick, plain } = await import("/plain.mjs");
      await plain(env);
      const { open } = window;
      window.open = (...values) => {
        const popup = open(...values);
        // A window of another origin cannot be spied on; one that stands in front of it can.
        return new Proxy({}, { get: (_, name) => (name === "focus" ? () => env.say("focused") : typeof popup[name] === "function" ? popup[name].bind(popup) : popup[name]) });
      };
      onClick(env, env.other, () => {
        env.widget.open(env.options).then(() => env.say("second resolved"));
        return env.widget.authorize(env.options);
      });
    },
    async person(user) {
      await user.click();
      const popup = await user.atProvider();
      await user.click("#other");
      await user.heard("second resolved");
      user.equal((await user.heard("rejected")).code, "already_open");
      await user.heard("focused", { nth: 2 });
      user.equal((await user.windows()).length, 2);
      await popup.close();
    },
    outcome: { exit: null },
  },
  {
    ...base,
    promise: true,
    sandbox: AUTO,
    rows: ["d9"],
    name: "authorize() is a promise of the result",
    person: async (user) => {
      await user.click();
      user.ok(isResult(await user.heard("resolved")));
    },
    outcome: { success: isResult },
  },
  {
    ...base,
    promise: true,
    givesFocusBack: true,
    rows: ["d9"],
    name: "authorize() rejects with popup_closed when the user closes the window",
    async person(user) {
      await user.click();
      await (await user.atProvider()).close();
      user.equal((await user.heard("rejected")).code, "popup_closed");
    },
    outcome: { exit: null },
  },
  {
    ...base,
    promise: true,
    rows: ["d9"],
    name: "an AbortSignal cancels, the window closes, the code is aborted",
    options(env) {
      env.controller = new AbortController();
      env.other.addEventListener("click", () => env.controller.abort());
      return { signal: env.controller.signal };
    },
    async person(user) {
      await user.click();
      await user.newWindow();
      await user.heard("event", { nth: 2 });
      await user.click("#other");
      user.equal((await user.heard("rejected")).code, "aborted");
    },
    outcome: { error: "aborted" },
  },
  {
    ...base,
    promise: true,
    rows: ["d9"],
    name: "close() ends the flow with no outcome but close; authorize() rejects with aborted",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      env.other.addEventListener("click", () => env.widget.close());
    },
    async person(user) {
      await user.click();
      await user.newWindow();
      await user.heard("event", { nth: 2 });
      await user.click("#other");
      user.equal((await user.heard("rejected")).code, "aborted");
      await user.heard("close");
    },
  },
  {
    ...base,
    rows: ["d9", "late"],
    promise: true,
    sandbox: { ...AUTO, delay_ms: 1500 },
    subscribe: true,
    name: "a timeout reports once, and the result that comes after all is delivered",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      // There before the click: a flow that still waits for its token when it times out has nothing to come.
      env.token = (await post("/api/alter/session", { allowed_providers: ["google"], sandbox: env.scenario.sandbox })).session_token;
      await plain(env);
    },
    options: (env) => ({ token: env.token, timeout: 500, onSuccess: undefined }),
    async person(user) {
      await user.click();
      user.equal((await user.heard("rejected")).code, "timeout");
      await user.heard("on success");
      // The flow was over long before; its window may be the user's own.
      for (const window of await user.windows()) if (window !== user.page) await window.close().catch(() => {});
    },
    outcome: { error: "timeout", "on error": "timeout", "on success": isResult },
  },
  {
    ...base,
    sandbox: AUTO,
    session: { delay_ms: 1500 },
    rows: ["d10", "blocked"],
    name: "a token that takes longer than any engine lets a click last: the window is open before it is asked for",
    outcome: { success: isResult },
  },
  {
    ...base,
    sandbox: AUTO,
    rows: ["d10"],
    name: "a token as a promise that was made before the click",
    options(env) {
      const { providers, scenario } = env;
      const token = post("/api/alter/session", { allowed_providers: ["google"], sandbox: scenario.sandbox, delay_ms: 300 }).then((session) => session.session_token);
      return { token, baseURL: providers };
    },
    outcome: { success: isResult },
  },
  {
    ...base,
    givesFocusBack: true,
    rows: ["d11"],
    name: "getVersion() is the package's, and what is remembered outlives the token",
    async person(user) {
      const { version } = await user.ask("/pkg/package.json", undefined, user.app);
      user.equal(await (await user.ready()).run(() => window.env.widget.getVersion()), version);
      await user.click();
      const popup = await user.atProvider();
      const expires = await user.page.run(() => {
        const key = Object.keys(sessionStorage).find((name) => name.startsWith("connect-widget:"));
        return Number(/\bexpires\W+(\d+)/.exec(sessionStorage.getItem(key))[1]) - Date.now();
      });
      user.ok(expires > 10 * 60_000, `remembered for ${expires} ms`);
      await popup.close();
    },
    outcome: { exit: null },
  },
];
