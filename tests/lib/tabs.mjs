// Tabs of Chromium that are lent again and again: emptying a tab takes a fifth of the time that a new context takes.

/** Each browser's free tabs. */
const free = new WeakMap();

/**
 * Gives `work` a page and its context, with nothing in cookies, storage or other windows, and answers what it answers.
 * @param {object} how
 * @param {string} how.origin whose storage the work writes; a page that has been left elsewhere is not lent again
 * @param {boolean} [how.isFresh] nobody had the tab before or will have it after: the work wants a device, or leaves more
 *   behind than can be emptied, such as a script that runs in every page
 * @param {object} [how.device]
 */
export async function borrow(browser, work, { origin, isFresh = false, device = { viewport: { width: 1280, height: 800 } } }) {
  if (!free.has(browser)) free.set(browser, []);
  const tabs = free.get(browser);
  const tab = (!isFresh && tabs.pop()) || await open(browser, device);
  let isLent = true;
  try {
    const result = await work(tab.page, tab.context);
    if (!isFresh && tab.page.url().startsWith(`${origin}/`)) {
      await empty(tab);
      tabs.push(tab);
      isLent = false;
    }
    return result;
  } finally {
    if (isLent) await tab.context.close();
  }
}

async function open(browser, device) {
  const context = await browser.newContext(device);
  context.setDefaultTimeout(20_000);
  return { context, page: await context.newPage() };
}

async function empty({ context, page }) {
  for (const emitter of [context, page]) emitter.removeAllListeners();
  for (const other of context.pages()) if (other !== page) await other.close();
  await page.evaluate(() => [localStorage, sessionStorage].forEach((store) => store.clear()));
  await page.goto("about:blank"); // the next address may differ from this one by its fragment alone
  await context.clearCookies();
}
