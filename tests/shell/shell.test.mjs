// What the shell refuses by itself: what the core never sees.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConnectError } from "../../pkg-template/errors.js";
import { Launch } from "../../pkg-template/launch.js";
import { Connect } from "../../pkg-template/shell.js";

const invalid = (option) => (error) => error instanceof ConnectError && error.code === "invalid_options" && error.message === `Option ${option} is missing or invalid: see its type.`;

describe("create()", () => {
  test("a configuration that cannot be read is refused, with the app's own error as the cause", () => {
    const cause = new Error("the app's own");
    const throwing = () => {
      throw cause;
    };
    for (const name of ["debug", "wasm", "labels"]) {
      const config = Object.defineProperty({}, name, { get: throwing, enumerable: true });
      assert.throws(() => Connect.create(config), (error) => invalid("config")(error) && error.cause === cause);
    }
    assert.throws(() => Connect.create(new Proxy({}, { ownKeys: throwing })), invalid("config"));
  });

  test("the configuration is read once", () => {
    let reads = 0;
    const widget = Connect.create({ get wasm() { return (reads += 1) > 0; } });
    assert.deepEqual([widget.config.wasm, widget.config.wasm, reads], [true, true, 1]);
  });

  test("what a script has put on Object.prototype is no configuration", () => {
    Object.prototype.debug = true;
    try {
      assert.equal(Connect.create().config.debug, undefined);
    } finally {
      delete Object.prototype.debug;
    }
  });

  test("none, or what is no object, is an empty one", () => {
    for (const config of [undefined, null, 5, true]) assert.equal(Connect.create(config).config.debug, undefined);
  });
});

test("what a script has put on Object.prototype is no state of an instance", () => {
  Object.assign(Object.prototype, { isDestroyed: true, early: {} });
  try {
    const widget = Connect.create();
    assert.equal(widget.isOpen(), false);
    widget.close();
  } finally {
    delete Object.prototype.isDestroyed;
    delete Object.prototype.early;
  }
});

test("what a script has put on Object.prototype is no window of a call", () => {
  Object.prototype.popup = null;
  try {
    assert.equal(new Launch({}).popup, undefined);
  } finally {
    delete Object.prototype.popup;
  }
});

test("a core that never comes has a minute: then the call fails, its window closes, and the next click is a new one", async (t) => {
  let now = 0, closings = 0;
  t.mock.method(performance, "now", () => now);
  t.mock.timers.enable({ apis: ["setInterval"] });
  const opened = { closed: false, close: () => { closings += 1; } };
  const page = { window: globalThis, top: globalThis, open: () => opened, screenX: 0, screenY: 0, outerWidth: 1000, outerHeight: 800, addEventListener() {}, removeEventListener() {} };
  const before = Object.keys(page).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  t.after(() => before.forEach(([name, own]) => own ? Object.defineProperty(globalThis, name, own) : delete globalThis[name]));
  Object.assign(globalThis, page);
  const widget = { handlersOf: () => [] };
  const options = { mode: "popup" };
  const result = new Promise((resolve, reject) => new Launch({ widget, options, wantsResult: true, resolve, reject }).waitFor(new Promise(() => {})));
  result.catch(() => {});
  const after = (milliseconds) => {
    now = milliseconds;
    t.mock.timers.tick(60);
  };
  after(59_990);
  assert.ok(widget.early.heed());
  after(60_010);
  await assert.rejects(result, { code: "load_failed" });
  assert.deepEqual([widget.early, closings], [null, 1]);
});

describe("on()", () => {
  test("what is no function is refused, and does not listen", () => {
    const widget = Connect.create();
    for (const event of ["success", "error", "exit", "close", "event"]) {
      for (const handler of [undefined, null, {}, "done"]) assert.throws(() => widget.on(event, handler), invalid("handler"));
      assert.deepEqual(widget.handlersOf(event), []);
    }
  });
});
