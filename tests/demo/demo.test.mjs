// The demo and the showroom as a new user would try them: every system connected one after the other, by popup and, on an
// emulated phone, by redirect; and each framework's app.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { devices } from "playwright-core";
import { optionNames } from "../../pkg-template/options.js";
import { launchHeadlessShell } from "../../scripts/lib/browsers.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { buildSite } from "../../scripts/www.mjs";
import { startSandbox } from "../../scripts/lib/sandbox.mjs";
import { mistakes as ofTheApp } from "../../www/static/demo/mistakes.js";
import { systems as demoSystems } from "../../www/static/demo/systems.js";

let browser, sandbox;

before(async () => {
  await buildSite();
  sandbox = await startSandbox();
  browser = await launchHeadlessShell();
});

after(async () => {
  await browser?.close();
  await sandbox?.stop();
});

const desktop = { viewport: { width: 1280, height: 800 } };
const { defaultBrowserType, ...phone } = devices["iPhone 13"];

/** Opens a page in a browser of its own, and fails where the page throws. */
async function visit(path, look, work) {
  const context = await browser.newContext(look);
  context.setDefaultTimeout(30_000);
  try {
    const page = await context.newPage();
    const thrown = [];
    page.on("pageerror", (error) => thrown.push(error.message));
    await page.goto(sandbox.app + path);
    await work(page, context);
    assert.deepEqual(thrown, []);
  } finally {
    await context.close();
  }
}

/** What a user does on the pages of each system, and what the app's list calls the account. */
const systems = {
  "Alter Connect": { listed: "Google", async go(window) {
    await window.getByRole("button", { name: "Google" }).click();
    await signIn(window);
    await window.getByRole("button", { name: "Allow" }).click();
    await window.getByRole("button", { name: "Done" }).click();
  } },
  "Anon Link": { listed: "Instagram", async go(window) {
    const inner = window.waitForEvent("popup");
    await window.getByRole("button", { name: "Continue to Instagram" }).click();
    await signIn(await inner);
  } },
  StackOne: { listed: "BambooHR", async go(window) {
    await window.getByRole("link", { name: /BambooHR/ }).click();
    await window.getByLabel("API key").fill("a-good-api-key");
    await window.getByRole("button", { name: "Connect" }).click();
  } },
  AniAPI: { listed: "AniAPI", async go(window) {
    await signIn(window);
    await window.getByRole("button", { name: "Allow" }).click();
  } },
  anny: { listed: "anny", async go(window) {
    await signIn(window);
    await window.getByRole("button", { name: "Allow" }).click();
  } },
};

const signIn = (window) => window.getByRole("button", { name: "Continue as Alice Anders" }).click();

const choose = (page, name) => page.getByRole("radio", { name: new RegExp(`^${name}`) }).check();
const listed = (page, name) => page.getByRole("button", { name: new RegExp(`^Reconnect ${name}`) });

/** The page is on this origin. It is asked, because a page on the way that replaces itself is an aborted navigation to waitForURL(). */
const arrival = (page, origin) => page.waitForFunction((origin) => location.origin === origin, origin, { polling: 50 });

test("every system by popup, one after the other", () => visit("/", desktop, async (page) => {
  assert.equal(await page.locator("input[name=system]").count(), Object.keys(systems).length, "the demo has another system");
  for (const [name, { listed: account, go }] of Object.entries(systems)) {
    await choose(page, name);
    const opened = page.waitForEvent("popup");
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    const popup = await opened;
    await go(popup);
    await listed(page, account).waitFor();
    await page.getByRole("heading", { name: /^Connected: / }).waitFor();
    if (!popup.isClosed()) await popup.waitForEvent("close");
  }
  assert.equal(await page.getByRole("button", { name: /^Reconnect/ }).count(), Object.keys(systems).length);
}));

test("every system by redirect on a phone, one after the other", () => visit("/", phone, async (page) => {
  for (const [name, { listed: account, go }] of Object.entries(systems)) {
    await choose(page, name);
    await page.getByRole("button", { name: "Connect", exact: true }).tap();
    await arrival(page, sandbox.providers);
    await go(page);
    if (name === "StackOne") await page.goto(sandbox.app); // StackOne sends nobody back: the user comes by themself
    await arrival(page, sandbox.app);
    await listed(page, account).waitFor();
    await page.getByRole("heading", { name: /^Connected: / }).waitFor();
    assert.equal(page.url(), `${sandbox.app}/`);
  }
  assert.equal(await page.getByRole("button", { name: /^Reconnect/ }).count(), Object.keys(systems).length);
}));

test("a grant is connected again, and removed", () => visit("/", desktop, async (page) => {
  await page.locator("summary").click();
  await page.getByLabel("Sign in by itself").selectOption("alice");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await listed(page, "Google").click();
  await page.getByText("reconnected", { exact: true }).waitFor();
  await page.getByRole("button", { name: /^Remove Google/ }).click();
  await page.getByText("None yet.").waitFor();
}));

test("a token is shown masked, asked whose it is, and refreshed", () => visit("/", desktop, async (page) => {
  await choose(page, "anny");
  await page.locator("summary").click();
  await page.getByLabel("Sign in by itself").selectOption("alice");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page.getByRole("button", { name: "Who am I?" }).click();
  await page.getByRole("region", { name: "Result" }).getByText("alice@example.com").first().waitFor();
  const before = await page.getByRole("definition").first().textContent();
  assert.match(before, /^.{4}….{2} \(\d+ characters\)$/);
  await page.getByRole("button", { name: "Refresh the token" }).click();
  await page.waitForFunction((old) => document.querySelector("#outcome dd").textContent !== old, before);
}));

test("an auth link of StackOne’s lives as long as the form says", () => visit("/", desktop, async (page) => {
  await choose(page, "StackOne");
  await page.locator("summary").click();
  await page.getByLabel("The auth link expires after (seconds)").fill("1");
  const opened = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  const popup = await opened;
  await popup.getByRole("link", { name: /BambooHR/ }).waitFor();
  await popup.waitForTimeout(1000);
  await popup.reload();
  await popup.getByRole("heading", { name: "This link has expired" }).waitFor();
}));

for (const verify of [true, false]) {
  test(`a popup that its provider cut off, ${verify ? "asked about at the backend" : "heard of from the callback page"}`, () => visit("/", desktop, async (page, context) => {
    await page.locator("summary").click();
    await page.getByLabel("Sign in by itself").selectOption("alice");
    await page.getByLabel("Cross-Origin-Opener-Policy").selectOption("same-origin");
    await page.getByLabel(/verify/).setChecked(verify);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await listed(page, "Google").waitFor();
    while (context.pages().length > 1) await context.pages()[1].waitForEvent("close");
  }));
}

for (const wrong of ["Lose the state of the return URL", "Return with another state"]) {
  test(`a redirect’s answer without the state of its attempt is not believed: ${wrong}`, () => visit("/", phone, async (page) => {
    await page.locator("summary").click();
    await page.getByLabel("Sign in by itself").selectOption("alice");
    await page.getByLabel("The provider shall").selectOption(wrong);
    const callback = page.waitForEvent("framenavigated", (frame) => new URL(frame.url()).pathname === "/callback.html");
    await page.getByRole("button", { name: "Connect", exact: true }).tap();
    await callback;
    // It goes back to the page that was left.
    await page.waitForURL((url) => url.pathname === "/");
    await page.getByText("None yet.").waitFor();
  }));
}

test("a return page that nobody waits for says so, among its own words", () => visit("/callback.html?code=x&state=y", desktop, async (page) => {
  await page.getByRole("main").getByText("No page of the app is waiting for this.").waitFor();
  await page.getByRole("link", { name: "Go back to the app" }).waitFor();
  await page.getByRole("heading", { name: "Back to the app" }).waitFor();
}));

test("a return page whose script is loaded by hand, in the head, says its own words once they are there", () => visit("/", desktop, async (page) => {
  const body = `<!doctype html><script src="/pkg/callback.js"></script><p data-connect-widget="lost" hidden>Nobody waits here.</p>`;
  await page.route("**/by-hand?*", (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body }));
  await page.goto(`${sandbox.app}/by-hand?code=x`);
  await page.getByText("Nobody waits here.").waitFor();
}));

test("a connection that cannot be removed stays, and the user is told why; a clipboard that refuses leaves the code selected", () => visit("/", desktop, async (page) => {
  await page.locator("summary").click();
  await page.getByLabel("Sign in by itself").selectOption("alice");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await listed(page, "Google").waitFor();
  await page.route("**/api/connections/*", (route) => route.fulfill({ status: 503, json: { message: "Out of order" } }));
  await page.getByRole("button", { name: /^Remove Google/ }).click();
  await page.getByText("Google could not be removed: Out of order").waitFor();
  await listed(page, "Google").waitFor();
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("button", { name: "Selected" }).waitFor();
  assert.equal(await page.evaluate(() => getSelection().toString()), await page.locator("#code").innerText());
}));

for (const policy of ["strict", "wasm", "trusted-types"]) {
  test(`under the policy ${policy}`, () => visit(`/?sandbox_csp=${policy}`, desktop, async (page) => {
    await page.locator("summary").click();
    await page.getByLabel("Sign in by itself").selectOption("alice");
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await listed(page, "Google").waitFor();
  }));
}

describe("what goes wrong is explained in the timeline", () => {
  const mistakes = [
    ["anny", "use a token endpoint without CORS", "token_cors"],
    ["anny", "use a token endpoint that wants another format", "token_format"],
    ["anny", "use a code a second time", "invalid_grant"],
    ["anny", "name another issuer", "issuer_mismatch"],
    ["anny", "wait before it calls open()", "late_open"],
    ["AniAPI", "return to 127.0.0.1 instead of localhost", "redirect_uri_origin"],
    ["Alter Connect", "have a backend that fails", "source_failed"],
  ];
  for (const [system, label, code] of mistakes) {
    test(`${system}: ${label}`, () => visit("/", desktop, async (page) => {
      await choose(page, system);
      await page.locator("summary").click();
      await page.getByLabel("Sign in by itself").selectOption("alice");
      await page.getByLabel("The app shall").selectOption({ label });
      await page.getByRole("button", { name: "Connect", exact: true }).click();
      const link = page.getByRole("log").getByRole("link", { name: `About ${code}` });
      await link.waitFor();
      await page.goto(sandbox.app + await link.getAttribute("href"));
      await page.getByRole("heading", { name: code, exact: true }).waitFor();
    }));
  }

  test("every switch and every field is one that the sandbox has, and every option one that the widget takes", () => {
    const readme = readFileSync(inRoot("sandbox", "README.md"), "utf8");
    const rows = readme.slice(readme.indexOf("\n## Switches")).matchAll(/^\| (`[^|]*`) \|/gm);
    const switches = [...rows].flatMap(([, names]) => names.match(/\w+/g));
    const isField = (name) => readme.includes(`"${name}"`);
    const right = { redirectUri: "http://localhost/", tokenEndpoint: "http://localhost/token" };
    for (const { id, wrong } of demoSystems) {
      const mistaken = Object.values(ofTheApp[id]);
      const unknown = (objects, isKnown) => objects.flatMap(Object.keys).filter((name) => !isKnown(name));
      assert.deepEqual(unknown(Object.values(wrong), (name) => switches.includes(name)), [], `${id}: switches`);
      assert.deepEqual(unknown(mistaken.map(({ session = {} }) => session), isField), [], `${id}: fields`);
      assert.deepEqual(unknown(mistaken.map(({ change = () => ({}) }) => change(right)), (name) => optionNames.includes(name)), [], `${id}: options`);
    }
  });

  test("and nothing is, where all is right", () => visit("/", desktop, async (page) => {
    await page.locator("summary").click();
    await page.getByLabel("Sign in by itself").selectOption("alice");
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await listed(page, "Google").waitFor();
    assert.equal(await page.locator("#timeline .finding").count(), 0);
  }));
});

describe("the showroom", () => {
  for (const app of ["plain", "react", "vue", "angular", "element"]) {
    test(`${app}, popup`, () => visit(`/${app}/`, desktop, async (page) => {
      const opened = page.waitForEvent("popup");
      await page.getByRole("button", { name: "Connect an account" }).click();
      await systems["Alter Connect"].go(await opened);
      await page.getByRole("listitem").filter({ hasText: "alice@example.com" }).waitFor();
    }));

    test(`${app}, redirect`, () => visit(`/${app}/`, phone, async (page) => {
      await page.getByRole("button", { name: "Connect an account" }).tap();
      await systems["Alter Connect"].go(page);
      await page.getByRole("listitem").filter({ hasText: "alice@example.com" }).waitFor();
      assert.equal(page.url(), `${sandbox.app}/${app}/`);
    }));
  }
});
