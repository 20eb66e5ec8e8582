// refresh() (RFC 6749 section 6) at servers that rotate refresh tokens and revoke the whole family when an old one comes
// back (RFC 9700 section 4.14.2): a second request with the same token, from this page or another tab, would log the user out.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, openPopup, outcome, visit } from "./lib/browser.mjs";
import { app, consent, django, oidc } from "./lib/servers.mjs";
import { startTamperingProxy } from "./servers/tampering-proxy.mjs";

let browser;
const proxies = {};
const behind = { "oidc-provider": oidc, "django-oauth-toolkit": django };

before(async () => {
  browser = await launch();
  for (const [name, server] of Object.entries(behind)) proxies[name] = await startTamperingProxy(server().upstream, app);
});
after(async () => {
  await browser?.close();
  for (const proxy of Object.values(proxies)) proxy.stop();
});

/** Connects, and answers what refresh() takes; its requests are seen by the proxy, and are slow enough to overlap. */
async function connected(page, server) {
  await consent(server, await openPopup(page, server.code));
  const { result } = await outcome(page);
  return refreshOf(server, result.refresh_token);
}

const refreshOf = ({ code }, refreshToken) => ({ tokenEndpoint: `${code.tokenEndpoint}?tamper=slow`, clientId: code.clientId, refreshToken });

/** What refresh() answered to each of these, called in one go: token responses, and errors as plain data. */
const refresh = (page, ...requests) => page.evaluate((requests) => Promise.all(requests.map((request) => window.connect.refresh(request).catch((error) => ({ ...window.plain(error) })))), requests);

for (const [name, server] of Object.entries(behind)) {
  describe(`refresh at ${name}`, () => {
    let proxied, requests;
    before(() => {
      proxied = server(proxies[name].origin);
      requests = () => proxies[name].tokenRequests.filter((parameters) => parameters.get("grant_type") === "refresh_token").length;
    });

    test("a new access token and a new refresh token, again and again", () => visit(browser, "/app.html", async (page) => {
      let request = await connected(page, proxied);
      const seen = new Set([request.refreshToken]);
      for (const _ of [1, 2, 3]) {
        const [response] = await refresh(page, request);
        assert.equal(response.code, undefined, response.message);
        assert.ok(response.expires_in > 0 && response.expires_at > Date.now() / 1000);
        assert.equal(response.raw.access_token, response.access_token);
        const me = await fetch(proxied.userinfo, { headers: { authorization: `Bearer ${response.access_token}` } });
        assert.equal(me.status, 200);
        assert.ok(!seen.has(response.refresh_token), "rotated");
        seen.add(response.refresh_token);
        request = { ...request, refreshToken: response.refresh_token };
      }
    }));

    test("three calls at once are one request", () => visit(browser, "/app.html", async (page) => {
      const request = await connected(page, proxied);
      const before = requests();
      const responses = await refresh(page, request, request, request);
      assert.equal(requests() - before, 1);
      assert.deepEqual(responses[1], responses[0]);
      assert.deepEqual(responses[2], responses[0]);
      const [next] = await refresh(page, { ...request, refreshToken: responses[0].refresh_token });
      assert.equal(next.code, undefined, "the family is alive");
    }));

    test("two tabs at once are one request, and both get its answer", () => visit(browser, "/app.html", async (page, context) => {
      const request = await connected(page, proxied);
      const other = await context.newPage();
      await other.goto(`${app}/app.html`);
      await other.waitForFunction("window.connect");
      const before = requests();
      const [[mine], [theirs]] = await Promise.all([refresh(page, request), refresh(other, request)]);
      assert.equal(mine.code, undefined, mine.message);
      assert.deepEqual(theirs, mine);
      assert.equal(requests() - before, 1);
      const [next] = await refresh(other, { ...request, refreshToken: mine.refresh_token });
      assert.equal(next.code, undefined, "the family is alive");
    }));

    test("two tokens at once are two requests", () => visit(browser, "/app.html", async (page) => {
      const first = await connected(page, proxied);
      const second = await browser.newContext();
      try {
        const other = await second.newPage();
        await other.goto(`${app}/app.html`);
        const request = await connected(other, proxied);
        const before = requests();
        const responses = await refresh(page, first, request);
        assert.equal(requests() - before, 2);
        assert.notEqual(responses[0].access_token, responses[1].access_token);
      } finally {
        await second.close();
      }
    }));

    test("a token that was used before is invalid_grant, and takes its family with it", () => visit(browser, "/app.html", async (page) => {
      const request = await connected(page, proxied);
      const [rotated] = await refresh(page, request);
      const [reused] = await refresh(page, request);
      assert.equal(reused.code, "invalid_grant");
      assert.equal(reused.details.error, "invalid_grant");
      const [orphan] = await refresh(page, { ...request, refreshToken: rotated.refresh_token });
      assert.equal(orphan.code, "invalid_grant");
    }));

    test("a revoked token is invalid_grant, with the server's answer whole", () => visit(browser, "/app.html", async (page) => {
      const request = await connected(page, proxied);
      const revoked = await fetch(proxied.revocation, { method: "POST", body: new URLSearchParams({ token: request.refreshToken, token_type_hint: "refresh_token", client_id: request.clientId }) });
      assert.equal(revoked.status, 200);
      const [response] = await refresh(page, request);
      assert.equal(response.code, "invalid_grant");
      // What the server says to anyone who asks the same.
      const asked = await fetch(request.tokenEndpoint, { method: "POST", body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: request.refreshToken, client_id: request.clientId }) });
      const said = await asked.json();
      assert.deepEqual(response.details, { ...said, status: asked.status, body: said });
    }));

    test("a scope beyond what was granted is the server's error", () => visit(browser, "/app.html", async (page) => {
      const request = await connected(page, proxied);
      const [response] = await refresh(page, { ...request, scope: "openid write offline_access" });
      assert.equal(response.code, "invalid_scope");
    }));

    test("a signal that was aborted before sends nothing, and the token is not spent", () => visit(browser, "/app.html", async (page) => {
      const request = await connected(page, proxied);
      const before = requests();
      const code = await page.evaluate((request) => window.connect.refresh({ ...request, signal: AbortSignal.abort() }).catch((error) => error.code), request);
      assert.equal(code, "aborted");
      const [next] = await refresh(page, request);
      assert.equal(next.code, undefined, next.message);
      assert.equal(requests() - before, 1);
    }));

    test("one caller's abort is no other caller's, and loses no token", () => visit(browser, "/app.html", async (page) => {
      const request = await connected(page, proxied);
      const before = requests();
      const [aborted, answered] = await page.evaluate((request) => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(), 100);
        const ask = (more) => window.connect.refresh({ ...request, ...more }).catch((error) => error.code);
        return Promise.all([ask({ signal: controller.signal }), ask()]);
      }, request);
      assert.equal(aborted, "aborted");
      assert.ok(answered.refresh_token, answered);
      assert.equal(requests() - before, 1);
      const [next] = await refresh(page, { ...request, refreshToken: answered.refresh_token });
      assert.equal(next.code, undefined, "the family is alive");
    }));

    test("another tab may ask at any moment while a request is in flight", () => visit(browser, "/app.html", async (page, context) => {
      let request = await connected(page, proxied);
      const other = await context.newPage();
      await other.goto(`${app}/app.html`);
      await other.waitForFunction("window.connect");
      for (const delay of [50, 200, 350]) {
        const before = requests();
        const first = refresh(page, request);
        await page.waitForTimeout(delay);
        const [[mine], [theirs]] = await Promise.all([first, refresh(other, request)]);
        assert.equal(mine.code, undefined, mine.message);
        assert.deepEqual(theirs, mine);
        assert.equal(requests() - before, 1);
        request = { ...request, refreshToken: mine.refresh_token };
      }
    }));
  });
}

test("a token endpoint that is not there is network_error, with the cause", () => visit(browser, "/app.html", async (page) => {
  const request = { tokenEndpoint: "http://127.0.0.1:9/token", clientId: "code-client", refreshToken: "any" };
  const [response] = await refresh(page, request);
  assert.equal(response.code, "network_error");
  assert.match(response.cause, /TypeError/);
}));
