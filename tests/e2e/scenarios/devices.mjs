// Phones, tablets, home screens and in-app browsers: where the page redirects, and where it pops up.
import { names, protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const desktopOnly = { firefox: "its driver emulates no touch device", webkit: "its driver emulates no touch device" };

const emulated = (device, protocol, mode, rows = []) => ({
  protocol,
  mode: "auto",
  device,
  rows,
  cannot: desktopOnly,
  sandbox: AUTO,
  name: `${protocol} on ${device}: ${mode}`,
  outcome: { [mode === "popup" ? "success" : "redirected"]: protocols[protocol].isResult },
});

/** What the page is told of the device, in engines whose drivers emulate none: the properties that tell it are replaced. */
const told = (what, mode, rows, facts) => ({
  protocol: "implicit",
  mode: "auto",
  rows,
  facts,
  sandbox: AUTO,
  name: `${what}: ${mode}`,
  async page(env) {
    const { plain } = await import("/plain.mjs");
    const { innerWidth, innerHeight, ...ofNavigator } = env.scenario.facts;
    for (const [name, value] of Object.entries(ofNavigator)) Object.defineProperty(navigator, name, { value, configurable: true });
    for (const [name, value] of Object.entries({ innerWidth, innerHeight })) if (value) Object.defineProperty(window, name, { value, configurable: true, writable: true });
    await plain(env);
  },
  outcome: { [mode === "popup" ? "success" : "redirected"]: protocols.implicit.isResult },
});

/** The same, and the device is turned right after a click that comes before the core. */
const turned = (name, mode, { before, after }) => ({
  ...told(name, mode, ["blocked"], before),
  at: { path: "/slow.html" },
  after,
  async page(env) {
    const { plain } = await import("/plain.mjs");
    const { userAgent, innerWidth, innerHeight } = env.scenario.facts;
    Object.defineProperty(navigator, "userAgent", { value: userAgent });
    for (const [name, value] of Object.entries({ innerWidth, innerHeight })) Object.defineProperty(window, name, { value, writable: true });
    addEventListener("click", () => setTimeout(() => Object.assign(window, env.scenario.after)));
    await plain(env);
  },
});

const MACINTOSH = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15";
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1";
const ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";

export const scenarios = [
  ...names.map((protocol) => emulated("iPhone 13", protocol, "redirect")),
  emulated("Pixel 7", "alter-connect", "redirect"),
  emulated("iPad (gen 7)", "code", "redirect", ["ipad"]),
  emulated("iPad (gen 7) landscape", "code", "popup"),
  emulated("iPad calling itself a Macintosh", "alter-connect", "redirect", ["d6", "ipad"]),
  told("a portrait iPad that says it is a Macintosh", "redirect", ["d6", "ipad"], { userAgent: MACINTOSH, maxTouchPoints: 5, innerWidth: 820, innerHeight: 1180 }),
  told("a real Macintosh with a narrow window", "popup", ["ipad"], { userAgent: MACINTOSH, maxTouchPoints: 0, innerWidth: 400, innerHeight: 900 }),
  told("an iPhone", "redirect", [], { userAgent: IPHONE, maxTouchPoints: 5, innerWidth: 390, innerHeight: 844 }),
  told("iOS, started from the home screen", "redirect", ["blank"], { userAgent: IPHONE, maxTouchPoints: 5, standalone: true, innerWidth: 844, innerHeight: 390 }),
  ...["Instagram 300.0.0.0", "[FBAN/FBIOS;FBAV/440.0]", "Line/13.0"].map((app) => told(`inside ${app.split(/[ /]/)[0].replace("[", "")}`, "redirect", ["inapp"], { userAgent: `${IPHONE} ${app}`, maxTouchPoints: 5, innerWidth: 844, innerHeight: 390 })),
  turned("a phone that is turned on its side before the core is there", "redirect", { before: { userAgent: ANDROID, innerWidth: 412, innerHeight: 839 }, after: { innerWidth: 863, innerHeight: 360 } }),
  turned("a phone that is turned upright before the core is there", "redirect", { before: { userAgent: ANDROID, innerWidth: 863, innerHeight: 360 }, after: { innerWidth: 412, innerHeight: 839 } }),
  told("inside an Android WebView", "redirect", ["inapp"], { userAgent: ANDROID.replace("Pixel 7", "Pixel 7; wv"), maxTouchPoints: 5, innerWidth: 900, innerHeight: 400 }),
];
