// The click and the window: opened inside it, at the final address where that is known, and what happens where it is refused.
import { names, post, protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const alter = { protocol: "alter-connect", mode: "popup", sandbox: AUTO };
const { isResult } = protocols["alter-connect"];

/** The same click, with the work of its listener put off: what every engine takes for an unasked popup. */
async function laterClicks(env, milliseconds) {
  const { onClick, plain } = await import("/plain.mjs");
  await plain(env);
  const late = env.go.cloneNode(true);
  env.go.replaceWith(late);
  onClick(env, late, () => new Promise((resolve, reject) => setTimeout(() => env.widget.open(env.options).then(resolve, reject), milliseconds)));
  onClick(env, env.other, () => env.widget.open(env.options));
}

/** Longer than any engine lets a click last. */
const TOO_LATE = 5600;

/** How the window was opened: the first call of window.open, as the page saw it. */
const firstOpen = (user) => user.page.run(() => {
  const [{ url, name, features, popup }] = window.instruments.opened;
  return { url: String(url ?? ""), name, features, there: !!popup };
});

export const scenarios = [
  {
    ...alter,
    rows: ["blocked", "d7"],
    name: "open() long after the click is really blocked: popup_blocked, nothing says opened, the next click works",
    page: (env) => laterClicks(env, TOO_LATE),
    async person(user) {
      await user.click();
      user.equal((await user.heard("error")).code, "popup_blocked");
      user.equal(await user.all("event"), []);
      await user.click("#other");
    },
    outcome: { error: "popup_blocked", success: isResult },
  },
  {
    ...alter,
    rows: ["blocked"],
    name: "blocked, and the app prefers a redirect then",
    page: (env) => laterClicks(env, TOO_LATE),
    options: () => ({ whenBlocked: "redirect" }),
    outcome: { redirected: isResult },
  },
  {
    ...alter,
    rows: ["blocked"],
    name: "a window that the app opened itself is used",
    options(env) {
      env.go.addEventListener("click", () => (env.options.popup = window.open("", "the app's own", "width=400,height=500")), { capture: true });
      return {};
    },
    async person(user) {
      await user.click();
      await user.heard("success");
      user.equal(await user.page.run(() => window.instruments.opened.length), 1);
    },
    outcome: { success: isResult },
  },
  ...[
    {
      name: "each click of the app opens a window of its own, and the second one comes while the first is used: its window closes",
      async person(user) {
        await user.click();
        const popup = await user.atProvider();
        await user.click();
        await user.eventually(() => user.page.run(() => window.given.map((one) => one.closed).join() === "false,true"), "the second window's close");
        await protocols["alter-connect"].person(popup, user);
      },
      outcome: { success: isResult },
    },
    {
      name: "options that are refused: the window that the app opened for them closes",
      options: () => ({ timeout: "soon" }),
      async person(user) {
        await user.click();
        user.equal((await user.heard("rejected")).code, "invalid_options");
        user.equal(await user.page.run(() => window.given.length), 1);
      },
    },
  ].map((scenario) => ({
    ...alter,
    rows: ["blocked"],
    sandbox: {},
    async page(env) {
      const { plainWithCore } = await import("/plain.mjs");
      window.given = [];
      env.go.addEventListener("click", () => window.given.push((env.options.popup = window.open("", "_blank", "width=400,height=500"))), { capture: true });
      await plainWithCore(env);
    },
    ...scenario,
  })),
  {
    ...alter,
    rows: ["blocked", "d7"],
    name: "the app's own window was blocked: popup null is popup_blocked",
    options: () => ({ popup: null }),
    async person(user) {
      await user.click();
      await user.heard("error");
      user.equal(await user.all("event"), []);
    },
    outcome: { error: "popup_blocked" },
  },
  ...names.map((protocol) => ({
    protocol,
    mode: "popup",
    sandbox: AUTO,
    rows: ["blocked", "blank"],
    name: `${protocol}: window.open comes before the click's task is over${/implicit|code/.test(protocol) ? ", at the final address" : ""}`,
    async page(env) {
      const { plainWithCore } = await import("/plain.mjs");
      await plainWithCore(env);
      env.go.addEventListener("click", () => env.say("open in the click", window.instruments.opened.length));
    },
    async person(user) {
      await user.click();
      user.equal(await user.heard("open in the click"), 1);
      await user.heard("success");
      const { url, name, features } = await firstOpen(user);
      user.equal(new URL(url || "about:blank").search.includes("response_type"), /implicit|code/.test(protocol));
      user.ok(/width=500,height=700/.test(features), features);
      user.ok(name.length > 10, name);
    },
    outcome: { success: protocols[protocol].isResult },
  })),
  {
    ...alter,
    rows: ["blank"],
    name: "alter-connect: a token that is there already opens the window at its address",
    async page(env) {
      const { plainWithCore } = await import("/plain.mjs");
      const { session_token: token } = await post("/api/alter/session", { allowed_providers: ["google"], sandbox: { auto: "alice" } });
      env.token = token;
      await plainWithCore(env);
    },
    options: (env) => ({ token: env.token }),
    async person(user) {
      await user.click();
      await user.heard("success");
      user.ok((await firstOpen(user)).url.includes("/sdk/oauth/connect#session="));
    },
    outcome: { success: isResult },
  },
  {
    ...alter,
    rows: ["behind"],
    name: "two flows of one page have windows of different names",
    async person(user) {
      for (const nth of [1, 2]) {
        await user.click();
        await user.heard("success", { nth });
      }
      const opened = await user.page.run(() => window.instruments.opened.map(({ name }) => name));
      user.equal(new Set(opened).size, 2);
    },
    outcome: { success: [isResult, isResult] },
  },
  {
    ...alter,
    sandbox: undefined,
    name: "while it waits for its token the window says so, in the page's language, and to a screen reader",
    session: { delay_ms: 1200 },
    config: { labels: { connecting: "جارٍ الاتصال…" } },
    async person(user) {
      await user.click();
      const popup = await user.newWindow();
      const seen = await popup.run(() => ({ title: document.title, role: document.querySelector("[role=status]")?.textContent, direction: getComputedStyle(document.querySelector("p")).direction, styles: document.querySelectorAll("style,[style],link").length, lang: document.documentElement.lang }));
      user.equal(seen, { title: "جارٍ الاتصال…", role: "جارٍ الاتصال…", direction: "rtl", styles: 0, lang: "en" });
      await protocols["alter-connect"].person(popup);
    },
    outcome: { success: isResult },
  },
  {
    ...alter,
    name: "the token's source fails: the window closes, one error with the cause",
    options: () => ({ token: () => Promise.reject(new Error("the backend is down")) }),
    async person(user) {
      await user.click();
      user.equal((await user.heard("error")).cause, "the backend is down");
    },
    outcome: { error: "source_failed" },
  },
  {
    ...alter,
    name: "options that cannot be used open no window and name the option",
    page: async (env) => (await import("/plain.mjs")).plainWithCore(env),
    promise: true,
    options: () => ({ token: "" }),
    async person(user) {
      await user.click();
      const { code, message } = await user.heard("rejected");
      user.equal(code, "invalid_options");
      user.ok(message.includes("token"), message);
      user.equal(await user.page.run(() => window.instruments.opened.length), 0);
    },
  },
];
