// What <connect-button> has that the other wrappers have not: attributes, events, forms, styles, and a life in the document.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startSandbox } from "../../scripts/lib/sandbox.mjs";
import { pkg } from "../packaging/lib/tarball.mjs";
import { launchHeadlessShell } from "../../scripts/lib/browsers.mjs";
import { inCache, inRoot } from "../../scripts/lib/paths.mjs";

const site = inCache("wrappers", "element");
let browser, sandbox;

before(async () => {
  mkdirSync(site, { recursive: true });
  writeFileSync(join(site, "define.js"), `
    import { registerConnectButton } from "/pkg/element.js";
    window.events = [];
    for (const type of ["success", "error", "exit", "close", "event"]) {
      addEventListener(type, ({ target, detail, bubbles }) => target.localName === "connect-button" && events.push([type, bubbles, detail]));
      for (const button of document.querySelectorAll("connect-button")) button.addEventListener(type, ({ detail }) => type !== "event" && events.push([type, detail?.code ?? detail]));
    }
    registerConnectButton();`);
  [browser, sandbox] = await Promise.all([launchHeadlessShell(), startSandbox(["--site", site, "--pkg", pkg])]);
});

after(() => Promise.all([browser?.close(), sandbox?.stop()]));

/** A page with this body, and the element defined after it. `query` are switches of the sandbox for it. */
async function open(body, { query = "", context: settings, init } = {}) {
  const name = `${Math.random().toString(36).slice(2)}.html`;
  const filled = body.replaceAll("{providers}", sandbox.providers);
  writeFileSync(join(site, name), `<!doctype html><html lang="en"><meta charset="utf-8"><title>element</title><link rel="icon" href="data:,"><main>${filled}</main><script type="module" src="define.js"></script>`);
  const context = await browser.newContext(settings);
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`throws ${error.message}`));
  page.on("console", (message) => message.type() === "error" && complaints.push(`says ${message.text()}`));
  if (init) await page.addInitScript(init);
  await page.goto(`${sandbox.app}/${name}${query}`, { waitUntil: "load" });
  return {
    context, page, complaints,
    button: page.getByRole("button").first(),
    /** Presses Connect and goes through the provider's pages as Alice. */
    async connect() {
      const [popup] = await Promise.all([context.waitForEvent("page"), page.getByRole("button").first().click()]);
      await popup.getByRole("button", { name: "Google" }).click();
      await popup.getByRole("button", { name: /Alice/ }).click();
      await popup.getByRole("button", { name: "Allow" }).click();
      await popup.getByRole("button", { name: "Done" }).click();
      await page.locator("connect-button[status=success]").waitFor();
    },
    element: (work, argument) => page.locator("connect-button").first().evaluate(work, argument),
    async end() {
      assert.deepEqual(complaints, []);
      await context.close();
    },
  };
}

const alter = `<connect-button token-url="/api/alter/session" base-url="{providers}">Connect</connect-button>`;

test("attributes alone are enough, under a CSP without inline styles and scripts", async () => {
  const it = await open(alter, { query: "?sandbox_csp=wasm" });
  await it.connect();
  const grants = await it.element(({ result }) => result);
  assert.equal(grants[0].account_identifier, "alice@example.com");
  const events = await it.page.evaluate(() => window.events);
  assert.equal(events.filter(([type, , detail]) => type === "success" && detail).length, 1, "success bubbles out of the document");
  await it.end();
});

test("under a CSP that forbids WebAssembly it connects as well", async () => {
  const it = await open(alter, { query: "?sandbox_csp=strict" });
  await it.connect();
  await it.context.close();
});

test("where there are no constructed style sheets, no parts and no element internals, it is a plain button that connects", async () => {
  const it = await open(alter, {
    query: "?sandbox_csp=wasm",
    init: () => {
      delete HTMLElement.prototype.attachInternals;
      delete Element.prototype.part;
      delete CSSStyleSheet.prototype.replaceSync;
      delete Document.prototype.adoptedStyleSheets;
      delete ShadowRoot.prototype.adoptedStyleSheets;
    },
  });
  const box = await it.page.locator("connect-button span").boundingBox();
  assert.ok(box.width <= 1 && box.height <= 1, "the status is heard, not seen");
  assert.deepEqual(await it.element((button) => [button.form, button.validity.valid, button.validationMessage, button.willValidate, button.checkValidity(), button.reportValidity()]), [null, true, "", false, true, true]);
  await it.connect();
  await it.end();
});

test("where there are no custom elements, as in an extension's content script, nothing is defined and nothing throws", async () => {
  const it = await open(alter, { init: () => Object.defineProperty(window, "customElements", { value: null }) });
  assert.equal(await it.page.evaluate(async () => (await import("/pkg/element.js")).registerConnectButton()), undefined);
  await it.end();
});

test("the code grant by attributes: scope, client, endpoints, JSON parameters", async () => {
  const it = await open(`<connect-button protocol="code" authorization-endpoint="{providers}/standard/authorize" token-endpoint="{providers}/standard/token"
    client-id="standard-demo" scope="openid" params='{"sandbox_auto":"bob"}' issuer="{providers}/standard">Connect</connect-button>`);
  await it.element((button) => { button.redirectUri = `${location.origin}/callback.html`; });
  assert.equal(await it.element((button) => button.getAttribute("redirect-uri")), `${sandbox.app}/callback.html`);
  await Promise.all([it.context.waitForEvent("page"), it.button.click()]);
  await it.page.locator("connect-button[status=success]").waitFor();
  assert.ok(await it.element(({ result }) => result.access_token && result.id_token));
  await it.end();
});

test("a backend that fails is an error event with its cause, which does not bubble to the page's error reporter", async () => {
  const it = await open(`<connect-button token-url="/api/nothing-here" base-url="{providers}">Connect</connect-button>`);
  await it.button.click();
  await it.page.locator("connect-button[status=error]").waitFor();
  assert.deepEqual(await it.page.evaluate(() => window.events.filter(([type]) => type === "error")), [["error", "source_failed"]]);
  assert.match(await it.element(({ error }) => error.cause.message), /nothing-here answered 404/);
  await it.context.close();
});

test("close is told, and does not bubble into a dialog around it", async () => {
  const it = await open(alter);
  await Promise.all([it.context.waitForEvent("page"), it.button.click()]);
  await it.element((button) => button.close());
  assert.deepEqual(await it.page.evaluate(() => window.events.filter(([type]) => type === "close")), [["close", null]]);
  assert.equal(await it.element(({ status }) => status), "idle");
  await it.end();
});

test("in a component's shadow tree: its host, which may be a dialog, hears of the outcome, and not that something closed or failed", async () => {
  const it = await open(`<my-dialog></my-dialog>`);
  await it.page.evaluate((providers) => {
    window.heard = [];
    const host = document.querySelector("my-dialog");
    for (const type of ["success", "error", "exit", "close"]) host.addEventListener(type, () => heard.push(type));
    host.attachShadow({ mode: "open" }).innerHTML = `<connect-button token-url="/api/alter/session" base-url="${providers}">Connect</connect-button>`;
  }, sandbox.providers);
  await it.connect();
  await it.element((button) => button.removeAttribute("token-url"));
  await it.button.click();
  await it.page.locator("connect-button[status=error]").waitFor();
  assert.deepEqual(await it.page.evaluate(() => heard), ["success"]);
  await it.end();
});

test("in a form: required, its value the result, disabled with its fieldset, reset", async () => {
  const it = await open(`<form><fieldset><label for="c">Account</label><connect-button id="c" name="grants" required token-url="/api/alter/session" base-url="{providers}">Connect</connect-button></fieldset></form>`);
  const form = it.page.locator("form");
  const values = () => form.evaluate((form) => [form.checkValidity(), new FormData(form).get("grants")]);
  assert.deepEqual(await values(), [false, null]);
  const says = () => it.element((button) => [button.form === document.querySelector("form"), button.checkValidity(), button.validity.valueMissing, button.validationMessage]);
  assert.deepEqual(await says(), [true, false, true, "Connect an account."]);
  assert.deepEqual(await it.element((button) => [button.willValidate, button.reportValidity()]), [true, false]);
  // The app has changed its language.
  for (const text of ["Verbinde ein Konto.", null]) {
    await it.element((button, text) => { button.requiredText = text; }, text);
    assert.deepEqual(await says(), [true, false, true, text ?? "Connect an account."]);
  }
  await it.page.locator("fieldset").evaluate((fieldset) => { fieldset.disabled = true; });
  assert.equal(await it.element(({ willValidate }) => willValidate), false);
  assert.equal(await it.button.isDisabled(), true);
  await it.page.locator("fieldset").evaluate((fieldset) => { fieldset.disabled = false; });
  assert.equal(await it.button.isDisabled(), false);
  await it.connect();
  const [valid, value] = await values();
  assert.equal(valid, true);
  assert.deepEqual(await says(), [true, true, false, ""]);
  assert.equal(JSON.parse(value)[0].account_identifier, "alice@example.com");
  await form.evaluate((form) => form.reset());
  assert.deepEqual(await values(), [false, null]);
  // In mid-flow too: nobody wants what the window would bring.
  const [popup] = await Promise.all([it.context.waitForEvent("page"), it.button.click()]);
  await Promise.all([popup.waitForEvent("close"), form.evaluate((form) => form.reset())]);
  assert.deepEqual(await values(), [false, null]);
  await it.end();
});

test("a result that JSON has no words for is told, and counts for the form, which is sent nothing of it", async () => {
  const it = await open(`<form><connect-button name="session" required protocol="code" authorization-endpoint="{providers}/standard/authorize" client-id="standard-demo" redirect-uri="/pkg/callback.html"></connect-button></form>`);
  await it.element((button) => {
    button.redirectUri = new URL(button.redirectUri, location.href).href;
    button.exchange = async () => {
      const session = { expires: 1n };
      return Object.assign(session, { session });
    };
    button.addEventListener("success", ({ detail }) => { window.isTold = detail.session === detail; });
  });
  const [popup] = await Promise.all([it.context.waitForEvent("page"), it.button.click()]);
  await popup.getByRole("button", { name: /Alice/ }).click();
  await popup.getByRole("button", { name: "Allow" }).click();
  await it.page.waitForFunction(() => window.isTold);
  assert.deepEqual(await it.page.locator("form").evaluate((form) => [form.checkValidity(), [...new FormData(form)]]), [true, []]);
  await it.end();
});

const code = `<connect-button name="session" protocol="code" authorization-endpoint="{providers}/standard/authorize" token-endpoint="{providers}/standard/token" client-id="standard-demo" redirect-uri="/pkg/callback.html">Connect</connect-button>`;
const withWholeRedirectUri = (button) => { button.redirectUri = new URL(button.redirectUri, location.href).href; };

async function allow(popup) {
  await popup.getByRole("button", { name: /Alice/ }).click();
  await popup.getByRole("button", { name: "Allow" }).click();
}

test("prerendered before the click, and shown in mid-flow, it gets the result", async () => {
  const it = await open(code, {
    init: () => {
      const kept = Object.entries(sessionStorage);
      if (kept.length === 0 || opener) return;
      // As Chromium prerenders a page: with the store that the tab had then.
      sessionStorage.clear();
      Object.defineProperty(document, "prerendering", { configurable: true, value: true });
      window.show = () => {
        for (const [key, value] of kept) sessionStorage.setItem(key, value);
        delete document.prerendering;
        document.dispatchEvent(new Event("prerenderingchange"));
      };
    },
  });
  await it.element(withWholeRedirectUri);
  const [popup] = await Promise.all([it.context.waitForEvent("page"), it.button.click()]);
  await popup.getByRole("button", { name: /Alice/ }).waitFor();
  await it.page.reload();
  await it.page.waitForTimeout(500);
  await it.page.evaluate(() => window.show());
  await allow(popup);
  await it.page.locator("connect-button[status=success]").waitFor();
  assert.equal(await it.page.evaluate(() => sessionStorage.length), 0);
  await it.end();
});

test("what it has for its form is not what the browser remembers of a page: a token may be in it", async () => {
  const it = await open(`<form><label>Name <input name="who"></label>${alter}</form>`, {
    init: () => {
      const { define } = customElements;
      window.restored = [];
      customElements.define = (name, type) => {
        type.prototype.formStateRestoreCallback = (state) => window.restored.push(state);
        define.call(customElements, name, type);
      };
      addEventListener("unload", () => {}); // no back/forward cache
    },
  });
  await it.page.getByLabel("Name").fill("Alice");
  await it.connect();
  await it.page.goto("about:blank");
  await it.page.goBack({ waitUntil: "load" });
  await it.page.waitForFunction(() => document.querySelector("input").value === "Alice");
  assert.deepEqual(await it.page.evaluate(() => window.restored), []);
  await it.end();
});

test("a page that is morphed to the server's HTML takes the status off, and it is there again", async () => {
  const it = await open(alter);
  await Promise.all([it.context.waitForEvent("page"), it.button.click()]);
  await it.page.locator("connect-button[status=open]").waitFor();
  await it.element((button) => button.removeAttribute("status"));
  await it.page.locator("connect-button[status=open]").waitFor();
  await it.element((button) => button.close());
  await it.page.locator("connect-button[status=idle]").waitFor();
  await it.end();
});

test("moved to another place in mid-flow, or taken away and put back, the flow goes on, and close() ends it", async () => {
  const it = await open(`${alter}<section></section>`);
  const [popup] = await Promise.all([it.context.waitForEvent("page"), it.button.click()]);
  await it.page.locator("connect-button[status=open]").waitFor();
  await it.element((button) => document.querySelector("section").append(button));
  await it.page.waitForTimeout(300);
  assert.equal(popup.isClosed(), false);
  assert.equal(await it.element(({ status }) => status), "open");
  await it.element((button) => { window.button = button; button.remove(); });
  await it.page.waitForTimeout(300);
  assert.equal(popup.isClosed(), false);
  await it.page.evaluate(() => document.querySelector("section").append(window.button));
  await it.page.locator("connect-button[status=open]").waitFor();
  assert.equal(await it.button.getAttribute("aria-busy"), "true");
  await Promise.all([popup.waitForEvent("close"), it.element((button) => button.close())]);
  assert.equal(await it.element(({ status }) => status), "idle");
  assert.deepEqual(await it.page.evaluate(() => window.events.map(([type]) => type).filter((type) => type !== "event")), ["close"]);
  await it.end();
});

test("moved to another document, it looks and works as before", async () => {
  const it = await open(`${alter}<iframe></iframe>`);
  const background = (button) => button.evaluate((button) => getComputedStyle(button).backgroundColor);
  const before = await background(it.button);
  await it.element((button) => document.querySelector("iframe").contentDocument.body.append(button));
  const button = it.page.frameLocator("iframe").getByRole("button");
  assert.equal(await background(button), before);
  const [popup] = await Promise.all([it.context.waitForEvent("page"), button.click()]);
  await popup.getByRole("button", { name: "Google" }).click();
  await popup.getByRole("button", { name: /Alice/ }).click();
  await popup.getByRole("button", { name: "Allow" }).click();
  await popup.getByRole("button", { name: "Done" }).click();
  await it.page.frameLocator("iframe").locator("connect-button[status=success]").waitFor();
  // Into one that nobody sees, as templates have it.
  await it.page.frameLocator("iframe").locator("connect-button").evaluate((button) => document.implementation.createHTMLDocument().body.append(button));
  await it.end();
});

test("taken away for good, its own listeners are told, the page speaks for it, and nothing of it is rendered or focused", async () => {
  const it = await open(alter);
  const [popup] = await Promise.all([it.context.waitForEvent("page"), it.button.click()]);
  await it.page.locator("connect-button[status=open]").waitFor();
  await it.element((button) => {
    window.button = button;
    window.touched = [];
    const changed = (records) => window.touched.push(...records.map(({ type, attributeName }) => attributeName ?? type));
    const observer = new MutationObserver(changed);
    for (const root of [button, button.shadowRoot]) observer.observe(root, { attributes: true, childList: true, subtree: true, characterData: true });
    button.addEventListener("focusin", () => window.touched.push("focus"));
    button.remove();
  });
  assert.equal(await it.page.getByRole("status").textContent(), "", "the page's voice is there before it speaks");
  await popup.getByRole("button", { name: "Google" }).click();
  await popup.getByRole("button", { name: /Alice/ }).click();
  await popup.getByRole("button", { name: "Allow" }).click();
  await popup.getByRole("button", { name: "Done" }).click();
  await it.page.waitForFunction(() => window.events.some(([type]) => type === "close"));
  assert.deepEqual(await it.page.evaluate(() => window.events.map(([type]) => type).filter((type) => type !== "event")), ["success", "close"]);
  assert.deepEqual(await it.page.evaluate(() => window.touched), []);
  assert.equal(await it.page.getByRole("status").textContent(), "Connected.");
  assert.equal(await it.page.evaluate(() => window.button.status), "success");
  await it.end();
});

test("replaced in mid-flow by another one, as htmx and Turbo do: the page's own listeners hear the result, once", async () => {
  const it = await open(`${alter}<section></section>`);
  const [popup] = await Promise.all([it.context.waitForEvent("page"), it.button.click()]);
  await it.page.locator("connect-button[status=open]").waitFor();
  await it.page.evaluate(() => {
    window.heard = [];
    for (const target of [document, document.body, document.querySelector("main")]) target.addEventListener("success", ({ detail }) => window.heard.push(`${target.nodeName} ${detail[0].account_identifier}`));
    document.body.addEventListener("close", () => window.heard.push("close, which does not bubble"));
    const main = document.querySelector("main");
    main.innerHTML = main.innerHTML;
  });
  await popup.getByRole("button", { name: "Google" }).click();
  await popup.getByRole("button", { name: /Alice/ }).click();
  await popup.getByRole("button", { name: "Allow" }).click();
  await popup.getByRole("button", { name: "Done" }).click();
  await it.page.waitForFunction(() => window.events.some(([type]) => type === "close"));
  assert.deepEqual(await it.page.evaluate(() => window.heard), ["BODY alice@example.com", "#document alice@example.com"]);
  assert.equal(await it.element(({ status }) => status), "idle");
  await it.end();
});

test("a backend that bound the token to the state says so to the widget", async () => {
  const it = await open(alter);
  await it.page.route("**/api/alter/session", (route) => route.fulfill({ json: { session_token: "t", bound: true } }));
  const token = await it.element((button) => button.options.token({ state: "s" }));
  assert.deepEqual(token, { token: "t", bound: true });
  await it.end();
});

test("what its backend is asked, and what its answers may be: JSON, a text, or nothing", async () => {
  const it = await open(`<connect-button token-url="/token" exchange-url="/exchange">Connect</connect-button>`);
  const asked = [];
  const answers = ["tok", '{"token":"tok"}', '{"token":"tok","bound":"no"}', "", '{"grants":[]}'];
  await it.page.route(/\/(token|exchange)$/, (route) => {
    const { accept, "content-type": type } = route.request().headers();
    asked.push([accept, type, route.request().postDataJSON()]);
    return route.fulfill({ body: answers.shift() });
  });
  // A framework that writes a property it has nothing for leaves it to the address.
  await it.element((button) => { button.token = undefined; });
  const told = await it.element(async ({ options: { token, exchange } }) => {
    const { signal } = new AbortController();
    const told = [];
    for (const ask of [token, token, token, exchange, exchange]) told.push(await ask({ state: "s", mode: "popup", signal }));
    return told;
  });
  assert.deepEqual(told, ["tok", "tok", "tok", null, { grants: [] }]);
  for (const request of asked) assert.deepEqual(request, ["application/json", "application/json", { state: "s" }]);
  await it.end();
});

test("close() calls off what its backend is asked", async () => {
  const it = await open(`<connect-button token-url="/token" base-url="{providers}">Connect</connect-button>`);
  await it.page.route("**/token", () => {});
  await Promise.all([it.page.waitForRequest("**/token"), it.button.click()]);
  await Promise.all([it.page.waitForEvent("requestfailed"), it.element((button) => button.close())]);
  await it.end();
});

test("a timeout and an empty text by attribute are options; what is no JSON is none, and the console says so", async () => {
  const it = await open(`<connect-button timeout="500" scope="" params="{">Connect</connect-button>`);
  const options = () => it.element(({ options: { timeout, scope, params } }) => [timeout, scope, params]);
  assert.deepEqual([...await options(), await it.element(({ labels }) => labels)], [500, "", undefined, undefined]);
  assert.match(it.complaints.splice(0).join(), /params is not JSON/);
  await it.element((button) => { button.timeout = button.scope = button.params = null; });
  assert.deepEqual(await options(), [undefined, undefined, undefined]);
  await it.end();
});

test("a redirect that nobody finished, then one of the app's own instance: its result is the app's, not the element's", async () => {
  const provider = `authorization-endpoint="{providers}/standard/authorize" token-endpoint="{providers}/standard/token" client-id="standard-demo"`;
  const it = await open(`<connect-button protocol="code" mode="redirect" ${provider}>Connect</connect-button><script type="module">
    import Connect from "/pkg/index.js";
    const redirectUri = location.origin + "/pkg/callback.html";
    document.querySelector("connect-button").redirectUri = redirectUri;
    await new Promise((resolve) => setTimeout(resolve, 200));
    window.own = Connect.create();
    window.told = [];
    own.on("success", (result) => told.push(Object.keys(result).includes("access_token")));
    window.leave = () => own.open({ protocol: "implicit", mode: "redirect", clientId: "aniapi-demo", authorizationEndpoint: "{providers}/v1/oauth?sandbox_auto=alice", redirectUri });
  </script>`);
  const app = it.page.url();
  await it.button.click();
  await it.page.waitForURL(`${sandbox.providers}/**`);
  await it.page.goto(app);
  await it.page.waitForFunction(() => window.leave);
  await it.page.evaluate(() => leave());
  await it.page.waitForFunction(() => window.told?.length || window.events?.length);
  assert.deepEqual(await it.page.evaluate(() => [told, events]), [[true], []]);
  await it.end();
});

test("without an id it is known by its name", async () => {
  const it = await open(`<connect-button name="n">Connect</connect-button>`);
  const id = () => it.element(({ options }) => options.id);
  assert.equal(await id(), "n");
  await it.element((button) => { button.id = "i"; });
  assert.equal(await id(), "i");
  await it.element((button) => { button.id = button.name = ""; });
  assert.equal(await id(), undefined);
  await it.element((button) => button.removeAttribute("name"));
  assert.equal(await it.element(({ name }) => name), "");
  await it.end();
});

test("authorize() answers what came of it", async () => {
  const it = await open(`<connect-button>Connect</connect-button>`);
  assert.equal(await it.element((button) => button.authorize().catch(({ code }) => code)), "invalid_options");
  await it.end();
});

test("defined twice, it is the same class", async () => {
  const it = await open(alter);
  assert.ok(await it.page.evaluate(async () => (await import("/pkg/element.js")).registerConnectButton() === customElements.get("connect-button")));
  await it.end();
});

test("while it is open focus() brings the window to the front, and after it the button is busy no longer", async () => {
  const it = await open(alter);
  const [popup] = await Promise.all([it.context.waitForEvent("page"), it.button.click()]);
  await it.page.locator("connect-button[status=open]").waitFor();
  await it.page.evaluate(() => document.activeElement.blur());
  await it.element((button) => button.focus());
  assert.equal(await it.page.evaluate(() => document.activeElement.localName), "body");
  assert.equal(await it.button.getAttribute("aria-busy"), "true");
  await Promise.all([popup.waitForEvent("close"), it.element((button) => button.close())]);
  assert.equal(await it.button.getAttribute("aria-busy"), "false");
  await it.element((button) => button.focus());
  assert.equal(await it.page.evaluate(() => document.activeElement.localName), "connect-button");
  await it.end();
});

test("properties that were set before the definition count", async () => {
  const it = await open(`<connect-button></connect-button><script>Object.assign(document.querySelector("connect-button"), { baseURL: "https://a.example", disabled: true, required: true, name: "n", timeout: 500, labels: { success: "x" } })</script>`);
  assert.deepEqual(await it.element((button) => ["required", "name", "timeout"].map((name) => [button.getAttribute(name), Object.keys(button).includes(name)])), [["", false], ["n", false], ["500", false]]);
  assert.deepEqual(await it.element((button) => [button.getAttribute("base-url"), button.disabled, button.labels, Object.keys(button).includes("baseURL")]), ["https://a.example", true, { success: "x" }, false]);
  assert.equal(await it.button.isDisabled(), true);
  assert.equal(await it.page.getByRole("button", { name: "Connect" }).count(), 1);
  await it.end();
});

test("attributes that a framework writes as properties in camelCase or in small letters count, as Solid writes them", async () => {
  const it = await open(`<connect-button></connect-button><connect-button></connect-button><script>
    const [one, other] = document.querySelectorAll("connect-button");
    Object.assign(one, { baseUrl: "https://a.example", requiredText: "Connect first.", clientId: "c" });
    Object.assign(other, { baseurl: "https://a.example", requiredtext: "Connect first.", clientid: "c" });
  </script>`);
  const written = await it.page.evaluate(() => [...document.querySelectorAll("connect-button")].map((button) => ["base-url", "required-text", "client-id"].map((name) => button.getAttribute(name))));
  assert.deepEqual(written, Array(2).fill(["https://a.example", "Connect first.", "c"]));
  await it.end();
});

test("attributes in camelCase count, which HTML writes in small letters, until the property is set", async () => {
  const it = await open(`<connect-button required requiredText="Connect first." baseURL="https://a.example" clientId="c" client-id="d" redirectUri="/r">Connect</connect-button>`);
  const names = ["baseURL", "clientId", "redirectUri"];
  const values = () => it.element((button, names) => names.map((name) => button.options[name]), names);
  assert.deepEqual(await values(), ["https://a.example", "d", "/r"]);
  assert.equal(await it.element(({ validationMessage }) => validationMessage), "Connect first.");
  await it.element((button) => Object.assign(button, { baseURL: "https://b.example", clientId: null, redirectUri: null }));
  assert.deepEqual(await values(), ["https://b.example", undefined, undefined]);
  await it.end();
});

test("styled by a part, by custom properties, by its status; still without motion where that is wanted, and seen in forced colours", async () => {
  const style = `<link rel="stylesheet" href="style.css">`;
  writeFileSync(join(site, "style.css"), "connect-button { --connect-button-background: rgb(1, 2, 3); } connect-button::part(button) { text-transform: uppercase; }");
  const it = await open(style + alter);
  const computed = (...names) => it.element((button, names) => names.map((name) => getComputedStyle(button.shadowRoot.querySelector("button"))[name]), names);
  assert.deepEqual(await computed("backgroundColor", "textTransform", "animationName"), ["rgb(1, 2, 3)", "uppercase", "none"]);
  await Promise.all([it.context.waitForEvent("page"), it.button.click()]);
  await it.page.locator("connect-button[status=open]").waitFor();
  assert.deepEqual(await computed("animationName"), ["connect-button-busy"]);
  await it.page.emulateMedia({ reducedMotion: "reduce" });
  assert.deepEqual(await computed("animationName", "transitionDuration"), ["none", "0s"]);
  await it.page.emulateMedia({ forcedColors: "active" });
  const [border, width] = await computed("borderTopColor", "borderTopWidth");
  assert.notEqual(border, "rgba(0, 0, 0, 0)");
  assert.equal(width, "1px");
  await it.end();
});

/** WCAG's relative luminance of `rgb(r, g, b)`. */
const luminance = (colour) => {
  const [red, green, blue] = colour.match(/\d+/g).map((value) => (value <= 10 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);

test("by keyboard its focus is seen, on a light page and on a dark one", async () => {
  const it = await open(alter);
  await it.page.keyboard.press("Tab");
  const ring = await it.element((button) => {
    const { outlineColor, outlineStyle, boxShadow } = getComputedStyle(button.shadowRoot.activeElement);
    return outlineStyle === "solid" && [outlineColor, boxShadow.match(/rgb\([^)]*\)/)[0]];
  });
  for (const page of ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]) {
    const contrasts = ring.map((colour) => contrast(luminance(colour), luminance(page)));
    assert.ok(Math.max(...contrasts) >= 3, `${ring} on ${page}: ${contrasts}`);
  }
  await it.end();
});

test("a word that is longer than its place, as in German or at a zoom of 400 %, breaks", async () => {
  const it = await open(`<div style="inline-size: 150px" lang="de"><connect-button>Donaudampfschifffahrtsgesellschaftskonto</connect-button></div>`);
  const width = await it.element(({ offsetWidth }) => offsetWidth);
  assert.ok(width <= 150, `${width} px wide`);
  await it.end();
});

test("what describes it, and what else names it, does so for its button, also when it comes later", async () => {
  const it = await open('<h2 id="bank">My bank</h2><connect-button aria-labelledby="bank" aria-describedby="free">Connect</connect-button><p id="free">Costs nothing</p>');
  await it.element((button) => button.focus());
  const told = (name) => it.button.evaluate((button, name) => button[name].map(({ id }) => id), name);
  assert.deepEqual([await told("ariaLabelledByElements"), await told("ariaDescribedByElements")], [["bank"], ["free"]]);
  for (const label of ["My other bank", null]) {
    await it.element((button, label) => label ? button.setAttribute("aria-label", label) : button.removeAttribute("aria-label"), label);
    assert.equal(await it.button.getAttribute("aria-label"), label);
  }
  await it.end();
});

test("by keyboard: the element takes the focus on to its button, and Enter connects", async () => {
  const it = await open(alter);
  await it.element((button) => button.focus());
  assert.equal(await it.element((button) => document.activeElement === button && button.shadowRoot.activeElement?.localName), "button");
  await Promise.all([it.context.waitForEvent("page"), it.page.keyboard.press("Enter")]);
  await it.end();
});

test("by keyboard: Enter is held down on the provider's last button, and repeated here once the window is gone: no other window opens", async () => {
  const it = await open(alter);
  await it.connect();
  await it.element((button) => button.focus());
  const keyboard = await it.context.newCDPSession(it.page);
  const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, text: "\r" };
  for (let times = 0; times < 3; times += 1) await keyboard.send("Input.dispatchKeyEvent", { type: "keyDown", autoRepeat: true, ...enter });
  await keyboard.send("Input.dispatchKeyEvent", { type: "keyUp", ...enter });
  await it.page.waitForTimeout(300);
  assert.equal(it.context.pages().length, 1);
  await Promise.all([it.context.waitForEvent("page"), it.page.keyboard.press("Enter")]);
  await it.end();
});

const clicks = {
  "its label": [`<label for="c">Account</label>{button}`, (it) => it.page.getByText("Account").click()],
  "the label around it": [`<label>Account {button}</label>`, (it) => it.page.getByText("Account").click({ position: { x: 5, y: 5 } })],
  "itself, with a label around it": [`<label>Account {button}</label>`, (it) => it.button.click({ force: true })],
  "a script's click()": [`{button}`, (it) => it.element((button) => button.click())],
};

for (const [name, [body, click]] of Object.entries(clicks)) {
  test(`a click on ${name} connects, once, and not where it is disabled`, async () => {
    const it = await open(body.replace("{button}", `<connect-button id="c" token-url="/api/alter/session" base-url="{providers}">Connect</connect-button>`));
    await it.element((button) => {
      window.opened = 0;
      const { open } = button;
      button.open = () => { window.opened += 1; return open.call(button); };
    });
    const opened = () => it.page.evaluate(() => window.opened);
    const disable = (disabled) => it.element((button, disabled) => { button.disabled = disabled; }, disabled);
    await disable(true);
    await click(it);
    await it.page.waitForTimeout(100);
    assert.equal(await opened(), 0);
    await disable(false);
    await Promise.all([it.context.waitForEvent("page"), click(it)]);
    await it.page.locator("connect-button[status=open]").waitFor();
    assert.equal(await opened(), 1);
    assert.equal(it.context.pages().length, 2);
    await it.end();
  });
}

test("opens before the page's own listeners are called, whatever was clicked: one may disable it, or take it away", async () => {
  const it = await open(`${alter}<script>document.querySelector("connect-button").addEventListener("click", ({ currentTarget }) => { currentTarget.disabled = true; currentTarget.remove(); })</script>`);
  await Promise.all([it.context.waitForEvent("page"), it.element((button) => button.click())]);
  await it.end();
});

test("belongs to the form that its attribute names, which React sets as a property", async () => {
  const it = await open(`<form id="f"></form>${alter}`);
  await it.element((button) => { button.form = "f"; });
  assert.deepEqual(await it.element((button) => [button.form?.id, button.getAttribute("form")]), ["f", "f"]);
  await it.element((button) => { button.form = null; });
  assert.equal(await it.element(({ form }) => form), null);
  await it.end();
});

test("in a frame with the sandbox that the docs name, the user can sign in; the error's sentence names the same", async () => {
  const docs = ["csp", "troubleshooting"].map((name) => readFileSync(inRoot("www", "docs", `${name}.md`), "utf8"));
  const [tokens, inTroubleshooting] = docs.map((text) => /allow-scripts allow-same-origin [a-z -]+/.exec(text)[0]);
  assert.equal(inTroubleshooting, tokens);
  const sentence = /sandbox=\\"(.*?)\\"/.exec(readFileSync(inRoot("src", "error.rs"), "utf8"))[1];
  assert.equal(`allow-scripts allow-same-origin ${sentence}`, tokens);
  writeFileSync(join(site, "framed.html"), `<!doctype html><title>framed</title>${alter.replace("{providers}", sandbox.providers)}<script type="module" src="define.js"></script>`);
  const it = await open(`<iframe src="framed.html" sandbox="${tokens}"></iframe>`);
  const frame = it.page.frameLocator("iframe");
  const [popup] = await Promise.all([it.context.waitForEvent("page"), frame.getByRole("button").click()]);
  for (const name of ["Google", /Alice/, "Allow", "Done"]) await popup.getByRole("button", { name }).click();
  await frame.locator("connect-button[status=success]").waitFor();
  await it.end();
});

test("element-define.js alone, as a script tag's address, defines it", async () => {
  writeFileSync(join(site, "defined.html"), `<!doctype html><title>x</title><connect-button>Go</connect-button><script type="module" src="/pkg/element-define.js"></script>`);
  const page = await browser.newPage();
  await page.goto(`${sandbox.app}/defined.html`);
  await page.locator("connect-button:defined").waitFor();
  await page.close();
});
