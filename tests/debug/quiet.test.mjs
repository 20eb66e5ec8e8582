// A right integration is told nothing: each protocol, by popup and by redirect, and what users do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { finds, sandbox, visit, wait } from "./lib.mjs";

const auto = { auto: "alice" };
const quiet = (title, about) => finds(title, { finds: [], ...about });

for (const protocol of ["alter-connect", "anon-link", "stackone-link", "implicit", "code"]) {
  quiet(`${protocol}, popup`, { setup: { protocol, sandbox: auto }, async person({ click, outcome }) {
    await click();
    await outcome("success");
  } });

  quiet(`${protocol}, redirect on a phone`, { onPhone: true, setup: { protocol, sandbox: auto }, async person({ page, outcome }) {
    await page.tap("#go");
    await outcome("redirected");
  } });
}

quiet("the core is inlined", { setup: { entry: "sync.js", sandbox: auto }, async person({ click, outcome }) {
  await click();
  await outcome("success");
} });

quiet("two flows, one after the other", { setup: { protocol: "code", sandbox: auto }, async person({ click, outcome, page }) {
  await click();
  await outcome("success");
  await page.evaluate(() => void (window.env.outcomes.length = 0));
  await click();
  await outcome("success");
} });

quiet("the user gives up at once", { async person({ click, outcome }) {
  const popup = await click();
  await popup.waitForLoadState();
  await wait(300);
  await popup.close();
  await outcome("exit");
} });

quiet("the user says no", { setup: { protocol: "code", sandbox: { ...auto, auto_decision: "deny" } }, async person({ click, outcome }) {
  await click();
  await outcome("error");
} });

quiet("messages of other scripts, and a page of the app with a query of its own", { at: "/?code=SPRING&type=shoes", setup: { sandbox: { ...auto, foreign_messages: 20 } }, async person({ click, outcome, page }) {
  await page.evaluate(() => setInterval(() => window.postMessage({ type: "webpackOk", source: "react-devtools" }, "*"), 20));
  await click();
  await outcome("success");
} });

quiet("by keyboard", { setup: { sandbox: auto }, async person({ page, context, outcome }) {
  await page.locator("#go:enabled").focus();
  const opened = context.waitForEvent("page");
  await page.keyboard.press("Enter");
  await opened;
  await outcome("success");
} });

quiet("under a policy that lets everything be that is needed", {
  at: `/?sandbox_csp=${encodeURIComponent("script-src 'self' 'wasm-unsafe-eval'; style-src 'self'")}`,
  setup: { protocol: "code", sandbox: auto },
  async person({ click, outcome }) {
    await click();
    await outcome("success");
  },
});

test("without debug, debug.js is not even loaded, and a mistake says nothing", () => visit({ setup: { config: { debug: false }, sandbox: { ...auto, state: "wrong" }, protocol: "code" } }, async ({ click, outcome, page, found }) => {
  await click();
  await outcome("error");
  const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  assert.deepEqual(loaded.filter((name) => name.includes("debug")), []);
  assert.deepEqual(found, []);
}));
