// The wrappers as users meet them: each framework's page in Chromium, against the built package and the sandbox.
// One list of scenarios for all of them; what a page must offer for it is in apps/.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { ensureNodeModules } from "../../scripts/lib/npm.mjs";
import { launchHeadlessShell } from "../../scripts/lib/browsers.mjs";
import { inCache } from "../../scripts/lib/paths.mjs";
import { startSandbox } from "../../scripts/lib/sandbox.mjs";
import { pkg } from "../packaging/lib/tarball.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const site = inCache("wrappers", "site");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// A variant shares its wrapper with the page before it, and goes through what the framework's version could change.
const pages = [
  { name: "react", app: "react", title: "React 19, StrictMode", keeps: true },
  { name: "react-18", app: "react", title: "React 18, StrictMode", alias: { react: "react-18", "react-dom": "react-dom-18" }, variant: true },
  { name: "vue", app: "vue", title: "Vue 3", keeps: true },
  { name: "angular", app: "angular", title: "Angular, zoneless" },
  { name: "angular", app: "angular", title: "Angular, zone.js", query: "&zone", variant: true },
  { name: "element", app: "element", title: "custom element", hook: false },
];

async function bundle({ name, app, alias = {} }) {
  const folder = join(site, name);
  mkdirSync(folder, { recursive: true });
  await esbuild.build({
    entryPoints: [join(here, "apps", `${app}.js`)],
    outfile: join(folder, "app.js"),
    bundle: true, format: "esm", target: "es2022", charset: "utf8", logLevel: "error",
    define: { "process.env.NODE_ENV": '"development"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
    alias: { "connect-widget": pkg, ...alias },
    nodePaths: [join(here, "node_modules")],
  });
  const body = app === "element" ? readFileSync(join(here, "apps/element.html"), "utf8") : "";
  const inside = app === "element" ? `<main>${body}</main>` : `<div id="app"></div>`;
  writeFileSync(join(folder, "index.html"), `<!doctype html><html lang="en"><meta charset="utf-8"><title>${name}</title><link rel="icon" href="data:,"><body>${inside}<script type="module" src="app.js"></script>`);
}

let browser, sandbox;

before(async () => {
  await ensureNodeModules(here);
  for (const page of new Map(pages.map((page) => [page.name, page])).values()) await bundle(page);
  [browser, sandbox] = await Promise.all([
    launchHeadlessShell(),
    startSandbox(["--site", site]),
  ]);
});

after(async () => {
  await browser?.close();
  await sandbox?.stop();
});

/** Milliseconds until a test whose browser answers nothing any more is given up. */
const HANGS = 90_000;

/** Opens a page in a context of its own; answers what the scenarios need of it. */
async function visit(page, { mode = "popup", provider = { auto: "alice" }, query = "", before } = {}) {
  const context = await browser.newContext();
  if (before) await context.addInitScript(before);
  const tab = await context.newPage();
  const complaints = [];
  tab.on("pageerror", (error) => complaints.push(`throws ${error.message}`));
  tab.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(`says ${message.text()}`));
  await tab.goto(`${sandbox.app}/${page.name}/?mode=${mode}&sandbox=${encodeURIComponent(JSON.stringify(provider))}${page.query ?? ""}${query}`);
  const button = tab.getByRole("button", { name: "Connect", exact: true });
  await button.waitFor();
  return {
    tab, context, button,
    another: tab.getByRole("button", { name: "Connect another" }),
    hook: tab.getByRole("button", { name: "Connect by hook" }),
    render: () => tab.getByRole("button", { name: "Render" }).click(),
    toggle: () => tab.getByRole("button", { name: "Toggle" }).click(),
    /** Presses a button that opens a window; answers the window. */
    async press(which = button) {
      const opened = context.waitForEvent("page");
      await which.click();
      return opened;
    },
    /** The log, once it has `length` entries; then a while later, since nothing may be added. */
    async log(length) {
      await tab.waitForFunction((length) => window.log?.length >= length, length, { timeout: 20_000 }).catch(() => {});
      await tab.waitForTimeout(250);
      return tab.evaluate(() => window.log);
    },
    said: () => tab.evaluate(() => {
      const regions = [...document.querySelectorAll("[role=status]"), ...[...document.querySelectorAll("connect-button")].map((it) => it.shadowRoot.querySelector("[role=status]"))];
      return regions.map((region) => region.textContent.trim()).filter(Boolean);
    }),
    async end() {
      await context.close();
      assert.deepEqual(complaints, []);
    },
  };
}

/** What the App Router of Next.js makes of the history: a state with its mark is its own, and another one's address is taken over. */
function likeNext() {
  const { replaceState } = history;
  let address = location.href;
  window.refresh = () => replaceState.call(history, { __NA: true }, "", address);
  window.refresh();
  history.replaceState = function (state, unused, url) {
    if (!state?.__NA) address = new URL(url, location.href).href;
    replaceState.call(history, { ...state, __NA: true }, unused, url);
  };
}

/** Counts what the page compiles to WebAssembly. */
function countCompiled() {
  const { Module } = WebAssembly;
  WebAssembly.Module = function (...bytes) {
    window.compiled = (window.compiled ?? 0) + 1;
    return new Module(...bytes);
  };
}

/** Whether the trigger says that it is busy; the custom element's button is in its shadow. */
const busy = (locator) => locator.evaluate((element) => (element.shadowRoot?.querySelector("button") ?? element).getAttribute("aria-busy"));

const untilBusy = async (locator, wanted) => {
  for (let tries = 0; tries < 100 && (await busy(locator)) !== wanted; tries += 1) await locator.page().waitForTimeout(20);
  assert.equal(await busy(locator), wanted);
};

/** A user who looks at the provider's page and closes the window. */
const openAndClose = async (press) => lookAndClose(await press());

async function lookAndClose(popup) {
  await popup.waitForSelector("[data-page=login]");
  await popup.waitForTimeout(500); // sooner than a person could, a close looks like a page that cuts its window off
  await popup.close();
}

/** A user who signs in as Alice and allows what the app asks for, or denies it. */
async function approve(popup, decision = "Allow") {
  await popup.getByRole("button", { name: /Alice/ }).click();
  await popup.getByRole("button", { name: decision }).click();
}

for (const page of pages) {
  const scenario = (name, work, settings = {}) => {
    if (page.variant && !settings.everywhere) return;
    test(name, { timeout: HANGS }, async () => {
      const it = await visit(page, settings);
      await work(it);
      await it.end();
    });
  };

  describe(page.title, { concurrency: 3 }, () => {
    scenario("a click connects, once, and says so", async ({ button, press, log, said }) => {
      assert.equal(await busy(button), "false");
      await press();
      assert.deepEqual(await log(1), ["one 1 success alice@example.com"]);
      assert.deepEqual(await said(), ["Connected."]);
      await untilBusy(button, "false");
      assert.equal(await button.evaluate((element) => element.ownerDocument.activeElement === (element.getRootNode().host ?? element)), true, "the focus is on the trigger");
    }, { everywhere: true });

    scenario("while it is open the button is busy, and pressed again opens nothing else", async ({ button, context, press, said }) => {
      const popup = await press();
      await untilBusy(button, "true");
      assert.deepEqual(await said(), ["A window has opened. Continue there."]);
      await button.click();
      await button.page().waitForTimeout(200);
      assert.equal(context.pages().length, 2);
      await lookAndClose(popup);
      await untilBusy(button, "false");
    }, { provider: {} });

    scenario("closing the window is an exit, and the next click works", async ({ press, log, said }) => {
      await openAndClose(press);
      assert.deepEqual(await log(1), ["one 1 exit"]);
      assert.deepEqual(await said(), ["Cancelled."]);
      await openAndClose(press);
      assert.deepEqual(await log(2), ["one 1 exit", "one 1 exit"]);
    }, { provider: {} });

    scenario("what the user refuses is an error", async ({ press, log, said }) => {
      await press();
      assert.deepEqual(await log(1), ["one 1 error connect_denied"]);
      assert.deepEqual(await said(), ["That did not work."]);
    }, { provider: { auto: "alice", auto_decision: "deny" } });

    scenario("two flows at once reach their own buttons", async ({ another, press, log }) => {
      const first = await press();
      await approve(await press(another));
      assert.deepEqual(await log(1), ["two 1 success alice@example.com"]);
      await approve(first);
      assert.deepEqual(await log(2), ["two 1 success alice@example.com", "one 1 success alice@example.com"]);
    }, { provider: {} });

    scenario("an item of a menu, which its own click takes away: its flow goes on, and its callbacks are called", async ({ button, press, render, toggle, log, said }) => {
      const popup = await press();
      assert.equal(await button.count(), 0);
      await render();
      await popup.waitForSelector("[data-page=login]");
      // The element took its own voice along.
      assert.deepEqual(await said(), page.app === "element" ? [] : ["A window has opened. Continue there."]);
      await approve(popup);
      const number = page.app === "element" ? 2 : 1; // an element's listeners are those that it has
      const more = { angular: ["one output alice@example.com", "one observer alice@example.com"], vue: ["one heard too", "one heard once"] };
      const outcome = [`one ${number} success alice@example.com`, ...(more[page.app] ?? [])];
      assert.deepEqual(await log(outcome.length), outcome);
      assert.deepEqual(await said(), ["Connected."]);
      await toggle();
      await openAndClose(press);
      assert.equal((await log(outcome.length + 1)).at(-1), "one 2 exit");
    }, { provider: {}, query: "&menu", everywhere: true });

    scenario("unmounted in mid-flow, the window stays; mounted again, it works", async ({ tab, press, toggle, log }) => {
      const popup = await press();
      await popup.waitForSelector("[data-page=login]");
      await toggle();
      await tab.waitForTimeout(500);
      assert.equal(popup.isClosed(), false);
      await toggle();
      await popup.close();
      assert.deepEqual(await log(1), ["one 1 exit"]);
      await openAndClose(press);
      assert.deepEqual(await log(2), ["one 1 exit", "one 1 exit"]);
    }, { provider: {}, everywhere: true });

    if (page.keeps) scenario("hidden in mid-flow and shown again, it has the outcome", async ({ button, press, toggle, log }) => {
      const popup = await press();
      await toggle();
      await button.waitFor({ state: "hidden" });
      await approve(popup);
      assert.deepEqual(await log(1), ["one 1 success alice@example.com"]);
      await toggle();
      await button.waitFor();
      assert.equal(await button.getAttribute("data-status"), "success");
      assert.equal(await busy(button), "false");
    }, { provider: {}, query: "&keep" });

    // https://github.com/firebase/firebase-js-sdk/issues/119
    if (page.app === "angular") scenario("a page without a flow, and a window that is open for 5 s, cause no change detection, and the app is stable", async ({ tab, press, log }) => {
      const checks = () => tab.evaluate(() => window.checks);
      const untilStable = () => tab.waitForFunction(() => window.stable);
      const rests = async () => {
        await untilStable();
        const before = await checks();
        for (let second = 0; second < 5; second += 1) {
          await tab.waitForTimeout(1000);
          assert.equal(await tab.evaluate(() => window.stable), true);
        }
        assert.equal(await checks(), before);
      };
      await rests();
      const popup = await press();
      await popup.waitForSelector("[data-page=login]");
      await tab.locator("#one[data-status=open]").waitFor();
      await rests();
      await approve(popup);
      assert.deepEqual(await log(1), ["one 1 success alice@example.com"]);
      await tab.locator("#one[data-status=success]").waitFor();
    }, { provider: {}, everywhere: true });

    if (page.app === "angular") scenario("the window is opened inside the click, and the app's functions are called in its zone", async ({ tab, press, log }) => {
      await tab.evaluate(() => {
        const { open } = window;
        window.open = (...given) => {
          window.openedIn = window.event?.type;
          return open(...given);
        };
      });
      await press();
      assert.deepEqual(await log(1), ["one 1 success alice@example.com"]);
      assert.equal(await tab.evaluate(() => window.openedIn), "click");
      assert.deepEqual(await tab.evaluate(() => window.zones), page.query ? ["token angular", "success angular"] : ["token none", "success none"]);
    }, { everywhere: true });

    if (page.app === "angular") scenario("an option that is there but undefined leaves what provideConnect has", async ({ another, press, log, said }) => {
      await press(another);
      assert.deepEqual(await log(1), ["two 1 success alice@example.com"]);
      assert.deepEqual(await said(), ["Verbunden."]);
    }, { query: "&german" });

    scenario("what comes after the timeout is delivered after all, once", async ({ press, log, said }) => {
      await press();
      assert.deepEqual((await log(1)).slice(0, 1), ["one 1 error timeout"]);
      assert.deepEqual(await log(2), ["one 1 error timeout", "one 1 success alice@example.com"]);
      assert.deepEqual(await said(), ["Connected."]);
    }, { provider: { auto: "alice", delay_ms: 6000 }, query: "&timeout=4000" });

    scenario("the latest callbacks are called", async ({ press, render, log }) => {
      await press();
      await render();
      assert.deepEqual(await log(1), ["one 2 success alice@example.com"]);
    }, { provider: { auto: "alice", delay_ms: 1500 }, everywhere: true });

    if (page.name === "vue") scenario("a router that was there before the button writes no response into the address again", async ({ tab, button, log }) => {
      await button.click();
      assert.deepEqual(await log(1), ["one 1 success alice@example.com"]);
      await tab.waitForFunction(() => window.isShown && !location.href.includes("grant_id"));
      const kept = await tab.evaluate(async () => {
        const seen = [JSON.stringify(history.state)];
        await window.router.push("/other");
        history.back();
        await new Promise((resolve) => addEventListener("popstate", resolve, { once: true }));
        return [...seen, location.href, JSON.stringify(history.state)].filter((text) => text.includes("grant_id"));
      });
      assert.deepEqual(kept, []);
    }, { mode: "redirect", query: "&router" });

    if (page.name === "react") scenario("a router that keeps the address in its memory, as Next.js does, is told of the one without the response", async ({ tab, button, log }) => {
      await button.click();
      assert.deepEqual(await log(1), ["one 1 success alice@example.com"]);
      const kept = await tab.evaluate(() => {
        window.refresh();
        return [location.href, JSON.stringify(history.state)].filter((text) => text.includes("grant_id"));
      });
      assert.deepEqual(kept, []);
    }, { mode: "redirect", before: likeNext });

    scenario("what a redirect brought reaches the button that started it, once", async ({ tab, another, log }) => {
      const left = tab.url();
      await another.click();
      await tab.waitForURL((url) => url.searchParams.has("alter_connect_success"), { waitUntil: "commit" });
      await tab.waitForURL(left);
      assert.deepEqual(await log(1), ["two 1 success alice@example.com"]);
      await tab.reload();
      assert.deepEqual(await log(0), []);
    }, { mode: "redirect", everywhere: true });

    if (page.app === "angular") scenario("what a redirect brought waits for options that come after the button, with its callbacks", async ({ tab, button, render, log }) => {
      const left = tab.url();
      await render();
      await button.click();
      await tab.waitForURL((url) => url.searchParams.has("alter_connect_success"), { waitUntil: "commit" });
      await tab.waitForURL(left);
      assert.deepEqual(await log(0), []);
      await render();
      assert.deepEqual(await log(1), ["one 2 success alice@example.com"]);
    }, { mode: "redirect", query: "&late" });

    if (page.hook !== false) scenario("by its functions: close() ends the flow with no outcome, authorize() answers the result, and an error is there to be shown", async ({ tab, hook, press, log }) => {
      const state = tab.locator("#state");
      const popup = await press(hook);
      await state.filter({ hasText: "open" }).waitFor();
      const closed = popup.waitForEvent("close");
      await tab.evaluate(() => window.hook.close());
      await closed;
      await state.filter({ hasText: "idle" }).waitFor();
      let result;
      await approve(await press({ click: () => void (result = tab.evaluate(() => window.hook.authorize())) }));
      assert.equal((await result)[0].account_identifier, "alice@example.com");
      await approve(await press(hook), "Deny");
      await state.filter({ hasText: "error connect_denied" }).waitFor();
      assert.deepEqual(await log(2), ["hook 1 success alice@example.com", "hook 1 error connect_denied"]);
    }, { provider: {} });

    if (["vue", "angular"].includes(page.app)) scenario("by what the page has of its button: open(), close() and authorize(), and what else it is told", async ({ tab, press, log }) => {
      const id = page.app === "vue" ? "two" : "one";
      const by = (verb) => ({ click: () => void tab.evaluate((verb) => window.box[verb](), verb) });
      const is = (status) => tab.locator(`#${id}[data-status=${status}]`).waitFor();
      const popup = await press(by("open"));
      await is("open");
      if (page.app === "vue") await tab.locator("[data-slot=open]").waitFor();
      const closed = popup.waitForEvent("close");
      await tab.evaluate(() => window.box.close());
      await closed;
      await is("idle");
      await approve(await press(by("authorize")));
      await is("success");
      assert.deepEqual(await log(1), [`${id} 1 success alice@example.com`]);
      assert.ok((await tab.evaluate(() => window.milestones ?? window.emitted)).includes("connect_opened"));
      if (page.app === "vue") return;
      await approve(await press(), "Deny");
      await is("error");
      await openAndClose(press);
      await is("exit");
      assert.deepEqual(await tab.evaluate(() => window.emitted.filter((name) => /^(exit|connect_denied)$/.test(name))), ["connect_denied", "exit"]);
    }, { provider: {} });

    if (page.app === "angular") scenario("a callback that throws goes to the ErrorHandler, and whoever listens is told all the same", async ({ tab, press, log }) => {
      await press();
      assert.deepEqual(await log(2), ["one 1 success alice@example.com", "one output alice@example.com"]);
      assert.deepEqual(await tab.evaluate(() => window.handled), ["of the app"]);
    }, { query: "&throws", everywhere: true });

    if (page.app === "angular") scenario("the service: an instance that is provided, a token that is a text, and another call that has other options brings the window to the front", async ({ tab, hook, press, render, log }) => {
      const popup = await press(hook);
      await popup.waitForSelector("[data-page=login]");
      await render();
      await hook.click();
      await approve(popup);
      assert.deepEqual((await log(2)).sort(), ["hook 1 success alice@example.com", "shared alice@example.com"]);
      assert.equal(await tab.evaluate(() => window.hook.refresh({}).catch(({ code }) => code)), "invalid_options");
    }, { provider: {}, query: "&own" });

    if (page.app === "angular") scenario("the service: what is provided is its instance's, and it answers what a redirect brought", async ({ tab, hook }) => {
      const left = tab.url();
      await hook.click();
      await tab.waitForURL((url) => url.searchParams.has("alter_connect_success"));
      await hook.waitFor();
      const result = await tab.evaluate(() => window.hook.handleRedirect());
      assert.deepEqual([result[0].account_identifier, tab.url()], ["alice@example.com", left]);
      assert.equal(await tab.evaluate(() => window.compiled), undefined, "without WebAssembly");
    }, { mode: "redirect", query: "&plain", before: countCompiled });

    if (page.app === "react") scenario("a button has what the app gives it, its text is Connect, and its click begins nothing where the app prevents that", async ({ tab, context, press, log }) => {
      const own = tab.getByRole("button", { name: "Connect at last" });
      assert.deepEqual(await own.evaluate((button) => [button.textContent, button.type, button.dataset.status, window.box.current === button]), ["Connect", "submit", "mine", true]);
      await own.click();
      assert.deepEqual([await log(0), context.pages().length], [[], 1]);
      await tab.evaluate(() => { window.isReady = true; });
      await press(own);
      assert.deepEqual(await log(1), ["three 1 success alice@example.com"]);
    }, { query: "&own" });

    // Vue itself calls a listener that is there.
    if (page.app !== "vue") scenario("what a script has put on Object.prototype is no option", async ({ tab, hook, press, log }) => {
      const which = page.app === "angular" ? [hook, "hook"] : [undefined, "one"];
      await press(which[0]);
      assert.deepEqual(await log(1), [`${which[1]} 1 success alice@example.com`]);
      assert.equal(await tab.evaluate(() => window.strange), undefined);
    }, { before: () => Object.defineProperty(Object.prototype, "onEvent", { value: () => { window.strange = true; } }) });

    if (page.app === "react") scenario("what the hook can do is the same with every status, and a ref is cleaned up as React does it", async ({ tab, hook, press, render, log }) => {
      const before = await tab.evaluate(() => window.verbs);
      await press(hook);
      await log(1);
      await render();
      await tab.waitForTimeout(100);
      assert.equal(await tab.evaluate(() => window.verbs), before);
      // StrictMode takes every ref away once and sets it again.
      assert.deepEqual(await tab.evaluate(() => window.refs), page.name === "react" ? ["on", "off", "on"] : []);
    }, { everywhere: true });

    if (page.app === "react") scenario("a click between a rendering and its effects has the options of that rendering", async ({ hook, log }) => {
      await hook.evaluate((button) => new Promise((clicked) => {
        new MutationObserver(() => clicked(button.click())).observe(document.querySelector("#rendering"), { characterData: true, childList: true, subtree: true });
        // Not by a click of its own, after which React runs its effects at once.
        setTimeout(window.render);
      }));
      assert.deepEqual(await log(2), ["hook 2 token", "hook 2 success alice@example.com"]);
    }, { query: "&tells", everywhere: true });

    if (page.app === "react") scenario("a trigger in a modal dialog speaks inside it, where it is heard", async ({ tab, press, log }) => {
      const said = () => tab.evaluate(() => [...document.querySelectorAll("[role=status]")].map((region) => [region.textContent, Boolean(region.closest("dialog"))]));
      assert.deepEqual(await said(), [["", true]]);
      const popup = await press(tab.getByRole("button", { name: "Connect in a dialog" }));
      await popup.waitForSelector("[data-page=login]");
      assert.deepEqual(await said(), [["A window has opened. Continue there.", true]]);
      await tab.evaluate(() => document.querySelector("dialog").close());
      await approve(popup);
      assert.deepEqual(await log(1), ["three 1 success alice@example.com"]);
      assert.deepEqual(await said(), [["Connected.", false]]);
    }, { provider: {}, query: "&dialog" });

    if (page.app === "react") scenario("a trigger in the modal dialog of a component around it speaks inside that", async ({ tab, press, log }) => {
      const said = () => tab.evaluate(() => [...document.querySelector("dialog-card").shadowRoot.querySelectorAll("dialog [role=status]")].map((region) => region.textContent));
      assert.deepEqual(await said(), [""]);
      const popup = await press(tab.getByRole("button", { name: "Connect in a card" }));
      await popup.waitForSelector("[data-page=login]");
      assert.deepEqual(await said(), ["A window has opened. Continue there."]);
      await approve(popup);
      assert.deepEqual(await log(1), ["three 1 success alice@example.com"]);
      assert.deepEqual(await said(), ["Connected."]);
    }, { provider: {}, query: "&card" });

    if (page.hook !== false) scenario("what dialogs of Radix, Angular's CDK and React Aria hide of the page around them is not what speaks", async ({ tab }) => {
      const spared = (selector) => tab.evaluate((selector) => [...document.querySelectorAll("[role=status]")].map((region) => region.matches(selector)), selector);
      assert.deepEqual(await spared("body > [aria-live]"), [true]);
      assert.deepEqual(await spared("[data-live-announcer=true]"), [true]);
    });

    if (page.app === "vue") scenario("in a store it outlives the component that was first to ask for it", async ({ tab, render, press, log }) => {
      const button = tab.getByRole("button", { name: "Connect by store" });
      await render(); // with another component in that one's place
      const popup = await press(button);
      await popup.waitForSelector("[data-page=login]");
      assert.equal(await button.getAttribute("data-status"), "open");
      await approve(popup);
      assert.deepEqual(await log(1), ["store 2 success alice@example.com"]);
      assert.equal(await button.getAttribute("data-status"), "success");
    }, { provider: {}, query: "&store" });

    scenario("axe finds nothing, before and during a flow", async ({ tab, button, press }) => {
      const violations = async () => {
        await tab.evaluate(axe);
        const result = await tab.evaluate(() => globalThis.axe.run());
        return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`);
      };
      assert.deepEqual(await violations(), []);
      const popup = await press();
      await untilBusy(button, "true");
      assert.deepEqual(await violations(), []);
      await popup.close();
    }, { provider: {} });

    if (page.hook !== false) scenario("the state without the button: opening, open, success, error", async ({ tab, hook, press, log }) => {
      const state = tab.locator("#state");
      assert.equal(await state.textContent(), "idle");
      await press(hook);
      await state.filter({ hasText: "open" }).waitFor();
      assert.deepEqual(await log(1), ["hook 1 success alice@example.com"]);
      assert.equal(await state.textContent(), "success alice@example.com");
    }, { provider: { auto: "alice", delay_ms: 500 }, everywhere: true });
  });
}

test("on a server each button is its HTML, with the word Connect where the app has none", async () => {
  const [{ text }] = (await esbuild.build({
    stdin: {
      contents: `
        import { createElement } from "react";
        import * as react from "react-dom/server";
        import * as vue from "vue";
        import { renderToString } from "vue/server-renderer";
        import { ConnectButton as InReact } from "connect-widget/react";
        import { ConnectButton as InVue } from "connect-widget/vue";
        const options = { id: "one", protocol: "code", scope: "a", onSuccess() {} };
        globalThis.rendered = [react.renderToString(createElement(InReact, options)), await renderToString(vue.createSSRApp(InVue, options))];`,
      resolveDir: here,
    },
    bundle: true, write: false, format: "esm", platform: "node", mainFields: ["module", "main"], logLevel: "error", alias: { "connect-widget": pkg }, nodePaths: [join(here, "node_modules")],
    banner: { js: `import { createRequire } from "node:module"; const require = createRequire(${JSON.stringify(import.meta.url)});` },
  })).outputFiles;
  const file = join(site, "server.mjs");
  writeFileSync(file, text);
  await import(file);
  for (const html of globalThis.rendered) {
    const [, tag, inside] = /^<(button[^>]*)>(.*)<\/button>$/.exec(html.replace(/<!--.*?-->/g, ""));
    assert.deepEqual([tag.split(" ").sort(), inside], [["aria-busy=\"false\"", "button", "data-status=\"idle\"", "id=\"one\"", "type=\"button\""], "Connect"]);
  }
});

test("what Vue's reactivity makes deep, as Alpine's is too, has the instance itself in it, and no proxy", async () => {
  const [{ reactive }, { Connect }] = await Promise.all([import("vue"), import(join(pkg, "index.js"))]);
  const connect = Connect.create();
  assert.equal(reactive({ connect }).connect, connect);
});
