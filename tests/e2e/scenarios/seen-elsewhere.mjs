// What users of other libraries met with: windows that are gone without a sign, web views with one window, answers with more in them.
import { alterReturning, anonReturning, protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const popup = (protocol, more) => ({ protocol, mode: "popup", outcome: { success: protocols[protocol].isResult }, ...more });

/** The window is out of the opener's sight: `closed` reads true. */
const outOfSight = (user) => user.eventually(() => user.page.run(() => window.instruments.opened.at(-1)?.popup.closed), "closed to read true");

/** A web view with one window: `open` answers the page's own. */
const inOneWindow = async (env) => {
  const { plain, plainWithCore } = await import("/plain.mjs");
  if (env.scenario.at) window.requestIdleCallback = () => 0;
  await (env.scenario.at ? plain : plainWithCore)(env);
  env.title = document.title;
  window.open = () => window;
};

/** The app's button is in a form. */
const inForm = async (env) => {
  await (await import("/plain.mjs")).plainWithCore(env);
  const form = document.createElement("form");
  form.innerHTML = '<input type="hidden" name="again" value="1">';
  env.go.replaceWith(form);
  form.append(env.go);
};

export const scenarios = [
  ...["code", "alter-connect"].flatMap((protocol) => [false, true].map((early) => popup(protocol, {
    name: `${protocol}: window.open answers the page's own window, as web views with one window have it${early ? ", and the click is quicker than the core" : ""}: popup_blocked, and the page is left as it is`,
    ...(early && { at: { path: "/slow.html" } }),
    page: inOneWindow,
    async person(user) {
      await user.click();
      await user.heard("error");
      await user.wait(300);
      user.ok(await user.page.run(() => document.title === window.env?.title && !/Connecting/.test(document.body.innerText)), "the page");
    },
    outcome: { error: "popup_blocked" },
  }))),
  ...["code", "alter-connect"].map((protocol) => popup(protocol, {
    name: `${protocol}: an extension closes the window at once, and the app never lost the focus: a click ends the flow, and the next one opens another`,
    keepsFocus: true,
    lingers: true,
    async page(env) {
      await (await import("/plain.mjs")).plainWithCore(env);
      const { open } = window;
      window.open = (...values) => {
        window.open = open;
        const opened = open.apply(window, values);
        setTimeout(() => opened.close());
        return opened;
      };
    },
    async person(user) {
      await user.click();
      await outOfSight(user);
      await user.wait(300);
      await user.click();
      await user.heard("exit");
      await user.click();
      await protocols[protocol].person(await user.newWindow(), user);
      await user.heard("success");
    },
    outcome: { exit: null, success: protocols[protocol].isResult },
  })),
  ...["code", "implicit"].flatMap((protocol) => [true, false].map((keepsFocus) => popup(protocol, {
    name: `${protocol}, severed: the user closes the window and clicks again at once${keepsFocus ? ", in front of an app that never lost the focus" : ""}: that is an exit, and the next click opens another`,
    sandbox: { coop: "same-origin" },
    keepsFocus,
    lingers: true,
    async person(user) {
      await user.click();
      const first = await user.newWindow();
      await outOfSight(user);
      await first.close();
      if (!keepsFocus) await user.page.run(() => { window.dispatchEvent(new Event("focus")); });
      await user.wait(200);
      await user.click();
      await user.heard("exit");
      await user.click();
      await user.heard("window", { nth: 2 });
      await outOfSight(user);
      await protocols[protocol].person(await user.newWindow(), user);
      await user.heard("success");
    },
    outcome: { exit: null, success: protocols[protocol].isResult },
  }))),
  ...["popup", "redirect"].flatMap((mode) => [undefined, null].map((answer) => ({
    protocol: "code",
    mode,
    sandbox: AUTO,
    answer,
    name: `code by ${mode}: the app's exchange answers ${answer}, as a backend that sets a cookie may: that is a success all the same`,
    options: (env) => ({ clientId: "anny-backend", tokenEndpoint: undefined, exchange: async ({ code }) => (env.say("exchanged", !!code), env.scenario.answer) }),
    outcome: { [mode === "popup" ? "success" : "redirected"]: null },
  }))),
  ...["alter-connect", "anon-link"].map((protocol) => popup(protocol, {
    name: `${protocol}: every page of the app has Cross-Origin-Opener-Policy same-origin, the return page as well`,
    at: { query: "sandbox_coop=same-origin" },
    sandbox: AUTO,
    options(env) {
      const to = `${location.origin}/callback.html?sandbox_coop=same-origin`;
      return protocol === "alter-connect" ? alterReturning(env, { to }) : anonReturning(env, { to });
    },
  })),
  ...["code", "anon-link"].map((protocol) => popup(protocol, {
    name: `${protocol}: in the window the user comes to the app, and connects from there: each page has its own`,
    async person(user) {
      await user.click();
      const window = await user.atProvider();
      await user.sends(window, user.address({ query: "nested" }));
      await user.heard("ready", { nth: 2 });
      const known = await user.windows();
      await window.click("#go");
      const inner = await user.newWindow(known);
      await user.eventually(() => user.isAtProvider(inner), "the provider");
      await protocols[protocol].person(inner, user);
      const of = (await user.reports()).find(({ kind }) => kind === "ready").load;
      await user.heard("success");
      user.ok((await user.reports()).find(({ kind }) => kind === "success").load !== of, "the page in the window has it");
      await window.close();
      await user.page.run(() => { window.dispatchEvent(new Event("focus")); });
      await user.heard("exit");
    },
    lingers: true,
    outcome: { exit: null, success: protocols[protocol].isResult },
  })),
  ...["code", "implicit"].map((protocol) => popup(protocol, {
    name: `${protocol}: the button is in a form, and the click sends that as well: the page that is loaded then has the result`,
    subscribe: true,
    page: inForm,
    options: () => ({ onSuccess: undefined }),
    async person(user) {
      await user.click();
      const window = await user.newWindow();
      await user.heard("ready", { nth: 2 });
      await user.eventually(() => user.isAtProvider(window), "the provider");
      await user.wait(1500);
      await protocols[protocol].person(window, user);
      await user.heard("on success");
    },
    outcome: { "on success": protocols[protocol].isResult },
  })),
  ...["anon-link", "alter-connect"].map((protocol) => ({
    protocol,
    mode: "popup",
    name: `${protocol}: the page is left while its backend makes the link: the blank window closes`,
    options: (env) => ({ [protocol === "anon-link" ? "link" : "token"]: () => (env.say("asked"), new Promise(() => {})) }),
    async person(user) {
      await user.click();
      await user.newWindow();
      await user.heard("asked");
      await user.page.reload();
      await user.heard("ready", { nth: 2 });
      await user.eventually(() => user.isAlone(), "the window's close");
    },
  })),
];
