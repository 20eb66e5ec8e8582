// The authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636) at both servers.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { countOutcomes, failure, launch, leave, openPopup, outcome, visit } from "./lib/browser.mjs";
import { assertWorks, comesBack, home } from "./lib/returning.mjs";
import { app, consent, django, oidc } from "./lib/servers.mjs";

let browser;
before(async () => void (browser = await launch()));
after(() => browser?.close());

/** RFC 6749 section 5.1, normalised, and the response as it came beside it. */
function assertTokenResponse(result) {
  const { raw, expires_at, ...normalised } = result;
  for (const name of ["access_token", "refresh_token"]) assert.ok(normalised[name], `${name} is there`);
  assert.equal(normalised.token_type, "Bearer");
  assert.ok(Number.isInteger(normalised.expires_in) && normalised.expires_in > 0);
  assert.ok(Math.abs(expires_at - (Date.now() / 1000 + normalised.expires_in)) < 20, "expires_at is Unix time in seconds");
  for (const [name, value] of Object.entries(normalised)) assert.deepEqual(value, raw[name], `raw has ${name} as it came`);
}

for (const [name, server] of [["oidc-provider", oidc()], ["django-oauth-toolkit", django()]]) {
  describe(`code with PKCE at ${name}`, () => {
    comesBack(() => browser, server, server.code, assertTokenResponse);

    test("redirect, heard by a late subscriber", () => visit(browser, home, async (page) => {
      await leave(page, server.code);
      await page.addInitScript("window.lateSubscriber = true");
      await consent(server, page);
      const { result } = await outcome(page, "success");
      assertTokenResponse(result);
    }));

    test("the user says no, in a popup", () => visit(browser, home, async (page) => {
      const popup = await openPopup(page, server.code);
      await server.signIn(popup);
      await server.deny(popup);
      const { details } = await failure(page, "access_denied");
      assert.equal(details.error, "access_denied");
    }));

    test("the user says no, after a redirect", () => visit(browser, home, async (page) => {
      await leave(page, server.code);
      await server.signIn(page);
      await server.deny(page);
      const { details } = await failure(page, "access_denied", "redirect");
      assert.equal(details.error, "access_denied");
      assert.equal(page.url(), app + home);
    }));

    test("a redirect URI that is not registered: the server says so, and the user can only close the window", () => visit(browser, home, async (page) => {
      const popup = await openPopup(page, { ...server.code, redirectUri: `${app}/not-registered.html` });
      if (name === "django-oauth-toolkit") await server.signIn(popup);
      await popup.getByText(/redirect|mismatch/i).first().waitFor();
      // As long as somebody reads it. A window that is closed as it arrives may have been cut off instead, which a headless page,
      // that neither loses nor gets the focus, cannot tell apart.
      await popup.waitForTimeout(1000);
      await popup.close();
      await failure(page, "popup_closed");
    }));
  });
}

test("django-oauth-toolkit refuses a scope that does not exist", () => visit(browser, home, async (page) => {
  const server = django();
  const popup = await openPopup(page, { ...server.code, scope: "no-such-scope" });
  await server.signIn(popup);
  const { details } = await failure(page, "invalid_scope");
  assert.equal(details.error, "invalid_scope");
}));

describe("what only oidc-provider does", () => {
  const server = oidc();

  test("prompt=none without a session is login_required, with the issuer's own words", () => visit(browser, home, async (page) => {
    await openPopup(page, { ...server.code, params: { prompt: "none" } });
    const { details } = await failure(page, "login_required");
    assert.equal(details.error_description, "End-User authentication is required");
  }));

  test("an ID token comes through untouched", () => visit(browser, home, async (page) => {
    await consent(server, await openPopup(page, server.code));
    const { result } = await outcome(page);
    assert.equal(result.id_token, result.raw.id_token);
    const claims = JSON.parse(Buffer.from(result.id_token.split(".")[1], "base64url"));
    assert.equal(claims.iss, server.issuer);
    assert.equal(claims.aud, "code-client");
  }));

  for (const mode of ["popup", "redirect"]) {
    test(`${mode}: the app's backend exchanges the code, with its secret`, () => visit(browser, home, async (page) => {
      const request = { ...server.code, clientId: "backend-client", exchange: true };
      if (mode === "popup") await consent(server, await openPopup(page, request));
      else {
        await leave(page, request);
        await consent(server, page);
      }
      const { result, error } = await outcome(page, mode === "popup" ? "authorize" : "redirect");
      assert.equal(error, undefined);
      await assertWorks(server, result);
    }));
  }

  test("a second click while the window is open brings it to the front, and one code is asked for", () => visit(browser, home, async (page) => {
    const popup = await openPopup(page, server.code);
    await popup.getByPlaceholder("Enter any login").waitFor();
    assert.equal(await page.evaluate("connect.authorize(window.request).catch((error) => error.code)"), "already_open");
    await consent(server, popup);
    assert.ok((await outcome(page)).result.access_token);
    assert.equal(await countOutcomes(page), 1);
  }));
});
