// A right integration is told nothing: each protocol, by popup and by redirect, and what users do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, finds, outOfCache, sandbox, serve, visit, wait } from "./lib.mjs";

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

quiet("an instance that is destroyed in the task that made it, as React's StrictMode does with an effect's", {
  setup: { sandbox: auto },
  mistake: ({ Connect }) => Connect.create({ debug: true }).destroy(),
  async person({ click, outcome, said }) {
    await click();
    await outcome("success");
    assert.deepEqual(said.filter((text) => /destroyed/i.test(text)), []);
  },
});

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

/** Has the button do something before it calls. */
const after = (work) => new Function("{ go, connect, options }", `
  go.onclick = async () => {
    const popup = (${work})(options);
    await new Promise((resolve) => setTimeout(resolve, 50));
    connect.open(popup ? { ...options, popup } : options);
  };`);

quiet("a redirect that was asked for needs no click", { setup: { sandbox: auto }, mistake: after((options) => { options.mode = "redirect"; }), async person({ page, outcome }) {
  await page.click("#go");
  await outcome("redirected");
} });

quiet("nor does a window that the app has opened in it", { setup: { sandbox: auto }, mistake: after(() => window.open("", "of the app")), async person({ click, outcome }) {
  await click();
  await outcome("success");
} });

quiet("a frame of another site, where the app's backend is asked", {
  at: () => `${sandbox.providers}/sandbox/frame?src=/`,
  mayFind: ["storage_refused"],
  setup: { protocol: "code", sandbox: auto },
  mistake: ({ options }) => void (options.verify = async () => null),
  async person({ page, context }) {
    const opened = context.waitForEvent("page");
    await page.frameLocator("#app").locator("#go").click();
    await opened;
  },
});

quiet("under a policy that lets everything be that is needed", {
  at: `/?sandbox_csp=${encodeURIComponent("script-src 'self' 'wasm-unsafe-eval'; style-src 'self'")}`,
  setup: { protocol: "code", sandbox: auto },
  async person({ click, outcome }) {
    await click();
    await outcome("success");
  },
});

for (const [title, headers] of [["a page out of a cache", () => outOfCache(5400)], ["a page out of a cache that dates it anew", () => ({ ...outOfCache(0), age: "5400" })]]) {
  quiet(title, { setup: { sandbox: auto }, async person({ context, click, outcome }) {
    await serve(context, "/", { headers: headers() });
    await click();
    await outcome("success");
  } });
}

/** The page under a policy of scripts and connections: these, and what the package needs. */
const under = ({ script = "'wasm-unsafe-eval'", connect = "*" }) => () => `/?sandbox_csp=${encodeURIComponent(`script-src ${["app.mjs", "scenarios/", "pkg/index.js", "pkg/core.js", "pkg/fallback.js", "pkg/debug.js"].map((file) => `${sandbox.app}/${file}`).join(" ")} ${script}; connect-src ${connect}`)}`;

/** Waits until the browser has refused something. */
const refused = ({ said }, what) => eventually(() => said.some((text) => /Content Security Policy/.test(text) && text.includes(what)), `a refusal of ${what}`);

quiet("a policy that only reports", { setup: { protocol: "code", sandbox: auto }, async person(person) {
  const { context, page, click, outcome } = person;
  // A page that did not come over the network has no address, and is not let to this machine's without being asked for.
  await context.grantPermissions(["local-network-access"]);
  await serve(context, "/", { headers: { "content-security-policy-report-only": "script-src 'self'; connect-src 'self'" } });
  await page.reload();
  await click();
  await outcome("success");
  await refused(person, "/oauth/token");
} });

quiet("a policy that refuses files of others that have such names", { at: under({}), async person(person) {
  const files = [`${sandbox.providers}/npm/core-js-bundle.min.js`, `${sandbox.providers}/core.js`, `${sandbox.app}/elsewhere/core.js`, `${sandbox.app}/pkg/core-js-bundle.js`];
  await person.click();
  for (const src of files) {
    await person.page.evaluate((src) => void document.head.append(Object.assign(document.createElement("script"), { src })), src);
    await refused(person, src);
  }
} });

for (const protocol of ["alter-connect", "code"]) {
  quiet(`a policy that refuses another script's requests while a flow is open: ${protocol}`, { at: () => under({ connect: `'self' ${sandbox.providers}` })(), setup: { protocol }, async person(person) {
    await person.click();
    await person.page.evaluate(() => fetch("http://127.0.0.1:59998/collect").catch(() => {}));
    await refused(person, "/collect");
  } });
}

quiet("a policy that refuses WebAssembly to others, and an app that does without it", { at: under({ script: "" }), setup: { config: { wasm: false }, sandbox: auto }, async person({ page, click, outcome }) {
  await click();
  await outcome("success");
  const isRefused = await page.evaluate(() => WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => false, () => true));
  assert.ok(isRefused);
} });

for (const status of [401, 405, 503]) {
  quiet(`a page at the redirect URI that answers ${status} to us`, { setup: { protocol: "code" }, async person({ context, click }) {
    await serve(context, "/pkg/callback.html", { status });
    await click();
  } });
}

test("without debug, debug.js is not even loaded, and a mistake says nothing", () => visit({ setup: { config: { debug: false }, sandbox: { ...auto, state: "wrong" }, protocol: "code" } }, async ({ click, outcome, page, found }) => {
  await click();
  await outcome("error");
  const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  assert.deepEqual(loaded.filter((name) => name.includes("debug")), []);
  assert.deepEqual(found, []);
}));
