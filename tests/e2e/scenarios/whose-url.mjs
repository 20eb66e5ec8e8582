// Whose is this URL? Pages of the app that only look like an answer, answers that come to another tab, links from elsewhere, and
// records that are copied or too old.
import { alterReturning, anonReturning, endpoint, names, protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const appItself = () => `${location.origin}/`;
const popup = (protocol, more) => ({ protocol, mode: "popup", outcome: { success: protocols[protocol].isResult }, ...more });
const redirect = (protocol, more) => ({ protocol, mode: "redirect", outcome: { redirected: protocols[protocol].isResult }, ...more });

// ---- pages of the app on the way ---------------------------------------------------------------------------------------

/** The authorization server stands on the app's own origin. */
const onOwnOrigin = {
  code: (env) => ({ authorizationEndpoint: endpoint({ ...env, providers: location.origin }, "/same-origin/oauth/authorize"), tokenEndpoint: `${location.origin}/same-origin/oauth/token` }),
  implicit: (env) => ({ authorizationEndpoint: endpoint({ ...env, providers: location.origin }, "/same-origin/v1/oauth") }),
};

/** What such a window shows on its way: none of it is an answer, nor is what lies next to the redirect URI. */
const STOPS = ["/login?error", "/login?error=1", "/promo?code=X", "/promo?code=X&state=NY", "/pkg/callback?code=X&state=NY", "/pkg/callback.html/?code=X", "/Pkg/callback.html?error=1", "/#access_token=x&state=NY"].join();
const passing = { ...AUTO, detour: STOPS, detour_ms: 150 };

const SHOP = ["/orders?type=success", "/help?type=error"].join();
const SHOP_IN_NEW_YORK = [SHOP, "/shop?type=success&state=NY", "/desk?type=error&error_code=1&state=NY"].join();

/** The page that stands at the provider's now, which a person can come back to later. */
const atProvider = async (user) => {
  await user.eventually(() => user.isAtProvider(user.page), "the provider");
  return user.page.url();
};

/** Leaves by redirect and comes back by the back button; answers where the provider was. */
const abandons = async (user, button = "#go") => {
  await user.click(button);
  const place = await atProvider(user);
  const before = (await user.all("ready")).length + (await user.all("exit")).length;
  await user.page.back();
  await user.eventually(async () => (await user.all("ready")).length + (await user.all("exit")).length > before, "the app");
  return place;
};

/** Leaves the page at once for an ordinary one of the app. */
const visits = async (user, at) => {
  const known = (await user.all("ready")).length;
  await user.page.goto(user.address(at));
  await user.heard("ready", { nth: known + 1 });
  await user.wait(300);
  user.equal(await user.page.run(() => location.href), new URL(user.address(at)).href);
};

const ORDINARY = { query: "state=NY&type=shoes&code=SUMMER", hash: "#state=NY&access_token=mine" };

// ---- links from elsewhere ----------------------------------------------------------------------------------------------

const FORGED = {
  "alter-connect": ["alter_connect_success=true&grant_id=forged&provider=evil&account_identifier=mallory", "alter_connect_error=forged&error_code=forged", "alter_connect_success=true&grant_id=forged&provider=evil&connect_state=AAAAAAAAAAAAAAAAAAAAAA"],
  "anon-link": ["type=success&state=forged", "type=error&error_code=forged&state=forged", "type=success&state=forged&connect_state=AAAAAAAAAAAAAAAAAAAAAA"],
};

const returning = { "alter-connect": alterReturning, "anon-link": anonReturning };

/** Follows a link on a page of another site, in a tab of any kind. */
const followsLink = async (user, tab, url) => {
  await tab.goto(`${user.providers}/sandbox/blank`);
  // The page may be left before it says that it is done.
  await tab.run((to) => { setTimeout(() => location.assign(to), 100); }, url).catch(() => {});
  await user.eventually(() => tab.run((origin) => location.origin === origin && document.readyState === "complete", user.app).catch(() => false), url);
  await user.wait(400);
};

const told = async (user) => (await user.reports()).filter(({ kind }) => /success|error|redirect/.test(kind)).map(({ kind }) => kind);

const foreignLinks = (protocol, bound) => ({
  ...popup(protocol),
  name: `${protocol}, ${bound ? "bound" : "not bound"}: links on another site with made-up answers, opened in a new tab in mid-flow, are believed by no tab and fail no flow`,
  rows: ["f5", "d4"],
  options: (env) => returning[protocol](env, { to: appItself(), bound }),
  async person(user) {
    await user.click();
    const window = await user.atProvider();
    const tab = await user.newTab();
    for (const forged of FORGED[protocol]) {
      const url = user.address({ query: forged });
      await followsLink(user, tab, url);
      user.equal(await tab.url(), new URL(url).href);
      await followsLink(user, tab, `${user.app}/pkg/callback.html?${forged}`);
    }
    user.equal(await told(user), []);
    await tab.close();
    await protocols[protocol].person(window, user);
  },
});

// ---- two tabs ----------------------------------------------------------------------------------------------------------

/** A page that says which of two tabs it is in: the copy was opened by the first, and began with its session storage. */
const firstOrCopy = (more) => async (env) => {
  const { plain } = await import("/plain.mjs");
  const { fetch } = window;
  window.fetch = (url, ...rest) => (String(url).includes("/oauth/token") && env.say("exchange"), fetch(url, ...rest));
  env.say("role", window.opener ? "copy" : "first");
  await plain(env);
  env.other.addEventListener("click", () => window.open(location.href, "_blank"));
  more?.(env);
};

const copied = (protocol, { severed, reloaded, name, options }) => ({
  protocol,
  mode: "popup",
  rows: ["f6", "tabs"],
  sandbox: severed ? { coop: "same-origin" } : {},
  subscribe: true,
  name,
  options: (env) => ({ onSuccess: undefined, ...options?.(env) }),
  page: firstOrCopy(),
  async person(user) {
    await user.click();
    const window = severed ? await user.newWindow() : await user.atProvider();
    await user.eventually(() => user.isAtProvider(window), "the provider");
    await user.click("#other");
    const copy = await user.newWindow([user.page, window]);
    await user.heard("ready", { nth: 2 });
    if (reloaded) {
      await user.page.reload();
      await user.heard("ready", { nth: 3 });
    }
    await user.wait(300);
    await protocols[protocol].person(window, user);
    await user.heard("on success");
    await user.wait(700);
    const reports = await user.reports();
    const role = reports.find(({ kind, load }) => kind === "role" && load === reports.find(({ kind }) => kind === "on success").load).value;
    user.equal(role, "first");
    user.equal((await user.all("exchange")).length, protocol === "code" ? 1 : 0);
    await copy.close();
  },
  outcome: { "on success": protocols[protocol].isResult },
});

// ---- too late ----------------------------------------------------------------------------------------------------------

/** Every page after the first one is there two hours later. */
async function twoHoursLater(env) {
  const { plain } = await import("/plain.mjs");
  const { now } = Date;
  if (sessionStorage.getItem("left")) Date.now = () => now() + 7_200_000;
  sessionStorage.setItem("left", "yes");
  await plain(env);
}

export const scenarios = [
  ...["code", "implicit"].flatMap((protocol) => [
    popup(protocol, { rows: ["f1"], sandbox: passing, options: onOwnOrigin[protocol], name: `${protocol}: the authorization server stands on the app's own host, and the window passes pages of the app with error, code and state in their URLs` }),
    popup(protocol, {
      rows: ["f1"],
      sandbox: { detour: STOPS, detour_ms: 150 },
      options: onOwnOrigin[protocol],
      name: `${protocol}: … and a person signs in there`,
      async person(user) {
        await user.click();
        await protocols[protocol].person(await user.newWindow(), user);
      },
    }),
    redirect(protocol, { rows: ["f1"], sandbox: { ...passing, embeds_widget: true }, options: onOwnOrigin[protocol], name: `${protocol} by redirect: … and these pages use the package themselves` }),
  ]),
  popup("code", { rows: ["f1"], sandbox: passing, name: "code: the authorization server stands elsewhere, and the window passes pages of the app" }),
  {
    protocol: "code",
    mode: "popup",
    rows: ["f1", "slow"],
    givesFocusBack: true,
    options: onOwnOrigin.code,
    name: "the user closes a window that shows pages of the app's own host: an exit as quick as any other",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      env.go.addEventListener("click", () => {
        const [{ popup: window_ }] = window.instruments.opened;
        let turns = 0;
        const clock = window.instruments.setInterval(() => {
          if (window_.closed) turns += 1;
        }, 60);
        env.widget.on("exit", () => {
          window.instruments.clearInterval(clock);
          env.say("turns", turns);
        });
      });
    },
    async person(user) {
      await user.click();
      const window = await user.newWindow();
      await user.eventually(() => window.run(() => document.body?.dataset.page === "login").catch(() => false), "the login page");
      await user.wait(600);
      await window.close();
      const turns = await user.heard("turns");
      user.ok(turns <= 6, `${turns} turns of 60 ms`);
    },
    outcome: { exit: null },
  },
  popup("anon-link", { rows: ["f2"], sandbox: { ...AUTO, detour: SHOP_IN_NEW_YORK, detour_ms: 150 }, options: (env) => anonReturning(env, { redirectUrl: `${location.origin}/pkg/callback.html` }), name: "anon-link: the window passes the app's /orders?type=success and /help?type=error; where the redirect URL is known, with a state too" }),
  ...[false, true].map((bound) => popup("anon-link", { rows: ["f2"], sandbox: { ...AUTO, detour: SHOP, detour_ms: 150 }, options: (env) => anonReturning(env, { bound }), name: `anon-link, ${bound ? "bound" : "not bound"}: the window passes the app's /orders?type=success and /help?type=error, and where it returns to is not known` })),
  ...["code", "alter-connect", "anon-link"].map((protocol) => popup(protocol, {
    rows: ["f3"],
    name: `${protocol}: in mid-flow the app opens an ordinary page of its own in another popup: its address is untouched, nothing is closed, no flow hears of it`,
    options: (env) => returning[protocol]?.(env) ?? {},
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      env.other.addEventListener("click", () => window.open(`${location.href}&state=NY&type=success&code=SUMMER#state=NY&access_token=mine`, "shop", "popup,width=400,height=400"));
    },
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await user.click("#other");
      const shop = await user.newWindow([user.page, window]);
      await user.heard("ready", { nth: 2 });
      await user.wait(700);
      user.equal(await shop.url(), `${new URL(user.address()).href}&state=NY&type=success&code=SUMMER#state=NY&access_token=mine`);
      user.equal(await told(user), []);
      await shop.close();
      await protocols[protocol].person(window, user);
    },
  })),
  ...["alter-connect", "anon-link", "implicit", "code"].map((protocol) => redirect(protocol, {
    rows: ["f3", "router"],
    mayExit: true,
    name: `${protocol}: after an abandoned redirect an ordinary page of the app is visited: its address is untouched, and no record is used up`,
    options: (env) => ({ ...returning[protocol]?.(env, { to: protocol === "alter-connect" ? location.href : undefined }), ...(protocol === "code" || protocol === "implicit" ? { redirectUri: appItself() } : {}) }),
    async person(user) {
      const place = await abandons(user);
      await visits(user, ORDINARY);
      user.equal(await told(user), []);
      await user.page.goto(place);
      await protocols[protocol].person(user.page, user);
      await user.heard("redirected");
    },
  })),
  ...names.flatMap((protocol) => [false, true].map((severed) => {
    const times = !["code", "alter-connect"].includes(protocol) ? 2 : severed ? 4 : 10;
    return {
      protocol,
      mode: "popup",
      rows: ["f4", "tabs"],
      sandbox: severed ? { ...AUTO, coop: "same-origin" } : AUTO,
      name: `a redirect that was abandoned by Back, then ${protocol} by popup${severed ? ", severed" : ""}, ${times} times: the opener has it each time`,
      // A window that comes back to the app finds a copy of the abandoned redirect in its store.
      options: (env) => (protocol === "alter-connect" ? alterReturning(env, { to: appItself() }) : protocol === "code" ? { redirectUri: appItself() } : {}),
      async page(env) {
        const { onClick, plainWidget } = await import("/plain.mjs");
        const widget = plainWidget(env);
        // Without verify: the app's backend has the popup's result too.
        widget.handleRedirect().then((value) => value !== null && env.say("redirected", value), (error) => env.say("redirect failed", error));
        const other = env.Connect.create();
        const { token, ...options } = protocols["alter-connect"].options({ ...env, scenario: {} });
        onClick(env, env.other, () => other.open({ ...options, token, mode: "redirect", onExit: () => env.say("exit") }));
      },
      async person(user) {
        await abandons(user, "#other");
        for (let nth = 1; nth <= times; nth += 1) {
          await user.click();
          await user.heard("success", { nth });
          await user.heard("close", { nth });
        }
      },
      mayExit: true,
      lingers: true,
      outcome: { success: Array(times).fill(protocols[protocol].isResult) },
    };
  })),
  redirect("stackone-link", {
    rows: ["f4", "double"],
    name: "stackone-link: a redirect that was abandoned by Back, then one that is finished: the app's backend is asked for one of them, and the account is told once",
    async person(user) {
      await abandons(user);
      await user.click();
      await atProvider(user);
      await protocols["stackone-link"].person(user.page, user);
      await user.heard("redirected");
      const known = (await user.all("none is left")).length;
      await user.page.reload();
      await user.heard("none is left", { nth: known + 1 });
      user.equal(await user.page.run(() => Object.keys(sessionStorage).filter((key) => key.startsWith("connect-widget:")).length), 1);
    },
    async page(env) {
      const { plainWidget } = await import("/plain.mjs");
      const widget = plainWidget(env);
      const { verify } = env.options;
      const value = await widget.handleRedirect({ verify });
      env.say(value === null ? "none is left" : "redirected", value);
    },
    mayExit: true,
    lingers: true,
  }),
  ...["alter-connect", "anon-link"].flatMap((protocol) => [true, false].map((bound) => popup(protocol, {
    rows: ["f5", "coop"],
    sandbox: { coop: "same-origin" },
    name: `${protocol}, severed, ${bound ? "bound" : "not bound"}: the window returns to a page of the app, and the opener has the answer`,
    options: (env) => returning[protocol](env, { to: appItself(), bound }),
    async person(user) {
      await user.click();
      await protocols[protocol].person(await user.newWindow(), user);
    },
  }))),
  ...["alter-connect", "anon-link"].map((protocol) => popup(protocol, {
    rows: ["f5", "coop"],
    sandbox: { coop: "same-origin" },
    name: `${protocol}, severed, not bound: the app had opened the window itself, and it returns to a page of the app`,
    options: (env) => returning[protocol](env, { to: appItself() }),
    async page(env) {
      const { onClick, plain } = await import("/plain.mjs");
      await plain(env);
      onClick(env, env.other, () => env.widget.open({ ...env.options, popup: window.open("", "own", "popup,width=400,height=400") }));
    },
    async person(user) {
      await user.click("#other");
      await protocols[protocol].person(await user.newWindow(), user);
    },
  })),
  ...["alter-connect", "anon-link"].map((protocol) => popup(protocol, {
    rows: ["f5", "coop"],
    at: { path: "/slow.html" },
    sandbox: { coop: "same-origin" },
    name: `${protocol}, severed, not bound: the click came before the core, and the window returns to a page of the app`,
    options: (env) => returning[protocol](env, { to: appItself() }),
    async page(env) {
      const { plain } = await import("/plain.mjs");
      window.requestIdleCallback = () => 0;
      await plain(env);
    },
    async person(user) {
      await user.click();
      await protocols[protocol].person(await user.newWindow(), user);
    },
  })),
  ...["alter-connect", "anon-link"].flatMap((protocol) => [true, false].map((bound) => foreignLinks(protocol, bound))),
  ...["alter-connect", "anon-link"].map((protocol) => redirect(protocol, {
    rows: ["f5", "d4"],
    mayExit: true,
    name: `${protocol}, bound: links on another site with made-up answers, followed in the tab of an abandoned redirect, are not believed and use nothing up`,
    options: (env) => returning[protocol](env, { to: appItself(), bound: true }),
    async person(user) {
      const place = await abandons(user);
      for (const forged of FORGED[protocol]) {
        const url = user.address({ query: forged });
        await followsLink(user, user.page, url);
        user.equal(await user.page.url(), new URL(url).href);
      }
      user.equal(await told(user), []);
      await user.page.goto(place);
      await protocols[protocol].person(user.page, user);
      await user.heard("redirected");
    },
  })),
  ...["alter-connect", "anon-link"].map((protocol) => popup(protocol, {
    rows: ["f5", "d4"],
    name: `${protocol}, not bound: a page of another site that the app has opened opens made-up answers on pages of the app, which reach nobody`,
    options: (env) => returning[protocol](env),
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      env.other.addEventListener("click", () => window.open(`${env.providers}/sandbox/blank`, "foreign"));
    },
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await user.click("#other");
      const foreign = await user.newWindow([user.page, window]);
      await user.eventually(() => foreign.run(() => document.readyState === "complete" && document.body.dataset.page === "blank").catch(() => false), "the foreign page");
      const known = [user.page, window, foreign];
      for (const [nth, forged] of FORGED[protocol].entries()) {
        const urls = [`${user.app}/pkg/callback.html?${forged}`, user.address({ query: forged })];
        await foreign.run((url, id) => {
          const button = Object.assign(document.createElement("button"), { id, textContent: id });
          button.addEventListener("click", () => window.open(url, "_blank"));
          document.body.prepend(button);
        }, urls[nth % 2], `forge${nth}`);
        await foreign.click(`#forge${nth}`);
        known.push(await user.newWindow(known));
      }
      await user.wait(1500);
      user.equal(await told(user), []);
      for (const other of known.slice(2)) await other.close();
      await protocols[protocol].person(window, user);
    },
  })),
  copied("code", { name: "the tab was copied in mid-flow: one exchange and one outcome, in the tab that began" }),
  copied("code", { reloaded: true, name: "the tab was copied in mid-flow, and then reloaded: one exchange and one outcome, in the tab that began" }),
  copied("code", { severed: true, name: "the tab was copied in mid-flow, the window severed: one exchange and one outcome, in the tab that began" }),
  copied("code", { severed: true, reloaded: true, name: "the tab was copied in mid-flow, the window severed, and then reloaded: one exchange and one outcome, in the tab that began" }),
  copied("alter-connect", { severed: true, reloaded: true, options: (env) => alterReturning(env), name: "alter-connect: the tab was copied in mid-flow, the window severed, and then reloaded: one outcome, in the tab that began" }),
  ...["code", "alter-connect"].map((protocol) => popup(protocol, {
    rows: ["f7"],
    sandbox: { embeds_widget: "code=abc&state=NY&type=success" },
    name: `${protocol}: the provider's site uses this package itself: it touches neither its URL nor its window`,
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await user.eventually(() => window.run(() => document.body.dataset.widget === "nothing"), "the provider's own widget");
      user.ok((await window.url()).includes("code=abc"), await window.url());
      await protocols[protocol].person(window, user);
    },
  })),
  redirect("implicit", {
    rows: ["f7"],
    sandbox: { embeds_widget: "access_token=abc&state=NY" },
    name: "implicit by redirect: the provider's site uses this package itself: it touches neither its URL nor the tab",
    async person(user) {
      await user.click();
      await atProvider(user);
      await user.eventually(() => user.page.run(() => document.body.dataset.widget === "nothing"), "the provider's own widget");
      user.ok((await user.page.url()).includes("access_token=abc"));
      await protocols.implicit.person(user.page, user);
      await user.heard("redirected");
    },
  }),
  ...["code", "implicit"].flatMap((protocol) => [true, false].map((isOnApp) => ({
    protocol,
    mode: "redirect",
    rows: ["f8"],
    sandbox: AUTO,
    name: `${protocol}: a redirect that came back too late${isOnApp ? ", to the app itself" : ""}: handleRedirect() says so, and nothing of it stays in the address`,
    options: () => (isOnApp ? { redirectUri: appItself() } : {}),
    page: twoHoursLater,
    async person(user) {
      await user.click();
      await user.heard("redirect failed");
      const { href, held } = await user.page.run(() => ({ href: location.href, held: JSON.stringify(history.state) ?? "" }));
      user.equal(href, isOnApp ? `${user.app}/` : new URL(user.address()).href);
      user.ok(!/token|code=/.test(held), held);
    },
    outcome: { "redirect failed": "expired" },
  }))),
  ...["alter-connect", "code"].map((protocol) => ({
    protocol,
    mode: "redirect",
    rows: ["f8", "router"],
    name: `${protocol}: the record of an abandoned redirect has expired: the router's URL stays, and nothing is told`,
    page: twoHoursLater,
    async person(user) {
      await abandons(user);
      await visits(user, { query: "page=2&state=NY", hash: "#/accounts?code=1" });
      user.equal(await told(user), []);
    },
    mayExit: true,
    lingers: true,
  })),
];
