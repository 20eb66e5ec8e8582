// Whose is this URL? The shell and the callback page ask before the core is there. Their rule is held equal to the core's by a
// table that both are asked: tests/vectors/owner.json, in Rust by tests/native/owner.rs. And which of several attempts it is.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, describe, test } from "node:test";
import { goBack, hold, holds, remembers, rewrite, takeResponse } from "../../pkg-template/held.js";
import { getCore, setSource } from "../../pkg-template/loader.js";
import { PREFIX, ownership, findOwner, records } from "../../pkg-template/owner.js";

const table = JSON.parse(readFileSync(new URL("../vectors/owner.json", import.meta.url), "utf8"));

/** What the core calls an ownership by what should have bound it. */
const NAMES = { optional: "open", bound: "unproven", state: "unproven" };

describe("what a URL says of an attempt", () => {
  for (const { name, record, href, ownership: expected } of table.cases) {
    test(`${record}: ${name}`, () => {
      const attempt = { state: table.state, expires: 1, ...table.records[record].mark };
      const verdict = ownership(href.replaceAll("{state}", table.state), attempt);
      assert.equal(NAMES[verdict] ?? verdict, expected, href);
    });
  }
});

/** As much of Storage as the rule uses: its keys are its own enumerable properties. */
class Store {
  setItem(key, text) {
    this[key] = String(text);
  }
}

const CALLBACK = "https://app.example/cb";
const LATER = 1_774_867_000_000;

/** What a protocol's attempt is remembered as: a record in the tab that began it, and for a popup a mark in local storage. */
const mark = (protocol, more) => ({ expires: LATER, ...table.records[protocol].mark, ...more });
const record = (protocol, mode, more) => ({ mode, page: "https://app.example/settings#x", protocol, ...mark(protocol, more) });

function remember(protocol, mode, state, more) {
  sessionStorage[PREFIX + state] = JSON.stringify(record(protocol, mode, { state, ...more }));
  if (mode === "popup") localStorage[PREFIX + state] = JSON.stringify(mark(protocol, more));
}

/** As much of a window as is asked for its stores. */
const page = () => ({
  get sessionStorage() { return sessionStorage; },
  get localStorage() { return localStorage; },
});

globalThis.window = page();

/** This page's window is the one that another page has opened for this attempt: its store began as a copy of its opener's. */
const inWindowOf = (state) => (sessionStorage[`${PREFIX}window`] = state);

const stateOf = (href) => findOwner(href)?.state;

describe("which attempt a URL answers", () => {
  beforeEach(() => Object.assign(globalThis, { sessionStorage: new Store(), localStorage: new Store() }));

  test("none where nothing is remembered", () => {
    for (const href of [`${CALLBACK}?code=c&state=AAAA`, `${CALLBACK}?type=success`, CALLBACK]) assert.equal(findOwner(href), undefined);
  });

  test("a redirect of this tab, in a web view that has no local storage", () => {
    remember("code", "redirect", "one");
    globalThis.localStorage = null;
    assert.equal(stateOf(`${CALLBACK}?code=c&state=one`), "one");
  });

  test("a redirect of this tab, where local storage alone is refused", () => {
    remember("code", "redirect", "one");
    Object.defineProperty(window, "localStorage", { get() { throw new Error("SecurityError"); } });
    assert.equal(stateOf(`${CALLBACK}?code=c&state=one`), "one");
    globalThis.window = page();
  });

  test("a redirect of this tab, by its state", () => {
    remember("code", "redirect", "one");
    remember("code", "redirect", "two");
    assert.equal(stateOf(`${CALLBACK}?code=c&state=two`), "two");
    assert.equal(stateOf(`${CALLBACK}?code=c&state=one`), "one");
    assert.equal(stateOf(`${CALLBACK}?code=c&state=three`), undefined);
    assert.equal(stateOf(`${CALLBACK}?code=c`), undefined);
  });

  test("the owner's record comes with it", () => {
    remember("code", "redirect", "one");
    const owner = findOwner(`${CALLBACK}?code=c&state=one`);
    assert.deepEqual([owner.mode, owner.page, owner.expires, owner.state], ["redirect", "https://app.example/settings#x", LATER, "one"]);
  });

  test("a redirect without a state, the newest of them", () => {
    remember("alter", "redirect", "old", { expires: LATER - 1 });
    remember("alter", "redirect", "new");
    remember("alter", "redirect", "older", { expires: LATER - 2 });
    assert.equal(stateOf("https://app.example/?alter_connect_success=true&grant_id=g&provider=p"), "new");
  });

  test("a state beats a newer attempt without one", () => {
    remember("alter", "redirect", "old", { expires: LATER - 1 });
    remember("alter", "redirect", "new");
    assert.equal(stateOf("https://app.example/?alter_connect_success=true&connect_state=old"), "old");
  });

  test("an attempt that demands a state gets none without", () => {
    remember("alter, bound", "redirect", "one");
    remember("anon, bound", "redirect", "two");
    assert.equal(stateOf("https://app.example/?alter_connect_success=true"), undefined);
    assert.equal(stateOf(`${CALLBACK}?type=success`), undefined);
    assert.equal(stateOf(`${CALLBACK}?type=success&state=${encodeURIComponent('{"user":7}')}`), "two");
  });

  test("an ordinary page of the app, visited after an abandoned redirect", () => {
    for (const protocol of Object.keys(table.records)) remember(protocol, "redirect", `of ${protocol}`);
    for (const href of [
      "https://app.example/shop?state=NY",
      "https://app.example/products?type=shoes",
      "https://app.example/products?type=shoes&state=NY",
      "https://app.example/login?error",
      "https://app.example/login?error=1",
      "https://app.example/promo?code=X",
      "https://app.example/orders?type=success",
      "https://app.example/help?type=error",
      "https://app.example/#/route?code=1",
      "https://app.example/",
    ]) {
      assert.equal(stateOf(href), undefined, href);
    }
  });

  test("an ordinary page of the app, opened in a popup", () => {
    for (const protocol of Object.keys(table.records)) remember(protocol, "popup", `of ${protocol}`);
    for (const protocol of Object.keys(table.records)) {
      inWindowOf(`of ${protocol}`);
      for (const href of ["https://app.example/shop?state=NY", "https://app.example/products?type=shoes", "https://app.example/login?error=1"]) {
        assert.equal(stateOf(href), undefined, `${protocol} ${href}`);
      }
    }
  });

  test("a popup by its state, in any window of the origin", () => {
    localStorage[`${PREFIX}one`] = JSON.stringify(mark("implicit"));
    const owner = findOwner(`${CALLBACK}#access_token=t&state=one`);
    assert.equal(owner.state, "one");
    assert.notEqual(owner.mode, "redirect", "the response is handed over, not held");
  });

  test("a popup without a state, in its own window alone", () => {
    localStorage[`${PREFIX}one`] = JSON.stringify(mark("anon"));
    localStorage[`${PREFIX}two`] = JSON.stringify(mark("anon"));
    const href = `${CALLBACK}?type=success`;
    assert.equal(stateOf(href), undefined, "a link from elsewhere can have opened this page");
    inWindowOf("one");
    assert.equal(stateOf(href), "one");
    inWindowOf("three");
    assert.equal(stateOf(href), undefined);
  });

  test("an abandoned redirect, and then a popup of any protocol: the answer is the popup's", () => {
    const answers = {
      code: `${CALLBACK}?code=c&state=popup`,
      implicit: `${CALLBACK}#access_token=t&state=popup`,
      alter: "https://app.example/?alter_connect_success=true&grant_id=g&provider=p",
      "alter, bound": "https://app.example/?alter_connect_success=true&grant_id=g&provider=p&connect_state=popup",
      anon: `${CALLBACK}?type=success&state=1`,
      "anon, unknown page": `${CALLBACK}?type=success&state=1`,
      "anon, bound": `${CALLBACK}?type=success&state=${encodeURIComponent('{"user":8}')}`,
    };
    for (const [protocol, href] of Object.entries(answers)) {
      for (const abandoned of ["alter", "anon", "anon, unknown page", "code", "implicit"]) {
        Object.assign(globalThis, { sessionStorage: new Store(), localStorage: new Store() });
        // window.open copies session storage, so the popup finds the record of the redirect there too.
        remember(abandoned, "redirect", "redirect");
        remember(protocol, "popup", "popup", protocol === "anon, bound" ? { bound: '{"user":8}' } : {});
        inWindowOf("popup");
        const owner = findOwner(href);
        assert.equal(owner?.state, "popup", `${protocol} after ${abandoned}`);
        assert.notEqual(owner.mode, "redirect");
      }
    }
  });

  test("the copy of a popup's record in another tab says nothing: only marks do", () => {
    sessionStorage[`${PREFIX}one`] = JSON.stringify(record("anon", "popup", { state: "one" }));
    assert.equal(stateOf(`${CALLBACK}?type=success`), undefined);
    assert.equal(stateOf(`${CALLBACK}?type=success&connect_state=one`), undefined, "its mark is gone: it was answered");
  });

  test("an expired attempt is found, so that its answer can be told why it is none", () => {
    remember("code", "redirect", "one", { expires: 1 });
    assert.equal(findOwner(`${CALLBACK}?code=c&state=one`).expires, 1);
  });

  test("what others keep in storage, and what is no record, is passed over", () => {
    Object.assign(sessionStorage, { theme: "dark", [`${PREFIX}window`]: "abc", [`${PREFIX}broken`]: "{", [`${PREFIX}null`]: "null", [`${PREFIX}number`]: "7", [`${PREFIX}text`]: '"x"' });
    Object.assign(localStorage, { theme: "{}", [`${PREFIX}empty`]: "{}", [`${PREFIX}list`]: "[]" });
    remember("code", "redirect", "one");
    assert.equal(stateOf(`${CALLBACK}?code=c&state=one`), "one");
    assert.equal(stateOf(`${CALLBACK}?code=c&state=`), undefined);
    assert.equal(stateOf("https://app.example/?state=empty&code=c"), undefined);
  });

  test("what another version has left under such a key hides nothing", () => {
    const others = ['{"answers":5}', '{"answers":"code"}', '{"answers":"[\\"code\\"]"}', "null", "5", "[]", '{"mode":"redirect","binding":"state"}', '{"mode":"redirect","binding":"state","answers":[1]}', '{"mode":"redirect","answers":{"map":1}}'];
    others.forEach((text, index) => (sessionStorage[`${PREFIX}a${index}`] = localStorage[`${PREFIX}a${index}`] = text));
    remember("code", "redirect", "S");
    assert.equal(stateOf(`${CALLBACK}?code=c&state=S`), "S");
    assert.deepEqual(records("localStorage"), []);
  });

  test("a record is known by its key, whatever it says itself", () => {
    sessionStorage[`${PREFIX}one`] = JSON.stringify(record("code", "redirect", { state: "another" }));
    assert.deepEqual(records("sessionStorage").map(({ state }) => state), ["one"]);
    assert.equal(stateOf(`${CALLBACK}?code=c&state=another`), undefined);
  });

  test("whether anything is remembered", () => {
    sessionStorage.theme = "dark";
    assert.equal(remembers(), false);
    remember("stackone", "redirect", "one");
    assert.equal(remembers(), true);
  });
});

describe("holding a response", () => {
  const HELD = Symbol.for("connect-widget");
  const PAGE = "https://app.example/settings#x";
  const { setItem } = Store.prototype;
  let addresses, listeners, gone;

  beforeEach(() => {
    Store.prototype.setItem = setItem;
    [addresses, listeners, gone] = [[], new Map(), []];
    const history = {
      state: { router: 1 },
      replaceState(state, _, url) {
        history.state = structuredClone(state);
        location.href = url;
        addresses.push(url);
      },
    };
    const location = { href: CALLBACK, replace: (url) => gone.push(url), reload: () => gone.push("reload") };
    Object.assign(globalThis, {
      sessionStorage: new Store(),
      localStorage: new Store(),
      history,
      location,
      window: page(),
      addEventListener: (event, listener) => listeners.set(event, listener),
      removeEventListener: (event, listener) => listeners.get(event) === listener && listeners.delete(event),
    });
  });

  const held = (state) => JSON.parse(sessionStorage[PREFIX + state]);
  const isStored = (text) => JSON.stringify([sessionStorage, localStorage]).includes(text);
  const refuse = () => {
    throw new Error("SecurityError");
  };

  /** A redirect's response in this page's address; it was left on `page`, whose place in the history was `entry`. */
  function returnedFrom(page, entry = null) {
    remember("code", "redirect", "one", { expires: Date.now() + 60_000, page, entry });
    return (location.href = `${CALLBACK}?code=SECRET&state=one`);
  }

  /** What the core makes of the two halves of a response, in `src/browser/held.rs`. */
  function joined() {
    const { half } = JSON.parse(localStorage[`${PREFIX}one`]);
    return [...half].map((letter, at) => String.fromCharCode(letter.charCodeAt() ^ held("one").half.charCodeAt(at))).join("");
  }

  /** An attempt by redirect, and the response that it got. */
  function returned(in_fragment) {
    remember(in_fragment ? "implicit" : "code", "redirect", "one", { oauth: { in_fragment } });
    const response = in_fragment ? `${CALLBACK}#access_token=SECRET&state=one` : `${CALLBACK}?code=SECRET&state=one`;
    return [findOwner(response), response];
  }

  test("a code waits in the record, and the address is the page that was left", () => {
    const [owner, response] = returned(false);
    rewrite(PAGE);
    hold(owner, response);
    assert.equal(held("one").response, response);
    assert.equal(held("one").state, "one", "the record stays whole");
    assert.deepEqual(addresses, [PAGE]);
    assert.deepEqual(history.state, { router: 1 }, "the router's own state stays");
  });

  test("a token waits in the page's memory, and not in a store", () => {
    const [owner, response] = returned(true);
    rewrite(PAGE);
    hold(owner, response);
    assert.deepEqual([window[HELD].state, window[HELD].response], ["one", response]);
    assert.ok(!isStored("SECRET") && !JSON.stringify(history.state).includes("SECRET"));
    assert.deepEqual(addresses, [PAGE]);
    hold(owner, response.replace("#", "#/"));
    assert.ok(!isStored("SECRET"), "behind a hash router's slash neither");
    hold(owner, response.replace("access_token", "id_token"));
    assert.ok(!isStored("SECRET"), "an ID token alone neither");
  });

  test("a token goes by the history where the page is left before anybody asked", () => {
    const [owner, response] = returned(true);
    rewrite(PAGE);
    hold(owner, response);
    // Firefox reloads a page with the history's state as it was at the first of the two; iOS has the second alone.
    for (const event of ["beforeunload", "pagehide"]) {
      for (const state of [{ router: 1 }, null]) {
        history.state = state;
        listeners.get(event)();
        assert.deepEqual(history.state, { ...state, "connect-widget": { state: "one", response } }, event);
        assert.ok(!isStored("SECRET"));
        // The next page takes it up, and leaves the router's state as it was.
        window = page();
        takeResponse();
        assert.deepEqual([window[HELD].state, window[HELD].response], ["one", response]);
        assert.deepEqual(history.state, state);
      }
    }
  });

  test("a token that was asked for goes nowhere", () => {
    const [owner, response] = returned(true);
    rewrite(PAGE);
    hold(owner, response);
    window[HELD].release();
    assert.equal(window[HELD], undefined);
    assert.equal(listeners.size, 0);
  });

  test("a redirect that comes back to another page than was left is not for this one: it goes on, and no core is given out here", async () => {
    const response = returnedFrom(PAGE);
    const handed = [];
    takeResponse(async () => ({ handOver: (...values) => handed.push(values) && new Promise(() => {}) }));
    assert.deepEqual(addresses, [CALLBACK], "the response leaves the address at once");
    assert.equal(held("one").response, response, "this page may be reloaded before it goes on");
    const source = [];
    setSource(() => source.push("asked"));
    getCore({ config: {} });
    await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual([handed.length, handed[0][0], handed[0][1].state, source], [1, response, "one", []]);
  });

  for (const [why, load] of Object.entries({
    "what goes on with it cannot be loaded": async () => { throw new TypeError("offline"); },
    "the browser keeps it nowhere": async () => ({ handOver: () => undefined }),
  })) {
    test(`where ${why}, the page stays, the response is for it, and who waited gets a core`, async () => {
      const response = returnedFrom(PAGE);
      takeResponse(load);
      let stop;
      setSource(async ({ onCrash }) => ((stop = onCrash), "core"));
      assert.equal(await getCore({ config: {} }), "core");
      stop();
      assert.equal(held("one").response, response);
      assert.deepEqual(addresses, [CALLBACK]);
    });
  }

  test("a redirect that comes back to the page that was left is held there, and the page has its place in the history again", () => {
    for (const page of [`${CALLBACK}?shop=1#x`, `${CALLBACK}#/shop`]) {
      const response = returnedFrom(page, { usr: "here" });
      takeResponse(refuse);
      assert.equal(held("one").response, response);
      assert.deepEqual([addresses.splice(0), history.state], [[page], { usr: "here" }]);
    }
  });

  test("a redirect's answer that comes too late goes to no other page: it is told here that it has expired", async () => {
    remember("code", "redirect", "one", { expires: Date.now() - 1, page: PAGE });
    location.href = `${CALLBACK}?code=SECRET&state=one`;
    const handed = [];
    takeResponse(async () => ({ handOver: (response) => handed.push(response) }));
    await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual([addresses, handed, holds()], [[CALLBACK], [], true]);
  });

  test("a window's response leaves the address at once, and is back there where nobody can hand it over: a reload tries again", async () => {
    const response = (location.href = `${CALLBACK}?code=SECRET&state=one`);
    localStorage[`${PREFIX}one`] = JSON.stringify(mark("code", { expires: Date.now() + 60_000 }));
    takeResponse(async () => { throw new TypeError("offline"); });
    assert.deepEqual(addresses, [CALLBACK]);
    await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual([addresses, holds()], [[CALLBACK, response], false]);
  });

  test("what goes on with a token from here leaves it whole nowhere", () => {
    const [owner, response] = returned(true);
    hold(owner, response);
    goBack(owner, response);
    assert.deepEqual([window[HELD], listeners.size, history.state], [undefined, 0, { router: 1 }]);
    assert.ok(!isStored("SECRET"));
    assert.ok(holds());
  });

  test("a page that nothing was carried to is left alone", () => {
    for (const state of [null, undefined, { router: 1 }, 7, "x"]) {
      history.state = state;
      takeResponse();
      assert.deepEqual([addresses, window[HELD]], [[], undefined]);
    }
  });

  test("the callback page goes back with a code in the record, and with a token in two halves, neither of which tells it", () => {
    goBack(...returned(false));
    assert.equal(held("one").response, `${CALLBACK}?code=SECRET&state=one`);
    sessionStorage = new Store();
    const [owner, response] = returned(true);
    goBack(owner, response);
    assert.ok(!isStored("SECRET"));
    assert.equal(joined(), response);
    // The core joins them byte by byte: both are ASCII. And no bit of a letter is the same in one of them for every letter.
    const halves = [JSON.parse(localStorage[`${PREFIX}one`]).half, held("one").half];
    for (const half of halves) assert.equal([...half].reduce((bits, letter) => bits | letter.charCodeAt(), 0), 127);
    assert.equal(JSON.parse(localStorage[`${PREFIX}one`]).expires, owner.expires, "it is swept away in time");
    assert.deepEqual([addresses, gone, history.state], [[], Array(2).fill("https://app.example/settings#x"), { router: 1 }]);
  });

  test("a page that had something in the history is reloaded with it", () => {
    const [owner, response] = returned(false);
    goBack({ ...owner, entry: { key: "k1" } }, response);
    assert.deepEqual([addresses, gone, history.state], [["https://app.example/settings#x"], ["reload"], { key: "k1" }]);
  });

  test("where a router puts the new address off (Navigation API), that page is asked for by its address", () => {
    const [owner, response] = returned(false);
    history.replaceState = () => {};
    goBack({ ...owner, entry: { key: "k1" } }, response);
    assert.deepEqual(gone, ["https://app.example/settings#x"]);
  });

  test("where a script that waits for the user's consent lets nothing into local storage, and says nothing, a token goes by the history", () => {
    const [owner, response] = returned(true);
    localStorage.setItem = () => {};
    assert.equal(goBack({ ...owner, entry: { key: "k1" } }, response), true);
    assert.deepEqual([gone, history.state], [["reload"], { key: "k1", "connect-widget": { state: "one", response } }]);
  });

  test("a code waits and goes in a record that can be read, where a script like Prototype 1.6 makes a text of every list", () => {
    const [owner, response] = returned(false);
    Array.prototype.toJSON = () => "a text";
    try {
      hold(owner, response);
    } finally {
      delete Array.prototype.toJSON;
    }
    assert.equal(findOwner(response)?.response, response);
  });

  test("a token that is too long for a second half goes by the history", () => {
    const [owner, response] = returned(true);
    const long = response + "x".repeat(70_000);
    assert.equal(goBack(owner, long), true);
    assert.deepEqual([gone, history.state["connect-widget"]], [["reload"], { state: "one", response: long }]);
  });

  test("where local storage is refused, a token goes by the history", () => {
    const [owner, response] = returned(true);
    localStorage = null;
    assert.equal(goBack(owner, response), true);
    assert.deepEqual([gone, history.state["connect-widget"]], [["reload"], { state: "one", response }]);
  });

  test("where the address cannot be rewritten, the response is held all the same", () => {
    history.replaceState = refuse;
    for (const in_fragment of [false, true]) {
      const [owner, response] = returned(in_fragment);
      rewrite(PAGE);
      hold(owner, response);
      assert.equal(in_fragment ? window[HELD].response : held("one").response, response);
    }
    const [owner, response] = returned(true);
    goBack(owner, response);
    assert.ok(!isStored("SECRET"));
    assert.deepEqual(gone, ["https://app.example/settings#x"]);
    assert.equal(joined(), response);
    assert.ok(!rewrite(CALLBACK));
  });

  test("where the store is full, a code waits and goes as a token does", () => {
    Store.prototype.setItem = refuse;
    const [owner, response] = returned(false);
    rewrite(PAGE);
    hold(owner, response);
    assert.deepEqual([window[HELD].state, window[HELD].response, held("one").response], ["one", response, undefined]);
    assert.ok(holds());
    window[HELD].release();
    assert.equal(goBack(owner, response), true);
    assert.deepEqual(gone, ["reload"]);
    assert.deepEqual(history.state["connect-widget"], { state: "one", response });
  });

  test("where neither the store nor the history takes it, the page is not left", () => {
    Store.prototype.setItem = history.replaceState = refuse;
    for (const in_fragment of [false, true]) assert.equal(goBack(...returned(in_fragment)), false);
    assert.deepEqual(gone, []);
  });

  test("a token that a page carried on which was not left after all is held once: taken, it is in neither the history nor the memory", () => {
    const [owner, response] = returned(true);
    const savers = new Set();
    globalThis.addEventListener = (_, save) => savers.add(save);
    globalThis.removeEventListener = (_, save) => savers.delete(save);
    hold(owner, response);
    hold(owner, response);
    assert.equal(savers.size, 1);
    // The page was about to be left, and a question whether to leave kept the user.
    for (const save of savers) save();
    window[HELD].release();
    assert.deepEqual([savers.size, window[HELD], holds(), history.state], [0, undefined, false, { router: 1 }]);
  });

  test("whether a response waits: in a record or in the page's memory, and not where there is only an attempt", () => {
    for (const in_fragment of [false, true]) {
      const [owner, response] = returned(in_fragment);
      assert.ok(!holds());
      rewrite(PAGE);
      hold(owner, response);
      assert.ok(holds());
      sessionStorage = new Store();
    }
  });
});
