// Chromium as a user has it, and what a user and the app do in it.
import assert from "node:assert/strict";
import { launchHeadlessShell, offline } from "../../../scripts/lib/browsers.mjs";
import { app } from "./servers.mjs";

/** The servers' own pages ask for fonts and styles from elsewhere. */
export const launch = () => launchHeadlessShell({ args: [offline] });

/**
 * Gives `work` a page of the app in a browser context of its own. Fails where the page throws, and where a secret of the
 * flow is left in the address bar, in history, in storage or on the console; `leavesResponse`: where what came was no
 * answer, its URL is the app's affair, and is left.
 */
export async function visit(browser, path, work, { leavesResponse = false } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(20_000);
  const said = [];
  const thrown = [];
  const secrets = new Set();
  context.on("console", (message) => said.push(message.text()));
  context.on("weberror", (error) => thrown.push(String(error.error())));
  // What crosses the network on the way to the app and to the token endpoint names the secrets.
  context.on("response", async (response) => {
    const location = (await response.headerValue("location").catch(() => null)) ?? "";
    if (location.startsWith(app)) remember(secrets, new URL(location));
  });
  try {
    const page = await context.newPage();
    await page.goto(app + path);
    await work(page, context);
    assert.deepEqual(thrown, [], "nothing throws");
    if (!leavesResponse) await assertNothingLeaked(page, context, secrets, said);
  } finally {
    await context.close();
  }
}

const secretNames = ["code", "access_token", "id_token"];

function remember(secrets, { search, hash }) {
  for (const parameters of [new URLSearchParams(search), new URLSearchParams(hash.slice(1))]) {
    for (const name of secretNames) for (const value of parameters.getAll(name)) if (value) secrets.add(value);
  }
}

async function assertNothingLeaked(page, context, secrets, said) {
  for (const { result } of (await page.evaluate("window.outcomes")) ?? []) {
    for (const name of ["access_token", "refresh_token", "id_token"]) if (result?.[name]) secrets.add(result[name]);
  }
  const session = await context.newCDPSession(page);
  const { entries } = await session.send("Page.getNavigationHistory");
  const places = {
    "the console": said.join("\n"),
    history: entries.map(({ url }) => url).join("\n"),
    "the address bar": page.url(),
    storage: await page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])"),
  };
  for (const [place, text] of Object.entries(places)) {
    for (const secret of secrets) assert.ok(!text.includes(secret), `a secret is left in ${place}: ${text}`);
  }
}

/** Clicks the app's button. `request` is what `authorize()` is called with. */
export async function click(page, request) {
  await page.evaluate((request) => void (window.request = request), request);
  await page.getByRole("button", { name: "Connect" }).click();
}

/** Clicks, and answers the popup. */
export async function openPopup(page, request) {
  const opened = page.waitForEvent("popup");
  await click(page, request);
  return opened;
}

/** Clicks, and waits until the page has gone to the server. */
export async function leave(page, request) {
  await click(page, { mode: "redirect", ...request });
  await page.waitForURL((url) => url.origin !== app);
}

/** The next outcome of this kind: `{ result }` or `{ error }`. */
export async function outcome(page, kind = "authorize") {
  const handle = await page.waitForFunction((kind) => {
    const index = window.outcomes?.findIndex((outcome) => outcome.kind === kind && outcome.result !== null) ?? -1;
    return index >= 0 && window.outcomes[index];
  }, kind, { polling: 50 }); // by timer: a page behind a popup may be drawn no more
  return handle.jsonValue();
}

/** How many outcomes of this kind there were so far. */
export const countOutcomes = (page, kind = "authorize") => page.evaluate((kind) => window.outcomes.filter((outcome) => outcome.kind === kind && outcome.result !== null).length, kind);

/** Asserts the error of a flow, and answers it. */
export async function failure(page, code, kind) {
  const { error, result } = await outcome(page, kind);
  assert.equal(error?.code, code, `the flow fails with ${code}: ${JSON.stringify(error ?? result)}`);
  assert.equal(error.name, "ConnectError");
  assert.ok(error.message, "a sentence says what happened");
  return error;
}
