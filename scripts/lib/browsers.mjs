// The browsers and their drivers. Any that are there are used; the environment variables named below come first.
// Nothing but Debian's packages is downloaded, and those only where we are root.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inCache } from "./paths.mjs";
import { Failure, Unavailable, output } from "./run.mjs";
import { isStamped, stamp } from "./stamp.mjs";
import { aptInstall, find, installHint, isLinux } from "./system.mjs";
import { tool } from "./tools.mjs";

const fromEnv = (name) => process.env[name] || null;

/** Chrome, Chromium or another browser made of it: CHROME_BIN, then the well-known names. */
export const chromium = () => fromEnv("CHROME_BIN") ?? find(
  "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
);

/** Chromium's headless shell, where Debian puts it; on PATH is a script around it, which hands on no signal. */
const headlessShell = () => find("/usr/lib/chromium/chromium-headless-shell");

/** The headless shell, unless CHROME_BIN names a browser or there is no such shell. */
const headlessOrWhole = () => fromEnv("CHROME_BIN") ?? headlessShell() ?? chromium();

/** ChromeDriver: CHROMEDRIVER, then PATH. */
export const chromedriver = () => fromEnv("CHROMEDRIVER") ?? find("chromedriver", "/usr/lib/chromium/chromedriver", "/usr/lib/chromium-browser/chromedriver");

/** Firefox: FIREFOX_BIN, then the well-known names. */
export const firefox = () => fromEnv("FIREFOX_BIN") ?? find("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox");

/** GeckoDriver: GECKODRIVER, else the one of the right version. */
export const geckodriver = () => fromEnv("GECKODRIVER") ?? tool("geckodriver");

/**
 * WebKitGTK: its driver, the browser that it drives, and what starts a display for it.
 * @returns {{driver: string, browser: string, xvfb: string} | null}
 */
export function webkit() {
  const driver = fromEnv("WEBKITDRIVER") ?? find("WebKitWebDriver");
  const browser = fromEnv("WEBKIT_BIN") ?? miniBrowser();
  const xvfb = find("xvfb-run");
  return driver && browser && xvfb ? { driver, browser, xvfb } : null;
}

function miniBrowser() {
  for (const lib of ["/usr/lib", "/usr/libexec"]) {
    const folders = [lib, ...(existsSync(lib) ? readdirSync(lib).filter((name) => name.endsWith("-linux-gnu")).map((name) => join(lib, name)) : [])];
    for (const folder of folders) for (const version of ["6.0", "4.1", "4.0"]) {
      const name = version === "6.0" ? "webkitgtk-6.0" : `webkit2gtk-${version}`;
      const file = join(folder, name, "MiniBrowser");
      if (existsSync(file)) return file;
    }
  }
  return null;
}

// What each engine needs: `found` answers truth where it is there.
const engines = {
  chromium: { name: "Chrome or Chromium", found: chromium, packages: ["chromium"], hint: "install Chrome, or set CHROME_BIN" },
  chromedriver: { name: "ChromeDriver", found: chromedriver, packages: ["chromium-driver"], hint: "install chromedriver of your Chrome's version, or set CHROMEDRIVER" },
  firefox: { name: "Firefox", found: firefox, packages: ["firefox-esr"], hint: "install Firefox, or set FIREFOX_BIN" },
  webkit: { name: "WebKitGTK's WebDriver", found: webkit, packages: ["webkit2gtk-driver", "xvfb", "xauth"], hint: "there is none for this system" },
};

/**
 * Sees to it that these ("chromium", "chromedriver", "firefox", "webkit") are there.
 * @throws {Unavailable} for WebKitGTK on anything but Linux
 */
export async function ensureBrowsers(...names) {
  const missing = names.filter((name) => !engines[name].found());
  if (missing.length === 0) return;
  const purpose = missing.map((name) => engines[name].name).join(", ");
  if (!isLinux) throw new (missing.includes("webkit") ? Unavailable : Failure)(`${purpose} is missing; ${missing.map((name) => engines[name].hint).join("; ")}`);
  const packages = missing.flatMap((name) => engines[name].packages);
  await aptInstall(purpose, packages);
  const still = names.filter((name) => !engines[name].found());
  if (still.length > 0) throw new Failure(`${still.map((name) => engines[name].name).join(", ")} is not where it should be after the installation; ${installHint(packages)}`);
}

/** Gets Chromium's headless shell, where Debian has it in the version of its Chromium that is there. Without it Chromium itself does. */
export async function ensureHeadlessShell() {
  const version = output("dpkg-query", ["--show", "--showformat=${Version}", "chromium-common"]);
  const tried = inCache("stamps", "headless-shell");
  if (headlessShell() || !version || isStamped(tried, version)) return;
  try {
    await aptInstall("Chromium's headless shell", [`chromium-headless-shell=${version}`]);
  } catch {
    console.log("  going on without chromium-headless-shell: tests in Chromium will take twice the time");
    stamp(tried, version);
  }
}

/**
 * What Chromium does without. Of a switch that is given twice the last one counts, so this is Playwright's list as well, but for the
 * partitioned storage of other sites' frames, which is every browser's default. The last two draw the address bar's list as two
 * pages of their own for every window: half of the processor time of a test.
 */
const chromiumFeatures = [
  "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "DialMediaRouteProvider", "GlobalMediaControls", "HttpsUpgrades", "LensOverlay", "MediaRouter",
  "PaintHolding", "Translate", "AutoDeElevate", "OptimizationHints", "NetworkTimeServiceQuerying", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
];

/** Flags that keep Chromium quiet, off the network, and able to run as root in a container. */
const chromiumArgs = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
  `--disable-features=${chromiumFeatures}`,
];

/** What Playwright is to start Chromium with, and in `more` what it is to do differently. Windows that no click opened are blocked, as users have it. */
export const chromiumOptions = ({ args = [], ...more } = {}) => ({
  executablePath: chromium(), args: [...chromiumArgs, ...args], ignoreDefaultArgs: ["--disable-popup-blocking"], ...more,
});

/** Starts Chromium as users have it. Playwright is loaded only now: npm may have just installed it. */
export async function launchChromium(more) {
  const playwright = await import("playwright-core");
  return playwright.chromium.launch(chromiumOptions(more));
}

/** What the headless shell does without besides. With it, pages crash each fifth time that a window is closed while it goes on to another page. */
const shellArgs = [`--disable-features=${[...chromiumFeatures, "RenderDocument"]}`];

/**
 * Starts Chromium without a toolbar and a profile for every window, which take half of a test's processor time: pages are the same in it, but it blocks
 * no window, and has no settings.
 */
export const launchHeadlessShell = ({ args = [], ...more } = {}) => launchChromium({ executablePath: headlessOrWhole(), args: [...shellArgs, ...args], ...more });

/** For `args`: nothing outside this machine is asked for anything. */
export const offline = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1";

/** Preferences that keep Firefox off the network. */
export const firefoxPrefs = { "app.update.enabled": false, "network.captive-portal-service.enabled": false, "network.connectivity-service.enabled": false };

/**
 * Writes the WebDriver capabilities that wasm-bindgen-test-runner reads, with this machine's paths.
 * @returns {string} the file, for WASM_BINDGEN_TEST_WEBDRIVER_JSON
 */
function webdriverJson(engine) {
  const capabilities = {
    chromium: () => ({ "goog:chromeOptions": { binary: headlessOrWhole(), args: ["--headless=new", ...chromiumArgs, ...shellArgs] } }),
    firefox: () => ({ "moz:firefoxOptions": { binary: firefox(), args: ["-headless"], prefs: firefoxPrefs } }),
    // The other two drivers let windows open without a click by themselves.
    webkit: () => ({ "webkitgtk:browserOptions": { binary: webkit().browser, args: ["--automation", "--javascript-can-open-windows-automatically=true"] } }),
  }[engine]();
  const file = inCache(`webdriver-${engine}.json`);
  mkdirSync(inCache(), { recursive: true });
  writeFileSync(file, JSON.stringify(capabilities, null, 2));
  return file;
}

/**
 * The environment in which `cargo test --target wasm32-unknown-unknown` runs its tests in an engine
 * ("chromium", "firefox" or "webkit"; the last one under webkit().xvfb).
 */
export function webdriverEnv(engine) {
  // The runner hands no capabilities to what it takes for Safari's driver. WebKit's speaks the same language as Firefox's, and passes over
  // what is Firefox's own.
  const driver = { chromium: () => ({ CHROMEDRIVER: chromedriver() }), firefox: () => ({ GECKODRIVER: geckodriver() }), webkit: () => ({ GECKODRIVER: webkit().driver }) }[engine]();
  return {
    ...driver,
    // By its name, for PATH: cargo would take a path apart at its spaces.
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: "wasm-bindgen-test-runner",
    WASM_BINDGEN_TEST_ONLY_WEB: "1",
    // Seconds for all tests of a file; and a page like an app's, which may have windows of other origins.
    WASM_BINDGEN_TEST_TIMEOUT: "600",
    WASM_BINDGEN_TEST_NO_ORIGIN_ISOLATION: "1",
    WASM_BINDGEN_TEST_WEBDRIVER_JSON: webdriverJson(engine),
  };
}
