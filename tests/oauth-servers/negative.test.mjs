// What must be refused, each with its code. Real answers of real servers, spoilt on their way by a proxy that a sound
// request passes unharmed (the first test of each group).
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { countOutcomes, failure, launch, leave, openPopup, outcome, visit } from "./lib/browser.mjs";
import { app, callbackPage, consent, django, oidc, spaPage } from "./lib/servers.mjs";
import { startTamperingProxy } from "./servers/tampering-proxy.mjs";

let browser, oidcProxy, djangoProxy;
before(async () => {
  browser = await launch();
  oidcProxy = await startTamperingProxy(oidc().upstream, app);
  djangoProxy = await startTamperingProxy(django().upstream, app);
});
after(async () => {
  await browser?.close();
  oidcProxy?.stop();
  djangoProxy?.stop();
});

const home = "/app.html?tab=accounts#/settings/connections";

const grants = {
  "code at oidc-provider": () => ({ server: oidc(oidcProxy.origin), grant: "code" }),
  "implicit at django-oauth-toolkit": () => ({ server: django(djangoProxy.origin), grant: "implicit" }),
};

/** A request whose response is spoilt. */
const spoilt = ({ server, grant }, how) => {
  const request = server[grant];
  return how ? { ...request, authorizationEndpoint: `${request.authorizationEndpoint}?tamper=${encodeURIComponent(how)}` } : request;
};

/** A code request whose token endpoint misbehaves. */
const spoiltToken = ({ code }, how) => ({ ...code, tokenEndpoint: `${code.tokenEndpoint}?tamper=${encodeURIComponent(how)}` });

const common = {
  "state missing": "state_mismatch",
  "state wrong": "state_mismatch",
  "state twice": "invalid_response",
  "other place": "invalid_response",
};
const refused = {
  "code at oidc-provider": { ...common, "code twice": "invalid_response", "code empty": "invalid_response", "iss wrong": "issuer_mismatch", "iss missing": "issuer_mismatch", "iss twice": "invalid_response" },
  "implicit at django-oauth-toolkit": { ...common, "token twice": "invalid_response", "token empty": "invalid_response" },
};

for (const [name, setting] of Object.entries(grants)) {
  describe(`popup, ${name}`, () => {
    test("nothing spoilt: the proxy does no harm", () => visit(browser, home, async (page) => {
      const popup = await openPopup(page, spoilt(setting()));
      await consent(setting().server, popup);
      assert.ok((await outcome(page)).result.access_token);
    }));

    for (const [how, code] of Object.entries(refused[name])) {
      test(`${how} is ${code}`, () => visit(browser, home, async (page) => {
        const asked = oidcProxy.tokenRequests.length;
        const popup = await openPopup(page, spoilt(setting(), how));
        await consent(setting().server, popup);
        await failure(page, code);
        if (!popup.isClosed()) await popup.waitForEvent("close");
        assert.equal(oidcProxy.tokenRequests.length, asked, "no code is sent anywhere");
        assert.equal(await page.evaluate("connect.isOpen()"), false);
      }));
    }
  });

  describe(`redirect, ${name}`, () => {
    for (const [how, code] of Object.entries(refused[name]).filter(([, code]) => code !== "state_mismatch")) {
      test(`${how} is ${code}`, () => visit(browser, home, async (page) => {
        await leave(page, spoilt(setting(), how));
        await consent(setting().server, page);
        await failure(page, code, "redirect");
        assert.equal(page.url(), app + home);
      }));
    }

    // Whoever can make up a URL can send the user to it: it must neither end what the user has begun nor be taken off.
    for (const how of ["state missing", "state wrong"]) {
      test(`${how} answers nothing, and is left alone`, () => visit(browser, home.replace("app", "spa"), async (page) => {
        await leave(page, { ...spoilt(setting(), how), redirectUri: spaPage });
        await consent(setting().server, page);
        await page.waitForFunction("window.outcomes?.length");
        assert.deepEqual(await page.evaluate("window.outcomes"), [{ kind: "redirect", result: null }]);
        assert.match(page.url(), /[?#].*(code|access_token)=/);
        assert.equal(await page.evaluate("Object.keys(sessionStorage).length"), 1, "the attempt can still be answered");
      }, { leavesResponse: true }));
    }
  });

  test(`the answer of an earlier attempt, replayed, ${name}`, () => visit(browser, home, async (page, context) => {
    const { server, grant } = setting();
    const returned = context.waitForEvent("response", (response) => response.headers().location?.startsWith(callbackPage));
    await consent(server, await openPopup(page, server[grant]));
    const { location } = (await returned).headers();
    assert.ok((await outcome(page)).result.access_token);

    // The same answer to a second attempt, in its own window.
    await page.evaluate("window.outcomes = []");
    const second = await openPopup(page, { ...server[grant], params: { prompt: "login" } });
    await second.waitForURL((url) => url.origin === new URL(server[grant].authorizationEndpoint).origin);
    // By the page itself: an address that the user types would cut the window off.
    await second.evaluate((location) => void (window.location.href = location), location);
    await failure(page, "state_mismatch");

    // And to nobody at all.
    const stray = await context.newPage();
    await stray.goto(location);
    await stray.waitForTimeout(300);
    assert.equal(await countOutcomes(page), 1);
  }));
}

describe("the token endpoint", () => {
  const server = () => oidc(oidcProxy.origin);

  test("a code that was used before: the server's error, whole", () => visit(browser, home, async (page) => {
    await consent(server(), await openPopup(page, spoiltToken(server(), "code spent")));
    const { details, message } = await failure(page, "invalid_grant");
    const said = { error: "invalid_grant", error_description: "grant request is invalid" };
    assert.deepEqual(details, { ...said, status: 400, body: said });
    assert.equal(message, details.error_description);
  }));

  test("a code is sent once, however often the response comes", () => visit(browser, home, async (page) => {
    await leave(page, server().code);
    await consent(server(), page);
    assert.ok((await outcome(page, "redirect")).result.access_token);
    const asked = oidcProxy.tokenRequests.length;
    await page.goBack().catch(() => {});
    await page.goto(app + home);
    await page.reload();
    await page.waitForFunction("window.outcomes?.length");
    assert.equal(oidcProxy.tokenRequests.length, asked);
    assert.equal(await countOutcomes(page, "redirect"), 0);
  }));

  test("a challenge that is not the verifier's: the server's error", () => visit(browser, home, async (page) => {
    await consent(server(), await openPopup(page, spoilt({ server: server(), grant: "code" }, "challenge wrong")));
    assert.equal((await failure(page, "invalid_grant")).details.error, "invalid_grant");
  }));

  for (const [how, code] of Object.entries({ "no CORS": "network_error", "no answer": "network_error", "not JSON": "invalid_response", "cut short": "invalid_response" })) {
    test(`${how} is ${code}`, () => visit(browser, home, async (page) => {
      await consent(server(), await openPopup(page, spoiltToken(server(), how)));
      const { cause } = await failure(page, code);
      if (code === "network_error") assert.match(cause, /TypeError/, "the cause is what fetch said");
    }));
  }

  test("a client that may not ask from this origin is network_error", () => visit(browser, home, async (page) => {
    const direct = oidc();
    await consent(direct, await openPopup(page, { ...direct.code, clientId: "no-cors-client" }));
    assert.match((await failure(page, "network_error")).cause, /TypeError/);
  }));

  test("a backend that refuses is exchange_failed, with its words", () => visit(browser, home, async (page) => {
    // The code belongs to another client than the backend's.
    await consent(oidc(), await openPopup(page, { ...oidc().code, exchange: true }));
    assert.match((await failure(page, "exchange_failed")).cause, /the backend answered 400/);
  }));
});

describe("the ID token", () => {
  test("a nonce of another attempt is nonce_mismatch", () => visit(browser, home, async (page) => {
    const server = oidc(oidcProxy.origin);
    await consent(server, await openPopup(page, spoilt({ server, grant: "implicit" }, "nonce wrong")));
    await failure(page, "nonce_mismatch");
  }));

  test("one that its maker's nonce fits passes the same way", () => visit(browser, home, async (page) => {
    const server = oidc(oidcProxy.origin);
    await consent(server, await openPopup(page, server.implicit));
    assert.ok((await outcome(page)).result.id_token);
  }));
});

describe("what the tab has forgotten", () => {
  test("the whole attempt: the response answers nothing, and is left alone", () => visit(browser, home.replace("app", "spa"), async (page) => {
    const server = oidc(oidcProxy.origin);
    await leave(page, { ...server.code, redirectUri: spaPage });
    // The user's other copy of this tab does not have this tab's memory.
    await page.addInitScript("if (!window.outcomes) sessionStorage.clear()");
    const asked = oidcProxy.tokenRequests.length;
    await consent(server, page);
    await page.waitForFunction("window.outcomes?.length");
    assert.deepEqual(await page.evaluate("window.outcomes"), [{ kind: "redirect", result: null }]);
    assert.match(page.url(), /[?&]code=/);
    assert.equal(oidcProxy.tokenRequests.length, asked);
  }, { leavesResponse: true }));

  test("the verifier alone: the server refuses", () => visit(browser, home, async (page) => {
    const server = oidc(oidcProxy.origin);
    await page.addInitScript(() => {
      for (const key of Object.keys(sessionStorage)) sessionStorage.setItem(key, sessionStorage.getItem(key).replace(/,"code_verifier":"[^"]*"/, ""));
    });
    await leave(page, server.code);
    await consent(server, page);
    const { details } = await failure(page, "invalid_grant", "redirect");
    assert.equal(details.error_description, "grant request is invalid");
  }));
});

describe("a request that cannot work is refused in the click", () => {
  const cases = {
    redirectUri: "https://app.example/callback",
    authorizationEndpoint: "not a URL",
    tokenEndpoint: "javascript:alert(1)",
    clientId: "",
  };
  for (const [option, value] of Object.entries(cases)) {
    test(`${option}: ${JSON.stringify(value)}`, () => visit(browser, home, async (page, context) => {
      // A click that comes before the core opens a window first, and closes it.
      await page.waitForLoadState("networkidle");
      const { error } = await page.evaluate((request) => window.connect.authorize(request).then(() => ({}), (error) => ({ error: window.plain(error) })), { ...oidc().code, [option]: value });
      assert.equal(error.code, "invalid_options");
      assert.match(error.message, new RegExp(option));
      assert.equal(context.pages().length, 1, "no window was opened");
    }));
  }

  test("a redirect URI of another origin: the sentence says why", () => visit(browser, home, async (page) => {
    const other = callbackPage.replace("localhost", "127.0.0.1");
    const message = await page.evaluate((request) => window.connect.open(request).catch((error) => error.message), { ...oidc().code, redirectUri: other });
    assert.match(message, /redirectUri .*origin/);
  }));
});
