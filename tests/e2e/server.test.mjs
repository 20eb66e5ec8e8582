// What happens where there is no window: on a server, under Node's ESM and CommonJS.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { defects, complaints } from "./pains.mjs";

const pkg = process.env.E2E_PKG ?? inRoot("pkg");
const { version } = createRequire(import.meta.url)(`${pkg}/package.json`);

const entries = {
  "ESM": () => import(`${pkg}/index.js`),
  "CommonJS": async () => createRequire(import.meta.url)(`${pkg}/index.cjs`),
  "ESM, sync": () => import(`${pkg}/sync.js`),
};

/** What some servers call their window. */
const windows = { "an empty object": {}, "the global object": globalThis, "a document's, as Angular Universal had it by domino": { document: {}, location: { href: "/" } } };

for (const [name, window] of Object.entries(windows)) {
  test(`“${complaints.server}”: a server whose window is ${name}`, async () => {
    Object.assign(globalThis, { window, document: window.document });
    try {
      await import(`${pkg}/callback.js?${encodeURIComponent(name)}`);
      const { default: Connect } = await import(`${pkg}/index.js?${encodeURIComponent(name)}`);
      const widget = Connect.create();
      widget.on("success", () => {});
      assert.equal(await widget.handleRedirect(), null);
      await assert.rejects(widget.open({ token: "tok" }), { code: "no_window" });
      widget.destroy();
    } finally {
      delete globalThis.window;
      delete globalThis.document;
    }
  });
}

for (const [name, load] of Object.entries(entries)) {
  test(`“${defects.d3}”: “${complaints.server}”: ${name}`, async ({ mock }) => {
    const said = ["debug", "info", "log", "warn", "error"].map((level) => mock.method(console, level).mock);
    const before = Object.getOwnPropertyNames(globalThis).sort();
    const { default: Connect, ConnectError } = await load();
    assert.deepEqual(Object.getOwnPropertyNames(globalThis).sort(), before, "an import touches no global");
    const widget = Connect.create({ debug: true });
    assert.equal(widget.getVersion(), version);
    assert.equal(widget.isOpen(), false);
    widget.on("success", () => {})();
    assert.equal(await widget.handleRedirect(), null);
    await assert.rejects(widget.open({ token: "tok" }), (error) => error instanceof ConnectError && error.code === "no_window");
    await assert.rejects(widget.authorize({ token: "tok" }), { code: "no_window" });
    widget.close();
    widget.destroy();
    await assert.rejects(widget.open({ token: "tok" }), { code: "sdk_destroyed" });
    // What debug.js has to say, it says once it is loaded.
    await import(`${pkg}/debug.js`);
    await new Promise(setImmediate);
    assert.deepEqual(said.flatMap(({ calls }) => calls.map((call) => call.arguments)), [], "nothing is said on the console");
  });
}
