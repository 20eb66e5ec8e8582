// What is measured, of whom, and what must be reached. Every figure of every round is kept; medians are compared.
import { launchChromium } from "../scripts/lib/browsers.mjs";

/** Who runs, in the order of each round. The peer is what the others are compared with. */
export const CONTENDERS = { package: "/package/index.js", sync: "/package/sync.js", peer: "/peer/alter-connect.esm.js" };

const FOREIGN = 100_000;
const CYCLES = [2_000, 10_000];
const THROTTLE = 6;

/** Longer than the time in which either package has a window's opening behind it; different in every round. */
const openFor = (round) => 700 + ((round * 137) % 500);

/** The page clicks by itself, which opens no window where windows are blocked that no user's click opened. */
export const launch = () => launchChromium({ ignoreDefaultArgs: false });

/** A fresh page, as a first visit finds it, with nothing loaded. */
async function visit(browser, { app }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${app}/app.html`);
  if (!(await page.evaluate(() => crossOriginIsolated))) throw new Error("this Chromium cannot isolate the page, so its clock is too coarse");
  return { page, context, cdp: await context.newCDPSession(page) };
}

/** Time for what a package does on its own once it is there: an idle moment, and what it loads in it. */
const settle = (page) => page.waitForTimeout(400);

const run = (page, method, ...values) => page.evaluate(([method, values]) => window.bench[method](...values), [method, values]);
const click = (page, baseURL) => page.evaluate((baseURL) => window.bench.click(window.bench.options(baseURL, "stay")), baseURL);

/** First times come once in a visit, so every round has several visits for them. */
const VISITS = 3;

/** Whether any of these rows is asked for; all are where nobody says which. */
const asks = (rows, ...names) => !rows || names.some((name) => rows.includes(name));

/** One round of one contender: a figure, or several of them, by name. `rows`: those that are asked for. */
export async function round(browser, sites, module, index, rows) {
  const firsts = [
    asks(rows, "load", "first", "firstThrough") && firstClick,
    asks(rows, "atOnce", "atOnceThrough") && atOnce,
    asks(rows, "throttled", "throttledAtOnce") && throttled,
  ].filter(Boolean);
  const figures = {};
  for (let i = 0; i < VISITS; i++) {
    for (const measure of firsts) for (const [name, figure] of Object.entries(await measure(browser, sites, module))) (figures[name] ??= []).push(figure);
  }
  const later = asks(rows, "message", "foreign", "later", "exit", "foreignLate", "listeners", "timers") && (await journeys(browser, sites, module, index, rows));
  return { ...figures, ...later };
}

/** A first visit, and its first click once the page is at rest. */
async function firstClick(browser, sites, module) {
  const { page, context } = await visit(browser, sites);
  const load = await run(page, "load", module);
  await settle(page);
  const { open, through } = await click(page, sites.provider);
  await context.close();
  return { load, first: open, firstThrough: through };
}

/** A visit that goes through everything else, with real windows. */
async function journeys(browser, sites, module, index, rows) {
  const { page, context } = await visit(browser, sites);
  await run(page, "load", module);
  await settle(page);
  await click(page, sites.provider);
  await page.evaluate(() => window.bench.widget.close());
  const { listeners } = await run(page, "rest");
  const figures = { listeners };
  if (asks(rows, "message")) figures.message = await run(page, "messageToCallback", sites.provider);
  if (asks(rows, "foreign")) figures.foreign = await run(page, "foreignMessages", sites.provider, FOREIGN);
  if (asks(rows, "later")) figures.later = median(await run(page, "laterClicks", sites.provider, 10));
  if (asks(rows, "exit")) figures.exit = await run(page, "closeToExit", sites.provider, openFor(index));
  const idle = await run(page, "leftovers");
  figures.timers = idle.intervals + idle.timeouts;
  // A closed window may have been severed, and its result may still come: the package goes on listening for that one.
  if (asks(rows, "foreignLate")) figures.foreignLate = await run(page, "foreignMessages", sites.provider, FOREIGN);
  await context.close();
  return figures;
}

/** A click in the task in which the widget was created, before anything could be prepared: the core is not there yet. */
async function atOnce(browser, sites, module) {
  const { page, context } = await visit(browser, sites);
  const { open, through } = await clickAtOnce(page, module, sites.provider);
  await context.close();
  return { atOnce: open, atOnceThrough: through };
}

const clickAtOnce = (page, module, baseURL) =>
  page.evaluate(async ([module, baseURL]) => {
    await window.bench.load(module);
    return window.bench.click(window.bench.options(baseURL, "stay"));
  }, [module, baseURL]);

/** What a click costs a slow device, without what the browser itself takes to open a window: at rest, and right after `create()`. */
async function throttled(browser, sites, module) {
  const slow = async (work) => {
    const { page, context, cdp } = await visit(browser, sites);
    const slowDown = async () => {
      await run(page, "stubWindows");
      await cdp.send("Emulation.setCPUThrottlingRate", { rate: THROTTLE });
    };
    const { through } = await work(page, slowDown);
    await context.close();
    return through;
  };
  const atRest = await slow(async (page, slowDown) => {
    await run(page, "load", module);
    await settle(page);
    await slowDown();
    return click(page, sites.provider);
  });
  const early = await slow(async (page, slowDown) => {
    await slowDown();
    return clickAtOnce(page, module, sites.provider);
  });
  return { throttled: atRest, throttledAtOnce: early };
}

/** Bytes of heap that cycles of open and close leave behind, and the linear memory after them. */
export async function memory(browser, sites, module) {
  const { page, context, cdp } = await visit(browser, sites);
  const heap = async () => {
    for (let i = 0; i < 3; i++) await cdp.send("HeapProfiler.collectGarbage");
    return (await cdp.send("Runtime.getHeapUsage")).usedSize;
  };
  await run(page, "load", module);
  await settle(page);
  await run(page, "stubWindows");
  await run(page, "cycles", sites.provider, 100);
  const before = await heap();
  const result = {};
  let done = 0;
  for (const count of CYCLES) {
    await run(page, "cycles", sites.provider, count - done);
    done = count;
    result[`heap${count}`] = (await heap()) - before;
    result[`linear${count}`] = await run(page, "linearMemory");
  }
  await context.close();
  return result;
}

/** @param {number[]} values */
export function median(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const ratio = (limit) => ({ says: `≤ ${limit}× the peer's`, met: (value, peer) => value <= limit * peer });
const noMore = (limit, unit) => ({ says: `≤ ${limit} ${unit}`, met: (value) => value <= limit });

/** Rows of the table: figure, what it says, unit, and the targets of each contender that has one. */
export const ROWS = [
  { key: "load", says: "import → first `create()`", unit: "ms", targets: { package: ratio(1) } },
  { key: "first", says: "first click → `window.open`, the core there", unit: "ms", targets: { package: ratio(1.1), sync: ratio(1.1) } },
  { key: "atOnce", says: "the same, in the task of `create()`: no core yet", unit: "ms", targets: { package: ratio(1.1) } },
  { key: "later", says: "later clicks → `window.open`", unit: "ms", targets: { package: ratio(1.1), sync: ratio(1.1) } },
  { key: "firstThrough", says: "first click, whole handler", unit: "ms", targets: { package: ratio(2), sync: ratio(2) } },
  { key: "atOnceThrough", says: "the same, in the task of `create()`", unit: "ms", targets: { package: ratio(2) } },
  { key: "throttled", says: `first click, whole handler, CPU slowed ${THROTTLE}×`, unit: "ms", targets: { package: noMore(16.7, "ms"), sync: noMore(16.7, "ms") } },
  { key: "throttledAtOnce", says: "the same, in the task of `create()`", unit: "ms", targets: { package: noMore(16.7, "ms") } },
  { key: "message", says: "message → callback", unit: "ms", targets: { package: ratio(1), sync: ratio(1) } },
  { key: "exit", says: "real close → `onExit`", unit: "ms", targets: { package: ratio(0.35), sync: ratio(0.35) } },
  { key: "foreign", says: `a foreign message (of ${FOREIGN.toLocaleString("en-US")}), while a flow is open`, unit: "µs", targets: { package: ratio(1.5), sync: ratio(1.5) } },
  { key: "foreignLate", says: "the same, once a user has closed a window", unit: "µs", targets: { package: ratio(1.5), sync: ratio(1.5) } },
  { key: "listeners", says: "listeners while no flow is open", unit: "", targets: { package: noMore(0, ""), sync: noMore(0, "") } },
  { key: "timers", says: "timers while no flow is open", unit: "", targets: { package: noMore(0, ""), sync: noMore(0, "") } },
  ...CYCLES.map((count) => ({ key: `heap${count}`, says: `heap kept by ${count.toLocaleString("en-US")} open/close cycles`, unit: "bytes", targets: {} })),
  ...CYCLES.map((count) => ({ key: `linear${count}`, says: `linear memory after ${count.toLocaleString("en-US")} cycles`, unit: "bytes", targets: { package: noMore(262144, "bytes"), sync: noMore(262144, "bytes") } })),
];
