// What both grants promise alike: from every kind of return page, by popup and by redirect, the answer reaches the app, once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { countOutcomes, leave, openPopup, outcome, visit } from "./browser.mjs";
import { app, barePage, consent, returns, spaPage } from "./servers.mjs";

/** An address of the app with all that an address may have. */
export const home = "/app.html?tab=accounts#/settings/connections";

/** The token works at the server that gave it, for the user who signed in. */
export async function assertWorks(server, { access_token }) {
  const answer = await fetch(server.userinfo, { headers: { authorization: `Bearer ${access_token}` } });
  assert.equal(answer.status, 200);
  const { sub, username } = await answer.json();
  assert.equal(sub ?? username, "alice");
}

/** @param {() => object} browser is there once the tests run @param {(result: object) => void} assertTokenResponse what this grant promises of it */
export function comesBack(browser, server, request, assertTokenResponse) {
  for (const [what, redirectUri] of Object.entries(returns)) {
    test(`popup, returning to ${what}`, () => visit(browser(), home, async (page) => {
      const popup = await openPopup(page, { ...request, redirectUri });
      await consent(server, popup);
      const { result, error } = await outcome(page);
      assert.equal(error, undefined);
      assertTokenResponse(result);
      await assertWorks(server, result);
      if (!popup.isClosed()) await popup.waitForEvent("close");
      assert.equal(page.url(), app + home);
      assert.equal(await page.evaluate("connect.isOpen()"), false);
    }));
  }

  for (const [what, redirectUri] of Object.entries(returns).filter(([, uri]) => uri !== barePage)) {
    const start = redirectUri === spaPage ? home.replace("app", "spa") : home;
    test(`redirect, returning to ${what}`, () => visit(browser(), start, async (page) => {
      await leave(page, { ...request, redirectUri });
      await consent(server, page);
      const { result, error } = await outcome(page, "redirect");
      assert.equal(error, undefined);
      assertTokenResponse(result);
      await assertWorks(server, result);
      assert.equal(page.url(), app + start, "the page is back at exactly the URL that it left, the app's own hash route included");
      await page.reload();
      await page.waitForFunction("window.outcomes?.length");
      assert.equal(await countOutcomes(page, "redirect"), 0, "the answer is given once");
    }));
  }
}
