// What an app's callbacks can do to a flow: throw, and call the widget from inside. And destroy() in every state.
import { protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const { isResult } = protocols["alter-connect"];
const alter = { protocol: "alter-connect", mode: "popup", sandbox: AUTO, rows: ["stuck"] };

/** A flow whose named callback calls a method of the widget. */
const calling = (callback, method) => ({
  ...alter,
  sandbox: callback === "onError" ? { ...AUTO, auto_decision: "deny" } : AUTO,
  name: `${callback} calls ${method}()`,
  calls: { callback, method },
  options(env) {
    const { callback: name, method: verb } = env.scenario.calls;
    const kind = name.slice(2).toLowerCase();
    let called = false;
    return {
      [name](value) {
        env.say(kind, value);
        if (called) return;
        called = true;
        Promise.resolve(verb === "open" ? env.widget.open({ ...env.options, popup: null }) : env.widget[verb]()).catch(() => {});
      },
    };
  },
  outcome: callback === "onError" ? { error: method === "open" ? ["connect_denied", "popup_blocked"] : "connect_denied" } : method === "open" ? { success: isResult, error: "popup_blocked" } : { success: isResult },
});

/** Options as an app with classes has them: `this` in a method is the object that was given. */
async function ofAClass(env) {
  const { plain, plainWithCore } = await import("/plain.mjs");
  await (env.scenario.at ? plain : plainWithCore)(env);
  class Base {
    #say;
    baseURL = env.providers;
    constructor(say) { this.#say = say; }
    onError(error) { this.#say("error", error); }
    onSuccess(value) { this.#say("success", value); }
  }
  const { token, onEvent } = env.options;
  class Options extends Base {
    get token() { return token; }
    onEvent(name, metadata) { if (this === env.options) onEvent(name, metadata); }
    onExit() { env.say("exit"); }
  }
  env.options = new Options(env.say);
}

const destroyed = (name, person, more = {}) => ({
  ...alter,
  name: `destroy() ${name}`,
  async page(env) {
    const { plain } = await import("/plain.mjs");
    await plain(env);
    env.other.addEventListener("click", () => {
      env.widget.destroy();
      env.widget.destroy();
      env.widget.open(env.options).catch((error) => env.say("after", error.code));
      try {
        env.widget.isOpen();
      } catch (error) {
        env.say("isOpen", error.code);
      }
    });
  },
  async person(user) {
    await person(user);
    await user.click("#other");
    user.equal(await user.heard("after"), "sdk_destroyed");
    user.equal(await user.heard("isOpen"), "sdk_destroyed");
  },
  ...more,
});

/** The user comes by the keyboard, and has the focus where it was. */
async function backOnTrigger(user) {
  await user.ready();
  await user.page.run(() => window.env.go.focus());
  await user.click();
  user.equal(await user.heard("focused"), "go");
}

export const scenarios = [
  ...["onSuccess", "onError"].flatMap((callback) => ["close", "destroy", "open"].map((method) => calling(callback, method))),
  ...[false, true].map((early) => ({
    ...alter,
    name: `the options are an object of a class${early ? ", and the click is quicker than the core" : ""}: its methods and getters count, and \`this\` in them is the object`,
    ...(early && { at: { path: "/slow.html" } }),
    page: ofAClass,
    outcome: { success: isResult },
  })),
  {
    ...alter,
    at: { path: "/slow.html" },
    name: "the app changes its options after a click that is quicker than the core: they are what they were in the click",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      env.go.addEventListener("click", () => {
        delete env.options.onSuccess;
        Object.assign(env.options, { token: 7, mode: "redirect", whenBlocked: "redirect", timeout: 1, signal: AbortSignal.abort() });
      });
    },
    outcome: { success: isResult },
  },
  {
    ...alter,
    name: "every callback throws, in a flow that the user closes",
    sandbox: undefined,
    givesFocusBack: true,
    options: (env) => Object.fromEntries(["onSuccess", "onError", "onExit", "onEvent"].map((name) => [name, () => {
      if (name !== "onEvent") env.say(name.slice(2).toLowerCase());
      throw new Error(`${name} of the app`);
    }])),
    async person(user) {
      await user.click();
      await (await user.atProvider()).close();
      await user.heard("exit");
      user.equal(await user.page.run(() => window.env.widget.isOpen()), false);
    },
    outcome: { exit: null },
  },
  {
    ...alter,
    name: "onEvent calls close() as soon as the window is open",
    sandbox: undefined,
    options: (env) => ({ onEvent: (name) => name === "OPEN" && env.widget.close() }),
    async person(user) {
      await user.click();
      await user.heard("close");
    },
  },
  {
    protocol: "code",
    mode: "popup",
    rows: ["stuck"],
    sandbox: AUTO,
    name: "code: the app calls close() while it asks a token endpoint that never answers",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      const { fetch } = window;
      window.fetch = (...values) => {
        if (!String(values[0]).includes("/oauth/token")) return fetch(...values);
        env.say("asks");
        return new Promise(() => {});
      };
      await plain(env);
    },
    async person(user) {
      await user.click();
      await user.heard("asks");
      await user.page.run(() => window.env.widget.close());
      await user.heard("close");
    },
  },
  destroyed("before anything", (user) => user.ready()),
  destroyed("while the token is awaited", async (user) => {
    await user.click();
    await user.newWindow();
  }, { session: { delay_ms: 3000 } }),
  destroyed("while the user is at the provider", async (user) => {
    await user.click();
    await user.atProvider();
  }, { sandbox: undefined }),
  destroyed("after the result", async (user) => {
    await user.click();
    await user.heard("success");
  }, { outcome: { success: isResult } }),
  {
    ...alter,
    rows: ["focus"],
    name: "after the popup the focus is back on a trigger that is drawn in SVG",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      Object.entries({ id: "drawn", tabindex: 0, width: 20, height: 20 }).forEach(([name, value]) => drawn.setAttribute(name, value));
      document.body.append(drawn);
      await plain(env);
      env.go.addEventListener("click", () => drawn.focus(), true);
      env.go.addEventListener("click", () => setTimeout(() => drawn.blur(), 50));
      env.widget.on("close", () => setTimeout(() => env.say("focused", document.activeElement.id)));
    },
    async person(user) {
      await user.ready();
      await user.page.run(() => new Promise((resolve) => setTimeout(resolve, 1000)));
      await user.click();
      user.equal(await user.heard("focused"), "drawn");
    },
    outcome: { success: isResult },
  },
  {
    ...alter,
    rows: ["focus"],
    name: "after the popup the focus is back on a trigger in a shadow tree",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      const root = document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
      const inner = root.appendChild(document.createElement("button"));
      await plain(env);
      env.go.addEventListener("click", () => inner.focus(), true);
      env.go.addEventListener("click", () => setTimeout(() => inner.blur(), 50));
      env.widget.on("close", () => setTimeout(() => env.say("focused", root.activeElement === inner), 300));
    },
    async person(user) {
      await user.ready();
      await user.page.run(() => new Promise((resolve) => setTimeout(resolve, 1000)));
      await user.click();
      user.equal(await user.heard("focused"), true);
    },
    outcome: { success: isResult },
  },
  {
    ...alter,
    rows: ["focus"],
    name: "after the popup the focus is back on a trigger that the app disables while it is open",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      env.go.addEventListener("click", () => setTimeout(() => { env.go.disabled = true; }));
      env.widget.on("close", () => {
        setTimeout(() => { env.go.disabled = false; }, 20);
        setTimeout(() => env.say("focused", document.activeElement.id), 500);
      });
    },
    person: backOnTrigger,
    outcome: { success: isResult },
  },
  {
    ...alter,
    rows: ["focus"],
    name: "after the popup the focus is back on the trigger",
    async page(env) {
      const { plain } = await import("/plain.mjs");
      await plain(env);
      env.go.addEventListener("click", () => env.go.blur());
      env.widget.on("close", () => setTimeout(() => env.say("focused", document.activeElement.id)));
    },
    person: backOnTrigger,
    outcome: { success: isResult },
  },
  {
    ...alter,
    rows: [],
    name: "events come in the order of both vocabularies, with the time and nothing secret",
    async person(user) {
      await user.click();
      await user.heard("close");
      const events = await user.all("event");
      user.equal(events.map(([name]) => name), ["OPEN", "connect_opened", "OAUTH_STARTED", "OAUTH_COMPLETE"]);
      user.ok(events.every(([, metadata]) => Object.keys(metadata).join() === "timestamp" && !Number.isNaN(Date.parse(metadata.timestamp))));
      const kinds = (await user.reports()).map(({ kind }) => kind);
      user.ok(kinds.indexOf("success") < kinds.indexOf("close"));
    },
    outcome: { success: isResult },
  },
];
