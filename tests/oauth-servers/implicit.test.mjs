// The implicit grant: `token` (RFC 6749 section 4.2) at django-oauth-toolkit, `id_token token` (OpenID Connect Core section
// 3.2) at oidc-provider, which knows no plain `token`.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { failure, launch, leave, openPopup, outcome, visit } from "./lib/browser.mjs";
import { comesBack, home } from "./lib/returning.mjs";
import { app, django, oidc } from "./lib/servers.mjs";

let browser;
before(async () => void (browser = await launch()));
after(() => browser?.close());

/** The fragment's parameters, normalised: a number for `expires_in`, and no state, which is nobody's affair any more. */
function assertTokenResponse(result) {
  assert.ok(result.access_token);
  assert.equal(result.token_type, "Bearer");
  assert.equal(result.expires_in, Number(result.raw.expires_in));
  assert.ok(Math.abs(result.expires_at - (Date.now() / 1000 + result.expires_in)) < 20);
  assert.equal(result.refresh_token, undefined, "RFC 6749 section 4.2.2 forbids it");
}

for (const [name, server] of [["token at django-oauth-toolkit", django()], ["id_token token at oidc-provider", oidc()]]) {
  describe(name, () => {
    comesBack(() => browser, server, server.implicit, assertTokenResponse);

    for (const mode of ["popup", "redirect"]) {
      test(`${mode}: the user says no`, () => visit(browser, home, async (page) => {
        let window = page;
        if (mode === "popup") window = await openPopup(page, server.implicit);
        else await leave(page, server.implicit);
        await server.signIn(window);
        await server.deny(window);
        const { details } = await failure(page, "access_denied", mode === "popup" ? "authorize" : "redirect");
        assert.equal(details.error, "access_denied");
        assert.equal(page.url(), app + home);
      }));
    }
  });
}

test("an ID token carries the nonce that was made for this attempt, a new one each time", () => visit(browser, home, async (page) => {
  const server = oidc();
  const nonces = [];
  for (const round of [1, 2]) {
    await page.evaluate("window.outcomes = []");
    const popup = await openPopup(page, server.implicit);
    // The second time the server knows the user, but asks again, as RFC 8252 section 8.6 has it for native clients.
    if (round === 1) await server.signIn(popup);
    await server.allow(popup);
    const { result } = await outcome(page);
    nonces.push(JSON.parse(Buffer.from(result.id_token.split(".")[1], "base64url")).nonce);
  }
  assert.match(nonces[0], /^[\w-]{22,}$/, "at least 128 bits");
  assert.notEqual(nonces[0], nonces[1]);
}));

test("oidc-provider refuses plain token, and says so", () => visit(browser, home, async (page) => {
  await openPopup(page, { ...oidc().implicit, responseType: "token" });
  const { details, code } = await failure(page, "unsupported_response_type");
  assert.equal(details.error, code);
}));
