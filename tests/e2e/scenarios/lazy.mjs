// The lazy entry and the script tag behave as the main entry does.
import { names, protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const LAZY = { path: "/lazy.html" };
const { isResult } = protocols["alter-connect"];

export const scenarios = [
  ...names.flatMap((protocol) => ["popup", "redirect"].map((mode) => ({
    protocol,
    mode,
    at: LAZY,
    sandbox: AUTO,
    rows: mode === "popup" ? ["blocked"] : [],
    name: `lazy: ${protocol} by ${mode}`,
    outcome: { [mode === "popup" ? "success" : "redirected"]: protocols[protocol].isResult },
  }))),
  {
    protocol: "alter-connect",
    mode: "popup",
    at: LAZY,
    sandbox: AUTO,
    rows: ["blocked"],
    name: "lazy: the click comes before the core, and the window is open in it",
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
    mode: "popup",
    at: LAZY,
    promise: true,
    name: "lazy: options that cannot be used close the window again and name the option",
    options: () => ({ token: "" }),
    async person(user) {
      await user.click();
      user.equal((await user.heard("rejected")).code, "invalid_options");
    },
  },
  {
    protocol: "code",
    mode: "popup",
    at: LAZY,
    rows: ["hang"],
    sandbox: { coop: "same-origin" },
    name: "lazy: a severed popup's result",
    async person(user) {
      await user.click();
      await protocols.code.person(await user.newWindow(), user);
    },
    outcome: { success: protocols.code.isResult },
  },
  ...names.map((protocol) => ({ protocol, mode: "popup", at: { path: "/global.html" }, sandbox: AUTO, name: `script tag: ${protocol} by popup`, outcome: { success: protocols[protocol].isResult } })),
  { protocol: "alter-connect", mode: "redirect", at: { path: "/global.html" }, sandbox: AUTO, name: "script tag: alter-connect by redirect", outcome: { redirected: isResult } },
];
