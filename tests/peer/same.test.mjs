// Where the published widget is right, this one answers the same: the same steps with both, and their logs are equal.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { click, dictated, launch, log, logged, mint, openPopup, providers, settle, until, user, visit, widgets, withoutChance } from "./lib.mjs";

let browser;
before(async () => void (browser = await launch()));
after(() => browser?.close());

/** Does the same with both widgets, and holds the logs equal; `expected`, where given, is what they must be. */
function same(name, steps, { expected, ...options } = {}) {
  test(name, async () => {
    const [peer, ours] = await Promise.all(widgets.map((widget) => visit(browser, widget, steps, options)));
    if (expected) assert.deepEqual(withoutChance(peer), expected, "the published widget does what this test thinks it does");
    assert.deepEqual(withoutChance(ours), withoutChance(peer));
  });
}

/** The simplest flow: `token` at `baseURL`, with all the callbacks. */
const openFlow = (options) => void connect.open({ ...window.callbacks, ...options });
const flow = (token, more) => ({ token: typeof token === "string" ? token : JSON.stringify(token), baseURL: dictated, ...more });

const grant = {
  grant_id: "grant_0123456789",
  provider: "google",
  provider_name: "Google",
  account_identifier: "alice@example.com",
  timestamp: "2026-01-02T03:04:05.000Z",
  operation: "creation",
  scopes: ["email", "profile"],
  status: "active",
  metadata: { account_display_name: "Alice Anders", account_email: "alice@example.com", more: { deep: [1, null, true] } },
};
const success = (...grants) => ({ type: "alter_connect_success", grants });
const failure = (more) => ({ type: "alter_connect_error", ...more });

describe("outcomes, and in which order who hears of them", () => {
  same("success: the subscribers, onSuccess, close", async (page) => {
    await click(page, openFlow, flow([success(grant)]));
    await logged(page, "on close");
    await settle(page);
    return log(page);
  }, { expected: withoutChance([["on success", [grant]], ["onSuccess", [grant]], ["on close"]]) });

  same("error: the subscribers, onError, close", async (page) => {
    await click(page, openFlow, flow([failure({ error: "connect_denied", error_description: "The user said no.", more: { kept: 1 } })]));
    await logged(page, "on close");
    await settle(page);
    return log(page);
  }, {
    expected: ["on error", "onError"].map((name) => [name, { code: "connect_denied", says: true, details: failure({ error: "connect_denied", error_description: "The user said no.", more: { kept: 1 } }) }]).concat([["on close"]]),
  });

  same("the user closes the window: the subscribers, onExit, close", async (page) => {
    const popup = await openPopup(page, openFlow, flow([]));
    await until(popup, "document.title === 'Dictated'");
    await settle(page); // as long as a user takes, at least
    await popup.close();
    await logged(page, "on close");
    await settle(page);
    return log(page);
  }, { expected: [["on exit"], ["onExit"], ["on close"]] });

  same("close(): the close event and nothing else; the window is closed, and what it posted is ignored", async (page) => {
    const popup = await openPopup(page, openFlow, flow({ messages: [success(grant)], wait: 10_000 }));
    // Chromium loses a close that meets the window on its way, and only one of the two widgets tries again.
    await until(popup, "document.title === 'Dictated'");
    await settle(page);
    await page.evaluate("connect.close()");
    if (!popup.isClosed()) await popup.waitForEvent("close");
    await settle(page);
    return [await log(page), await page.evaluate("connect.isOpen()")];
  }, { expected: [[["on close"]], false] });

  same("a result that comes twice is told once", async (page) => {
    await click(page, openFlow, flow([success(grant), success(grant), failure({ error: "late" })]));
    await logged(page, "on close");
    await settle(page);
    return log(page);
  });

  same("one flow after the other", async (page) => {
    const logs = [];
    for (const message of [success(grant), failure({ error: "provider_error" }), success(grant, { ...grant, provider: "slack" })]) {
      await click(page, openFlow, flow([message]));
      await logged(page, "on close");
      logs.push(await page.evaluate("window.log.splice(0)"));
    }
    return logs;
  });

  same("onSuccess alone is enough", async (page) => {
    await click(page, (options) => void connect.open({ onSuccess: note("onSuccess"), ...options }), flow([success(grant)]));
    await logged(page, "on close");
    return log(page);
  });
});

describe("what an answer is read as", () => {
  const { metadata, ...bare } = grant;
  const cases = {
    "a whole grant": success(grant),
    "three of them": success(grant, { ...grant, provider: "slack" }, { ...grant, provider: "github" }),
    "only what is required": success({ grant_id: "grant_0123456789", provider: "notion" }),
    "nulls": success({ grant_id: "grant_0123456789", provider: "notion", provider_name: null, account_identifier: null, timestamp: null, operation: null, scopes: null, status: null }),
    "empty texts": success({ ...bare, provider_name: "", account_identifier: "", timestamp: "", operation: "", status: "" }),
    "a repair": success({ ...bare, operation: "reauth" }),
    "an operation that nobody knows": success({ ...bare, operation: "upgrade" }),
    "pending": success({ ...bare, status: "pending" }),
    "status error": success({ ...bare, status: "error" }),
    "a status that nobody knows": success({ ...bare, status: "revoked" }),
    "scopes that are no list": success({ ...bare, scopes: "email profile" }),
    "an empty list of scopes": success({ ...bare, scopes: [] }),
    "fields that nobody knows": success({ ...grant, secret: "not passed on" }),
    "texts of many scripts": success({ ...bare, account_identifier: "Ζωή 🧿 <b>\u0000", provider_name: "谷歌" }),
    "junk among them": success(grant, {}, { grant_id: "without-provider" }, { provider: "without-id" }, { grant_id: "", provider: "" }, { ...grant, provider: "slack" }),
    "nothing but junk": success({}, { grant_id: "without-provider" }),
    "no grants at all": success(),
    "grants missing": { type: "alter_connect_success" },
    "grants that are no list": { type: "alter_connect_success", grants: { 0: grant, length: 1 } },
    "an error": failure({ error: "invalid_token", error_description: "The session token was used before." }),
    "an error without words": failure({ error: "session_expired" }),
    "an error without a code": failure({ error_description: "Something went wrong." }),
    "an error without anything": failure({}),
  };
  for (const [name, message] of Object.entries(cases)) {
    same(name, async (page) => {
      await click(page, openFlow, flow([message]));
      await logged(page, "on close");
      return log(page);
    });
  }

  const ignored = {
    "of another type": { type: "something_else", grants: [grant] },
    "without a type": { grants: [grant] },
    "a text": "alter_connect_success",
    "a number": 42,
    "null": null,
    "a list": [success(grant)],
    "JSON": JSON.stringify(success(grant)),
    "of a type that is no text": { type: ["alter_connect_success"], grants: [grant] },
  };
  for (const [name, message] of Object.entries(ignored)) {
    same(`ignored: ${name}`, async (page) => {
      await click(page, openFlow, flow([message, failure({ error: "the_next" })]));
      await logged(page, "on close");
      return log(page);
    });
  }

  same("ignored: from another origin", async (page) => {
    await openPopup(page, openFlow, flow([]));
    await page.evaluate((message) => window.postMessage(message, "*"), success(grant));
    await settle(page);
    return [await log(page), await page.evaluate("connect.isOpen()")];
  }, { expected: [[], true] });
});

describe("the window", () => {
  same("opens in the click, at the address with the token in its fragment, 500 by 700, in the middle", async (page) => {
    await click(page, openFlow, flow("a token/with+odd=&#characters ü"));
    const [{ url, features, inClick }] = await page.evaluate("window.opened");
    const measure = (name) => Number(new RegExp(`\\b${name}=(-?[\\d.]+)`).exec(features)[1]);
    const middle = await page.evaluate(() => ({ left: screenX + (outerWidth - 500) / 2, top: screenY + (outerHeight - 700) / 2 }));
    const isCentred = ["left", "top"].every((side) => Math.abs(measure(side) - middle[side]) < 1);
    return { url, inClick, width: measure("width"), height: measure("height"), isCentred };
  }, { expected: { url: `${dictated}/sdk/oauth/connect#session=a%20token%2Fwith%2Bodd%3D%26%23characters%20%C3%BC`, inClick: true, width: 500, height: 700, isCentred: true } });

  same("a base URL with a path", async (page) => {
    await click(page, openFlow, flow([], { baseURL: `${dictated}/eu/v2` }));
    return (await page.evaluate("window.opened"))[0].url;
  }, { expected: `${dictated}/eu/v2/sdk/oauth/connect#session=%5B%5D` });

  same("the default base URL", async (page) => {
    await click(page, (options) => void connect.open({ ...window.callbacks, ...options }), { token: "t" });
    return (await page.evaluate("window.opened"))[0].url;
  }, { expected: "https://api.alterauth.com/sdk/oauth/connect#session=t" });

  same("blocked: popup_blocked, and the next click works", async (page) => {
    await page.evaluate(() => {
      const { open } = window;
      window.open = () => ((window.open = open), null);
    });
    await click(page, openFlow, flow([success(grant)]));
    await logged(page, "on close");
    await click(page, openFlow, flow([success(grant)]));
    await logged(page, "on close", 2);
    return log(page);
  });

  same("a second open() while it is there: no second window, no outcome", async (page) => {
    await click(page, openFlow, flow([]));
    await click(page, (options) => void attempt("open", () => connect.open({ ...window.callbacks, ...options })), flow([success(grant)]));
    await logged(page, "open");
    await settle(page);
    return [await log(page), await page.evaluate("window.opened.length"), await page.evaluate("connect.isOpen()")];
  }, { expected: [[["open", null]], 1, true] });
});

describe("methods", () => {
  same("isOpen() before, in the click, and after", async (page) => {
    await page.evaluate(() => note("before")(connect.isOpen()));
    await click(page, (options) => {
      connect.open({ ...window.callbacks, ...options });
      note("in the click")(connect.isOpen());
    }, flow([success(grant)]));
    await logged(page, "on close");
    await page.evaluate(() => note("after")(connect.isOpen()));
    return (await log(page)).filter(([name]) => /before|click|after/.test(name));
  }, { expected: [["before", false], ["in the click", true], ["after", false]] });

  same("open() resolves with nothing once the window is there, not when the flow ends", async (page) => {
    await click(page, (options) => void attempt("open", () => connect.open({ ...window.callbacks, ...options })), flow({ messages: [success(grant)], wait: 400 }));
    await logged(page, "on close");
    return log(page);
  });

  const wrong = {
    "no token": {},
    "an empty token": { token: "" },
    "a token that is null": { token: null },
    "a token that is a number": { token: 7 },
    "a token that is a list": { token: ["t"] },
  };
  for (const [name, options] of Object.entries(wrong)) {
    same(`${name}: open() rejects with invalid_options, opens nothing and calls nobody`, async (page) => {
      await click(page, (options) => void attempt("open", () => connect.open({ ...window.callbacks, ...options })), options);
      await logged(page, "open throws");
      const entries = (await log(page)).map(([name, error]) => [name, error.code, error.says]);
      return [entries, await page.evaluate("window.opened.length"), await page.evaluate("connect.isOpen()")];
    }, { expected: [[["open throws", "invalid_options", true]], 0, false] });
  }

  same("an onSuccess that is no function is invalid_options", async (page) => {
    await click(page, (options) => void attempt("open", () => connect.open({ ...options, onSuccess: "show" })), flow([]));
    await logged(page, "open throws");
    return (await log(page)).map(([name, error]) => [name, error.code]);
  }, { expected: [["open throws", "invalid_options"]] });

  same("an error that the app sends on as JSON has its code, message and details", async (page) => {
    await click(page, (options) => void connect.open({ ...window.callbacks, ...options, onError: (error) => note("sent")(JSON.stringify(error)) }), flow([failure({ error: "connect_denied", error_description: "The user said no." })]));
    await logged(page, "sent");
    const { code, message, details } = JSON.parse((await log(page)).find(([name]) => name === "sent")[1]);
    return { code, message, details };
  }, { expected: { code: "connect_denied", message: "The user said no.", details: failure({ error: "connect_denied", error_description: "The user said no." }) } });

  same("on() answers what unsubscribes, off() does too, and a handler counts once", async (page) => {
    await page.evaluate(() => {
      const once = note("once");
      connect.on("success", once);
      connect.on("success", once);
      connect.on("success", note("unsubscribed"))();
      const off = note("taken off");
      connect.on("success", off);
      connect.off("success", off);
      connect.off("success", off);
      connect.off("nothing of the kind", off);
    });
    await click(page, openFlow, flow([success(grant)]));
    await logged(page, "on close");
    return log(page);
  });

  same("a subscriber that throws keeps nobody else from hearing", async (page) => {
    await page.evaluate(() => {
      connect.on("success", () => { throw new Error("a subscriber's own affair"); });
      connect.on("success", note("the next"));
    });
    await click(page, openFlow, flow([success(grant)]));
    await logged(page, "on close");
    return log(page);
  });

  same("destroy() in mid-flow: the window is closed, nobody is told, and every method but getVersion() throws sdk_destroyed", async (page) => {
    const popup = await openPopup(page, openFlow, flow({ messages: [success(grant)], wait: 800 }));
    await popup.waitForLoadState();
    await page.evaluate("connect.destroy()");
    if (!popup.isClosed()) await popup.waitForEvent("close");
    await settle(page);
    await page.evaluate(async () => {
      await attempt("destroy again", () => connect.destroy());
      await attempt("open", () => connect.open({ token: "t", onSuccess() {} }));
      for (const method of ["close", "isOpen"]) await attempt(method, () => connect[method]());
      for (const method of ["on", "off"]) await attempt(method, () => connect[method]("success", () => {}));
      await attempt("getVersion", () => typeof connect.getVersion());
    });
    return log(page);
  }, {
    expected: [["destroy again", null], ...["open", "close", "isOpen", "on", "off"].map((name) => [`${name} throws`, { code: "sdk_destroyed", says: true }]), ["getVersion", "string"]],
  });

  same("two instances do not hear each other", async (page) => {
    await page.evaluate(() => {
      const other = AlterConnect.create();
      for (const event of ["success", "error", "exit", "close"]) other.on(event, note(`other ${event}`));
      note("other is another")(other !== connect);
    });
    await click(page, openFlow, flow([success(grant)]));
    await logged(page, "on close");
    await settle(page);
    return log(page);
  });

  same("connect_opened is told once, with the time", async (page) => {
    await click(page, (options) => void connect.open({ ...window.callbacks, ...options, onEvent: (name, metadata) => name === "connect_opened" && note(name)(metadata) }), flow([success(grant)]));
    await logged(page, "on close");
    return log(page);
  });

  same("the class and its instances", (page) => page.evaluate(() => ({
    create: typeof AlterConnect.create,
    instance: AlterConnect.create() instanceof AlterConnect,
    methods: ["open", "close", "destroy", "on", "off", "isOpen", "getVersion"].filter((name) => typeof connect[name] === "function"),
    openAnswers: connect.open({ token: "" }).catch(() => {}) instanceof Promise,
  })));
});

describe("at the sandbox", () => {
  const at = (token) => ({ token, baseURL: providers });

  same("one provider, signed in and allowed", async (page) => {
    const popup = await openPopup(page, openFlow, at(await mint(page)));
    await user.allow(popup);
    await logged(page, "on close");
    return log(page);
  });

  same("two out of a picker", async (page) => {
    const popup = await openPopup(page, openFlow, at(await mint(page, { allowed_providers: null })));
    await user.pick(popup, "Google");
    await user.pick(popup, "Slack", "Bob Brandt");
    await user.done(popup);
    await logged(page, "on close");
    return log(page);
  });

  same("denied", async (page) => {
    const popup = await openPopup(page, openFlow, at(await mint(page)));
    await user.deny(popup);
    await logged(page, "on close");
    return log(page);
  });

  same("the same account again is a repair of the same grant", async (page) => {
    const ids = [];
    for (const _ of [1, 2]) {
      await click(page, openFlow, at(await mint(page, { sandbox: { auto: "alice" } })));
      await logged(page, "on close");
      const entries = await page.evaluate("window.log.splice(0)");
      ids.push(entries[0][1][0].grant_id, entries[0][1][0].operation);
    }
    return [ids[0] === ids[2], ids[1], ids[3]];
  }, { expected: [true, "creation", "reauth"] });

  for (const malformed of ["no_grants", "not_array", "empty", "missing_fields", "unknown_type"]) {
    same(`malformed: ${malformed}`, async (page) => {
      const popup = await openPopup(page, openFlow, at(await mint(page, { sandbox: { auto: "alice", malformed } })));
      if (malformed === "unknown_type") {
        await until(popup, "document.body?.dataset.page === 'result'").catch(() => {});
        await settle(page);
        await page.evaluate("connect.close()");
      }
      await logged(page, "on close");
      return log(page);
    });
  }
});
