// Every page of the site in Chromium, at desktop and phone size, light and dark: no violation that axe finds, nothing that
// sticks out sideways, nothing loaded from elsewhere, no error on the console. The demo is checked in mid-flow as well.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { launchHeadlessShell } from "../../scripts/lib/browsers.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { buildSite } from "../../scripts/www.mjs";
import { startSandbox } from "../../scripts/lib/sandbox.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const docs = readdirSync(inRoot("www", "docs")).map((name) => `/docs/${name.replace(/\.md$/, ".html")}`);
const pages = ["/", "/callback.html", "/plain/", "/react/", "/vue/", "/angular/", "/element/", ...docs];
const looks = [
  { name: "desktop", viewport: { width: 1280, height: 800 } },
  { name: "phone", viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
];

let browser, sandbox, origins;

before(async () => {
  await buildSite();
  sandbox = await startSandbox();
  origins = [sandbox.app, sandbox.providers];
  browser = await launchHeadlessShell();
});

after(async () => {
  await browser?.close();
  await sandbox?.stop();
});

// The callback page, visited by hand, tries to close a tab that nobody opened.
const expected = /^Scripts may close only the windows/;

/** Opens a page of the app in a context of its own, runs `work`, and holds what every page must hold. */
async function visit(path, { name, ...look }, work = async () => {}) {
  const context = await browser.newContext(look);
  try {
    const page = await context.newPage();
    const complaints = [];
    context.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith("http") && !origins.includes(origin)) complaints.push(`loads ${request.url()}`);
    });
    page.on("pageerror", (error) => complaints.push(`throws ${error.message}`));
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && !expected.test(message.text()) && complaints.push(`says ${message.text()}`));
    await page.goto(sandbox.app + path, { waitUntil: path.startsWith("/docs/") ? "load" : "networkidle" });
    await work(page, context);
    assert.deepEqual(complaints, []);
    const overhang = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overhang <= 0, `sticks out sideways by ${overhang} px`);
    await page.emulateMedia({ colorScheme: "light" });
    assert.deepEqual(await violations(page), [], "light");
    if (look.forcedColors) return; // they are the system's own
    await page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await violations(page, { runOnly: "cat.color" }), [], "dark"); // colours alone are others
  } finally {
    await context.close();
  }
}

/** What axe finds, in a few words each; `options` say with which of its rules. */
async function violations(page, options = {}) {
  if (!await page.evaluate(() => "axe" in window)) await page.evaluate(axe);
  const results = await page.evaluate((options) => window.axe.run({ resultTypes: ["violations"], ...options }), options);
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary.replace(/\s+/g, " ")}`));
}

for (const look of looks) {
  describe(look.name, { concurrency: 2 }, () => {
    for (const path of pages) test(path, () => visit(path, look));

    test("/ with everything opened", () => visit("/", look, async (page) => {
      await page.locator("summary").click();
      await page.getByLabel("Sign in by itself").selectOption("alice");
      await page.getByLabel("Cross-Origin-Opener-Policy").selectOption("same-origin");
    }));

    test("/ after a success", () => visit("/", look, async (page) => {
      await connect(page, {});
      await page.getByRole("button", { name: "Reconnect Google alice@example.com" }).waitFor();
      await page.getByRole("heading", { name: /^Connected: Google/ }).waitFor();
    }));

    test("/ after an error", () => visit("/", look, async (page) => {
      await connect(page, { "… and": "deny" });
      await page.getByRole("heading", { name: "connect_denied" }).waitFor();
    }));
  });
}

/** Connects as Alice, without a hand on the provider's pages. */
async function connect(page, choices) {
  await page.locator("summary").click();
  await page.getByLabel("Sign in by itself").selectOption("alice");
  for (const [label, value] of Object.entries(choices)) await page.getByLabel(label, { exact: true }).selectOption(value);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
}

describe("by keyboard", () => {
  const desktop = looks[0];

  test("the first stop skips to the demo", () => visit("/", desktop, async (page) => {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the demo");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.name), "system");
  }));

  test("a system is chosen with the arrow keys, and Enter connects", () => visit("/", desktop, async (page) => {
    await page.getByRole("radio", { name: /^Alter Connect/ }).focus();
    await page.keyboard.press("ArrowRight");
    assert.ok(await page.getByRole("radio", { name: /^Anon Link/ }).isChecked());
    await page.keyboard.press("ArrowLeft");
    const opened = page.waitForEvent("popup");
    await page.getByRole("button", { name: "Connect", exact: true }).press("Enter");
    const popup = await opened;
    await popup.getByRole("button", { name: "Google" }).waitFor();
    // A person reads a window before closing it, and gives the focus back to the app; a driver does neither, so the app must have seen it.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
    await popup.close();
    await page.getByRole("status").filter({ hasText: "The window was closed" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "connect");
  }));

  test("what has the focus shows it, in forced colours too", () => visit("/", { ...desktop, forcedColors: "active", reducedMotion: "reduce" }, async (page) => {
    for (const name of ["Connect", "Copy"]) {
      await page.getByRole("button", { name, exact: true }).focus();
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Tab");
      const { outlineStyle, outlineWidth } = await page.evaluate(() => getComputedStyle(document.activeElement));
      assert.ok(outlineStyle !== "none" && parseFloat(outlineWidth) >= 2, `${name} has the outline ${outlineWidth} ${outlineStyle}`);
    }
  }));
});
