// Chromium, by Playwright. Popup blocking is real: Playwright's switch that turns it off is left out.
import { devices } from "@playwright/test";
import { PATIENCE } from "../user.mjs";
import { launchChromium } from "../../../scripts/lib/browsers.mjs";

const MACINTOSH = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15";

/** The devices that scenarios name; Playwright's own names besides. */
const looks = {
  desktop: { viewport: { width: 1280, height: 800 } },
  "iPad calling itself a Macintosh": { ...devices["iPad (gen 7)"], userAgent: MACINTOSH },
};

class Window {
  constructor(page) {
    this.page = page;
  }
  goto = (url) => this.page.goto(url);
  reload = () => this.page.reload();
  back = () => this.page.evaluate("void setTimeout(() => history.back())");
  url = async () => this.page.url();
  close = () => this.page.close();
  isClosed = async () => this.page.isClosed();
  click = (css) => this.page.locator(css).click();
  clickInFrame = (frame, css) => this.page.frameLocator(frame).locator(css).click();
  press = (name) => this.page.locator(`xpath=${pressable(name)}`).first().click().catch((error) => this.unlessClosed(error));
  fill = (css, text) => this.page.locator(css).first().fill(text);
  run = (work, ...values) => this.page.evaluate(`(${work}).apply(null, ${JSON.stringify(values)})`);
  /** Answers the next question whether to leave the page with no. */
  stays = () => this.page.once("dialog", (dialog) => dialog.dismiss());
  /** What was pressed may have closed the window before the driver had its answer. */
  unlessClosed(error) {
    if (!this.page.isClosed()) throw error;
  }
}

/** A button, link or summary whose text has this in it. */
const pressable = (name) => `//*[(self::button or self::a or self::summary)][contains(., ${JSON.stringify(name)})]`;

export async function launch() {
  const browser = await launchChromium({ ignoreDefaultArgs: ["--disable-popup-blocking", "--disable-back-forward-cache"] });
  let desktop;
  return {
    close: () => browser.close(),
    /** A device has a context of its own. The desktop's serves the other scenarios of a worker, one after the other. */
    async newSession({ device } = {}) {
      const session = device ? await open(browser, looks[device] ?? devices[device]) : (desktop ??= await open(browser, looks.desktop));
      const { context, page, windowOf } = session;
      return {
        page: windowOf(page),
        windows: async () => context.pages().map(windowOf),
        newTab: async () => windowOf(await context.newPage()),
        async close() {
          if (session !== desktop) return context.close();
          for (const other of context.pages()) if (other !== page) await other.close();
          await context.clearCookies();
        },
      };
    },
  };
}

async function open(browser, { defaultBrowserType, ...look }) {
  const context = await browser.newContext(look);
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  if (look.hasTouch) await giveFingers(context, page);
  const known = new Map();
  const windowOf = (page) => known.get(page) ?? known.set(page, new Window(page)).get(page);
  return { context, page, windowOf };
}

/** Playwright's touch screens know one finger; real ones know five. */
async function giveFingers(context, page) {
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setTouchEmulationEnabled", { enabled: true, maxTouchPoints: 5 });
}
