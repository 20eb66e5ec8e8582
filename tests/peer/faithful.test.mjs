// Is the sandbox what it says it is? Here the published widget drives it, untouched, and must get from it what Alter's own
// documentation promises.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { devices } from "playwright-core";
import { app, click, launch, log, logged, mint, openPopup, providers, settle, user, visit } from "./lib.mjs";

let browser;
before(async () => void (browser = await launch()));
after(() => browser?.close());

const phone = (({ defaultBrowserType, ...device }) => device)(devices["iPhone 13"]);
const openAt = (options) => void connect.open({ ...window.callbacks, ...options });

/** A documented grant: every field, of its type. */
function assertGrant(grant, { provider, name, account, operation = "creation" }) {
  assert.deepEqual(Object.keys(grant).filter((key) => key !== "metadata").sort(), ["account_identifier", "grant_id", "operation", "provider", "provider_name", "scopes", "status", "timestamp"]);
  assert.ok(grant.grant_id);
  assert.equal(grant.provider, provider);
  assert.equal(grant.provider_name, name);
  assert.equal(grant.account_identifier, account);
  assert.equal(grant.operation, operation);
  assert.equal(grant.status, "active");
  assert.ok(grant.scopes.length > 0 && grant.scopes.every((scope) => typeof scope === "string" && scope));
  assert.ok(Math.abs(Date.parse(grant.timestamp) - Date.now()) < 60_000, "just now, in ISO 8601");
}

describe("by popup", () => {
  test("one provider: no picker, a grant after Allow", () => visit(browser, "peer", async (page) => {
    const popup = await openPopup(page, openAt, { token: await mint(page), baseURL: providers });
    await user.allow(popup);
    await logged(page, "on close");
    const [, [name, grants]] = await log(page);
    assert.equal(name, "onSuccess");
    assert.equal(grants.length, 1);
    assertGrant(grants[0], { provider: "google", name: "Google", account: "alice@example.com" });
  }));

  test("several providers: a picker, and a grant for each account", () => visit(browser, "peer", async (page) => {
    const popup = await openPopup(page, openAt, { token: await mint(page, { allowed_providers: ["github", "slack", "notion"] }), baseURL: providers });
    await user.pick(popup, "GitHub");
    await user.pick(popup, "Slack", "Bob Brandt");
    await user.done(popup);
    await logged(page, "on close");
    const [, [, grants]] = await log(page);
    assert.equal(grants.length, 2);
    assertGrant(grants[0], { provider: "github", name: "GitHub", account: "alice@example.com" });
    assertGrant(grants[1], { provider: "slack", name: "Slack", account: "bob@example.com" });
  }));

  test("a repair keeps its grant_id", () => visit(browser, "peer", async (page) => {
    const ids = [];
    for (const operation of ["creation", "reauth"]) {
      const body = { sandbox: { auto: "alice" }, ...(ids[0] && { repair_grant_id: ids[0] }) };
      await page.evaluate("window.log = []");
      await click(page, openAt, { token: await mint(page, body), baseURL: providers });
      await logged(page, "on close");
      const [, [, [grant]]] = await log(page);
      assertGrant(grant, { provider: "google", name: "Google", account: "alice@example.com", operation });
      ids.push(grant.grant_id);
      await page.evaluate((grant) => fetch("/api/connections", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ protocol: "alter-connect", grants: [grant] }) }), grant);
    }
    assert.equal(ids[1], ids[0]);
  }));

  const errors = {
    "the user says no": [{ sandbox: { auto: "alice", auto_decision: "deny" } }, "connect_denied"],
    "the provider's own failure": [{ sandbox: { auto: "dana" } }, "provider_error"],
    "an error that a developer asks for": [{ sandbox: { auto: "alice", error: "session_expired", error_description: "It took too long." } }, "session_expired"],
  };
  for (const [name, [body, code]] of Object.entries(errors)) {
    test(`${name} is ${code}`, () => visit(browser, "peer", async (page) => {
      await click(page, openAt, { token: await mint(page, body), baseURL: providers });
      await logged(page, "on close");
      const [, [handler, error]] = await log(page);
      assert.deepEqual([handler, error.code, error.says], ["onError", code, true]);
      assert.equal(error.details.type, "alter_connect_error");
    }));
  }

  test("a token works once", () => visit(browser, "peer", async (page) => {
    const token = await mint(page, { sandbox: { auto: "alice" } });
    for (const count of [1, 2]) {
      await click(page, openAt, { token, baseURL: providers });
      await logged(page, "on close", count);
    }
    const [handler, error] = (await log(page)).at(-2);
    assert.deepEqual([handler, error.code], ["onError", "invalid_token"]);
  }));

  test("a token that has expired is invalid_token, one that expires in mid-flow session_expired", () => visit(browser, "peer", async (page) => {
    const expired = await mint(page, { sandbox: { expires_in: 1 } });
    await page.waitForTimeout(1300);
    await click(page, openAt, { token: expired, baseURL: providers });
    await logged(page, "on close");
    assert.equal((await log(page)).at(-2)[1].code, "invalid_token");

    const popup = await openPopup(page, openAt, { token: await mint(page, { sandbox: { expires_in: 4 } }), baseURL: providers });
    await popup.getByRole("button", { name: /^Continue as Alice/ }).waitFor();
    await page.waitForTimeout(4200);
    await user.allow(popup).catch(() => {}); // the last page may be gone already
    await logged(page, "on close", 2);
    assert.equal((await log(page)).at(-2)[1].code, "session_expired");
  }));

  const unheard = { "without an origin to post to": { app: "no-website", allowed_origin: null }, "for another origin": { allowed_origin: "https://other.example" } };
  for (const [name, body] of Object.entries(unheard)) {
    test(`${name}, no message comes, and the flow ends with the window`, () => visit(browser, "peer", async (page) => {
      const popup = await openPopup(page, openAt, { token: await mint(page, body), baseURL: providers });
      await user.allow(popup);
      await popup.locator("[data-page=result]").waitFor();
      await settle(page);
      assert.deepEqual(await log(page), []);
      await popup.close();
      await logged(page, "on close");
      assert.deepEqual((await log(page)).map(([name]) => name), ["on exit", "onExit", "on close"]);
    }));
  }

  test("among foreign messages, and sent twice, the result is told once", () => visit(browser, "peer", async (page) => {
    await click(page, openAt, { token: await mint(page, { sandbox: { auto: "alice", foreign_messages: 20, duplicate: true } }), baseURL: providers });
    await logged(page, "on close");
    await settle(page);
    assert.deepEqual((await log(page)).map(([name]) => name), ["on success", "onSuccess", "on close"]);
  }));
});

describe("by redirect, on a phone", () => {
  /** What the published widget, which tells nobody, says on the console about the answer that it came back with. */
  async function redirected(page, body, decide) {
    const said = page.waitForEvent("console", (message) => /redirect return - (success|error):/.test(message.text()));
    await click(page, openAt, { token: await mint(page, { return_url: page.url(), ...body }), baseURL: providers });
    await decide(page);
    const [, what, value] = await Promise.all((await said).args().map((argument) => argument.jsonValue()));
    return [/success/.test(what) ? "success" : "error", value];
  }
  const options = { device: phone, query: "&debug&tab=accounts", fragment: "#/settings" };

  test("a grant, and the page's own address back", () => visit(browser, "peer", async (page) => {
    const [kind, grants] = await redirected(page, {}, user.allow);
    assert.equal(kind, "success");
    assert.equal(grants.length, 1);
    assertGrant(grants[0], { provider: "google", name: "Google", account: "alice@example.com" });
    assert.equal(page.url(), `${app}/?widget=peer&debug&tab=accounts#/settings`);
  }, options));

  test("an error, and the page's own address back", () => visit(browser, "peer", async (page) => {
    const [kind, error] = await redirected(page, {}, user.deny);
    assert.equal(kind, "error");
    assert.equal(error.code, "connect_denied");
    assert.ok(error.message);
    assert.equal(page.url(), `${app}/?widget=peer&debug&tab=accounts#/settings`);
  }, options));

  test("without a return_url there is nowhere to land, and the page says so", () => visit(browser, "peer", async (page) => {
    await click(page, openAt, { token: await mint(page, { return_url: null }), baseURL: providers });
    await user.allow(page);
    await page.locator("[data-page=result]").waitFor();
    await page.locator("main").filter({ hasText: /return/i }).waitFor();
  }, options));
});
