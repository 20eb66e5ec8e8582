// The two widgets in one browser, and what a user does on the sandbox's pages.
import { launchHeadlessShell, offline } from "../../scripts/lib/browsers.mjs";

const settings = JSON.parse(process.env.PEER_TESTS ?? "null");
if (!settings) throw new Error("run: node tests/peer/run.mjs");

/** The app's origin, the sandbox's providers, the dictated Connect page, and the folder of the built package. */
export const { app, providers, dictated, pkg } = settings;

export const widgets = ["peer", "ours"];

export const launch = () => launchHeadlessShell({ args: [offline] });

/** Gives `work` a page of the app that uses this widget, in a browser context of its own. */
export async function visit(browser, widget, work, { device = { viewport: { width: 1280, height: 800 } }, query = "", fragment = "" } = {}) {
  const context = await browser.newContext(device);
  context.setDefaultTimeout(20_000);
  try {
    const page = await context.newPage();
    const troubles = [];
    page.on("pageerror", (error) => troubles.push(String(error)));
    page.on("requestfailed", (request) => troubles.push(`${request.url()}: ${request.failure()?.errorText}`));
    await page.goto(`${app}/?widget=${widget}${query}${fragment}`);
    await until(page, "window.ready").catch((error) => { throw new Error(`the app did not start: ${troubles.join("; ") || error.message}`); });
    return await work(page, context);
  } finally {
    await context.close();
  }
}

/** Clicks the app's button, which runs this function in the page. */
export async function click(page, clicked, argument) {
  await page.evaluate(([source, argument]) => void (window.clicked = () => (0, eval)(`(${source})`)(argument)), [String(clicked), argument]);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
}

/** Clicks, and answers the popup. */
export async function openPopup(page, clicked, argument) {
  const opened = page.waitForEvent("popup");
  await click(page, clicked, argument);
  return opened;
}

/** Waits until this holds in the page. Asked by timer: a page behind a popup may be drawn no more. */
export const until = (page, condition, argument) => page.waitForFunction(condition, argument, { polling: 50 });

/** Waits until the app has written down this many entries with this name. */
export const logged = (page, name, count = 1) => until(page, ([name, count]) => window.log.filter(([entry]) => entry === name).length >= count, [name, count]);

export const log = (page) => page.evaluate("window.log");

/** Long enough for anything that is wrong to show itself: the peer looks at its window twice a second. */
export const settle = (page) => page.waitForTimeout(700);

/** The app's backend mints a session; answers the token. */
export async function mint(page, body = {}) {
  const answer = await page.evaluate(async (body) => {
    const response = await fetch("/api/alter/session", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    return response.json();
  }, { allowed_providers: ["google"], ...body });
  if (!answer.session_token) throw new Error(`no session: ${JSON.stringify(answer)}`);
  return answer.session_token;
}

const signIn = (window, name) => window.getByRole("button", { name: new RegExp(`^Continue as ${name}`) }).click();

/** What users do on the sandbox's pages. */
export const user = {
  async allow(window, name = "Alice Anders") {
    await signIn(window, name);
    await window.getByRole("button", { name: "Allow" }).click();
  },
  async deny(window, name = "Alice Anders") {
    await signIn(window, name);
    await window.getByRole("button", { name: "Deny" }).click();
  },
  async pick(window, provider, name) {
    await window.getByRole("button", { name: new RegExp(`^${provider}`) }).click();
    await user.allow(window, name);
  },
  done: (window) => window.getByRole("button", { name: "Done" }).click(),
};

/** Ids and times differ from run to run; everything else must not. */
export function withoutChance(value) {
  return JSON.parse(JSON.stringify(value), (key, inner) => {
    if (key === "grant_id" && /^[\w-]{8,}$/.test(inner)) return "an id";
    return typeof inner === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(inner) ? "a time" : inner;
  });
}
