// Uses an app as its user would: opens it, presses Connect, and waits for the account that the provider's popup granted.
import assert from "node:assert/strict";
/**
 * What every app under test offers: a button "Connect" whose token comes from POST /api/session, a `baseURL` that it takes
 * from the global of that name, and an element #result for the account.
 * @param {import("playwright-core").Browser} browser
 * @param {{app: string, providers: string}} sandbox
 * @param {string} url  the app's page
 * @param {{expected?: RegExp}} [options]  what the page may complain of
 */
export async function connect(browser, sandbox, url, { expected } = {}) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(`throws ${error.message}`));
    page.on("console", (message) => message.type() === "error" && complaints.push(`says ${message.text()}`));
    await context.addInitScript((baseURL) => { globalThis.baseURL = baseURL; }, sandbox.providers);
    await context.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
    await context.route(new URL("/api/session", url).href, async (route) => {
      const answer = await context.request.post(`${sandbox.app}/api/alter/session`, {
        data: { allowed_providers: ["google"], allowed_origin: new URL(url).origin, sandbox: { auto: "alice" } },
      });
      await route.fulfill({ contentType: "text/plain", body: (await answer.json()).session_token });
    });
    await page.goto(url, { waitUntil: "networkidle" });
    const button = page.getByRole("button", { name: "Connect" });
    const [popup] = await Promise.all([context.waitForEvent("page", { timeout: 15_000 }), button.click()]);
    await page.locator("#result").filter({ hasText: "alice@example.com" }).waitFor({ timeout: 15_000 });
    if (!popup.isClosed()) await popup.waitForEvent("close", { timeout: 5_000 });
    assert.deepEqual(complaints.filter((complaint) => !expected?.test(complaint)), []);
  } finally {
    await context.close();
  }
}
