// Provider pages with Cross-Origin-Opener-Policy: `closed` turns true and `opener` null while the popup lives.
import { names, post, protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const callback = () => `${location.origin}/pkg/callback.html`;

/** Alter's page cannot post to a lost opener. With a return URL it goes there; without one, only the backend knows. */
const alterReturns = () => ({
  token: async () => (await post("/api/alter/session", { allowed_providers: ["google"], return_url: callback(), sandbox: window.env.scenario.sandbox })).session_token,
});

const alterVerifies = () => {
  let token;
  return {
    token: async () => (token = (await post("/api/alter/session", { allowed_providers: ["google"], sandbox: window.env.scenario.sandbox })).session_token),
    verify: async () => {
      const { status, grants } = await post("/api/alter/poll", { session_token: token });
      return status === "completed" ? grants.map((grant) => ({ ...grant, provider: grant.provider_id })) : null;
    },
  };
};

const stackoneReturns = ({ scenario }) => ({
  async link() {
    const session = await post("/api/stackone/session", { provider: "bamboohr", metadata: { return_url: callback() }, sandbox: scenario.sandbox });
    sessionStorage.setItem("connect session", session.id);
    return session;
  },
});

const severed = (protocol, switches, more = {}) => ({
  protocol,
  mode: "popup",
  sandbox: { ...AUTO, ...switches },
  rows: ["coop"],
  options: protocol === "alter-connect" ? alterReturns : undefined,
  outcome: { success: protocols[protocol].isResult },
  ...more,
});

const withPerson = (protocol) => ({
  async person(user) {
    await user.click();
    await protocols[protocol].person(await user.newWindow(), user);
  },
});

/** The window is out of the opener's sight: `closed` reads true although it is there. */
const outOfSight = (user) => user.eventually(() => user.page.run(() => window.instruments.opened[0]?.popup.closed), "closed to read true");

const giveFocus = (user) => user.page.run(() => { window.dispatchEvent(new Event("focus")); });

export const scenarios = [
  ...names.map((protocol) => severed(protocol, { auto: undefined, coop: "same-origin" }, { name: `${protocol}: severed by the first page, and a person goes on in it`, ...withPerson(protocol) })),
  ...names.map((protocol) => severed(protocol, { coop: "same-origin", coop_from: "result" }, { name: `${protocol}: severed by the last page only` })),
  ...["same-origin-allow-popups", "noopener-allow-popups"].flatMap((coop) => ["first", "consent"].map((from) =>
    severed("code", { auto: undefined, coop, coop_from: from }, { name: `${coop} from the ${from} page on`, ...withPerson("code") }))),
  severed("stackone-link", { coop: "same-origin" }, {
    name: "stackone-link: the window is back on a page of the app before the backend knows the account, and closes then",
    async page(env) {
      await (await import("/plain.mjs")).plain(env);
      if (sessionStorage.getItem("connect-widget:window")) localStorage.setItem("is back", "yes");
    },
    options: (env) => ({ verify: async (context) => (localStorage.getItem("is back") ? env.protocolOptions.verify(context) : null) }),
  }),
  severed("stackone-link", { coop: "same-origin" }, {
    name: "stackone-link: the window is back on the callback page, and closes",
    options: stackoneReturns,
  }),
  severed("alter-connect", { coop: "same-origin" }, {
    name: "a flow that ends on the provider's page gets its result from verify",
    options: alterVerifies,
    windowsStay: true,
    outcome: { success: (value) => value[0].provider === "google" },
  }),
  severed("alter-connect", { coop: "same-origin" }, {
    name: "the timeout strikes in a flow that ends on the provider's severed page: verify is asked once more, without any focus",
    subscribe: true,
    options(env) {
      const { token, verify } = alterVerifies();
      return { token, verify: async () => (env.isLate ? verify() : null), timeout: 4000, onError: () => (env.isLate = true), onSuccess: undefined };
    },
    windowsStay: true,
    outcome: { "on error": "timeout", "on success": (value) => value[0].provider === "google" },
  }),
  {
    protocol: "code",
    mode: "popup",
    subscribe: true,
    sandbox: { coop: "same-origin" },
    rows: ["hang", "coop"],
    name: "a severed popup exits when the app got the focus back and nothing came; what comes after all is delivered, once",
    options: () => ({ onSuccess: undefined }),
    async person(user) {
      await user.click();
      const popup = await user.newWindow();
      await outOfSight(user);
      await user.wait(700);
      user.equal(await user.all("exit"), [], "closed alone is no exit");
      await giveFocus(user);
      await user.wait(300);
      user.equal(await user.all("exit"), [], "the grace period");
      await user.heard("exit");
      await protocols.code.person(popup);
      await user.heard("on success");
    },
    outcome: { exit: null, "on exit": null, "on success": protocols.code.isResult },
  },
  {
    protocol: "code",
    mode: "popup",
    sandbox: { coop: "same-origin" },
    rows: ["hang"],
    name: "the user closes a severed popup and clicks once a second: the flow ends all the same, and the next click opens another",
    async person(user) {
      await user.click();
      const popup = await user.newWindow();
      await outOfSight(user);
      await popup.close();
      await giveFocus(user);
      for (let clicks = 0; clicks < 5 && !(await user.all("exit")).length; clicks++) {
        await user.wait(1000);
        await user.click();
      }
      await user.heard("exit", { patience: 0 });
      const opened = () => user.page.run(() => window.instruments.opened.length);
      if (await opened() < 2) await user.click();
      await protocols.code.person(await user.newWindow());
    },
    lingers: true,
    outcome: { exit: null, success: protocols.code.isResult },
  },
  {
    protocol: "implicit",
    mode: "popup",
    sandbox: { coop: "same-origin" },
    rows: ["hang", "coop"],
    name: "a result within the grace period is a success",
    async person(user) {
      await user.click();
      const popup = await user.newWindow();
      await outOfSight(user);
      await popup.press("Continue as Alice Anders");
      await giveFocus(user);
      await popup.press("Allow");
    },
    outcome: { success: protocols.implicit.isResult },
  },
  severed("code", { auto: undefined, coop: "same-origin" }, { name: "severed by the first page, in front of an app that never loses the focus", keepsFocus: true, ...withPerson("code") }),
  severed("code", { auto: undefined, coop: "same-origin", coop_from: "consent" }, {
    name: "severed by a later page, in front of an app that never loses the focus: it looks like a close, and the result comes all the same, once",
    keepsFocus: true,
    subscribe: true,
    options: () => ({ onSuccess: undefined }),
    ...withPerson("code"),
    mayExit: true,
    outcome: { "on success": protocols.code.isResult },
  }),
  {
    protocol: "code",
    mode: "popup",
    promise: true,
    sandbox: { coop: "same-origin" },
    rows: ["hang"],
    name: "a severed flow can be aborted, and the next click works",
    options(env) {
      env.other.addEventListener("click", () => env.widget.close());
      return {};
    },
    async person(user) {
      await user.click();
      const popup = await user.newWindow();
      await outOfSight(user);
      await user.click("#other");
      user.equal((await user.heard("rejected")).code, "aborted");
      await popup.close().catch(() => {});
      await user.click();
      await protocols.code.person(await user.newWindow());
    },
    outcome: { success: protocols.code.isResult },
  },
  {
    protocol: "implicit",
    mode: "popup",
    givesFocusBack: true,
    rows: ["slow"],
    name: "a real close is seen after a few looks",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      // Counted in turns of a timer, which is late when the package's own is: a busy machine changes nothing.
      env.go.addEventListener("click", () => {
        const [{ popup }] = window.instruments.opened;
        let turns = 0;
        const clock = window.instruments.setInterval(() => {
          if (popup.closed) turns += 1;
        }, 60);
        env.widget.on("exit", () => {
          window.instruments.clearInterval(clock);
          env.say("turns", turns);
        });
      });
    },
    async person(user) {
      await user.click();
      await (await user.atProvider()).close();
      const turns = await user.heard("turns");
      user.ok(turns <= 6, `${turns} turns of 60 ms`);
    },
    outcome: { exit: null },
  },
  {
    protocol: "implicit",
    mode: "popup",
    givesFocusBack: true,
    rows: ["slow", "hang"],
    name: "closed while the provider's first page is still loading",
    options: () => ({ authorizationEndpoint: `${location.origin}/other.html?sandbox_delay_ms=4000` }),
    async person(user) {
      await user.click();
      const popup = await user.newWindow();
      await user.wait(400);
      await popup.close();
      await user.heard("exit", { patience: 5000 });
    },
    lingers: true,
    outcome: { exit: null },
  },
];
