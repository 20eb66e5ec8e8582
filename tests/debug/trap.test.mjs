// A device that gives the core no more memory: wherever it asks for some it traps, in the middle of what it does. Chromium alone can
// be told to play it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sandbox, visit, wait } from "./lib.mjs";

const isSmall = true;

/** Plays a flow whose core traps; the app is told so once, and the next click, which asks for less, works. */
const traps = (title, { setup, mistake, person }) => test(title, { timeout: 90_000 }, () => visit({ isSmall, setup, mistake }, async (visit) => {
  const { page, outcome, found } = visit;
  await person(visit);
  await outcome("core_failed");
  await wait(500);
  assert.deepEqual(await page.evaluate(() => window.env.outcomes.splice(0)), ["error", "core_failed"]);
  assert.deepEqual(found.map(({ code }) => code), ["core_failed"]);
  await page.evaluate(() => window.cure?.());
  await visit.click();
  await outcome("success");
}));

const auto = { auto: "alice" };

traps("the core traps while it reads the options", {
  setup: { protocol: "code", sandbox: auto },
  mistake: ({ options }) => {
    options.scope = "x".repeat(4_000_000);
    window.cure = () => void delete options.scope;
  },
  person: ({ page }) => page.click("#go"),
});

traps("the core traps while it reads a message", {
  setup: { sandbox: auto },
  mistake: ({ options }) => {
    const { token } = options;
    options.token = () => new Promise(() => {});
    window.cure = () => Object.assign(options, { token });
  },
  async person({ click }) {
    const popup = await click();
    await popup.goto(`${sandbox.providers}/sandbox/forge`);
    await popup.evaluate(() => window.opener.postMessage({ type: "alter_connect_success", grants: [{ grant_id: "g", provider: "p", account_identifier: "x".repeat(4_000_000) }] }, "*"));
  },
});

traps("the core traps while it reads the token endpoint's answer", {
  setup: { protocol: "code", sandbox: auto },
  async person({ context, click }) {
    const large = JSON.stringify({ access_token: "x".repeat(4_000_000) });
    await context.route(/\/oauth\/token/, async (route) => route.fulfill({ response: await route.fetch(), body: large }), { times: 1 });
    await click();
  },
});

test("the core traps while refreshes wait", { timeout: 90_000 }, () => visit({ isSmall, setup: { protocol: "code" } }, async ({ context, page, ready }) => {
  await ready();
  await context.route(/\/oauth\/token/, () => {});
  const told = await page.evaluate(async () => {
    const { connect, options: { tokenEndpoint, clientId } } = window.env;
    const ask = (refreshToken) => connect.refresh({ tokenEndpoint, clientId, refreshToken }).catch(({ name, code }) => `${name} ${code}`);
    const waits = ask("r");
    await new Promise((resolve) => setTimeout(resolve, 200));
    return Promise.all([waits, ask("x".repeat(4_000_000))].map((asked) => Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 5000, "never"))])));
  });
  assert.deepEqual(told, ["ConnectError core_failed", "ConnectError core_failed"]);
}));
