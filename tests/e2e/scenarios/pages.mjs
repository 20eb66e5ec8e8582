// Pages that come and go: what the URL is afterwards, reloads, the back button, several tabs and instances, frames.
import { alterReturning, anonReturning, names, protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const appItself = () => `${location.origin}/`;
const returning = { "alter-connect": alterReturning, "anon-link": anonReturning };

const redirect = (protocol, more) => ({ protocol, mode: "redirect", sandbox: AUTO, outcome: { redirected: protocols[protocol].isResult }, ...more });

/** The page is at exactly the address that it left. */
const isBack = async (user, at) => {
  await user.heard("redirected");
  user.equal(await user.page.run(() => location.href), new URL(user.address(at)).href);
};

const comesBack = (at, more) => ({
  at,
  async person(user) {
    await user.click();
    await isBack(user, at);
  },
  ...more,
});

const ROUTES = {
  "a hash router": { hash: "#/settings/accounts?tab=2&sort=name" },
  "a query router": { query: "page=accounts&filter=a%20b&empty=&flag&state=mine&code=mine", hash: "#top" },
  "a fragment of its own": { hash: "#access-tokens" },
  "a fragment that is not even encoded": { query: "q=%C3%A4", hash: "#!/ünï/{}|a=b&c" },
};

/** Under a hash router: what the router would read, at once after create(). */
async function withRouter(env) {
  const { plain } = await import("/plain.mjs");
  await plain(env);
  env.say("route", location.hash);
}

/** Routers that are there before the widget, and what they write before a fragment that they take for a route. */
const ROUTERS = { "a hash router": "#/", "a hash router with a query": "#/?", "AngularJS": "#!#" };

const afterRouter = (mark) => async (env) => {
  const { plain } = await import("/plain.mjs");
  if (/^#\w/.test(location.hash)) history.replaceState(history.state, "", `${mark}${location.hash.slice(1)}`);
  await plain(env);
};

/** A router of the page's own, there before the widget: it takes what stands in the history for its own, and writes its place only where nothing does. */
const withPlaces = async (env) => {
  const { plain } = await import("/plain.mjs");
  if (!history.state) history.replaceState({ position: 7 }, "");
  const kept = history.state;
  env.place = () => kept.position;
  env.goOn = () => {
    history.replaceState({ ...kept, forward: "/later" }, "");
    history.pushState({ position: kept.position + 1 }, "");
  };
  await plain(env);
};

export const scenarios = [
  redirect("implicit", {
    rows: ["lost", "router"],
    name: "implicit: a router that was there before the widget finds its place in the history, and keeps no token",
    page: withPlaces,
    async person(user) {
      await user.click();
      await user.heard("redirected");
      const { place, states } = await user.page.run(async () => {
        const { env } = window;
        env.goOn();
        const states = [history.state];
        history.back();
        await new Promise((resolve) => (window.onpopstate = resolve));
        return { place: env.place(), states: JSON.stringify([...states, history.state]) };
      });
      user.equal(place, 7);
      user.ok(states.includes("/later") && !states.includes("access_"), states);
    },
  }),
  ...Object.entries(ROUTES).flatMap(([what, at]) => ["code", "implicit"].map((protocol) => redirect(protocol, { rows: ["lost", "router"], name: `${protocol}: ${what} gets its URL back exactly`, ...comesBack(at) }))),
  redirect("alter-connect", { rows: ["lost"], name: "alter-connect: the return URL's own query and hash stay", ...comesBack({ query: "x=1&y=a%20b", hash: "#/deep?z=2" }) }),
  redirect("anon-link", { rows: ["lost"], name: "anon-link: the app's URL comes back", ...comesBack({ query: "x=1", hash: "#/deep" }) }),
  redirect("anon-link", {
    rows: ["lost"],
    name: "anon-link: the router went on while the link was awaited, and the URL that was left comes back",
    options: (env) => ({
      link(context) {
        const url = new URL(location.href);
        url.hash = "#/later";
        history.pushState(null, "", url);
        return env.protocolOptions.link(context);
      },
    }),
    ...comesBack({ query: "x=1", hash: "#/before" }),
    async person(user) {
      await user.click();
      await isBack(user, { query: "x=1", hash: "#/later" });
    },
  }),
  redirect("implicit", {
    rows: ["router"],
    name: "implicit, back on the app itself: the token is gone before the router looks",
    options: () => ({ redirectUri: appItself() }),
    ...comesBack({ hash: "#/accounts" }, { page: withRouter }),
    async person(user) {
      await user.click();
      await isBack(user, { hash: "#/accounts" });
      user.equal([...new Set(await user.all("route"))], ["#/accounts"]);
    },
  }),
  redirect("code", { rows: ["lost"], name: "code, back on the app itself", options: () => ({ redirectUri: appItself() }), ...comesBack({ query: "a=1", hash: "#b" }) }),
  ...["implicit", "code"].map((protocol) => ({
    protocol,
    mode: "popup",
    sandbox: AUTO,
    rows: ["router"],
    name: `${protocol} by popup: the window comes back to the app itself, where loading the widget hands the response over`,
    options: () => ({ redirectUri: appItself() }),
    outcome: { success: protocols[protocol].isResult },
  })),
  ...Object.entries(ROUTERS).flatMap(([router, mark]) => [
    redirect("implicit", { rows: ["router"], name: `implicit, back on the app itself: ${router} takes the token for a route before the widget is there`, options: () => ({ redirectUri: appItself() }), page: afterRouter(mark) }),
    {
      protocol: "implicit",
      mode: "popup",
      sandbox: { ...AUTO, coop: "same-origin" },
      rows: ["router"],
      name: `implicit by popup, severed, back on the app itself: ${router} takes the token for a route before the widget is there`,
      options: () => ({ redirectUri: appItself() }),
      page: afterRouter(mark),
      outcome: { success: protocols.implicit.isResult },
    },
  ]),
  {
    protocol: "code",
    mode: "popup",
    sandbox: { ...AUTO, coop: "same-origin" },
    rows: ["coop"],
    name: "code by popup, severed, and back to the app itself",
    options: () => ({ redirectUri: appItself() }),
    outcome: { success: protocols.code.isResult },
  },
  ...["implicit", "code"].map((protocol) => ({
    protocol,
    mode: "popup",
    sandbox: AUTO,
    name: `${protocol} by popup: the window comes back to a page without any of the package`,
    options: () => ({ redirectUri: `${location.origin}/callback` }),
    outcome: { success: protocols[protocol].isResult },
  })),
  redirect("implicit", {
    rows: ["double"],
    name: "two widgets on the page, each asked for the redirect's result: one of them has it",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      const other = env.Connect.create();
      await plain(env);
      other.handleRedirect().then((value) => value && env.say("redirected", value));
    },
  }),
  redirect("code", {
    rows: ["double"],
    name: "StrictMode: created, destroyed and created again before the result is asked for; the code is exchanged once",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      const { fetch } = window;
      window.fetch = (url, ...rest) => (String(url).endsWith("/oauth/token") && env.say("exchange"), fetch(url, ...rest));
      const first = env.Connect.create();
      first.on("close", () => {});
      first.destroy();
      await plain(env);
      env.widget.handleRedirect().then((value) => value && env.say("redirected", value));
    },
    async person(user) {
      await user.click();
      await user.heard("redirected");
      user.equal((await user.all("exchange")).length, 1);
    },
  }),
  ...["code", "stackone-link"].map((protocol) =>
    redirect(protocol, {
      rows: ["double"],
      name: `StrictMode, ${protocol}: the first instance asks for the result and is destroyed at once; the second one has it`,
      async page(env) {
        const { plainWidget } = await import("/plain.mjs");
        plainWidget(env);
        const { verify, exchange } = env.options;
        const effect = (name) => {
          const widget = env.Connect.create();
          widget.handleRedirect({ verify, exchange }).then((value) => value && env.say(name, value), (error) => env.say("redirect failed", error));
          return () => widget.destroy();
        };
        effect("told to nobody")();
        effect("redirected");
      },
      async person(user) {
        await user.click();
        await user.heard("redirected");
        user.equal([await user.all("told to nobody"), await user.all("redirect failed")], [[], []]);
      },
    }),
  ),
  {
    protocol: "code",
    mode: "popup",
    subscribe: true,
    rows: ["stuck", "late"],
    name: "the app is reloaded in mid-flow: the result is delivered to the page that is there then",
    options: () => ({ onSuccess: undefined }),
    async person(user) {
      await user.click();
      const popup = await user.atProvider();
      await user.page.reload();
      await user.heard("ready", { nth: 2 });
      await protocols.code.person(popup);
      await user.heard("on success");
    },
    outcome: { "on success": protocols.code.isResult },
  },
  {
    protocol: "implicit",
    mode: "popup",
    rows: ["tabs"],
    name: "two tabs, two flows: each gets its own",
    async person(user) {
      await user.click();
      const first = await user.newWindow();
      const tab = await user.newTab();
      await tab.goto(user.address());
      await user.heard("ready", { nth: 2 });
      const known = await user.windows();
      await tab.click("#go");
      const second = await user.newWindow(known);
      await protocols.implicit.person(second);
      await user.heard("success");
      await protocols.implicit.person(first);
      await user.heard("success", { nth: 2 });
      const reports = await user.reports();
      const loads = reports.filter(({ kind }) => kind === "success").map(({ load }) => load);
      user.equal(new Set(loads).size, 2);
      await tab.close();
    },
    outcome: { success: [protocols.implicit.isResult, protocols.implicit.isResult] },
  },
  {
    protocol: "code",
    mode: "redirect",
    sandbox: AUTO,
    rows: ["tabs"],
    name: "a redirect in one tab and a popup in another: each gets its own",
    options: () => ({ mode: new URLSearchParams(location.search).has("second") ? "popup" : "redirect" }),
    async person(user) {
      const tab = await user.newTab();
      await tab.goto(user.address({ query: "second" }));
      await user.heard("ready", { nth: 2 });
      await user.click();
      await tab.click("#go");
      await user.heard("redirected");
      await user.heard("success");
      await tab.close();
    },
    outcome: { redirected: protocols.code.isResult, success: protocols.code.isResult },
  },
  {
    protocol: "implicit",
    mode: "popup",
    rows: ["tabs"],
    name: "two instances on one page, two flows at once",
    async page(env) {
      const { onClick, optionsOf, plain } = await import("/plain.mjs");
      await plain(env);
      const other = env.Connect.create();
      onClick(env, env.other, () => other.open({ ...optionsOf(env), onSuccess: (value) => env.say("on success", value) }));
    },
    async person(user) {
      await user.click();
      const first = await user.newWindow();
      const known = await user.windows();
      await user.click("#other");
      const second = await user.newWindow(known);
      await protocols.implicit.person(first);
      await user.heard("success");
      await protocols.implicit.person(second);
    },
    outcome: { success: protocols.implicit.isResult, "on success": protocols.implicit.isResult },
  },
  {
    protocol: "alter-connect",
    mode: "popup",
    rows: ["tabs"],
    name: "three instances, three flows at once, ended in another order than they began: each gets its own",
    async page(env) {
      const { onClick, optionsOf, plain } = await import("/plain.mjs");
      await plain(env);
      let others = 0;
      onClick(env, env.other, () => {
        const kind = ["second", "third"][others++];
        return env.Connect.create().open({ ...optionsOf(env), onSuccess: (value) => env.say(kind, value) });
      });
    },
    async person(user) {
      const windows = [];
      for (const button of ["#go", "#other", "#other"]) {
        await user.click(button);
        windows.push(await user.newWindow([user.page, ...windows]));
      }
      for (const [nth, name, kind] of [[2, "Carol", "third"], [0, "Alice", "success"], [1, "Bob", "second"]]) {
        await windows[nth].press(`Continue as ${name}`);
        await windows[nth].press("Allow");
        const [{ account_identifier: account }] = await user.heard(kind);
        user.equal(account, `${name.toLowerCase()}@example.com`);
      }
    },
    outcome: { success: protocols["alter-connect"].isResult, second: null, third: null },
  },
  ...names.map((protocol) => redirect(protocol, {
    rows: ["back"],
    name: `${protocol}: after the result the user goes back to the page that was left: out of the cache, it says no other outcome`,
    listensToo: ["pageshow"],
    async page(env) {
      const { plain } = await import("/plain.mjs");
      addEventListener("pageshow", ({ persisted }) => persisted && env.say("out of the cache"));
      await plain(env);
    },
    async person(user) {
      await user.click();
      await user.heard("redirected");
      const shown = async () => (await user.all("ready")).length + (await user.all("out of the cache")).length;
      const before = await shown();
      await user.page.back();
      await user.eventually(async () => (await shown()) > before, "the page that was left");
      if ((await user.all("out of the cache")).length) await user.heard("close");
      await user.wait(300);
    },
  })),
  ...["code", "stackone-link"].map((protocol) => redirect(protocol, {
    rows: ["back", "lost"],
    sandbox: {},
    name: `${protocol}: local storage is full; back from the provider without an answer, and then the user finishes there: the result is told`,
    listensToo: ["pageshow"],
    async page(env) {
      const { plain } = await import("/plain.mjs");
      const { setItem } = Storage.prototype;
      Storage.prototype.setItem = function (...values) {
        if (this === localStorage) throw new DOMException("full", "QuotaExceededError");
        setItem.apply(this, values);
      };
      addEventListener("pageshow", ({ persisted }) => persisted && env.say("out of the cache"));
      await plain(env);
    },
    async person(user) {
      await user.click();
      await user.eventually(() => user.isAtProvider(user.page), "the provider");
      const place = await user.page.url();
      await user.page.back();
      await user.eventually(async () => (await user.all("out of the cache")).length + (await user.all("ready")).length === 2, "the app");
      const cached = (await user.all("out of the cache")).length;
      if (cached) await user.heard("exit");
      await user.page.goto(place);
      await protocols[protocol].person(user.page, user);
      if (protocol === "stackone-link") await user.page.goto(user.address());
      await user.heard("redirected");
    },
    mayExit: true,
    lingers: true,
  })),
  ...["code", "implicit", "alter-connect", "anon-link"].flatMap((protocol) => Object.entries({ "by the callback page": undefined, "to the app itself": appItself }).map(([way, to]) => redirect(protocol, {
    rows: ["router"],
    name: `${protocol}: the user comes back ${way}: what a router had in the history is there again`,
    options: (env) => ({ ...returning[protocol]?.(env, { to: to?.(), redirectUrl: to?.() }), ...(to && (protocol === "code" || protocol === "implicit") ? { redirectUri: to() } : {}) }),
    async page(env) {
      const { plain } = await import("/plain.mjs");
      if (!sessionStorage.getItem("was here")) history.replaceState({ usr: { from: "/settings" }, key: "k1" }, "");
      sessionStorage.setItem("was here", "yes");
      await plain(env);
    },
    async person(user) {
      await user.click();
      await user.heard("redirected");
      user.equal(await user.page.run(() => history.state), { usr: { from: "/settings" }, key: "k1" });
    },
  }))),
  // What another site asks for comes without cookies that are `SameSite=Strict`.
  ...["code", "implicit", "alter-connect", "anon-link"].map((protocol) => ({
    protocol,
    mode: "redirect",
    name: `${protocol}: the user comes back by the callback page: the app itself asks for the page that was left, and no other site`,
    at: { query: "sandbox_tell_asker=1" },
    options: (env) => returning[protocol]?.(env, {}) ?? {},
    async person(user) {
      await user.click();
      await protocols[protocol].person(user.page, user);
      await user.heard("redirected");
      user.equal(await user.page.run(() => document.cookie.match(/asker=([\w-]+)/)[1]), "same-origin");
    },
    outcome: { redirected: protocols[protocol].isResult },
  })),
  ...names.map((protocol) => ({
    protocol,
    mode: "redirect",
    rows: ["back", "stuck"],
    name: `${protocol}: back from the provider without an answer, and again to the end`,
    async person(user) {
      await user.click();
      await user.eventually(() => user.isAtProvider(user.page), "the provider");
      await user.page.back();
      // From the cache the flow ends as an exit; a page that was loaded anew has no flow at all.
      await user.eventually(async () => (await user.all("exit")).length + (await user.all("ready")).length === 2, "the app");
      const cached = (await user.all("ready")).length === 1;
      user.equal((await user.all("exit")).length, cached ? 1 : 0);
      await user.click();
      await protocols[protocol].person(user.page, user);
      await user.heard("redirected");
    },
    outcome: { redirected: protocols[protocol].isResult },
    mayExit: true,
    // The first attempt is remembered: the user may go forward again and finish it.
    lingers: true,
  })),
  {
    protocol: "code",
    mode: "popup",
    at: { path: "/frame.html" },
    rows: [],
    name: "in a frame it pops up, and the result comes to the frame",
    sandbox: AUTO,
    async person(user) {
      await user.clickInFrame();
    },
    outcome: { success: protocols.code.isResult },
  },
  ...["alter-connect", "code"].map((protocol) => ({
    protocol,
    mode: "popup",
    at: { path: "/frame.html" },
    name: `${protocol}, in a frame that onSuccess takes away: neither the window nor a record stays`,
    sandbox: AUTO,
    options: (env) => ({ onSuccess: (value) => { env.say("success", value); frameElement.remove(); } }),
    async person(user) {
      await user.clickInFrame();
    },
    outcome: { success: protocols[protocol].isResult },
  })),
  {
    protocol: "code",
    mode: "redirect",
    at: { path: "/frame.html" },
    name: "in a frame a redirect is refused: the frame stays where it is",
    promise: true,
    async person(user) {
      await user.clickInFrame();
      user.equal((await user.heard("rejected")).code, "redirect_error");
    },
    outcome: { error: "redirect_error" },
  },
  {
    protocol: "code",
    mode: "popup",
    at: { path: "/frame.html", query: "sandbox=allow-scripts%20allow-same-origin" },
    name: "in a sandboxed frame without allow-popups the error says what to do, and nothing is redirected",
    options: () => ({ whenBlocked: "redirect" }),
    async person(user) {
      await user.clickInFrame();
      user.ok((await user.heard("error")).message.includes("allow-popups"));
    },
    outcome: { error: "popup_blocked" },
  },
  {
    protocol: "code",
    mode: "redirect",
    name: "storage is refused: the redirect says so",
    promise: true,
    async page(env) {
      const { plain } = await import("/plain.mjs");
      for (const name of ["sessionStorage", "localStorage"]) {
        Object.defineProperty(window, name, { configurable: true, get() { throw new DOMException("refused", "SecurityError"); } });
      }
      await plain(env);
    },
    async person(user) {
      await user.click();
      user.equal((await user.heard("rejected")).code, "redirect_error");
    },
    outcome: { error: "redirect_error" },
  },
  ...names.map((protocol) => ({
    protocol,
    mode: "popup",
    name: `${protocol}: storage is refused and the popup works`,
    sandbox: AUTO,
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      const refuse = { configurable: true, get() { throw new DOMException("refused", "SecurityError"); } };
      const kept = sessionStorage;
      for (const name of ["sessionStorage", "localStorage"]) Object.defineProperty(window, name, refuse);
      // The app's own note of its connect session is not the package's affair.
      env.kept = kept;
    },
    options: protocol === "stackone-link" ? stackOneWithoutStorage : undefined,
    outcome: { success: protocols[protocol].isResult },
  })),
];

function stackOneWithoutStorage() {
  let id;
  const ask = async (path, body) => (await fetch(path, body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })).json();
  return {
    link: async () => {
      const session = await ask("/api/stackone/session", { provider: "bamboohr", sandbox: { auto: "alice" } });
      id = session.id;
      return session;
    },
    verify: () => ask(`/api/stackone/account?session_id=${id}`),
  };
}
