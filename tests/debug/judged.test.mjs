// What debug makes of headers, policies, pages, texts and answers, without a browser: the cases that no mistake in one app would cause.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";

globalThis.__VERSION__ = "0.0.0";
const APP = "https://app.example";
const found = [];
const page = {
  window: globalThis, self: globalThis, top: globalThis, origin: APP, location: { href: `${APP}/settings?a=b#c` }, innerWidth: 1280, innerHeight: 800,
  document: { scripts: [], querySelectorAll: () => [] }, dispatchEvent: ({ detail }) => void found.push(detail), matchMedia: () => ({ matches: false }), navigator: { userAgent: "", maxTouchPoints: 0 },
};
for (const [name, value] of Object.entries(page)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
console.warn = () => {};

const { allowsConnect, allowsWasm, clockOffset, decideMode, examineLanding, foreignTop, place, policies, probeStore, redact, severingHeader, why } = await import("../../pkg-template/debug/page.js");
const { saidIn, unknownNames } = await import("../../pkg-template/debug/names.js");
const { explainNetwork, explainStatus } = await import("../../pkg-template/debug/token.js");

const anyFetch = globalThis.fetch;

beforeEach(() => {
  for (const [name, value] of Object.entries(page)) globalThis[name] = value;
  globalThis.fetch = anyFetch;
  found.length = 0;
});

describe("texts of strangers", () => {
  test("have nothing in them that could be a token, and their codes as they are", () => {
    const token = "eyJhbGciOiJSUzI1NiJ9";
    assert.equal(redact(`refused ${token}.${token}.${token}, again`), "refused …, again");
    assert.equal(redact(`${token.slice(1)}`), token.slice(1), "too short for one");
    for (const code of ["temporarily_unavailable", "authorization_pending_for_user"]) assert.equal(redact(code), code);
    for (const text of ["a_secret_like_this_one_1234567890abcdef", "temporarily-unavailable-now"]) assert.equal(redact(text), "…");
    assert.equal(redact("ab ".repeat(200)).length, 200);
  });

  test("what an app threw ends a sentence", () => {
    assert.deepEqual([why(new Error("the backend is down.")), why("no"), why(undefined)], ["the backend is down", "no", ""]);
  });

  test("an address has neither query nor fragment, and what is none is a text", () => {
    assert.deepEqual([place(`${APP}/cb?code=SECRET#access_token=SECRET`), place("/cb?code=SECRET"), place("http://:abcdefghijklmnopqrstuvwxyz")], [`${APP}/cb`, `${APP}/cb`, "http://:…"]);
  });
});

describe("the page around this one", () => {
  test("is none where there is no frame, and none of another site's where it is the app's own", () => {
    assert.equal(foreignTop(), undefined);
    globalThis.top = { origin: APP };
    assert.equal(foreignTop(), undefined);
  });

  test("is the outermost one, where the browser says which", () => {
    globalThis.top = { get origin() { throw new Error("SecurityError"); } };
    assert.equal(foreignTop(), "");
    globalThis.location = { ancestorOrigins: ["https://between.example", "https://outermost.example"] };
    assert.equal(foreignTop(), "https://outermost.example");
  });
});

test("a store that is asked whether it works is left as it was", () => {
  const kept = new Map();
  const store = { setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  globalThis.sessionStorage = store;
  assert.deepEqual([probeStore("sessionStorage"), kept.size], ["ok", 0]);
  for (const [error, state] of [[{ name: "QuotaExceededError" }, "full"], [{ name: "NS_ERROR_DOM_QUOTA_REACHED", code: 22 }, "full"], [{ name: "SecurityError", code: 18 }, "refused"]]) {
    store.setItem = () => { throw error; };
    assert.equal(probeStore("sessionStorage"), state);
  }
  delete globalThis.sessionStorage;
});

describe("headers", () => {
  const now = Date.parse("2026-12-01T12:00:00Z");
  const ahead = (t, headers) => {
    t.mock.timers.enable({ apis: ["Date"], now });
    return clockOffset(headers && new Headers(headers));
  };
  const at = (seconds) => new Date(now - seconds * 1000).toUTCString();

  for (const [what, headers, seconds] of [
    ["nobody says", null, 0],
    ["without a date", {}, 0],
    ["a minute is no difference", { date: at(60) }, 0],
    ["behind a minute, neither", { date: at(-60) }, 0],
    ["ahead", { date: at(61) }, 61],
    ["behind", { date: at(-61) }, -61],
    ["a cache's copy as old as its age", { date: at(500), age: "500" }, 0],
    ["a cache's copy dated anew", { date: at(0), age: "500" }, 0],
    ["a cache's copy dated anew, and a clock that is a little ahead", { date: at(10), age: "500" }, 0],
    ["a cache's copy, and a clock that is ahead", { date: at(500), age: "100, 20" }, 400],
    ["an age that is none", { date: at(500), age: "100x" }, 500],
  ]) test(`the clock: ${what}`, (t) => assert.equal(ahead(t, headers), seconds));

  test("what severs the windows of a page", () => {
    for (const value of ["same-origin", "same-origin-plus-COEP"]) {
      assert.equal(severingHeader(new Headers({ "cross-origin-opener-policy": `${value}; report-to="coop"` })), value);
    }
    for (const value of ["same-origin-allow-popups", "unsafe-none", "noopener-allow-popups"]) assert.equal(severingHeader(new Headers({ "cross-origin-opener-policy": value })), undefined);
    assert.deepEqual([severingHeader(new Headers()), severingHeader(null)], [undefined, undefined]);
  });
});

describe("policies", () => {
  const policy = (text) => policies(new Headers({ "content-security-policy": text }))[0];

  test("are those of the header, by commas, and those in the page", () => {
    globalThis.document = { querySelectorAll: () => [{ content: "Script-Src 'self'" }] };
    const all = policies(new Headers({ "content-security-policy": "connect-src  a.example b.example;, default-src 'none'" }));
    assert.deepEqual(all.map((one) => [...one.keys()].filter(Boolean)), [["connect-src"], ["default-src"], ["script-src"]]);
    assert.deepEqual(all[0].get("connect-src"), ["a.example", "b.example"]);
    assert.equal(policies(null).length, 1);
  });

  const url = "https://auth.example:8443/token";
  for (const [text, allows] of [
    ["script-src 'none'", true], ["connect-src *", true], ["connect-src https:", true], ["connect-src http:", false], ["connect-src 'none'", false], ["default-src 'none'", false],
    ["default-src 'none'; connect-src https://auth.example:8443", true], ["default-src *; connect-src 'self'", false], ["connect-src auth.example:8443", true], ["connect-src auth.example", true],
    ["connect-src https://auth.example:8443/token", true], ["connect-src https://other.example", false], ["connect-src other.example https://auth.example:8443/", true],
  ]) test(`a request to ${url} under ${text}`, () => assert.equal(allowsConnect(policy(text), url), allows));

  test("a request to the page's own origin, and to one of many hosts", () => {
    assert.ok(allowsConnect(policy("connect-src 'self'"), `${APP}/token`));
    for (const text of ["*.auth.example", "https://*.auth.example"]) {
      assert.ok(allowsConnect(policy(`connect-src ${text}`), "https://eu.auth.example/token"), text);
      for (const host of ["auth.other.example", "otherauth.example"]) assert.ok(!allowsConnect(policy(`connect-src ${text}`), `https://${host}/token`), `${host} under ${text}`);
    }
    assert.ok(!allowsConnect(policy("connect-src auth.example"), "https://eu.auth.example/token"), "a host is that one alone");
  });

  for (const [text, allows] of [
    ["connect-src 'none'", true], ["script-src 'self'", false], ["default-src 'self'", false], ["script-src 'self' 'wasm-unsafe-eval'", true], ["script-src 'unsafe-eval'", true],
    ["default-src 'self' 'wasm-unsafe-eval'", true], ["default-src 'wasm-unsafe-eval'; script-src 'self'", false], ["script-src 'unsafe-inline'", false],
  ]) test(`WebAssembly under ${text}`, () => assert.equal(allowsWasm(policy(text)), allows));
});

test("why a page is redirected, or has a window opened", () => {
  const safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1";
  const android = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";
  for (const [device, mode, words] of [
    [{}, "popup", /^wide enough for a window \(1280 × 800\)$|^a desktop browser/],
    [{ innerWidth: 400 }, "popup", /^a desktop browser with a mouse/],
    [{ innerWidth: 400, navigator: { userAgent: android, maxTouchPoints: 5 } }, "redirect", /^a phone, or a tablet held upright \(400 × 800\)$/],
    [{ navigator: { userAgent: android, maxTouchPoints: 5 } }, "popup", /^wide enough for a window \(1280 × 800\)$/],
    [{ navigator: { userAgent: safari, maxTouchPoints: 5, standalone: true } }, "redirect", /home screen/],
    [{ navigator: { userAgent: `${android} Instagram 300`, maxTouchPoints: 5 } }, "redirect", /in-app browser/],
    [{ innerWidth: 400, navigator: { userAgent: android, maxTouchPoints: 5 }, top: {} }, "popup", /^a frame is never redirected$/],
  ]) {
    for (const [name, value] of Object.entries({ ...page, ...device })) globalThis[name] = value;
    const decided = decideMode();
    assert.equal(decided.mode, mode);
    assert.match(decided.because, words);
  }
});

describe("the page at the redirect URI", () => {
  /** An app's server: what it answers by path. */
  const serve = (answers) => {
    globalThis.fetch = async (url) => {
      const answer = answers[new URL(url).pathname];
      if (answer === undefined) throw new TypeError("offline");
      return new Response(answer.body ?? answer, { status: answer.status ?? 200 });
    };
  };
  const code = async (answers, url = `${APP}/cb?tenant=1`) => {
    serve(answers);
    return (await examineLanding(url))[0];
  };
  const html = (inside) => `<!doctype html><title>Back</title>${inside}`;

  for (const [what, answers, expected] of [
    ["is gone", { "/cb": { body: "", status: 410 } }, "callback_missing"],
    ["is not there", { "/cb": { body: html(""), status: 404 } }, "callback_missing"],
    ["fails, or wants the user to sign in", { "/cb": { body: html(""), status: 500 } }, undefined],
    ["cannot be asked for", {}, undefined],
    ["is no HTML", { "/cb": "{}" }, undefined],
    ["loads nothing", { "/cb": html("<p>Thank you") }, "callback_silent"],
    ["names the package in a comment alone", { "/cb": html('<!-- <script type="module" src="/connect-widget/callback.js"></script> --><p>Thank you') }, "callback_silent"],
    ["loads the package", { "/cb": html('<script type="module" src="/lib/connect-widget/callback.js"></script>') }, undefined],
    ["loads a script that has it", { "/cb": html('<script src="a.js"></script>'), "/a.js": "ConnectWidget.create()" }, undefined],
    ["loads a script that loads others", { "/cb": html("<script src=a.js></script>"), "/a.js": 'import("./b.js")' }, undefined],
    ["loads a script that has nothing of it", { "/cb": html("<script src='a.js'></script>"), "/a.js": "alert(1)" }, "callback_silent"],
    ["loads a script that cannot be read", { "/cb": html('<script src="a.js"></script>') }, undefined],
    ["loads a script from elsewhere", { "/cb": html('<script src="https://cdn.example/a.js"></script>'), "/a.js": "alert(1)" }, undefined],
  ]) test(what, async () => assert.equal(await code(answers), expected));

  test("loads what this page loads, too", async () => {
    globalThis.document = { ...page.document, scripts: [{ src: `${APP}/app.js` }] };
    assert.equal(await code({ "/cb": html('<script src="/app.js"></script>'), "/app.js": "alert(1)" }), undefined);
  });

  test("is asked for as a browser asks for a page, and its scripts only where it does not name the package itself", async () => {
    const asked = [];
    globalThis.fetch = async (url, init) => {
      asked.push([String(url), init?.headers]);
      return new Response(html('<script src="connect-widget/callback.js"></script>'));
    };
    await examineLanding(`${APP}/cb`);
    // A development server that has one page for every address answers it to nobody else.
    assert.deepEqual(asked, [[`${APP}/cb`, { accept: "text/html" }]]);
  });

  test("is not asked for where it is on another origin, or is this page", async () => {
    const asked = [];
    globalThis.fetch = async (url) => asked.push(url);
    for (const url of ["https://other.example/cb", `${APP}/settings?code=1`, "no address", undefined]) assert.deepEqual(await examineLanding(url), []);
    assert.deepEqual(asked, []);
  });
});

test("a name that nobody knows is the one that it is like", () => {
  const meant = (kind, name) => unknownNames(kind, [name])[0]?.meant;
  for (const [name, one] of [["client_id", "clientId"], ["clientID", "clientId"], ["onSucess", "onSuccess"], ["timeoutMs", "timeout"], ["scopes", "scope"], ["redirectURI", "redirectUri"], ["onSuccessful", undefined], ["theme", undefined]]) {
    assert.equal(meant("option of open()", name), one, name);
  }
  assert.deepEqual(unknownNames("event", ["success", "close", "closed"]), [{ kind: "event", name: "closed", meant: "close" }]);
  assert.deepEqual(saidIn({ scope: undefined, mode: null }), ["mode"]);
});

describe("what a token endpoint answered", () => {
  const flow = { options: { protocol: "code", tokenEndpoint: "https://auth.example/token?key=SECRET", tokenRequest: "json" } };
  const explained = (code, details, one = flow) => {
    explainStatus(code, details, one, { told: new Set() });
    return found.map(({ code, happened, cause, fix }) => `${code} ${happened} ${cause} ${fix}`).join();
  };

  for (const [what, code, details, expected] of [
    ["a page", "invalid_response", { status: 200, body: "\n <html>" }, /^token_html .*\(200\): https:\/\/auth\.example\/token\./],
    ["a code that is spent", "invalid_grant", { status: 400, body: {}, error: "invalid_grant" }, /^invalid_grant /],
    ["a client that it does not know", "invalid_client", { status: 401, body: {}, error: "invalid_client" }, /^invalid_client /],
    ["that it reads no JSON", "invalid_response", { status: 415, body: "" }, /^token_format .*415.*"form"/],
    ["that it understands no such entity", "oauth_error", { status: 422, body: {} }, /^token_format .*422/],
    ["that the request is wrong", "invalid_request", { status: 400, body: {}, error: "invalid_request" }, /^token_format .*400 invalid_request/],
    ["that it knows no grant type", "unsupported_grant_type", { status: 400, body: {}, error: "unsupported_grant_type" }, /^token_format /],
    ["nothing, as a wrong request", "invalid_response", { status: 400, body: "" }, /^token_format /],
    ["that the scope is wrong", "invalid_scope", { status: 400, body: {}, error: "invalid_scope" }, /^token_refused .*400 invalid_scope.*Compare/],
    ["an odd success", "invalid_response", { status: 200, body: {} }, /^invalid_response /],
    ["that it is too often asked", "slow_down", { status: 429, body: {}, error: "slow_down" }, /^token_refused .*Try again later/],
    ["that it fails", "server_error", { status: 500, body: {}, error: "server_error" }, /^token_refused .*Try again later/],
  ]) test(what, () => assert.match(explained(code, details), expected));

  test("that it reads no form, which is what is sent unless the app says otherwise", () => {
    const { tokenRequest, ...options } = flow.options;
    assert.match(explained("invalid_request", { status: 415, body: "" }, { options }), /^token_format .* written as form; .*"json"/);
  });

  test("of an app's refresh, no options are known", () => {
    assert.match(explained("invalid_request", { status: 400, body: {}, error: "invalid_request" }, null), /^token_refused /);
  });

  test("where it cannot be read, requests with nothing in them find out why", async () => {
    const answers = {
      token_redirect: () => ({ type: "opaqueredirect" }),
      token_cors: ({ mode }) => { if (mode !== "no-cors") throw new TypeError(); },
      token_unreachable: () => { throw new TypeError(); },
    };
    for (const [code, answer] of Object.entries(answers)) {
      const asked = [];
      globalThis.fetch = async (url, init) => (asked.push(init), answer(init));
      await explainNetwork(flow, { told: new Set() });
      const { code: said, happened } = found.pop();
      assert.deepEqual([said, / (\S+)\.$/.exec(happened)[1]], [code, "https://auth.example/token"]);
      for (const { credentials, body, method } of asked) assert.deepEqual([credentials, body, method], ["omit", undefined, "POST"]);
    }
    await explainNetwork(undefined, { told: new Set() });
    assert.equal(found.pop().code, "network_error");
  });
});
