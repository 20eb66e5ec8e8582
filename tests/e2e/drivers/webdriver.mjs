// Firefox and WebKitGTK, by Selenium and their own WebDrivers. One browser serves all scenarios of a worker, one after the other:
// starting one takes longer than most scenarios do. Between two of them its windows are closed and its cookies deleted; the
// pages clear their storage themselves.
import { Builder, By } from "selenium-webdriver";
import { firefox, firefoxPrefs, geckodriver, webkit } from "../../../scripts/lib/browsers.mjs";
import { start, signalTree, ended } from "../../../scripts/lib/run.mjs";
import { freePort } from "../../../scripts/lib/serve.mjs";
import { PATIENCE, eventually } from "../user.mjs";

/** Blocks popups, shows JSON as text, and does not spend a fifth of its time on painting what nobody looks at. */
const firefoxHabits = { "dom.disable_open_during_load": true, "devtools.jsonview.enabled": false, "layout.frame_rate": 20, "toolkit.cosmeticAnimations.enabled": false, "browser.sessionstore.max_windows_undo": 0 };

/** Each one's driver, and what to ask it for. Popup blocking is real: WebKitGTK's always is, Firefox's has to be asked for. */
const engines = {
  firefox: () => ({
    program: geckodriver(),
    options: (port) => [`--port=${port}`, "--websocket-port=0"],
    capabilities: {
      browserName: "firefox",
      // A click does not wait for the page that it leads to: the window may be gone by then.
      pageLoadStrategy: "none",
      "moz:firefoxOptions": { binary: firefox(), args: ["-headless"], prefs: { ...firefoxPrefs, ...firefoxHabits } },
    },
  }),
  webkit: () => ({
    program: webkit().driver,
    options: (port) => ["--host=127.0.0.1", `--port=${port}`],
    capabilities: { browserName: "MiniBrowser", "webkitgtk:browserOptions": { binary: webkit().browser, args: ["--automation"] } },
  }),
};

/** A button, link or summary whose text has this in it. */
const pressable = (name) => By.xpath(`//*[(self::button or self::a or self::summary)][contains(., ${JSON.stringify(name)})]`);

/** Commands of one session go to one window at a time, so each is sent only when the one before is done. */
function inTurn() {
  let last = Promise.resolve();
  return (work) => (last = last.then(work, work));
}

function windowOf(driver, turn, handle) {
  const there = (work) =>
    turn(async () => {
      await driver.switchTo().window(handle);
      return work();
    });
  /** Tries again while the page is still on its way. */
  const when = async (work) => {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      try {
        return await there(work);
      } catch (error) {
        if (Date.now() > deadline || error.name === "NoSuchWindowError") throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  const element = async (locator) => {
    const found = await driver.findElement(locator);
    if (!(await found.isEnabled()) || !(await found.isDisplayed())) throw new Error(`not ready: ${locator}`);
    return found;
  };
  return {
    goto: (url) => there(async () => {
      await driver.executeScript("window.isLeft = true");
      await driver.get(url);
      await eventually(() => driver.executeScript("return !window.isLeft && document.readyState === 'complete'").catch(() => false), url);
    }),
    reload: () => there(() => driver.navigate().refresh()),
    back: () => there(() => driver.executeScript("setTimeout(() => history.back())")),
    url: () => there(() => driver.getCurrentUrl()),
    close: () => there(() => driver.close()),
    isClosed: () => turn(async () => !(await driver.getAllWindowHandles()).includes(handle)),
    click: (css) => when(async () => (await element(By.css(css))).click()),
    clickInFrame: (frame, css) => when(async () => {
      await driver.switchTo().frame(await element(By.css(frame)));
      await (await element(By.css(css))).click();
    }),
    press: (name) => when(async () => (await element(pressable(name))).click()),
    fill: (css, text) => when(async () => (await element(By.css(css))).sendKeys(text)),
    run: async (work, ...values) => {
      const answer = await there(() => driver.executeAsyncScript(`const done = arguments[arguments.length - 1]; (async () => (${work}).apply(null, ${JSON.stringify(values)}))().then((value) => done({ value }), (error) => done({ error: String(error) }))`));
      // geckodriver answers null where the page was left before it could say that it was done.
      const { value, error } = answer ?? { error: "the page was left" };
      if (error) throw new Error(error);
      return value;
    },
  };
}

export async function launch(engine) {
  const { program, options, capabilities } = engines[engine]();
  const port = await freePort();
  const server = start(program, options(port), { stdio: ["ignore", "ignore", "ignore"] });
  const end = ended(server);
  const driver = await connect(port, capabilities);
  const turn = inTurn();
  const first = await driver.getWindowHandle();
  const known = new Map();
  const windowFor = (handle) => known.get(handle) ?? known.set(handle, windowOf(driver, turn, handle)).get(handle);
  return {
    async close() {
      await driver.quit().catch(() => {});
      signalTree(server, "SIGTERM");
      await end;
    },
    async newSession() {
      return {
        page: windowFor(first),
        windows: () => turn(async () => (await driver.getAllWindowHandles()).map(windowFor)),
        newTab: () => turn(async () => {
          // Not from a window that is closed already.
          await driver.switchTo().window(first);
          await driver.switchTo().newWindow("window");
          return windowFor(await driver.getWindowHandle());
        }),
        close: () => turn(async () => {
          for (const handle of await driver.getAllWindowHandles()) {
            if (handle === first) continue;
            await driver.switchTo().window(handle).then(() => driver.close()).catch(() => {});
          }
          await driver.switchTo().window(first);
          // Its page stays until the next scenario's takes its place: the engine keeps the process.
          await driver.manage().deleteAllCookies();
        }),
      };
    },
  };
}

async function connect(port, capabilities) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(capabilities).build();
    } catch (error) {
      if (attempt === 50 || !/ECONNREFUSED/.test(String(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
