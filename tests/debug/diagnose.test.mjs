// The report of diagnose(): it opens nothing, and sees beforehand what would go wrong.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, eventually, sandbox, serve, visit } from "./lib.mjs";

/** The report for options, in a page that has no instance yet. */
const report = (about, options, check) => visit({ ...about, setup: { create: false } }, async (person) => {
  await person.ready();
  const answer = await person.page.evaluate(async (options) => (await import("/pkg/debug.js")).diagnose(options), options);
  assert.deepEqual(JSON.parse(JSON.stringify(answer)), answer, "plain data");
  assert.equal(person.context.pages().length, 1, "nothing was opened");
  await check(answer, person);
});

const codes = (findings) => findings.map(({ code }) => code);

test("a right integration", () => report({}, { protocol: "alter-connect" }, (answer, { said }) => {
  assert.deepEqual(answer.problems, []);
  assert.equal(answer.mode, "popup");
  assert.match(answer.because, /desktop|wide enough/);
  assert.deepEqual(answer.register, { allowed_origin: sandbox.app, return_url: `${sandbox.app}/` });
  assert.deepEqual(answer.storage, { sessionStorage: "ok", localStorage: "ok" });
  assert.equal(answer.wasm, true);
  assert.match(answer.version, /^\d+\.\d+\.\d+/);
  assert.ok(said.length > 0, "a table on the console");
}));

test("a phone redirects, and why", () => report({ onPhone: true }, {}, ({ mode, because }) => {
  assert.equal(mode, "redirect");
  assert.match(because, /phone/);
}));

test("the mode that was asked for", () => report({ onPhone: true }, { mode: "popup" }, ({ mode, because }) => {
  assert.equal(mode, "popup");
  assert.match(because, /`mode`/);
}));

test("a window of the app's own on a phone: there is one to be used, or one that was blocked, and the mode comes first", async () => {
  await report({ onPhone: true }, { popup: null }, ({ mode, because }) => assert.match(`${mode}: ${because}`, /^popup: the app brings a window/));
  await report({ onPhone: true }, { mode: "redirect", popup: null }, ({ mode, because }) => assert.match(`${mode}: ${because}`, /^redirect: .*`mode`/));
});

test("what a window of the app finds in its store is no attempt of the page's", () => visit({ setup: { create: false } }, async (person) => {
  await person.ready();
  const { pending } = await person.page.evaluate(async () => {
    sessionStorage["connect-widget:window"] = "AAAA";
    return (await import("/pkg/debug.js")).diagnose({});
  });
  assert.equal(pending, 0);
}));

test("a redirect URI on another origin, and one without a page", async () => {
  await report({}, { protocol: "code", redirectUri: "https://localhost/callback.html" }, ({ problems }) => {
    assert.deepEqual(codes(problems), ["redirect_uri_origin"]);
    assert.match(problems[0].happened, /http/);
  });
  await report({}, { protocol: "code", redirectUri: `${sandbox.app}/gone.html` }, ({ problems }) => assert.deepEqual(codes(problems), ["callback_missing"]));
  await report({}, { protocol: "code", redirectUri: `${sandbox.app}/silent.html` }, ({ problems }) => assert.deepEqual(codes(problems), ["callback_silent"]));
  await report({}, { protocol: "code", redirectUri: `${sandbox.app}/pkg/callback.html` }, ({ problems, register }) => {
    assert.deepEqual(problems, []);
    assert.equal(register.redirect_uri, `${sandbox.app}/pkg/callback.html`);
  });
});

test("a page at the redirect URI whose script tag is in a comment", () => visit({ setup: { create: false } }, async ({ page, context, ready }) => {
  await context.route("**/later.html", (route) => route.fulfill({ contentType: "text/html", body: '<!doctype html><title>Back</title><!-- <script type="module" src="/connect-widget/callback.js"></script> -->' }));
  await ready();
  const { problems } = await page.evaluate(async () => (await import("/pkg/debug.js")).diagnose({ protocol: "code", redirectUri: `${location.origin}/later.html` }));
  assert.deepEqual(codes(problems), ["callback_silent"]);
}));

test("options that nobody reads, a system that there is not, and a clock that is wrong", () => visit({ setup: { create: false } }, async ({ page, context, ready }) => {
  await ready();
  await serve(context, "/", { headers: { date: ago(-300) } });
  const { problems, secondsAhead } = await page.evaluate(async () => (await import("/pkg/debug.js")).diagnose({ protocol: "cod", time_out: 5 }));
  assert.deepEqual(codes(problems), ["invalid_options", "unknown_name", "clock_off"]);
  assert.ok(Math.abs(secondsAhead + 300) < 30, String(secondsAhead));
}));

test("two copies, and a page that severs its windows: which way is left", () => visit({ at: "/?sandbox_coop=same-origin" }, async ({ page, ready }) => {
  await ready();
  await page.evaluate(async () => (await import("/pkg/sync.js")).default.create({ debug: true }));
  await eventually(() => page.evaluate(() => Boolean(window.env.Connect.diagnose)), "diagnose() on the class");
  for (const asks of [false, true]) {
    const { problems } = await page.evaluate((asks) => window.env.Connect.diagnose(asks ? { verify: () => null } : {}), asks);
    assert.deepEqual(codes(problems), ["coop_own", "two_copies"]);
    assert.equal(/`verify` asks your backend/.test(problems[0].fix), asks, problems[0].fix);
  }
}));

test("a redirect URI that open() refuses", async () => {
  for (const redirectUri of ["/callback.html", "callback.html", "//127.0.0.1/callback.html"]) {
    await report({}, { protocol: "code", redirectUri }, ({ problems }) => {
      assert.deepEqual(codes(problems), ["invalid_options"], redirectUri);
      assert.match(problems[0].happened, /redirectUri is not an absolute URL/);
    });
  }
});

test("a policy without WebAssembly, and instances that do without it", async () => {
  for (const [wasm, expected] of [[false, []], [true, ["csp"]]]) {
    await visit({ at: "/?sandbox_csp=strict", setup: { config: { wasm } } }, async ({ page, ready }) => {
      await ready();
      await eventually(() => page.evaluate(() => Boolean(window.env.Connect.diagnose)), "diagnose() on the class");
      const answer = await page.evaluate(() => window.env.Connect.diagnose());
      assert.deepEqual(codes(answer.problems), expected);
      assert.equal(answer.wasm, false);
    });
  }
});

test("policies and headers are read before they refuse anything", () => {
  const at = `/?sandbox_coop=same-origin&sandbox_csp=${encodeURIComponent("script-src 'self'; connect-src 'self'")}`;
  return report({ at }, { protocol: "code", tokenEndpoint: `${sandbox.providers}/oauth/token` }, ({ problems, wasm, headers }) => {
    assert.deepEqual(codes(problems), ["csp", "csp", "coop_own"]);
    assert.match(problems[1].fix, new RegExp(sandbox.providers));
    assert.equal(wasm, false);
    assert.equal(headers.coop, "same-origin");
  });
});

test("in a frame of another site", () => visit({ at: () => `${sandbox.providers}/sandbox/frame?src=/`, setup: { create: false } }, async ({ page }) => {
  const app = page.frameLocator("#app");
  await app.locator("#go:enabled").waitFor();
  const answer = await app.locator("#go").evaluate(async () => (await import("/pkg/debug.js")).diagnose({ protocol: "code" }));
  assert.equal(answer.page.foreignTop, sandbox.providers);
  assert.ok(codes(answer.problems).includes("third_party_frame"));
}));

test("it is on the class once debug is on, and knows what was found", () => visit({ mistake: ({ options }) => void (options.timeout = "soon") }, async ({ page, finding }) => {
  await page.click("#go");
  await finding("invalid_options");
  const answer = await page.evaluate(() => window.env.Connect.diagnose());
  assert.deepEqual(codes(answer.found), ["invalid_options"]);
}));
