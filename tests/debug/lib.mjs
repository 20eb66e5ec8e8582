// A browser, the sandbox, and an app that makes one mistake; what debug.js finds is collected from every window.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { chromium, devices } from "playwright-core";
import { chromiumOptions, launchChromium, launchHeadlessShell } from "../../scripts/lib/browsers.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { startSandbox } from "../../scripts/lib/sandbox.mjs";
import { eventually } from "../e2e/user.mjs";

/** Milliseconds; only what does not come at all takes so long. */
const PATIENCE = 15_000;
/** Milliseconds after which a browser answers nothing any more, as Chromium does under its driver now and then; several times as long as any test takes. */
const HANGS = 30_000;
/** Milliseconds after the last step in which nothing more may be found: where something was, and where nothing may be at all. */
const QUIET = { after: 400, all: 1200 };

let browser;
const folders = [];

/** A new folder that is gone after the tests. */
function folder() {
  const path = mkdtempSync(join(tmpdir(), "connect-widget-"));
  folders.push(path);
  return path;
}
export let sandbox;

before(async () => {
  const pkg = process.env.CONNECT_WIDGET_PKG ?? inRoot("pkg");
  sandbox = await startSandbox(["--pkg", pkg, "--site", inRoot("tests/debug/pages"), "--site", inRoot("tests/e2e")]);
  browser = await launchHeadlessShell();
});

after(async () => {
  await browser?.close();
  await sandbox?.stop();
  for (const path of folders) rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

const desktop = { viewport: { width: 1280, height: 800 } };
const { defaultBrowserType, ...phone } = devices["iPhone 13"];

export { eventually };

/** Changes what the app's server answers at a path: the status, or headers. */
export const serve = (context, path, { headers, ...answer }) => context.route((url) => url.origin === sandbox.app && url.pathname === path, async (route) => {
  const response = await route.fetch();
  await route.fulfill({ response, headers: { ...response.headers(), ...headers }, ...answer });
});

/** Headers of an answer that a cache has had for so many seconds. */
export const outOfCache = (seconds) => ({ date: ago(seconds), age: String(seconds) });

/** The time so many seconds ago, as a header has it. */
export const ago = (seconds) => new Date(Date.now() - seconds * 1000).toUTCString();

export const wait = (milliseconds) => setTimeout(milliseconds);

/**
 * A person with a browser of their own, on a page of the app.
 * @typedef {object} Visit
 * @property {import("playwright-core").Page} page
 * @property {import("playwright-core").BrowserContext} context
 * @property {object[]} found        what was found, in its order
 * @property {string[]} said         what was written to the console
 * @property {() => Promise<import("playwright-core").Page>} click  clicks; answers the window
 * @property {() => Promise<void>} ready                           waits until the app can be clicked
 * @property {(code: string) => Promise<object>} finding            the finding of a code, once it is there
 * @property {(outcome: string) => Promise<void>} outcome           waits for what the app is told
 * @property {(seconds: number) => void} [setClock]                 the device's clock is now so far ahead of the world's
 */

/** The codes of all findings that some test causes. */
export const caused = new Set();

/**
 * Tests what is found in an app that makes a mistake.
 * @param {string} title
 * @param {object} about
 * @param {string[]} about.finds    the codes of all findings that there may be, once or more often each
 * @param {string[]} [about.mayFind]  what some browsers find besides
 * @param {boolean} [about.onPhone]
 * @param {boolean} [about.blocksWindows]  the browser blocks windows that no click has opened, as browsers that a user sees do
 * @param {boolean} [about.blocksCookies]  the user has forbidden cookies, and with them every store
 * @param {boolean} [about.isSmall]  the device gives the core no more memory than a click takes
 * @param {boolean} [about.hasClock]  the device's clock is the test's to set; Linux alone can be told to play it
 * @param {string | (() => string)} [about.at]  path and query of the page, or its address
 * @param {object} [about.setup]    protocol, switches of the sandbox, fields of the session: tests/debug/pages/app.mjs
 * @param {(env: object) => void} [about.mistake]  runs in the page, before the click
 * @param {(visit: Visit) => Promise<void>} about.person
 */
export function finds(title, { finds: expected, mayFind = [], person, ...about }) {
  for (const code of expected) caused.add(code);
  test(title, { timeout: 3 * HANGS, skip: about.hasClock && process.platform !== "linux" && "this system's browsers ask for the time in another way" }, () => answered(() => visit(about, async (visit) => {
    await person(visit);
    for (const code of expected) await visit.finding(code);
    await wait(expected.length > 0 ? QUIET.after : QUIET.all);
    const codes = visit.found.map(({ code }) => code).filter((code) => !mayFind.includes(code));
    assert.deepEqual([...new Set(codes)].sort(), [...expected].sort());
    for (const { code, happened, cause, fix, docs } of visit.found) {
      assert.ok(happened && cause && fix && docs.endsWith(`#${code}`), code);
      assert.ok(!/undefined|\[object|NaN|\.\./.test(happened + cause + fix), `${code}: ${happened} ${cause} ${fix}`);
      assert.ok(visit.said.some((text) => text.startsWith(`[connect-widget] ${code}: ${happened}`)), `${code} is on the console`);
    }
  })));
}

/** Plays something; once more, in another browser, where the first one answers nothing any more. */
async function answered(play) {
  const played = play().then(() => true);
  // What it fails with once its browser is gone.
  played.catch(() => {});
  if (await Promise.race([played, setTimeout(HANGS, false, { ref: false })])) return;
  const hung = browser;
  browser = await launchHeadlessShell();
  hung.close().catch(() => {});
  await play();
}

/** A browser of a user who has forbidden cookies: Chromium reads that from the profile alone. */
async function withoutCookies() {
  const profile = folder();
  mkdirSync(join(profile, "Default"));
  writeFileSync(join(profile, "Default", "Preferences"), JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }));
  return chromium.launchPersistentContext(profile, chromiumOptions(desktop));
}

/** A browser on a device whose WebAssembly gets two mebibytes and no more. */
const onSmallDevice = () => launchHeadlessShell({ args: ["--js-flags=--wasm-max-mem-pages=32"] });

/** A browser whose clock can be set: clock.c answers it when it asks the system for the time. */
async function withClock() {
  const [library, ahead] = ["clock.so", "ahead"].map((name) => join(folder(), name));
  execFileSync("cc", ["-shared", "-fPIC", "-O2", "-o", library, join(import.meta.dirname, "clock.c")]);
  writeFileSync(ahead, new BigInt64Array(1));
  const browser = await launchHeadlessShell({ env: { ...process.env, LD_PRELOAD: library, CLOCK_AHEAD: ahead } });
  const setClock = (seconds) => {
    // In place: the browser has the file in its memory.
    const file = openSync(ahead, "r+");
    writeSync(file, new BigInt64Array([BigInt(seconds)]), 0, 8, 0);
    closeSync(file);
  };
  return { browser, setClock };
}

/** The browser of its own that a test needs, if any. */
async function ownBrowser({ blocksWindows, isSmall, hasClock }) {
  if (hasClock) return withClock();
  return { browser: blocksWindows ? await launchChromium() : isSmall && await onSmallDevice() };
}

export async function visit({ onPhone, blocksCookies, at = "/", setup = {}, mistake, ...about }, work) {
  const { browser: own, setClock } = await ownBrowser(about);
  const context = blocksCookies ? await withoutCookies() : await (own || browser).newContext(onPhone ? phone : desktop);
  context.setDefaultTimeout(PATIENCE);
  const [found, said] = [[], []];
  try {
    await context.exposeBinding("collect", (source, finding) => void found.push(finding));
    await context.addInitScript(`
      window.setup = ${JSON.stringify(setup)};
      window.mistake = ${mistake ?? null};
      window.addEventListener("connect-widget:finding", ({ detail }) => window.collect(detail));
    `);
    const page = await context.newPage();
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(`uncaught: ${error.stack}`));
    await page.goto(new URL(typeof at === "function" ? at() : at, sandbox.app).href);
    await work({
      page, context, found, said, setClock,
      async click() {
        const opened = context.waitForEvent("page");
        await page.click("#go");
        return opened;
      },
      finding: (code) => eventually(() => found.find((finding) => finding.code === code), code),
      async ready() {
        await page.locator("#go:enabled").waitFor();
      },
      outcome: (kind) => eventually(() => page.evaluate((kind) => window.env?.outcomes.includes(kind), kind).catch(() => false), kind),
    });
  } catch (error) {
    throw new Error(`${error.message}\nfound: ${found.map(({ code }) => code)}\n${said.join("\n")}`, { cause: error });
  } finally {
    await (own || context).close();
  }
}
