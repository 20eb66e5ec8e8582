// On a server: importing touches no global of a browser, and an instance is inert.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { version } = require("connect-widget/package.json");

for (const name of ["document", "location", "history", "sessionStorage", "localStorage", "HTMLElement", "customElements", "BroadcastChannel", "CSSStyleSheet", "WebAssembly"]) {
  Object.defineProperty(globalThis, name, { configurable: true, get() { throw new Error(`${name} was touched at import`); } });
}
const before = Object.getOwnPropertyNames(globalThis);

const index = await import("connect-widget");
const sync = await import("connect-widget/sync");
const callback = await import("connect-widget/callback");
const debug = await import("connect-widget/debug");
const providers = await import("connect-widget/providers");
const element = await import("connect-widget/element");
const required = Object.fromEntries(["", "/sync", "/providers", "/element", "/callback", "/debug"].map((path) => [path, require(`connect-widget${path}`)]));

assert.deepEqual(Object.getOwnPropertyNames(globalThis), before);
assert.deepEqual(Object.keys(index).sort(), ["Connect", "ConnectError", "default"]);
assert.deepEqual(Object.keys(sync).sort(), ["Connect", "ConnectError", "default"]);
assert.deepEqual([Object.keys(callback), Object.keys(required["/callback"])], [[], []]);
assert.deepEqual(Object.keys(providers).sort(), ["alter", "aniapi", "anny", "anonLink", "stackOne"]);
assert.deepEqual(Object.keys(element), ["registerConnectButton"]);
assert.ok([debug, required["/debug"]].every(({ diagnose }) => typeof diagnose === "function"));
delete globalThis.customElements;
assert.equal(element.registerConnectButton(), undefined);

for (const { Connect, ConnectError, default: byDefault } of [index, sync, required[""], required["/sync"]]) {
  assert.equal(Connect, byDefault);
  assert.equal(typeof byDefault.create, "function");
  const connect = byDefault.create();
  assert.ok(connect instanceof Connect);
  assert.equal(connect.getVersion(), version);
  assert.equal(connect.isOpen(), false);
  assert.equal(await connect.handleRedirect(), null);
  const failure = await connect.open({ token: "" }).catch((error) => error);
  assert.ok(failure instanceof ConnectError && failure instanceof Error);
  assert.equal(failure.code, "no_window");
  connect.on("success", assert.fail);
  connect.close();
  connect.destroy();
}
assert.deepEqual(providers.anny({ clientId: "a", redirectUri: "b", tokenEndpoint: undefined }), {
  protocol: "code", authorizationEndpoint: "https://auth.anny.co/oauth/authorize", tokenEndpoint: "https://auth.anny.co/oauth/token",
  tokenRequest: "json", scope: "", clientId: "a", redirectUri: "b",
});
assert.equal(providers.aniapi({ authorizationEndpoint: "http://127.0.0.1/" }).authorizationEndpoint, "http://127.0.0.1/");
assert.deepEqual([providers.anonLink(), providers.anonLink(null)], [{ protocol: "anon-link" }, { protocol: "anon-link" }], "open() refuses them, with a code");
assert.equal(required["/providers"].alter({ token: "x" }).baseURL, "https://api.alterauth.com");
assert.equal(typeof required[""].create, "function", "the class itself, as @alter-ai/connect's users require it");
console.log("inert");
