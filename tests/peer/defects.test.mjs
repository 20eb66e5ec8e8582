// Where the published widget is wrong: each test shows its defect, and beside it what this one does instead. The words are
// those of the list of defects that tests/e2e/pains.mjs keeps.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { devices } from "playwright-core";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { defects } from "../e2e/pains.mjs";
import { app, click, dictated, launch, log, logged, mint, openPopup, pkg, providers, settle, until, user, visit, withoutChance } from "./lib.mjs";

let browser;
before(async () => void (browser = await launch()));
after(() => browser?.close());

/** Does the same with both widgets; `expected.peer` is the defect, `expected.ours` what is right. */
function differs(name, steps, { peer, ours, ...options }) {
  test(name, async () => {
    for (const [widget, expected] of [["peer", peer], ["ours", ours]]) {
      const seen = withoutChance(await visit(browser, widget, (page, context) => steps(page, context, widget), options));
      assert.deepEqual(seen, expected, widget);
    }
  });
}

const openFlow = (options) => void connect.open({ ...window.callbacks, ...options });
const flow = (token, more) => ({ token: typeof token === "string" ? token : JSON.stringify(token), baseURL: dictated, ...more });
const success = (...grants) => ({ type: "alter_connect_success", grants });
const grant = { grant_id: "forged", provider: "google" };
const phone = (({ defaultBrowserType, ...device }) => device)(devices["iPhone 13"]);

const loaded = (popup) => until(popup, "document.title === 'Dictated'");
const names = async (page) => (await log(page)).map(([name]) => name);

describe(defects.d1, () => {
  differs("the second click", async (page) => {
    const withoutExit = (options) => void connect.open({ onSuccess: note("onSuccess"), ...options });
    const popup = await openPopup(page, withoutExit, flow([]));
    await loaded(popup);
    await settle(page);
    await popup.close();
    await logged(page, "on exit");
    await click(page, withoutExit, flow([success(grant)]));
    await settle(page);
    return [await page.evaluate("window.opened.length"), await names(page)];
  }, { peer: [1, ["on exit"]], ours: [2, ["on exit", "on close", "on success", "onSuccess", "on close"]] });
});

/** A phone goes to the sandbox and comes back; answers the page's URL without its origin, and what was told. */
async function phoneRedirect(page, { sandbox = { auto: "alice" }, onReturn } = {}) {
  const token = await mint(page, { return_url: page.url(), sandbox });
  if (onReturn) await page.addInitScript(onReturn);
  await click(page, openFlow, { token, baseURL: providers });
  await page.waitForURL(/alter_connect_(success|error)|#\/tab$/, { waitUntil: "commit" });
  await until(page, "window.ready && window.connect");
  await settle(page);
}

describe(defects.d2, () => {
  differs("a subscriber of the page that came back", async (page) => {
    await phoneRedirect(page);
    return [await names(page), page.url().replace(app, "").replace(/widget=\w+/, ""), await page.evaluate("sessionStorage.length")];
  }, { peer: [[], "/?#/tab", 0], ours: [["on success"], "/?#/tab", 0], device: phone, fragment: "#/tab" });

  differs("and of the error", async (page) => {
    await phoneRedirect(page, { sandbox: { auto: "alice", auto_decision: "deny" } });
    return (await log(page)).map(([name, { code }]) => [name, code]);
  }, { peer: [], ours: [["on error", "connect_denied"]], device: phone, fragment: "#/tab" });
});

describe(defects.d3, () => {
  const node = (source) => {
    try {
      return execFileSync(process.execPath, ["--input-type=module", "--eval", source], { cwd: inRoot(), encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
    } catch (error) {
      return /(\w*Error: .*)/.exec(error.stderr)[1];
    }
  };

  test("on a server", () => {
    // As on every server before Node 25, which has a session storage of its own.
    const create = (module) => node(`import { createRequire } from "node:module"; delete globalThis.sessionStorage; console.log(typeof createRequire(import.meta.url)(${JSON.stringify(module)}).default.create().open)`);
    assert.match(create("@alter-ai/connect"), /ReferenceError: sessionStorage is not defined/);
    assert.equal(create(`${pkg}/index.cjs`), "function");
  });

  test("under Node's ESM", () => {
    const create = (module) => node(`import Connect from ${JSON.stringify(module)}; console.log(typeof Connect.create)`);
    assert.equal(create("@alter-ai/connect"), "undefined");
    assert.equal(create(`${pkg}/index.js`), "function");
  });
});

describe(defects.d4, () => {
  differs("a frame of the API's origin forges a grant", async (page) => {
    await openPopup(page, openFlow, { token: await mint(page), baseURL: providers });
    await page.evaluate(([providers, message]) => {
      const forger = document.createElement("iframe");
      forger.src = `${providers}/sandbox/forge#${encodeURIComponent(JSON.stringify({ to: "parent", message, targetOrigin: "*" }))}`;
      document.body.append(forger);
    }, [providers, success(grant)]);
    await settle(page);
    return [await names(page), await page.evaluate("connect.isOpen()")];
  }, { peer: [["on success", "onSuccess", "on close"], false], ours: [[], true] });

  // The backend put the state that the widget gave it into the return URL; the answer that comes was made for another.
  differs("an address with somebody else's grant in it", async (page, _context, widget) => {
    await page.evaluate((token) => (window.token = token), await mint(page, { return_url: page.url() }));
    const options = { baseURL: providers };
    if (widget === "peer") await click(page, (options) => void connect.open({ ...window.callbacks, ...options, token: window.token }), options);
    else await click(page, (options) => void connect.open({ ...options, token: ({ state: _ }) => Promise.resolve(window.token) }), options);
    await page.getByRole("button", { name: /^Continue as Alice/ }).waitFor();
    const forged = `${app}/?widget=${widget}&debug&alter_connect_success=true&grant_id=forged&provider=google&account_identifier=mallory&connect_state=mallorys`;
    const believed = page.waitForEvent("console", (message) => /redirect return - success/.test(message.text())).then(() => ["believed"], () => []);
    await page.goto(forged);
    await until(page, "window.ready");
    await settle(page);
    return widget === "peer" ? believed : (await log(page)).map(([name, { code }]) => [name, code]);
  }, { peer: ["believed"], ours: [["on error", "state_mismatch"]], device: phone });
});

describe(defects.d5, () => {
  differs("the provider's pages cut the popup off, and the user goes on in it", async (page, _context, widget) => {
    const token = await mint(page, { sandbox: { coop: "same-origin", coop_from: "login" } });
    const options = { token, baseURL: providers };
    const openVerified = (options) => {
      // The second channel: the app's own backend asks Alter.
      const verify = async () => {
        const answer = await fetch("/api/alter/poll", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ session_token: options.token }) }).then((response) => response.json());
        return answer.status === "completed" ? answer.grants : null;
      };
      connect.open({ ...window.callbacks, ...options, verify });
    };
    // Where there are real windows, the new one takes the focus, and not only once its first page has come.
    await page.evaluate(() => window.addEventListener("click", () => setTimeout(() => window.dispatchEvent(new Event("blur")))));
    const popup = await openPopup(page, widget === "peer" ? openFlow : openVerified, options);
    await popup.getByRole("button", { name: /^Continue as Alice/ }).waitFor();
    await settle(page);
    const before = await names(page);
    await user.allow(popup);
    await until(popup, "document.body?.dataset.page === 'result'").catch(() => {});
    if (widget === "ours") await logged(page, "on close");
    return [before, await names(page)];
  }, { peer: [["on exit", "onExit", "on close"], ["on exit", "onExit", "on close"]], ours: [[], ["on success", "onSuccess", "on close"]] });
});

describe(defects.d6, () => {
  const device = {
    viewport: { width: 834, height: 1112 },
    hasTouch: true,
    userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
  };
  const asIpad = () => Object.defineProperty(Navigator.prototype, "maxTouchPoints", { get: () => 5 });
  differs("goes where a tablet held upright must", async (page, context) => {
    await page.evaluate(asIpad);
    await click(page, openFlow, flow([]));
    await page.waitForURL((url) => url.origin === dictated, { timeout: 1500 }).catch(() => {});
    return [context.pages().length, new URL(page.url()).origin === dictated];
  }, { peer: [2, false], ours: [1, true], device });
});

describe(defects.d7, () => {
  const withEvents = (options) => void connect.open({ ...window.callbacks, ...options, onEvent: (name) => note(name)() });
  differs("after a blocked window", async (page) => {
    await page.evaluate("window.open = () => null");
    await click(page, withEvents, flow([]));
    await logged(page, "onError");
    await settle(page);
    return (await names(page)).filter((name) => !name.startsWith("on"));
  }, { peer: ["connect_opened"], ours: [] });

  differs("and no other event exists", async (page) => {
    await click(page, withEvents, flow([success(grant)]));
    await logged(page, "on close");
    return (await names(page)).filter((name) => !name.startsWith("on"));
  }, { peer: ["connect_opened"], ours: ["OPEN", "connect_opened", "OAUTH_STARTED", "OAUTH_COMPLETE"] });
});

describe(defects.d8, () => {
  differs("and the next click does nothing", async (page) => {
    const throwing = (options) => void connect.open({ ...options, onSuccess() { throw new Error("the app's own affair"); } });
    await click(page, throwing, flow([success(grant)]));
    await logged(page, "on success");
    await settle(page);
    const isOpen = await page.evaluate("connect.isOpen()");
    await click(page, throwing, flow([success(grant)]));
    await settle(page);
    return [isOpen, await page.evaluate("window.opened.length"), await names(page)];
  }, { peer: [true, 1, ["on success"]], ours: [false, 2, ["on success", "on close", "on success", "on close"]] });

  differs("nor can onSuccess itself open the next", async (page, _context, widget) => {
    const popup = await openPopup(page, ({ next, ...options }) => {
      connect.open({ ...options, onSuccess() { note("onSuccess")(); connect.open({ ...options, token: next, onSuccess: note("the next") }); } });
    }, flow([], { next: JSON.stringify([success(grant)]) }));
    await loaded(popup);
    // What a driver evaluates counts as a gesture, and without one the next window is blocked.
    await page.evaluate("0");
    await popup.evaluate((message) => void window.opener.postMessage(message, "*"), success(grant));
    await settle(page);
    if (widget === "ours") await logged(page, "the next");
    return (await names(page)).filter((name) => !name.startsWith("on "));
  }, { peer: ["onSuccess"], ours: ["onSuccess", "the next"] });
});

describe(defects.d9, () => {
  // A Connect page on the app's own origin: whether its window is given the focus can be seen.
  differs("a second click brings the window to the front", async (page) => {
    await page.route("**/sdk/oauth/connect", (route) => route.fulfill({ contentType: "text/html", body: "<title>Dictated</title>" }));
    const own = { token: "t", baseURL: app };
    const popup = await openPopup(page, openFlow, own);
    // What is put on a blank document is gone with it.
    await popup.waitForURL(/\/sdk\/oauth\/connect/);
    await page.evaluate(() => (window.popup.focus = note("focus")));
    await click(page, openFlow, own);
    await settle(page);
    return [await names(page), await page.evaluate("window.opened.length")];
  }, { peer: [[], 1], ours: [["focus"], 1] });

  test("a result as a promise, a signal and a timeout", async () => {
    const methods = (page) => page.evaluate(() => ["authorize", "focus", "handleRedirect"].filter((name) => typeof connect[name] === "function"));
    assert.deepEqual(await visit(browser, "peer", methods), []);
    assert.deepEqual(await visit(browser, "ours", methods), ["authorize", "focus", "handleRedirect"]);
    await visit(browser, "ours", async (page) => {
      await click(page, (options) => void attempt("authorize", () => connect.authorize(options)), flow([success(grant)]));
      await logged(page, "authorize");
      await click(page, (options) => {
        const controller = new AbortController();
        attempt("signal", () => connect.authorize({ ...options, signal: controller.signal }));
        setTimeout(() => controller.abort(), 100);
      }, flow([]));
      await logged(page, "signal throws");
      await click(page, (options) => void attempt("timeout", () => connect.authorize({ ...options, timeout: 300 })), flow([]));
      await logged(page, "timeout throws");
      const entries = (await log(page)).filter(([name]) => !name.startsWith("on ")).map(([name, value]) => [name, value.code ?? value[0].grant_id]);
      assert.deepEqual(entries, [["authorize", "forged"], ["signal throws", "aborted"], ["timeout throws", "timeout"]]);
    });
  });
});

describe(defects.d10, () => {
  differs("where the window is opened", async (page, _context, widget) => {
    await page.evaluate(() => (window.fetchToken = () => fetch("/?").then(() => "t")));
    // The cure as the published README has it, and as this widget's does.
    const itsCure = (options) => void window.fetchToken().then((token) => connect.open({ ...options, onSuccess() {}, token }));
    const ourCure = (options) => void connect.open({ ...options, token: () => window.fetchToken() });
    await openPopup(page, widget === "peer" ? itsCure : ourCure, { baseURL: dictated });
    return page.evaluate("window.opened.map(({ inClick }) => inClick)");
  }, { peer: [false], ours: [true] });
});

describe(defects.d11, () => {
  test("getVersion()", async () => {
    const version = (widget) => visit(browser, widget, (page) => page.evaluate("connect.getVersion()"));
    const published = (folder) => JSON.parse(readFileSync(`${folder}/package.json`, "utf8")).version;
    assert.equal(published(inRoot("node_modules/@alter-ai/connect")), "0.8.0");
    assert.equal(await version("peer"), "0.2.0");
    assert.equal(await version("ours"), published(pkg));
  });

  // The token lives ten minutes, and the user may take nine of them.
  const nineMinutesLater = () => {
    if (!/alter_connect_/.test(location.search)) return;
    const { now } = Date;
    Date.now = () => now() + 9 * 60_000;
  };
  differs("the user takes nine minutes", async (page) => {
    await phoneRedirect(page, { onReturn: nineMinutesLater });
    return [/alter_connect_success/.test(page.url()), await names(page)];
  }, { peer: [true, []], ours: [false, ["on success"]], device: phone, fragment: "#/tab" });
});

describe("beyond the list", () => {
  differs("a null among the grants stops the listener", async (page) => {
    await click(page, openFlow, flow([success(null, grant)]));
    await settle(page);
    return [await names(page), await page.evaluate("connect.isOpen()")];
  }, { peer: [[], true], ours: [["on success", "onSuccess", "on close"], false] });

  differs("a base URL that is none is an error without a code, after which nothing opens", async (page) => {
    await click(page, (options) => void attempt("open", () => connect.open({ ...window.callbacks, ...options })), { token: "t", baseURL: "api.alterauth.com" });
    await logged(page, "open throws");
    return (await log(page)).map(([name, { code = null }]) => [name, code]);
  }, { peer: [["open throws", null]], ours: [["open throws", "invalid_options"]] });

  differs("metadata that is null is not left out", async (page) => {
    await click(page, openFlow, flow([success({ ...grant, metadata: null })]));
    await logged(page, "on close");
    return (await log(page))[0][1].map(({ metadata = "left out" }) => metadata);
  }, { peer: [null], ours: ["left out"] });

  differs("isOpen() in onSuccess", async (page) => {
    await click(page, (options) => void connect.open({ ...options, onSuccess: () => note("is open")(connect.isOpen()) }), flow([success(grant)]));
    await logged(page, "on close");
    return (await log(page)).find(([name]) => name === "is open")[1];
  }, { peer: true, ours: false });

  differs("close() where nothing is open is announced", async (page) => {
    await page.evaluate(() => connect.close());
    return names(page);
  }, { peer: ["on close"], ours: [] });

  differs("a base URL of plain http on another machine", async (page) => {
    await click(page, (options) => void attempt("open", () => connect.open({ ...window.callbacks, ...options })), { token: "t", baseURL: "http://alter.example" });
    await until(page, "window.log.some(([name]) => name.startsWith('open'))");
    return (await log(page)).filter(([name]) => name.startsWith("open")).map(([name, error]) => [name, error?.code]);
  }, { peer: [["open", null]], ours: [["open throws", "invalid_options"]] });
});
