// A click that comes before the core is decided by the shell alone (connect-widget/lazy). Here its decision is held equal to
// the core's, and what it reads off the device to what real devices say of themselves. Needs npm run build.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const compiled = new URL("../../.cache/build/wasm/connect_widget_wasm_bg.wasm", import.meta.url);

/** The core's `redirects`, out of the module that the shipped one was made from. It asks the page nothing. */
function loadCore() {
  const refuse = () => assert.fail("the mode decision asks the page nothing");
  const module = new WebAssembly.Module(readFileSync(compiled));
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = refuse;
  return new WebAssembly.Instance(module, imports).exports.redirects;
}

/** The shell, in as much of a browser as its constructor touches; answers its decision and what it reads off the device. */
async function loadShell() {
  Object.assign(globalThis, { window: globalThis, self: globalThis, top: globalThis, location: { search: "", hash: "" } });
  const shell = await import("../../pkg-template/shell.js");
  const parts = await new Promise((resolve) => {
    shell.setSource((wasm, parts) => {
      resolve(parts);
      return {};
    });
    shell.Connect.create();
  });
  return { redirects: shell.redirects, deviceMarks: parts.deviceMarks };
}

const core = loadCore();
const shell = await loadShell();

test("the shell decides what the core decides, on every device", () => {
  const sizes = [0, 1, 319, 320, 479, 480, 481, 767, 768, 820, 1023, 1024, 1025, 1180, 1366, 1920, 4096];
  let redirecting = 0;
  for (const width of sizes) {
    for (const height of sizes) {
      for (let marks = 0; marks < 8; marks++) {
        const decided = Boolean(core(width, height, marks));
        assert.equal(Boolean(shell.redirects(width, height, marks)), decided, `${width}×${height}, marks ${marks}`);
        redirecting += decided;
      }
    }
  }
  assert.ok(redirecting > 100, "the grid has both answers");
});

const HAND_HELD = 1, FRAMED = 2, IN_APP = 4;

const devices = [
  ["a desktop", { userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", maxTouchPoints: 0 }, 0],
  ["a Mac", { userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15", maxTouchPoints: 0 }, 0],
  ["an iPad that says it is a Mac", { userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15", maxTouchPoints: 5 }, HAND_HELD],
  ["an iPhone", { userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1", maxTouchPoints: 5 }, HAND_HELD],
  ["an iPad that says so", { userAgent: "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1", maxTouchPoints: undefined }, HAND_HELD],
  ["a Pixel", { userAgent: "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36", maxTouchPoints: 1 }, HAND_HELD],
  ["a laptop with a touch screen of one finger", { userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", maxTouchPoints: 1 }, 0],
  ["a web app on iOS's home screen", { userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15", maxTouchPoints: 5, standalone: true }, HAND_HELD | IN_APP],
  ["Facebook on Android", { userAgent: "Mozilla/5.0 (Linux; Android 14; Pixel 7; wv) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/450.0.0.0;]", maxTouchPoints: 5 }, HAND_HELD | IN_APP],
  ["Instagram on iOS", { userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Instagram 300.0.0.0", maxTouchPoints: 5 }, HAND_HELD | IN_APP],
  ["LINE", { userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Safari Line/13.0.0", maxTouchPoints: 5 }, HAND_HELD | IN_APP],
  ["WeChat on a desktop", { userAgent: "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 Chrome/98.0 Safari/537.36 MicroMessenger/7.0", maxTouchPoints: 0 }, IN_APP],
];

for (const [name, navigator, marks] of devices) {
  test(`${name} is known for what it is`, () => {
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
    assert.equal(shell.deviceMarks(), marks);
  });
}

test("a frame is known for what it is", () => {
  Object.defineProperty(globalThis, "navigator", { value: devices[0][1], configurable: true });
  globalThis.top = {};
  assert.equal(shell.deviceMarks(), FRAMED);
  globalThis.top = globalThis;
});
