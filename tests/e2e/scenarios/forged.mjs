// Messages that nobody asked for: from frames, other windows, other tabs and the app itself, of every shape; and what hostile
// scripts on the page do to the language.
import { anonReturning, protocols } from "./protocols.mjs";

const { isResult } = protocols["alter-connect"];
const alter = { protocol: "alter-connect", mode: "popup", rows: ["d4"] };
const FORGED = { type: "alter_connect_success", grants: [{ grant_id: "forged", provider: "evil", account_identifier: "mallory" }] };

const forge = (providers, what) => `${providers}/sandbox/forge#${encodeURIComponent(JSON.stringify({ message: FORGED, ...what }))}`;

/** The person waits until the forgery has arrived, and then finishes honestly. */
const thenFinishes = async (user, popup) => {
  await user.heard("arrived");
  user.equal(await user.all("success"), []);
  await protocols["alter-connect"].person(popup);
};

/** The page hears every message itself, so that a test knows that a forgery was really there. */
async function listening(env) {
  const { plain } = await import("/plain.mjs");
  await plain(env);
  const isForged = (data) => {
    try {
      return JSON.stringify(data ?? null).includes("forged");
    } catch {
      return false; // Not everything that is posted can be written down.
    }
  };
  window.addEventListener("message", ({ data, origin }) => isForged(data) && env.say("arrived", origin));
}

const opened = (user) => user.newWindow();

/** What a page that knows an attempt's name on its channels, but not more, says of it. APP and STATE stand for what they say. */
const RELAYED = {
  code: {
    what: "its state on another page or another origin, or the right page without its state",
    responses: [
      "APP/other.html?code=forged&state=STATE", "APP/pkg/callback?code=forged&state=STATE", "APP/pkg/callback.html/?code=forged&state=STATE", "APP//pkg/callback.html?code=forged&state=STATE", "APP/Pkg/callback.html?code=forged&state=STATE", "APP/?code=forged&state=STATE#/pkg/callback.html",
      "APP.evil.example/pkg/callback.html?code=forged&state=STATE", "APP@evil.example/pkg/callback.html?code=forged&state=STATE", "https://evil.example/pkg/callback.html?code=forged&state=STATE", "/pkg/callback.html?code=forged&state=STATE", "?code=forged&state=STATE", "?code=forged", "",
      "APP/pkg/callback.html?code=forged", "APP/pkg/callback.html?code=forged&state=AAAAAAAAAAAAAAAAAAAAAA", "APP/pkg/callback.html?error=access_denied&state=", "APP/pkg/callback.html?state=STATE", "APP/pkg/callback.html#access_token=forged",
    ],
    windows: ["", "STATE"],
  },
  "alter-connect": {
    what: "made-up grants, from a window that is not its own",
    responses: ["APP/?alter_connect_success=true&grant_id=forged&provider=evil", "APP/?alter_connect_error=forged&error_code=forged", "APP/pkg/callback.html?alter_connect_success=true&grant_id=forged&provider=evil&connect_state=AAAAAAAAAAAAAAAAAAAAAA", "https://evil.example/?alter_connect_success=true&grant_id=forged&provider=evil&connect_state=STATE"],
    windows: ["", "AAAAAAAAAAAAAAAAAAAAAA"],
  },
  "anon-link": {
    what: "a made-up success, from a window that is not its own",
    responses: ["APP/pkg/callback.html?type=success&state=forged", "APP/pkg/callback.html?type=error&error_code=forged&state=forged", "APP/?type=success&state=forged"],
    windows: ["", "AAAAAAAAAAAAAAAAAAAAAA"],
  },
};

export const scenarios = [
  {
    ...alter,
    name: "forged by a frame of the provider in the app's page",
    async page(env) {
      await listening(env);
      env.other.addEventListener("click", () => {
        const frame = document.body.appendChild(document.createElement("iframe"));
        frame.src = `${env.providers}/sandbox/forge#${encodeURIComponent(JSON.stringify({ to: "parent", message: { type: "alter_connect_success", grants: [{ grant_id: "forged", provider: "evil" }] } }))}`;
      });
    },
    async person(user) {
      await user.click();
      const popup = await opened(user);
      await user.heard("event", { nth: 3 });
      await user.click("#other");
      user.equal(await user.heard("arrived"), user.providers);
      await thenFinishes(user, popup);
    },
    // The page listens too.
    listensToo: ["message"],
    outcome: { success: isResult },
  },
  {
    ...alter,
    name: "forged by another window of the provider's origin that the app opened",
    async page(env) {
      await listening(env);
      env.other.addEventListener("click", () => {
        window.open(`${env.providers}/sandbox/forge#${encodeURIComponent(JSON.stringify({ to: "opener", message: { type: "alter_connect_success", grants: [{ grant_id: "forged", provider: "evil" }] } }))}`, "the other one");
      });
    },
    async person(user) {
      await user.click();
      const popup = await opened(user);
      await user.heard("event", { nth: 3 });
      await user.click("#other");
      user.equal(await user.heard("arrived"), user.providers);
      const other = await user.newWindow([user.page, popup]);
      await thenFinishes(user, popup);
      await other.close();
    },
    listensToo: ["message"],
    outcome: { success: isResult },
  },
  {
    ...alter,
    rows: ["d4", "coop"],
    sandbox: { coop: "same-origin" },
    name: "severed: another window of the provider's origin posts while the page is busy, and is gone by the time that it is heard",
    async page(env) {
      await listening(env);
      env.other.addEventListener("click", () => {
        env.stranger = window.open(`${env.providers}/standard/.well-known/openid-configuration`, "the other one");
      });
    },
    async person(user) {
      await user.click();
      const popup = await opened(user);
      await user.eventually(() => user.page.run(() => window.instruments.opened[0]?.popup.closed), "closed to read true");
      await user.click("#other");
      const other = await user.newWindow([user.page, popup]);
      await user.eventually(() => other.run(() => location.pathname.startsWith("/standard/")).catch(() => false), "the other page");
      await other.run((message) => {
        addEventListener("message", () => {
          opener.postMessage(message, "*");
          close();
        });
      }, FORGED);
      // Firefox gives a message no source where that is gone.
      await user.page.run(() => {
        window.env.stranger.postMessage("now", "*");
        const end = Date.now() + 500;
        while (Date.now() < end);
      });
      user.equal(await user.heard("arrived"), user.providers);
      await user.wait(300);
      user.equal(await user.all("success"), []);
      await user.page.run(() => window.env.widget.close());
      await popup.close();
    },
    listensToo: ["message"],
    outcome: { close: null },
  },
  {
    ...alter,
    name: "the app's origin is opaque, in a sandboxed frame: what another such page hands over in the window is no answer",
    async page(env) {
      const token = await protocols["alter-connect"].options(env).token();
      const frame = document.createElement("iframe");
      frame.sandbox = "allow-scripts allow-popups allow-popups-to-escape-sandbox";
      window.addEventListener("message", ({ source, data }) => source === frame.contentWindow && env.say(...data));
      // Reported through the page, because an opaque origin may not ask the app's server.
      const app = (token, baseURL) => {
        const say = (...report) => window.parent.postMessage(report, "*");
        const connect = window.ConnectWidget.create();
        window.addEventListener("message", ({ origin, data }) => data.type === "connect-widget" && say("arrived", origin));
        const callbacks = { onSuccess: (value) => say("success", value), onError: ({ code }) => say("error", code), onExit: () => say("exit") };
        document.querySelector("button").onclick = () => connect.open({ token, baseURL, ...callbacks });
        say("framed");
      };
      frame.srcdoc = `<button id="go">Connect</button><script src="${location.origin}/pkg/connect-widget.global.js"></script><script>(${app})(${JSON.stringify(token)}, ${JSON.stringify(env.providers)})</script>`;
      document.body.append(frame);
    },
    async person(user) {
      await user.heard("framed");
      await user.clickInFrame();
      const popup = await opened(user);
      await user.eventually(() => user.isAtProvider(popup), "the provider");
      await user.sends(popup, `${user.app}/other.html?sandbox_csp=${encodeURIComponent("sandbox allow-scripts")}`);
      await popup.run(() => window.opener.postMessage({ type: "connect-widget", response: "null/?alter_connect_success=true&grant_id=forged&provider=evil" }, "*"));
      user.equal(await user.heard("arrived"), "null");
      await user.wait(300);
      user.equal(await user.all("success"), []);
      await popup.close();
      await user.heard("exit");
    },
    listensToo: ["message"],
    outcome: { exit: null },
  },
  {
    ...alter,
    name: "the provider's window posts twenty million bytes, and a text as an object: nobody lists the names of their indices",
    async page(env) {
      const { ownKeys } = Reflect;
      Reflect.ownKeys = (object) => {
        const keys = ownKeys(object);
        if (keys.length > 1e6) env.say("a long list", keys.length);
        return keys;
      };
      window.addEventListener("message", ({ data }) => data?.forged && env.say("arrived", env.providers));
      const { plain } = await import("/plain.mjs");
      await plain(env);
    },
    async person(user) {
      await user.click();
      const popup = await user.atProvider();
      await popup.run(() => {
        const bytes = new Uint8Array(2e7);
        const text = Object("x".repeat(2e6));
        for (const data of [{ forged: bytes }, { type: "a provider's own", forged: [text] }, { type: bytes, forged: "a type" }]) window.opener.postMessage(data, "*");
      });
      await user.heard("arrived", { nth: 3 });
      await protocols["alter-connect"].person(popup);
      await user.heard("success");
      user.equal(await user.all("a long list"), []);
    },
    listensToo: ["message"],
    outcome: { success: isResult },
  },
  {
    ...alter,
    name: "forged by a frame inside the popup, on the provider's own origin",
    page: listening,
    async person(user) {
      await user.click();
      const popup = await user.atProvider();
      await user.sends(popup, `${user.providers}/standard/.well-known/openid-configuration`);
      await popup.run((url) => {
        document.body.appendChild(document.createElement("iframe")).src = url;
      }, forge(user.providers, { to: "parent.opener" }));
      user.equal(await user.heard("arrived"), user.providers);
      await user.wait(200);
      await popup.close();
    },
    givesFocusBack: true,
    listensToo: ["message"],
    outcome: { exit: null },
  },
  {
    ...alter,
    name: "the window shows what can be read and is no page of the app's (about:blank), at an address like an answer",
    async page(env) {
      const { open } = window;
      window.open = (...values) => {
        const popup = open.apply(window, values);
        env.other.addEventListener("click", () => {
          popup.location.href = "about:blank?alter_connect_success=true&grant_id=forged&provider=evil&account_identifier=mallory";
        });
        return popup;
      };
      const { plain } = await import("/plain.mjs");
      await plain(env);
    },
    async person(user) {
      await user.click();
      const popup = await user.atProvider();
      await user.click("#other");
      await user.eventually(() => popup.run(() => location.href.startsWith("about:blank?")).catch(() => false), "the blank page");
      await user.wait(1500);
      user.equal(await user.all("success"), []);
      await popup.close();
    },
    givesFocusBack: true,
    outcome: { exit: null },
  },
  {
    ...alter,
    name: "forged by the app's own window and by a frame of the app's own origin",
    page: listening,
    async person(user) {
      await user.click();
      const popup = await opened(user);
      await user.heard("event", { nth: 3 });
      await user.page.run((message) => {
        window.postMessage(message, "*");
        const frame = document.body.appendChild(document.createElement("iframe"));
        frame.contentWindow.parent.postMessage(message, "*");
      }, FORGED);
      await user.heard("arrived", { nth: 2 });
      await thenFinishes(user, popup);
    },
    listensToo: ["message"],
    outcome: { success: isResult },
  },
  {
    ...alter,
    rows: ["d4", "extensions"],
    name: "the right window on the wrong origin: the app's own, posting grants and returns of a wrong shape",
    page: listening,
    async person(user) {
      await user.click();
      const popup = await user.atProvider();
      await user.sends(popup, `${user.app}/other.html`);
      await popup.run((message) => {
        for (const data of [message, { type: "connect-widget", response: 42 }, { type: "connect-widget" }, { type: "connect-widget", response: "?type=forged" }, "connect-widget forged"]) window.opener.postMessage(data, "*");
      }, FORGED);
      await user.heard("arrived", { nth: 3 });
      await user.wait(200);
      user.equal(await user.all("success"), []);
      await popup.close();
    },
    givesFocusBack: true,
    listensToo: ["message"],
    outcome: { exit: null },
  },
  ...Object.entries(RELAYED).map(([protocol, { what, responses, windows }]) => ({
    protocol,
    mode: "popup",
    rows: ["d4", "f5", "tabs"],
    forgeries: { responses, windows },
    name: `${protocol}: another page of the app says on the attempt's own channel that a response is here: ${what}`,
    options: (env) => (protocol === "anon-link" ? anonReturning(env) : {}),
    async person(user) {
      await user.click();
      const popup = await user.atProvider();
      const tab = await user.newTab();
      await tab.goto(`${user.app}/other.html`);
      const names = await tab.run(({ responses, windows }) => {
        const names = Object.keys(localStorage).filter((key) => key.startsWith("connect-widget:"));
        for (const name of names) {
          const state = name.slice("connect-widget:".length);
          const filled = (text) => text.replaceAll("APP", location.origin).replaceAll("STATE", state);
          const channel = new BroadcastChannel(name);
          for (const response of responses.map(filled)) {
            for (const window_ of windows.map(filled)) {
              const message = { type: "connect-widget", response, window: window_ || undefined };
              channel.postMessage(message);
              localStorage.setItem(`${name}:response`, JSON.stringify(message));
              localStorage.removeItem(`${name}:response`);
            }
          }
          for (const junk of [null, 42, "connect-widget", { type: "connect-widget" }, { type: "connect-widget", response: 42 }, { type: "connect-widget", taken: true }]) channel.postMessage(junk);
        }
        return names;
      }, { responses, windows });
      // A channel of the attempt's name, or nothing was tried.
      user.equal(names.length, 1);
      await user.wait(400);
      user.equal((await user.reports()).filter(({ kind }) => /success|error|exit/.test(kind)), []);
      await tab.close();
      await protocols[protocol].person(popup, user);
    },
    outcome: { success: protocols[protocol].isResult },
  })),
  {
    ...alter,
    sandbox: { auto: "alice", foreign_messages: 20 },
    rows: ["extensions"],
    name: "hundreds of messages of every type before the real one",
    outcome: { success: isResult },
  },
  ...["nested", "huge"].map((malformed) => ({
    ...alter,
    sandbox: { auto: "alice", malformed },
    rows: ["extensions"],
    name: `an answer that is ${malformed} is taken as far as it is one`,
    outcome: { success: (value) => Array.isArray(value) || value.length > 0 },
  })),
  {
    ...alter,
    rows: ["extensions"],
    name: "hostile data from the right window: cycles, depth, size, odd types",
    page: listening,
    async person(user) {
      await user.click();
      const popup = await user.atProvider();
      await popup.run(() => {
        const cycle = { type: "cycle" };
        cycle.self = cycle;
        cycle.list = [cycle];
        let deep = {};
        for (let level = 0; level < 500; level += 1) deep = { type: deep };
        const data = [cycle, deep, { type: { type: "alter_connect_success" } }, { type: ["alter_connect_success"] }, { type: "x".repeat(3_000_000) }, { type: "ALTER_CONNECT_SUCCESS" }, new Map([["type", "alter_connect_success"]]), new Error("alter_connect_success"), new ArrayBuffer(8), new Blob(["forged"]), 1n, NaN, undefined, "alter_connect_success", Object.create(null), { __proto__: { type: "alter_connect_success" } }, { then: "connect-widget" }];
        for (const message of data) window.opener.postMessage(message, "*");
        window.opener.postMessage({ last: "forged" }, "*");
      });
      await thenFinishes(user, popup);
    },
    listensToo: ["message"],
    outcome: { success: isResult },
  },
  ...Object.entries({ no_grants: 0, not_array: 0, empty: 0, wrong_types: 0, missing_fields: 1, null_fields: 1, junk_items: 2 }).map(([malformed, grants]) => ({
    ...alter,
    sandbox: { auto: "alice", malformed },
    rows: [],
    name: `Alter answers ${malformed}: ${grants || "no"} good grants`,
    outcome: grants ? { success: (value) => value.length === grants && value.every((grant) => typeof grant.account_identifier === "string" && Array.isArray(grant.scopes) && grant.status && grant.operation && grant.provider_name && grant.timestamp) } : { error: "invalid_response" },
  })),
  {
    ...alter,
    sandbox: { auto: "alice", duplicate: true },
    rows: ["double"],
    name: "the provider posts its result twice",
    outcome: { success: isResult },
  },
  {
    ...alter,
    sandbox: { duplicate: true },
    rows: ["double"],
    givesFocusBack: true,
    name: "two flows have one window of the app's, and the provider posts the second one's result twice",
    async page(env) {
      const { onClick, plain } = await import("/plain.mjs");
      await plain(env);
      const second = env.Connect.create();
      second.on("success", () => env.say("second"));
      const flows = [() => [env.widget, env.options], () => [second, env.protocolOptions]];
      onClick(env, env.other, () => {
        const [widget, options] = flows.shift()();
        return widget.open({ ...options, popup: window.open("", "shared", "popup,width=400,height=400") });
      });
    },
    async person(user) {
      await user.click("#other");
      const popup = await user.atProvider();
      await user.click("#other");
      await user.heard("resolved", { nth: 2 });
      await user.wait(500);
      await protocols["alter-connect"].person(popup);
      await user.heard("second");
    },
    outcome: { exit: null },
  },
  {
    ...alter,
    rows: ["leaked"],
    name: "what an earlier flow was waiting for cannot complete a later one",
    page: listening,
    async person(user) {
      await user.click();
      const first = await user.atProvider();
      await first.close();
      await user.heard("exit");
      await user.click();
      const second = await user.newWindow();
      await user.page.run((url) => {
        document.body.appendChild(document.createElement("iframe")).src = url;
      }, forge(user.providers, { to: "parent" }));
      await thenFinishes(user, second);
    },
    givesFocusBack: true,
    listensToo: ["message"],
    outcome: { exit: null, success: isResult },
  },
  ...[
    { protocol: "implicit", hostile: { mode: "redirect", signal: { aborted: true }, response_type: "forged", state: "forged", access_token: "forged" } },
    // `fetch` itself reads some of these names through the prototype.
    { protocol: "code", hostile: { mode: "redirect", signal: { aborted: true }, window: 7, code: "forged", state: "forged" } },
    { protocol: "alter-connect", hostile: { state: "forged", grants: [{ grant_id: "forged", provider: "evil" }] } },
  ].flatMap(({ protocol, hostile }) => [{}, { at: { path: "/slow.html" }, when: ", and the click is quicker than the core" }].map(({ at, when = "" }) => ({
    protocol,
    mode: "popup",
    at,
    rows: ["extensions"],
    hostile: { type: "alter_connect_success", protocol: "evil", timeout: 1, popup: null, whenBlocked: "redirect", error: "forged", ...hostile },
    name: `${protocol}: another script on the page has tampered with Object.prototype and Array.prototype${when}`,
    async page(env) {
      const { plain } = await import("/plain.mjs");
      const ownAffairs = { verify: () => Promise.resolve("forged"), exchange: () => Promise.resolve("forged") };
      for (const [name, value] of Object.entries({ ...env.scenario.hostile, ...ownAffairs })) Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
      Array.prototype.extension = "forged";
      await plain(env);
    },
    person: async (user) => {
      await user.click();
      await protocols[protocol].person(await user.newWindow());
    },
    outcome: { success: protocols[protocol].isResult },
  }))),
  {
    protocol: "anon-link",
    mode: "popup",
    rows: ["d4"],
    name: "Anon's answer with a state that is not the one bound into the link",
    sandbox: { auto: "alice", state: "wrong" },
    outcome: { error: "state_mismatch" },
  },
  {
    protocol: "alter-connect",
    mode: "redirect",
    rows: ["d4", "router"],
    name: "redirect parameters that answer no pending transaction are left in the URL",
    at: { query: "alter_connect_success=true&grant_id=forged&provider=evil&account_identifier=mallory" },
    async person(user) {
      await user.ready();
      await user.wait(200);
      user.ok((await user.page.url()).includes("grant_id=forged"));
    },
  },
  {
    protocol: "code",
    mode: "redirect",
    rows: ["d4", "router"],
    name: "a response of somebody else's flow is left in the URL",
    at: { query: "code=somebody-elses&state=not-ours-at-all", hash: "#access_token=theirs&state=not-ours-at-all" },
    async person(user) {
      await user.ready();
      await user.wait(200);
      const url = await user.page.url();
      user.ok(url.includes("code=somebody-elses") && url.includes("access_token=theirs"), url);
    },
  },
];
