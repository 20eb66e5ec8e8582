// The errors that an app sees, and the presets.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { ConnectError, error } from "../../pkg-template/errors.js";
import * as providers from "../../pkg-template/providers.js";

test("an error has its code, its words and what was behind it, and an app's log as JSON has them, too", () => {
  const cause = new TypeError("offline");
  const one = new ConnectError("access_denied", "The user said no.", { error: "access_denied" }, cause);
  assert.ok(one instanceof Error);
  assert.deepEqual([one.name, one.code, one.message, one.details, one.cause], ["ConnectError", "access_denied", "The user said no.", { error: "access_denied" }, cause]);
  assert.match(one.stack, /The user said no\./);
  const { name, code, message, details } = JSON.parse(JSON.stringify(one));
  assert.deepEqual([name, code, message, details], ["ConnectError", "access_denied", "The user said no.", { error: "access_denied" }]);
});

test("an error is made where a page has frozen Error.prototype", () => {
  const child = "Object.freeze(Error.prototype); const { ConnectError } = await import(process.argv[1]); const { name, message } = new ConnectError('a', 'b'); process.exit(name === 'ConnectError' && message === 'b' ? 0 : 1)";
  assert.equal(spawnSync(process.execPath, ["--input-type=module", "--eval", child, new URL("../../pkg-template/errors.js", import.meta.url).href]).status, 0);
});

test("an error before the core is there says what it is about and what was behind it", () => {
  const cause = new Error("the app's own");
  const one = error("invalid_options", cause, "Option config ");
  assert.deepEqual([one.code, one.message, one.cause, one.details], ["invalid_options", "Option config is missing or invalid: see its type.", cause, undefined]);
});

test("what an app gives wins over a preset, what is there but undefined does not, and a preset stays as it is", () => {
  const { alter, anny } = providers;
  const token = () => {};
  assert.deepEqual(alter({ token, baseURL: "https://sandbox.example" }), { protocol: "alter-connect", baseURL: "https://sandbox.example", token });
  assert.deepEqual(alter({ token, baseURL: undefined }), { protocol: "alter-connect", baseURL: "https://api.alterauth.com", token });
  for (const preset of Object.values(providers)) for (const options of [undefined, null]) assert.equal(preset(options).protocol, preset({}).protocol);
  // What each of these says is said in the docs: a request as JSON, and without a scope unless there is one.
  assert.deepEqual([anny({}).tokenRequest, anny({}).scope, anny({ scope: "bookings" }).scope], ["json", "", "bookings"]);
});
