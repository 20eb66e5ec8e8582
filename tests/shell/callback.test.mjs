// What the return page shows, and where it goes where nobody has taken its response.
import assert from "node:assert/strict";
import { test } from "node:test";

/** An element, as far as the page needs one. */
function anElement(attributes = {}, text = "") {
  const element = {
    attributes, hidden: false, childNodes: text ? [text] : [],
    get textContent() { return this.childNodes.join(""); },
    setAttribute(name, value) { attributes[name] = value; },
    replaceChildren(...nodes) { this.childNodes = nodes; },
  };
  return element;
}

const NAME = "data-connect-widget";
const record = (more) => JSON.stringify({ answers: ["code", "error"], expires: Date.now() + 60_000, binding: "state", ...more });
let loads = 0;

/** Loads callback.js at an address; answers its page. */
async function load(t, { query, elements = [], session = {}, local = {}, isFrame = false, readyState = "complete", isRefused = false }) {
  let offer;
  t.mock.method(globalThis, "setInterval", (work) => { offer = work; });
  const waits = [];
  const [gone, store] = [[], (items) => Object.assign(Object.create({ setItem(key, value) { this[key] = value; }, removeItem(key) { delete this[key]; } }), items)];
  const document = {
    readyState, body: { appendChild: (element) => (elements.push(element), element) },
    createElement: () => anElement(),
    querySelectorAll: () => elements.filter(({ attributes }) => NAME in attributes),
    querySelector: (selector) => elements.find(({ attributes }) => selector === `[${NAME}="${attributes[NAME]}"]`) ?? null,
  };
  Object.assign(globalThis, {
    window: globalThis, self: globalThis, top: isFrame ? { opener: null } : globalThis, opener: null, document, close() {},
    location: { href: `https://app.example/cb?${query}`, origin: "https://app.example", pathname: "/cb", replace: (url) => gone.push(url) },
    history: { state: null, replaceState() {} }, sessionStorage: store(session), localStorage: store(local), addEventListener() {}, removeEventListener() {},
    BroadcastChannel: undefined,
  });
  if (readyState === "loading") t.mock.method(globalThis, "setTimeout", (work, pause, ...values) => waits.push(() => work(...values)));
  if (isRefused) {
    Object.defineProperty(globalThis, "sessionStorage", { configurable: true, get() { throw new Error("SecurityError"); } });
    t.after(() => Object.defineProperty(globalThis, "sessionStorage", { configurable: true, writable: true, value: {} }));
  }
  await import(`../../pkg-template/callback.js?${loads += 1}`);
  const offerFor = (times) => Array.from({ length: times }, () => offer());
  return { document, elements, gone, waits, offerFor, shown: () => elements.filter(({ hidden }) => !hidden).map(({ attributes, textContent }) => [attributes[NAME], attributes.role, textContent]) };
}

test("nobody is there: the page says so in words of its own, to a screen reader too", async (t) => {
  const { shown } = await load(t, { query: "code=a" });
  const [[name, role, text]] = shown();
  assert.deepEqual([name, role], ["lost", "status"]);
  assert.match(text, /No page of the app is waiting/);
});

test("the page's own elements say it, with what is in them, and the others are hidden", async (t) => {
  const elements = [anElement({ [NAME]: "done" }, "Fertig."), anElement({ [NAME]: "lost" }, "Niemand da.")];
  elements[1].hidden = true;
  const { shown } = await load(t, { query: "code=a", elements });
  assert.deepEqual(shown(), [["lost", "status", "Niemand da."]]);
});

test("the app's backend was quicker: the window closes, and the page says that it is done", async (t) => {
  const { shown } = await load(t, { query: "code=a&state=s", local: { "connect-widget:s": record({ ended: true }) } });
  assert.deepEqual(shown().map(([name]) => name), ["done"]);
});

test("loaded in the page's head it waits for the page's own elements", async (t) => {
  const page = await load(t, { query: "code=a", readyState: "loading" });
  assert.deepEqual(page.elements, []);
  page.elements.push(anElement({ [NAME]: "lost" }, "Niemand da."));
  page.document.readyState = "interactive";
  page.waits.shift()();
  assert.deepEqual(page.shown(), [["lost", "status", "Niemand da."]]);
});

test("a refusal that lacks its state goes back to the page that a redirect of this tab left, and one of a window's attempt does not", async (t) => {
  const left = "https://app.example/settings";
  const redirect = await load(t, { query: "error=access_denied", session: { "connect-widget:s": record({ mode: "redirect", page: left }) } });
  assert.deepEqual([redirect.gone, redirect.elements], [[left], []]);
  const popup = await load(t, { query: "error=access_denied", session: { "connect-widget:s": record({ mode: "popup", page: left }) } });
  assert.deepEqual([popup.gone, popup.shown().map(([name]) => name)], [[], ["lost"]]);
});

test("a window's response in the tab that has opened it goes back to the page there; in a frame, which has its page's store, it does not", async (t) => {
  const begun = { query: "code=a&state=s", session: { "connect-widget:s": record({ mode: "popup", page: "https://app.example/settings" }) }, local: { "connect-widget:s": record({}) } };
  for (const isFrame of [false, true]) {
    const page = await load(t, { ...begun, isFrame });
    page.offerFor(20);
    assert.deepEqual([page.gone, page.shown().map(([name]) => name)], isFrame ? [[], ["lost"]] : [["https://app.example/settings"], []]);
  }
});

test("where session storage alone is refused, whose the response is stays open, and it is offered all the same", async (t) => {
  const page = await load(t, { query: "code=a&state=s", local: { "connect-widget:other": record({}) }, isRefused: true });
  page.offerFor(20);
  assert.deepEqual(page.shown().map(([name]) => name), ["lost"]);
});
