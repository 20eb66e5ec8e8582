// Nothing outlives its flow: memory does not grow over 10,000 flows, and after every outcome no listener, timer, channel or
// slot in the core's table is left. In Chromium, with real windows where the outcome needs one. Both entries: the core comes in idle
// time, or is inside.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { serve } from "../../benchmarks/server.mjs";
import { launchHeadlessShell } from "../../scripts/lib/browsers.mjs";

const LINEAR_MEMORY = 262_144;
const HEAP = 512 * 1024;
const NOTHING = { listeners: 0, intervals: 0, timeouts: 0, channels: 0, locks: 0, keys: 0 };
const ENTRIES = ["index.js", "sync.js"];

let browser, sites;

before(async () => {
  sites = await serve();
  // The page clicks by itself, which opens no window where windows are blocked that no user's click opened.
  browser = await launchHeadlessShell({ ignoreDefaultArgs: false });
});

after(async () => {
  await browser?.close();
  sites?.close();
});

/** A page with the package loaded and at rest. */
async function open(context, entry) {
  const page = await context.newPage();
  await page.goto(`${sites.app}/app.html`);
  await page.evaluate((module) => window.bench.load(module), `/package/${entry}`);
  // Not by waitForFunction: the driver would add listeners of its own.
  await page.evaluate(() => window.bench.ready());
  return page;
}

async function withPage(work, entry = "index.js") {
  const context = await browser.newContext();
  try {
    await work(await open(context, entry), context);
  } finally {
    await context.close();
  }
}

async function usedHeap(cdp) {
  for (let i = 0; i < 3; i++) await cdp.send("HeapProfiler.collectGarbage");
  return (await cdp.send("Runtime.getHeapUsage")).usedSize;
}

for (const entry of ENTRIES) {
  test(`10,000 flows take no more memory than the first ones: ${entry}`, () =>
    withPage(async (page, context) => {
      const cdp = await context.newCDPSession(page);
      const cycle = (count) => page.evaluate(([baseURL, count]) => window.bench.cycles(baseURL, count), [sites.provider, count]);
      const linear = () => page.evaluate(() => window.bench.linearMemory());
      await page.evaluate(() => window.bench.stubWindows());
      // The allocator has found its size by then.
      await cycle(2_000);
      const [heapBefore, linearBefore] = [await usedHeap(cdp), await linear()];
      await cycle(10_000);
      assert.deepEqual(await page.evaluate(() => window.bench.rest()), NOTHING);
      const [heapAfter, linearAfter] = [await usedHeap(cdp), await linear()];
      assert.ok(linearBefore > 0, "the core's memory was not found");
      assert.ok(linearAfter <= LINEAR_MEMORY, `linear memory is ${linearAfter} bytes`);
      assert.equal(linearAfter, linearBefore);
      assert.ok(heapAfter - heapBefore < HEAP, `10,000 flows left ${heapAfter - heapBefore} bytes of heap`);
    }, entry));
}

/** Every window but the page's own closes. */
const windowsClose = (page, context, message) =>
  assert.doesNotReject(Promise.all(context.pages().filter((other) => other !== page).map((popup) => popup.isClosed() || popup.waitForEvent("close", { timeout: 5000 }))), message);

/** Each runs in the page, ends a flow in its way and answers what the flow's promise said. */
const OUTCOMES = {
  success: (baseURL) => window.bench.widget.authorize({ baseURL, token: "grant" }).then((grants) => grants[0].grant_id),
  "an error": (baseURL) => window.bench.widget.authorize({ baseURL, token: () => Promise.reject(new Error("no token")) }).catch(({ code }) => code),
  "options that are not valid": () => window.bench.widget.authorize({ token: 7 }).catch(({ code }) => code),
  "close()": (baseURL) => {
    const result = window.bench.widget.authorize({ baseURL, token: "stay" }).catch(({ code }) => code);
    window.bench.widget.close();
    return result;
  },
  "the app's AbortSignal": (baseURL) => {
    const controller = new AbortController();
    const result = window.bench.widget.authorize({ baseURL, token: "stay", signal: controller.signal }).catch(({ code }) => code);
    controller.abort();
    return result;
  },
  "a blocked window": (baseURL) => {
    const { open } = window;
    window.open = () => null;
    return window.bench.widget.authorize({ baseURL, token: "stay" }).catch(({ code }) => code).finally(() => (window.open = open));
  },
  "destroy()": (baseURL) => {
    const result = window.bench.widget.authorize({ baseURL, token: "stay" }).catch(({ code }) => code);
    window.bench.widget.destroy();
    return result;
  },
};

const ANSWERS = {
  success: "1", "an error": "source_failed", "options that are not valid": "invalid_options", "close()": "aborted", "the app's AbortSignal": "aborted",
  "a blocked window": "popup_blocked", "destroy()": "aborted",
};

for (const [outcome, end] of Object.entries(OUTCOMES)) {
  test(`nothing is left after ${outcome}`, () =>
    withPage(async (page, context) => {
      const slots = await page.evaluate(() => window.bench.tableSlots());
      assert.equal(await page.evaluate(end, sites.provider), ANSWERS[outcome]);
      assert.deepEqual(await page.evaluate(() => window.bench.rest()), NOTHING);
      assert.equal(await page.evaluate(() => window.bench.tableSlots()), slots);
      await windowsClose(page, context, "its window stays open");
    }));
}

test("a window closes at whatever moment its flow ends while the provider's page is on its way", () =>
  withPage(async (page, context) => {
    for (let moment = 0; moment < 80; moment++) {
      const baseURL = moment % 2 ? sites.slow : sites.provider;
      const code = await page.evaluate(async ({ baseURL, milliseconds }) => {
        const result = window.bench.widget.authorize({ baseURL, token: "stay" }).catch(({ code }) => code);
        const { port1, port2 } = new MessageChannel();
        const begin = performance.now();
        await new Promise((resolve) => {
          port1.onmessage = () => (performance.now() - begin < milliseconds ? port2.postMessage(0) : resolve());
          port2.postMessage(0);
        });
        window.bench.widget.close();
        return result;
      }, { baseURL, milliseconds: moment / 4 });
      assert.equal(code, "aborted");
      await windowsClose(page, context, `the window of a flow that ended after ${moment / 4} ms stays open`);
    }
  }));

test("a window closes although its provider goes on to another page as soon as it has answered", () =>
  withPage(async (page, context) => {
    for (let flow = 0; flow < 40; flow++) {
      const grants = await page.evaluate((baseURL) => window.bench.widget.authorize({ baseURL, token: "grant-and-go" }), sites.provider);
      assert.equal(grants[0].grant_id, "1");
      await windowsClose(page, context, `the window of flow ${flow} stays open`);
    }
  }));

test("the same where the app's page was loaded anew meanwhile", () =>
  withPage(async (page, context) => {
    for (let flow = 0; flow < 16; flow++) {
      const [popup] = await Promise.all([
        context.waitForEvent("page"),
        page.evaluate((baseURL) => window.bench.widget.open({ baseURL, token: "stay" }), sites.provider),
      ]);
      await popup.waitForURL(/#session=stay/);
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
      await page.reload();
      await page.evaluate(() => window.bench.load("/package/index.js"));
      await page.evaluate(() => window.bench.ready());
      await page.evaluate(() => void (window.late = new Promise((resolve) => window.bench.widget.on("success", resolve))));
      await popup.evaluate(() => {
        opener.postMessage({ type: "alter_connect_success", grants: [{ grant_id: "1", provider: "google" }] }, "*");
        location.href = "?done";
      }).catch(() => {});
      const grants = await page.evaluate(() => window.late);
      assert.equal(grants[0].grant_id, "1");
      await windowsClose(page, context, `the window of flow ${flow} stays open`);
    }
  }));

test("a window that its user closed leaves no timer; only what a late result needs to arrive may listen on", () =>
  withPage(async (page) => {
    await page.evaluate((baseURL) => window.bench.closeToExit(baseURL, 700), sites.provider);
    const { intervals, timeouts } = await page.evaluate(() => window.bench.leftovers());
    assert.deepEqual({ intervals, timeouts }, { intervals: 0, timeouts: 0 });
    assert.equal(await page.evaluate(() => window.bench.widget.isOpen()), false);
  }));

test("a page that only loads the package has nothing running", () =>
  withPage(async (page) => assert.deepEqual(await page.evaluate(() => window.bench.rest()), NOTHING)));
