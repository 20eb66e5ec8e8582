// Where it lands: frames whose storage is partitioned, touch laptops, late results, where tokens are seen on the way, answers
// without their binding, and answers that reach nobody.
import { alterReturning, anonReturning, post, protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const watched = () => ({ redirectUri: `${location.origin}/callback.html` });
const FORGED = { type: "alter_connect_success", grants: [{ grant_id: "forged", provider: "evil", account_identifier: "mallory" }] };

// ---- a frame of another site -------------------------------------------------------------------------------------------

/** The app in a frame of another site, where storage and channels are the frame's own. */
const inFrame = (protocol, more) => ({
  protocol,
  mode: "popup",
  rows: ["f31"],
  at: { path: "/other.html" },
  async person(user) {
    await user.page.goto(`${user.providers}/sandbox/frame?src=${encodeURIComponent(user.address())}`);
    await user.heard("ready");
    await user.clickInFrame();
    await user.heard("success");
    await user.wait(200);
    // What is looked at in the end is a page of the app.
    await user.page.goto(user.address());
    await user.heard("ready", { nth: 2 });
  },
  outcome: { success: protocols[protocol].isResult },
  ...more,
});

/** Only the app's backend knows the result; a new browser to it in each request, it is asked by the session. */
const alterVerifies = (env) => {
  let token;
  return {
    token: async () => (token = (await post("/api/alter/session", { allowed_providers: ["google"], sandbox: env.scenario.sandbox })).session_token),
    verify: async () => {
      const { status, grants } = await post("/api/alter/poll", { session_token: token });
      return status === "completed" ? grants.map((grant) => ({ ...grant, provider: grant.provider_id })) : null;
    },
  };
};

// ---- what the page is told of the device -------------------------------------------------------------------------------

const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1";

const told = (name, facts, more) => ({
  mode: "auto",
  rows: ["f32"],
  facts,
  sandbox: AUTO,
  name,
  async page(env) {
    const { onClick, plain } = await import("/plain.mjs");
    const { innerWidth, innerHeight, ...ofNavigator } = env.scenario.facts;
    for (const [key, value] of Object.entries(ofNavigator)) Object.defineProperty(navigator, key, { value, configurable: true });
    for (const [key, value] of Object.entries({ innerWidth, innerHeight })) Object.defineProperty(window, key, { value, configurable: true, writable: true });
    await plain(env);
    onClick(env, env.other, () => env.widget.open({ ...env.options, popup: window.open("") }));
  },
  ...more,
});

// ---- bindings ----------------------------------------------------------------------------------------------------------

const returning = { "alter-connect": alterReturning, "anon-link": anonReturning };
/** What leaves the binding out of the answer. */
const LEFT_OUT = { "alter-connect": { drop_connect_state: true }, "anon-link": { state: "drop" } };

const isNoAnswer = async (user, window) => {
  await user.wait(1000);
  user.equal((await user.reports()).filter(({ kind }) => /success|error|exit|redirect/.test(kind)), []);
  if (window) await window.close();
};

/** What the callback page says. */
const words = (window) => window.run(() => [...document.querySelectorAll("[data-connect-widget]")].filter(({ hidden }) => !hidden).map(({ textContent }) => textContent).join()).catch(() => "");

const reachesNobody = async (user, window) => {
  await user.eventually(async () => (await words(window)) !== "", "the callback page's words", 20_000);
  const said = await words(window);
  user.ok(/start again/.test(said) && !/Done/.test(said), said);
  user.ok(!/code=|access_token=/.test(await window.url()), await window.url());
};

const addFrame = () => {
  document.body.appendChild(document.createElement("iframe")).src = "/";
};

/** The same app, in a frame of itself on request: whatever is not the frame's own result is none of its business. */
async function withOwnFrame(env) {
  const { plain } = await import("/plain.mjs");
  if (top === self) {
    await plain(env);
    env.other.addEventListener("click", addFrame);
    return;
  }
  const widget = env.Connect.create();
  for (const event of ["success", "error"]) widget.on(event, (value) => env.say(event, value));
  env.say("framed");
}

/** A popup flow whose window comes back with what is no answer: the app ends the flow, nobody is told another thing, and the next click is a new one. */
const unanswered = {
  mode: "popup",
  rows: ["f35", "d4"],
  async page(env) {
    const { onClick, plain } = await import("/plain.mjs");
    await plain(env);
    onClick(env, env.other, () => env.widget.close());
  },
  async person(user) {
    for (const nth of [1, 2]) {
      await user.click();
      const window = await user.newWindow();
      await user.eventually(async () => (await window.url().catch(() => "")).startsWith(user.app), "the return");
      await isNoAnswer(user);
      await user.click("#other");
      await user.heard("close", { nth });
      await window.close().catch(() => {});
      await user.eventually(() => user.isAlone(), "the window's close");
      user.equal(await user.page.run(() => window.env.widget.isOpen()), false);
    }
  },
  outcome: {},
  windowsStay: true,
};

export const scenarios = [
  inFrame("code", { sandbox: AUTO, name: "the app in a frame of another site, with storage of its own: code by popup" }),
  {
    protocol: "code",
    mode: "popup",
    rows: ["f31"],
    sandbox: AUTO,
    name: "the app in a frame that was written into its page, and has no address: code by popup",
    options: () => ({ redirectUri: `${self.origin}/pkg/callback.html` }),
    async page(env) {
      if (window !== top) return (await import("/plain.mjs")).plain(env);
      const frame = document.createElement("iframe");
      frame.srcdoc = await (await fetch("/")).text();
      document.body.append(frame);
    },
    async person(user) {
      await user.heard("ready", { nth: 2 });
      await user.clickInFrame();
    },
    outcome: { success: protocols.code.isResult },
  },
  inFrame("implicit", { sandbox: AUTO, name: "the app in a frame of another site, with storage of its own: implicit by popup" }),
  inFrame("alter-connect", { sandbox: AUTO, name: "the app in a frame of another site, with storage of its own: alter-connect by popup" }),
  inFrame("alter-connect", {
    sandbox: { ...AUTO, coop: "same-origin" },
    name: "the app in a frame of another site, with storage of its own, and the window severed: the result comes by verify",
    options: alterVerifies,
    windowsStay: true,
    outcome: { success: (value) => value[0].provider === "google" },
  }),
  {
    protocol: "code",
    mode: "popup",
    rows: ["f10", "tabs"],
    subscribe: true,
    name: "a frame of the app's own is loaded while the popup is open, which shares the page's store: after a reload of the page the result is its own",
    options: () => ({ onSuccess: undefined }),
    page: withOwnFrame,
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await user.click("#other");
      await user.heard("framed");
      // As long as the frame waits for whoever is at work on the attempt.
      await user.wait(1800);
      await user.page.reload();
      await user.heard("ready", { nth: 2 });
      await protocols.code.person(window, user);
      await user.heard("on success");
    },
    outcome: { "on success": protocols.code.isResult },
  },
  {
    protocol: "code",
    mode: "redirect",
    rows: ["tabs"],
    sandbox: AUTO,
    name: "a frame of the app's own asks for results: what a redirect of the page brought is the page's",
    options: () => ({ redirectUri: `${location.origin}/` }),
    async page(env) {
      const { onClick, plainWidget } = await import("/plain.mjs");
      if (top !== self) return withOwnFrame(env);
      const isBack = location.search.includes("code=");
      const widget = plainWidget(env);
      if (!isBack) return;
      addFrame();
      onClick(env, env.other, async () => env.say("redirected", await widget.handleRedirect()));
    },
    async person(user) {
      await user.click();
      await user.heard("framed");
      await user.wait(500);
      await user.click("#other");
    },
    outcome: { redirected: protocols.code.isResult },
  },
  told("a touch laptop (fine pointer, ten touch points) with a window of 752 × 850: popup", { userAgent: WINDOWS, maxTouchPoints: 10, innerWidth: 752, innerHeight: 850 }, { protocol: "implicit", outcome: { success: protocols.implicit.isResult } }),
  ...["implicit", "alter-connect"].map((protocol) => told(`${protocol}: the app opens its own window on a phone: that window is used`, { userAgent: IPHONE, maxTouchPoints: 5, innerWidth: 390, innerHeight: 844 }, {
    protocol,
    async person(user) {
      await user.click("#other");
      await user.heard("success");
      user.equal(await user.page.run(() => window.instruments.opened.length), 1);
    },
    outcome: { success: protocols[protocol].isResult },
  })),
  {
    protocol: "alter-connect",
    mode: "popup",
    rows: ["f33", "d4", "late"],
    subscribe: true,
    name: "a late message for a flow that timed out, from another window and from a frame of the provider's origin, is not its result; its own window's is",
    options: () => ({ timeout: 600_000, onSuccess: undefined, onError: undefined }),
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      window.addEventListener("message", ({ data }) => JSON.stringify(data ?? null).includes("forged") && env.say("arrived", data.provider_name));
      const forge = (to) => `${env.providers}/sandbox/forge#${encodeURIComponent(JSON.stringify({ to, times: 20, interval_ms: 150, message: { ...FORGED, provider_name: to } }))}`;
      const { performance: clock } = window;
      const now = clock.now.bind(clock);
      env.makeItLate = () => { clock.now = () => now() + 700_000; };
      env.other.addEventListener("click", () => {
        document.body.appendChild(document.createElement("iframe")).src = forge("parent");
        window.open(forge("opener"), "another");
      });
    },
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await user.page.run(() => { window.env.makeItLate(); });
      await user.heard("on error");
      await user.click("#other");
      await user.eventually(async () => new Set(await user.all("arrived")).size === 2, "both forgeries");
      await user.wait(300);
      user.equal(await user.all("on success"), []);
      const other = await user.newWindow([user.page, window]);
      await protocols["alter-connect"].person(window, user);
      await user.heard("on success");
      await other.close();
    },
    listensToo: ["message"],
    outcome: { "on error": "timeout", "on success": protocols["alter-connect"].isResult },
  },
  {
    protocol: "alter-connect",
    mode: "popup",
    rows: ["f33", "d4", "late"],
    subscribe: true,
    name: "after a reload, a late message from a frame of the provider's origin is not the flow's result; its window's is",
    options: () => ({ onSuccess: undefined }),
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      window.addEventListener("message", ({ data }) => JSON.stringify(data ?? null).includes("forged") && env.say("arrived"));
      env.other.addEventListener("click", () => {
        document.body.appendChild(document.createElement("iframe")).src = `${env.providers}/sandbox/forge#${encodeURIComponent(JSON.stringify({ to: "parent", message: FORGED }))}`;
      });
    },
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await user.page.reload();
      await user.heard("ready", { nth: 2 });
      await user.wait(500);
      await user.click("#other");
      await user.heard("arrived");
      await user.wait(300);
      user.equal(await user.all("on success"), []);
      await protocols["alter-connect"].person(window, user);
      await user.heard("on success");
    },
    listensToo: ["message"],
    outcome: { "on success": protocols["alter-connect"].isResult },
  },
  {
    protocol: "alter-connect",
    mode: "popup",
    rows: ["f33", "d4", "late"],
    subscribe: true,
    sandbox: { duplicate: true },
    name: "after a reload, another flow's window that says its result twice has not answered the flow that lost its window",
    async person(user) {
      await user.click();
      const lost = await user.atProvider();
      await user.page.reload();
      await user.heard("ready", { nth: 2 });
      await user.wait(500);
      await user.click();
      const window = await user.atProvider([user.page, lost]);
      await protocols["alter-connect"].person(window, user);
      await user.heard("success");
      await lost.close();
    },
    lingers: true,
    outcome: { success: protocols["alter-connect"].isResult, "on success": protocols["alter-connect"].isResult },
  },
  {
    protocol: "implicit",
    mode: "popup",
    rows: ["f34"],
    sandbox: AUTO,
    options: watched,
    name: "implicit by popup: the callback page writes the token to no store and sends it on no channel",
    async person(user) {
      await user.click();
      const { access_token: token } = await user.heard("success");
      await user.wait(300);
      const seen = JSON.stringify([...(await user.all("written")), ...(await user.all("sent"))]);
      user.ok(!seen.includes(token), seen);
    },
    outcome: { success: protocols.implicit.isResult },
  },
  {
    protocol: "implicit",
    mode: "redirect",
    rows: ["f34"],
    sandbox: AUTO,
    options: watched,
    name: "implicit by redirect: the callback page writes the token to no store and sends it on no channel",
    async person(user) {
      await user.click();
      const { access_token: token } = await user.heard("redirected");
      const seen = JSON.stringify([...(await user.all("written")), ...(await user.all("sent"))]);
      user.ok(!seen.includes(token), seen);
    },
    outcome: { redirected: protocols.implicit.isResult },
  },
  {
    protocol: "implicit",
    mode: "popup",
    rows: ["f34", "coop"],
    sandbox: { ...AUTO, coop: "same-origin" },
    options: watched,
    name: "implicit by popup, severed: the token is sent on the attempt's own channel alone, whose name only its window and its opener know, and written to no store",
    page: async (env) => (await import("/plain.mjs")).plainWithCore(env),
    async person(user) {
      await user.click();
      const { access_token: token } = await user.heard("success");
      const state = new URL(await user.page.run(() => window.instruments.opened[0].url)).searchParams.get("state");
      await user.wait(300);
      user.ok(!JSON.stringify(await user.all("written")).includes(token));
      user.equal((await user.all("sent")).filter(({ channel }) => channel !== `connect-widget:${state}`), []);
    },
    outcome: { success: protocols.implicit.isResult },
  },
  // A window that Alter's page can see its opener from does not return.
  ...[["alter-connect", true], ["anon-link", false], ["anon-link", true]].map(([protocol, severed]) => ({
    ...unanswered,
    protocol,
    sandbox: { ...AUTO, ...LEFT_OUT[protocol], ...(severed ? { coop: "same-origin" } : {}) },
    name: `${protocol}, bound${severed ? ", severed" : ""}: an answer that lacks its binding is none, and the flow can be ended and begun again`,
    options: (env) => returning[protocol](env, { bound: true }),
  })),
  ...["alter-connect", "anon-link"].map((protocol) => ({
    protocol,
    mode: "redirect",
    rows: ["f35", "d4", "router"],
    sandbox: { ...AUTO, ...LEFT_OUT[protocol] },
    name: `${protocol}, bound, by redirect: an answer that lacks its binding is none, and stays in the address`,
    options: (env) => returning[protocol](env, { to: location.href, bound: true }),
    async person(user) {
      await user.click();
      await user.heard("ready", { nth: 2 });
      await isNoAnswer(user);
      user.ok(/alter_connect_success=true|type=success/.test(await user.page.url()), await user.page.url());
    },
    lingers: true,
  })),
  {
    ...unanswered,
    protocol: "alter-connect",
    sandbox: { ...AUTO, connect_state: "another", coop: "same-origin" },
    name: "alter-connect, bound, severed: an answer with another connect_state, handed over by a page of the app, is no answer of this attempt",
    options: (env) => alterReturning(env, { bound: true }),
  },
  ...[false, true].map((severed) => ({
    protocol: "code",
    mode: "popup",
    rows: ["f37"],
    sandbox: severed ? { coop: "same-origin" } : {},
    name: `the app is gone when the window${severed ? ", severed," : ""} comes back: the callback page says that nobody waits and what to do, never "Done"`,
    async person(user) {
      await user.click();
      const window = severed ? await user.newWindow() : await user.atProvider();
      await user.eventually(() => user.isAtProvider(window), "the provider");
      await user.page.goto(`${user.providers}/sandbox/blank`);
      await protocols.code.person(window, user);
      await reachesNobody(user, window);
      await window.close();
      // What is looked at in the end is a page of the app, which then hears of nothing.
      await user.page.goto(user.address());
      await user.heard("ready", { nth: 2 });
      await user.wait(500);
    },
    lingers: true,
  })),
  ...["code", "implicit"].map((protocol) => ({
    protocol,
    mode: "redirect",
    rows: ["f37", "tabs"],
    name: `${protocol}: a redirect is finished in another tab: the callback page there says that nobody waits and what to do; the tab that began can still finish`,
    async person(user) {
      await user.click();
      await user.eventually(() => user.isAtProvider(user.page), "the provider");
      const tab = await user.newTab();
      const place = await user.page.url();
      await user.page.back();
      await user.eventually(async () => (await user.all("exit")).length + (await user.all("ready")).length === 2, "the app");
      await tab.goto(place);
      await protocols[protocol].person(tab, user);
      await reachesNobody(user, tab);
      await tab.close();
      await user.click();
      await protocols[protocol].person(user.page, user);
      await user.heard("redirected");
    },
    outcome: { redirected: protocols[protocol].isResult },
    mayExit: true,
    lingers: true,
  })),
  ...["code", "implicit"].map((protocol) => ({
    protocol,
    mode: "redirect",
    rows: ["f37"],
    sandbox: { ...AUTO, auto_decision: "deny", state: "drop" },
    name: `${protocol}: a redirect comes back with a refusal that lacks its state: the callback page goes back to the page that was left, where nobody is told`,
    options: watched,
    async person(user) {
      const left = await user.page.url();
      await user.click();
      await user.heard("ready", { nth: 2 });
      user.equal(await user.page.url(), left);
      await user.wait(500);
    },
    outcome: {},
    lingers: true,
  })),
];
