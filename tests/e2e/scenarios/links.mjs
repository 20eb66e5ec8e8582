// Anon Link and StackOne Auth Links: errors, expiry, webhooks, and closing at every stage.
import { protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const anon = { protocol: "anon-link", mode: "popup" };
const stackone = { protocol: "stackone-link", mode: "popup" };
const { isResult } = protocols["stackone-link"];

export const scenarios = [
  ...["bad_input", "bad_authorization", "anon_internal_error"].map((error) => ({
    ...anon,
    sandbox: { ...AUTO, error },
    name: `Anon answers ${error}`,
    outcome: { error: (value) => value.code === error && value.message.startsWith("Anon ") && value.details.error_code === error },
  })),
  {
    ...anon,
    sandbox: AUTO,
    session: { state: { user: 7, from: "the app" } },
    name: "Anon's verified state comes back parsed",
    outcome: { success: ({ type, state }) => type === "success" && state.user === 7 && state.from === "the app" },
  },
  {
    ...anon,
    sandbox: AUTO,
    name: "the state that the widget makes goes through the app's backend and is compared",
    options: () => ({
      link: async ({ state }) => {
        const answer = await fetch("/api/anon/link", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ app: "instagram", redirectUrl: `${location.origin}/pkg/callback.html?connect_state=${state}`, sandbox: { auto: "alice" } }) });
        return (await answer.json()).url;
      },
    }),
    outcome: { success: ({ type }) => type === "success" },
  },
  {
    ...anon,
    sandbox: AUTO,
    name: "a connect_state that is not this attempt's",
    options: () => ({
      link: async () => {
        const answer = await fetch("/api/anon/link", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ app: "instagram", redirectUrl: `${location.origin}/pkg/callback.html?connect_state=another`, sandbox: { auto: "alice" } }) });
        return (await answer.json()).url;
      },
    }),
    outcome: { error: "state_mismatch" },
  },
  {
    ...anon,
    name: "Anon's inner sign-in window is closed: the flow goes on",
    async person(user) {
      await user.click();
      const dialog = await user.newWindow();
      await dialog.press("Continue to Instagram");
      const inner = await user.newWindow([user.page, dialog]);
      await user.wait(300);
      await inner.close();
      await user.wait(500);
      user.equal(await user.all("exit"), []);
      await dialog.press("Continue to Instagram");
      await (await user.newWindow([user.page, dialog])).press("Continue as Alice Anders");
    },
    outcome: { success: protocols["anon-link"].isResult },
  },
  {
    ...anon,
    givesFocusBack: true,
    name: "Anon's dialog is closed while its inner sign-in window is open",
    async person(user) {
      await user.click();
      const dialog = await user.atProvider();
      await dialog.press("Continue to Instagram");
      const inner = await user.newWindow([user.page, dialog]);
      await user.wait(300);
      await dialog.close();
      await user.heard("exit");
      if (!(await inner.isClosed())) await inner.close();
    },
    outcome: { exit: null },
  },
  {
    ...anon,
    givesFocusBack: true,
    sandbox: { expires_in: 1 },
    name: "an Anon link that has expired is shown by Anon and ends as an exit",
    options: (env) => ({ link: async () => {
      const { url } = await (await fetch("/api/anon/link", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ app: "instagram", sandbox: env.scenario.sandbox }) })).json();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return url;
    } }),
    async person(user) {
      await user.click();
      await (await user.atProvider()).close();
    },
    outcome: { exit: null },
  },
  ...Object.entries({ late: { webhook_delay_ms: 1500 }, twice: {}, flaky: {} }).map(([webhook, more]) => ({
    ...stackone,
    sandbox: { ...AUTO, webhook, ...more },
    name: `StackOne's webhook comes ${webhook}`,
    outcome: { success: isResult },
  })),
  {
    ...stackone,
    sandbox: { ...AUTO, webhook: "never" },
    givesFocusBack: true,
    name: "StackOne's webhook never comes, and the user closes the window",
    async person(user) {
      await user.click();
      const hub = await user.atProvider();
      await user.wait(500);
      await hub.close();
    },
    lingers: true,
    outcome: { exit: null },
  },
  {
    ...stackone,
    sandbox: { ...AUTO, close: "after", webhook: "late", webhook_delay_ms: 300 },
    name: "the Hub closes itself before the webhook has come: the last question finds the account, or the flow is an exit",
    outcome: {},
    async person(user) {
      await user.click();
      await user.eventually(async () => (await user.all("success")).length + (await user.all("exit")).length > 0, "an end");
    },
    anyOf: ["success", "exit"],
    lingers: true,
  },
  {
    ...stackone,
    session: { expires_in: 1 },
    givesFocusBack: true,
    name: "a StackOne link that has expired is shown by the Hub and ends as an exit, never a hang",
    options: () => ({ link: async () => {
      const session = await (await fetch("/api/stackone/session", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ provider: "bamboohr", expires_in: 1 }) })).json();
      sessionStorage.setItem("connect session", session.id);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return session;
    } }),
    async person(user) {
      await user.click();
      await (await user.atProvider()).close();
    },
    lingers: true,
    outcome: { exit: null },
  },
  {
    ...stackone,
    sandbox: AUTO,
    name: "verify that fails once is asked again",
    options(env) {
      const { verify } = env.protocolOptions;
      let asked = 0;
      return { verify: (context) => ((asked += 1) === 1 ? Promise.reject(new Error("the backend is busy")) : verify(context)) };
    },
    outcome: { success: isResult },
  },
];
