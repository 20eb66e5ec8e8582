// Every finding, caused as a developer would cause it.
import { ago, caused, finds, sandbox, serve, wait } from "./lib.mjs";
import { difference, findings } from "../../pkg-template/debug/findings.js";
import assert from "node:assert/strict";
import { test } from "node:test";

const auto = { auto: "alice" };
const code = { protocol: "code", sandbox: auto };
const byAlice = { sandbox: auto };

/** Clicks, and leaves the rest to the sandbox. */
const clicks = ({ click }) => click();
const taps = ({ page }) => page.tap("#go");
const nothing = () => {};

/** Clicks, waits for as long as somebody needs to sign in, and closes the window. */
const closesLater = async ({ click }) => {
  const popup = await click();
  await popup.waitForLoadState();
  await wait(2200);
  await popup.close();
};

/** A frame of another site with the app in it. */
const frame = (flags) => () => `${sandbox.providers}/sandbox/frame?src=/${flags && `&sandbox=${encodeURIComponent(flags)}`}`;
const clicksInFrame = ({ page }) => page.frameLocator("#app").locator("#go").click();

const forge = (message) => `${sandbox.providers}/sandbox/forge#${encodeURIComponent(JSON.stringify({ to: "opener", message }))}`;
const success = { type: "alter_connect_success", grants: [{ grant_id: "forged", provider: "evil" }] };

// ---- the click and the window

for (const [protocol, source] of [["alter-connect", "token: "], ["anon-link", "link: "], ["code", undefined]]) {
  finds(`open() after an await: ${protocol}`, {
    finds: ["late_open"],
    setup: { ...byAlice, protocol },
    mistake: ({ go, connect, options }) => {
      go.onclick = async () => {
        await fetch("/api/config");
        await new Promise((resolve) => setTimeout(resolve, 50));
        connect.open(options);
      };
    },
    person: async ({ click, outcome, finding }) => {
      await click();
      await outcome("success");
      const { fix } = await finding("late_open");
      assert.equal(/`(\w+: )/.exec(fix)?.[1], source, fix);
    },
  });
}

finds("open() without a click", {
  finds: ["late_open", "popup_blocked"],
  blocksWindows: true,
  mistake: ({ connect, options }) => void setTimeout(() => connect.open(options), 200),
  // A driver that looks at the page now would count as a gesture.
  person: nothing,
});

finds("open() in a click of a script's own", {
  finds: ["late_open", "popup_blocked"],
  blocksWindows: true,
  mistake: ({ go }) => void setTimeout(() => go.click(), 200),
  person: nothing,
});

finds("a click that has opened another window before", {
  finds: ["popup_blocked"],
  blocksWindows: true,
  mistake: ({ go, connect, options }) => void (go.onclick = () => {
    window.open("/silent.html");
    connect.open(options);
  }),
  person: ({ page }) => page.click("#go"),
});

finds("a sandboxed frame", { finds: ["frame_sandbox"], at: frame("allow-scripts allow-same-origin"), mayFind: ["storage_refused"], person: clicksInFrame });

finds("a frame of another site, and an answer that needs this page's storage", { finds: ["third_party_frame"], at: frame(""), mayFind: ["storage_refused"], setup: code, person: clicksInFrame });

finds("the provider severs the window", { finds: ["severed"], setup: { sandbox: { coop: "same-origin", coop_from: "login" } , session: { allowed_providers: ["google", "slack"] } }, async person({ click, page }) {
  const popup = await click();
  // A headless browser has no window manager that would move the focus.
  await page.evaluate(() => void window.dispatchEvent(new Event("blur")));
  await popup.getByRole("button", { name: "Google" }).click();
} });

finds("this page severs its windows", { finds: ["coop_own"], at: "/?sandbox_coop=same-origin", person: clicks });

finds("destroyed while the user is at the provider, and another call was refused meanwhile", { finds: ["destroyed"], async person({ click, page }) {
  await click();
  const refused = await page.evaluate(() => window.env.connect.authorize(window.env.options).catch(({ code }) => code));
  assert.equal(refused, "already_open");
  await page.evaluate(() => window.env.connect.destroy());
} });

// ---- messages and returns

for (const [title, session] of [["no allowed origin", { app: "no-website", allowed_origin: null }], ["another allowed origin", { allowed_origin: "https://elsewhere.example" }]]) {
  finds(title, { finds: ["no_message"], setup: { sandbox: auto, session }, async person(visit) {
    await closesLater(visit);
    const { fix } = await visit.finding("no_message");
    assert.ok(fix.includes(`allowed_origin: "${sandbox.app}"`), fix);
  } });
}

finds("a redirect URI that is not registered", { finds: ["no_return"], setup: code, mistake: ({ options }) => void (options.redirectUri += "?tenant=1"), async person(visit) {
  await closesLater(visit);
  const { fix } = await visit.finding("no_return");
  assert.ok(fix.endsWith("/callback.html?…"), fix);
} });

finds("a webhook that never comes", { finds: ["no_account"], setup: { protocol: "stackone-link", sandbox: { auto: "alice", webhook: "never" } }, person: closesLater });

finds("a base URL that is not where the provider's page is", {
  finds: ["message_origin"],
  mistake: ({ options }) => void (options.baseURL = options.baseURL.replace("127.0.0.1", "localhost")),
  async person({ click }) {
    const popup = await click();
    await popup.getByRole("button", { name: "Continue as Alice Anders" }).waitFor();
    await popup.evaluate((to) => { setTimeout(() => location.assign(to)); }, forge(success));
  },
});

finds("a result from a frame in a sandbox, which has no origin", { finds: ["message_origin"], async person({ page, click, finding }) {
  await click();
  await page.evaluate((message) => {
    const srcdoc = `<script>parent.postMessage(${JSON.stringify(message)}, "*")</script>`;
    document.body.append(Object.assign(document.createElement("iframe"), { sandbox: "allow-scripts", srcdoc }));
  }, success);
  const { happened } = await finding("message_origin");
  assert.match(happened, /from a page without an origin/);
} });

test("what two addresses differ in", () => {
  const own = "https://app.example/callback";
  for (const [given, words] of [["http://app.example/callback", /one is http, the other https/], ["https://app.example:8443/callback", /ports/], ["https://www.app.example/callback", /www\./],
    ["https://other.example/callback", /two hosts/], ["https://app.example/callback/", /trailing slash/], ["https://app.example/back", /paths/]]) assert.match(difference(given, own), words);
  assert.match(difference("http://localhost:3000", "http://127.0.0.1:3000"), /one machine, but two origins/);
});

test("what is no URL differs too", () => {
  for (const given of ["null", "", "//localhost/x", "/x"]) assert.match(difference(given, "http://localhost"), /no host/, given);
});

finds("a message from another window of the provider", { finds: ["message_source"], async person({ click, page }) {
  const popup = await click();
  await popup.waitForURL(/login|picker|flow/);
  await page.evaluate((url) => void window.open(url, "another"), forge(success));
} });

for (const malformed of ["unknown_type", "string"]) {
  finds(`a message of another kind: ${malformed}`, { finds: ["message_shape"], setup: { sandbox: { ...auto, malformed } }, person: clicks });
}

finds("a response with another state", { finds: ["message_state"], setup: { protocol: "code" }, async person({ click, page }) {
  await click();
  await wait(200);
  await page.evaluate(() => void window.open("/pkg/callback.html?code=forged&state=AAAAAAAAAAAAAAAAAAAAAA", "another"));
} });

finds("an answer of Anon's without the state that it was given", { finds: ["message_state"], setup: { protocol: "anon-link", sandbox: { ...auto, state: "drop" } }, async person({ click, finding, outcome }) {
  const popup = await click();
  await finding("message_state");
  await wait(2000); // as long as nobody takes who gives up
  await popup.close();
  await outcome("exit");
} });

for (const address of ["/?code=abc&state=xyz", "/#access_token=abc&state=xyz", "/?alter_connect_success=true&grant_id=g&provider=p"]) {
  finds(`an answer that nobody waits for: ${address}`, { finds: ["response_ignored"], at: address, person: nothing });
}

finds("a phone, and a session without a return URL", { finds: ["redirect_unanswered"], onPhone: true, setup: { sandbox: auto, session: { return_url: null } }, async person({ page }) {
  await taps({ page });
  await page.waitForURL(/\/result/);
  await page.goto(sandbox.app);
} });

finds("a phone, and no page at the redirect URI", {
  finds: ["redirect_unanswered", "callback_missing"],
  onPhone: true,
  setup: code,
  mistake: ({ options }) => void (options.redirectUri = `${location.origin}/gone.html`),
  async person({ page, context }) {
    // The provider has that address registered, and this app has forgotten to serve it.
    await context.route(/\/oauth\/authorize/, (route) => route.fulfill({ status: 302, headers: { location: `${sandbox.app}/gone.html?code=c&state=${new URL(route.request().url()).searchParams.get("state")}` } }));
    await taps({ page });
    await page.waitForURL(/gone/);
    await page.goto(sandbox.app);
  },
});

finds("localhost and 127.0.0.1", { finds: ["redirect_uri_origin"], setup: code, mistake: ({ options }) => void (options.redirectUri = options.redirectUri.replace("localhost", "127.0.0.1")), person: ({ page }) => page.click("#go") });

finds("the same of Anon's", { finds: ["redirect_uri_origin"], setup: { protocol: "anon-link", sandbox: auto }, mistake: ({ options }) => void (options.redirectUrl = `${location.origin.replace("localhost", "127.0.0.1")}/callback.html`), person: ({ page }) => page.click("#go") });

finds("a redirect URI without a scheme", { finds: ["invalid_options"], setup: code, mistake: ({ options }) => void (options.redirectUri = "//127.0.0.1/callback.html"), person: ({ page }) => page.click("#go") });

finds("a server that adds a slash to the redirect URI", {
  finds: ["redirect_uri_path"],
  setup: code,
  mistake: ({ options }) => void (options.redirectUri = `${location.origin}/callback`),
  async person({ context, click, finding }) {
    await context.route(/\/callback(\?|$)/, (route) => route.fulfill({ status: 302, headers: { location: route.request().url().replace("/callback", "/callback/") } }));
    await click();
    const { happened } = await finding("redirect_uri_path");
    assert.match(happened, /a trailing slash/);
  },
});

finds("no page at the redirect URI", { finds: ["callback_missing"], setup: { protocol: "code" }, mistake: ({ options }) => void (options.redirectUri = `${location.origin}/gone.html`), person: clicks });

finds("a page at the redirect URI that is gone", { finds: ["callback_missing"], setup: { protocol: "code" }, async person({ context, click }) {
  await serve(context, "/pkg/callback.html", { status: 410 });
  await click();
} });

finds("a page at the redirect URI that does not load the package", { finds: ["callback_silent"], setup: { protocol: "code" }, mistake: ({ options }) => void (options.redirectUri = `${location.origin}/silent.html`), person: clicks });

// ---- the token endpoint

/** An app whose token endpoint is not what it should be. */
const tokens = (title, code, query, more = {}) => finds(title, {
  finds: [code],
  setup: { protocol: "code", sandbox: auto, query },
  mistake: ({ options }) => void (options.tokenEndpoint += window.setup.query),
  person: clicks,
  ...more,
});

tokens("a token endpoint without CORS", "token_cors", "?sandbox_cors=off");
tokens("a token endpoint that redirects", "token_redirect", "?sandbox_redirect=1");
tokens("a token endpoint that is a page", "token_html", "?sandbox_body=html");
tokens("a token endpoint that is down", "token_refused", "?sandbox_status=503&sandbox_error=temporarily_unavailable");
tokens("a server that reads no grant type out of the form", "token_format", "?sandbox_status=400&sandbox_error=unsupported_grant_type");
tokens("a client that the server does not know", "invalid_client", "?sandbox_error=invalid_client");
tokens("a token endpoint without a server", "token_unreachable", "", { mistake: ({ options }) => void (options.tokenEndpoint = "http://127.0.0.1:59998/token") });

finds("JSON for a server that wants a form", {
  finds: ["token_format"],
  setup: code,
  mistake: ({ options, providers }) => void Object.assign(options, { authorizationEndpoint: `${providers}/standard/authorize?sandbox_auto=alice`, tokenEndpoint: `${providers}/standard/token`, clientId: "standard-demo" }),
  person: clicks,
});

tokens("a form for a server that wants JSON", "token_format", "?sandbox_error=invalid_request&sandbox_status=415", {
  mistake: ({ options }) => void Object.assign(options, { tokenEndpoint: options.tokenEndpoint + window.setup.query, tokenRequest: "form" }),
  async person({ click, finding }) {
    await click();
    const { fix } = await finding("token_format");
    assert.match(fix, /"json"/);
  },
});

for (const seconds of [300, -300]) {
  finds(`a device whose clock is ${seconds > 0 ? "ahead" : "behind"}`, {
    finds: ["clock_off"],
    hasClock: true,
    setup: byAlice,
    async person({ click, finding, setClock }) {
      setClock(seconds);
      await click();
      const { happened } = await finding("clock_off");
      assert.match(happened, seconds > 0 ? /(29\d|30\d) s ahead of/ : /(29\d|30\d) s behind/);
    },
  });
}

// Here it is the server's.
const WRONG_CLOCKS = {
  "a clock that is wrong": [() => ({ date: ago(300) }), 300],
  "a clock that is wrong, and a page out of a cache": [() => ({ date: ago(5700), age: "5400" }), 300],
  "an age that makes no sense": [() => ({ date: ago(5400), age: "-5400" }), 5400],
};
for (const [title, [headers, seconds]] of Object.entries(WRONG_CLOCKS)) {
  finds(title, {
    finds: ["clock_off"],
    setup: byAlice,
    async person({ context, click, finding }) {
      await serve(context, "/", { headers: headers() });
      await click();
      const { happened } = await finding("clock_off");
      assert.ok(Math.abs(/\d+/.exec(happened)[0] - seconds) < 30, happened);
    },
  });
}

// ---- the page

finds("a policy without WebAssembly", { finds: ["csp"], at: "/?sandbox_csp=strict", setup: byAlice, person: clicks });

finds("a policy without the token endpoint", { finds: ["csp"], at: `/?sandbox_csp=${encodeURIComponent("script-src 'self' 'unsafe-eval'; connect-src 'self'")}`, setup: code, person: clicks });

finds("a policy without the core", {
  finds: ["csp", "load_failed"],
  at: () => `/?sandbox_csp=${encodeURIComponent(`script-src 'wasm-unsafe-eval' ${["app.mjs", "scenarios/", "pkg/index.js", "pkg/debug.js"].map((file) => `${sandbox.app}/${file}`).join(" ")}`)}`,
  async person({ page, found, finding }) {
    await page.click("#go");
    await finding("load_failed");
    // The browser reports a violation in a task of its own: before the load has failed, or after.
    const { happened } = await finding("csp");
    assert.match(happened, /\/pkg\/(core|fallback)\.js/);
    const refused = found.filter(({ code }) => code === "csp");
    for (const { fix } of refused) assert.equal(fix, "Add 'self' to script-src.");
  },
});

finds("storage is refused", {
  finds: ["storage_refused"],
  setup: byAlice,
  blocksCookies: true,
  person: clicks,
});

finds("storage is full", {
  finds: ["storage_full"],
  setup: byAlice,
  mistake: () => {
    for (let size = 4_000_000; size > 0; size = Math.floor(size / 2)) {
      try {
        for (let n = 0; ; n += 1) localStorage.setItem(`${size} ${n}`, "x".repeat(size));
      } catch {
        // full, for this size
      }
    }
  },
  person: clicks,
});

finds("two entries on one page", {
  finds: ["two_copies"],
  mistake: async () => {
    const { default: Connect } = await import("/pkg/sync.js");
    Connect.create({ debug: true });
  },
  person: nothing,
});

finds("a second copy that has not debug on", {
  finds: ["two_copies"],
  setup: byAlice,
  mistake: async () => {
    const { default: Connect } = await import("/pkg/sync.js");
    await Connect.create().refresh({}).catch(() => {});
  },
  person: clicks,
});

// ---- errors

for (const [title, mistake, expected] of [
  ["a callback whose name is misspelt", ({ options }) => void (options.onSucess = () => {}), "onSuccess"],
  ["an option as the protocol writes it", ({ options }) => void (options.token_endpoint = "https://auth.example/token"), "tokenEndpoint"],
  ["an option of another package", ({ options }) => void (options.theme = "dark"), undefined],
  ["an event whose name is misspelt", ({ connect }) => void connect.on("sucess", () => {}), "success"],
]) {
  finds(title, { finds: ["unknown_name"], setup: byAlice, mistake, async person({ click, finding }) {
    await click();
    const { happened, fix } = await finding("unknown_name");
    assert.equal(/`(\w+)`/.exec(fix)?.[1], expected, `${happened} ${fix}`);
  } });
}

finds("an option of create() that is one of open()", { finds: ["unknown_name"], setup: { ...byAlice, config: { baseURL: "https://api.alterauth.com" } }, person: clicks });

finds("an option of the wrong kind", { finds: ["invalid_options"], mistake: ({ options }) => void (options.timeout = "soon"), person: ({ page }) => page.click("#go") });

finds("a destroyed instance", { finds: ["sdk_destroyed"], mistake: ({ connect }) => connect.destroy(), person: ({ page }) => page.click("#go") });

finds("a timeout", { finds: ["timeout"], mistake: ({ options }) => void (options.timeout = 300), person: clicks });

finds("a redirect of a frame", { finds: ["redirect_error"], at: frame(""), mayFind: ["storage_refused"], mistake: ({ options }) => void (options.mode = "redirect"), person: clicksInFrame });

finds("a backend that fails", { finds: ["source_failed"], mistake: ({ options }) => void (options.token = async () => { throw new Error("the backend is down."); }), person: clicks });

finds("a token that is used twice", {
  finds: ["invalid_token"],
  setup: byAlice,
  mistake: async ({ options }) => {
    const token = await options.token();
    options.token = () => token;
  },
  async person({ click, outcome }) {
    await click();
    await outcome("success");
    await click();
  },
});

finds("a session that ends while the user is there", { finds: ["session_expired"], setup: { sandbox: { expires_in: 2 } }, async person({ click }) {
  const popup = await click();
  const alice = popup.getByRole("button", { name: "Continue as Alice Anders" });
  await alice.waitFor();
  await wait(2500);
  await alice.click();
} });

finds("no grants", { finds: ["invalid_response"], setup: { sandbox: { ...auto, malformed: "empty" } }, person: clicks });
finds("parameters that stand twice", { finds: ["invalid_response"], setup: { protocol: "implicit", sandbox: { ...auto, duplicate_params: true } }, person: clicks });
finds("a state that was changed", { finds: ["state_mismatch"], setup: { protocol: "code", sandbox: { ...auto, state: "wrong" } }, person: clicks });
finds("a refusal that leaves the state out", { finds: ["state_mismatch"], setup: { protocol: "code", sandbox: { ...auto, error: "access_denied", state: "drop" } }, person: clicks });

finds("another issuer", {
  finds: ["issuer_mismatch"],
  setup: code,
  mistake: ({ options, providers }) => void Object.assign(options, { authorizationEndpoint: `${providers}/standard/authorize?sandbox_auto=alice`, clientId: "standard-demo", issuer: `${providers}/standard/` }),
  person: clicks,
});

finds("an ID token of another attempt", {
  finds: ["nonce_mismatch"],
  setup: { protocol: "implicit" },
  mistake: ({ options, providers }) => void Object.assign(options, { authorizationEndpoint: `${providers}/standard/authorize?sandbox_auto=alice&scope=openid`, clientId: "standard-demo", responseType: "id_token token" }),
  async person({ context, click }) {
    await context.route(/\/standard\/authorize/, (route) => {
      const url = new URL(route.request().url());
      if (!url.searchParams.has("nonce") || url.searchParams.get("nonce") === "another") return route.continue();
      url.searchParams.set("nonce", "another");
      return route.fulfill({ status: 302, headers: { location: url.href } });
    });
    await click();
  },
});

finds("an answer that comes after its attempt has expired", {
  finds: ["expired"],
  onPhone: true,
  hasClock: true,
  async person({ page, outcome, setClock }) {
    await taps({ page });
    await page.getByRole("button", { name: "Continue as Alice Anders" }).tap();
    await page.getByRole("button", { name: "Allow" }).waitFor();
    setClock(3600);
    await page.getByRole("button", { name: "Allow" }).tap();
    await outcome("redirect failed");
  },
});

tokens("a code that was used already", "invalid_grant", "?sandbox_error=invalid_grant");

finds("an exchange that fails", { finds: ["exchange_failed"], setup: code, mistake: ({ options }) => void (options.exchange = async () => { throw new Error("the backend is down"); }), person: clicks });

finds("a verify that fails", { finds: ["verify_failed"], setup: { protocol: "stackone-link" }, mistake: ({ options }) => void (options.verify = async () => { throw new Error("the backend is down"); }), async person({ click }) {
  const popup = await click();
  await popup.waitForLoadState();
  await wait(500);
  await popup.close();
} });

for (const error of ["bad_input", "bad_authorization"]) {
  finds(`Anon answers ${error}`, { finds: [error], setup: { protocol: "anon-link", sandbox: { ...auto, error } }, person: clicks });
}

finds("an error of the provider's own", { finds: ["provider_error"], setup: { protocol: "code", sandbox: { ...auto, error: "server_error" } }, person: clicks });

// Codes that mean something else where another system, or this package itself, says them; and long ones, which are no tokens.
const foreign = {
  code: ["unsupported_response_type", "account_selection_required", "session_expired", "invalid_token", "bad_input", "connect_denied", "timeout", "state_mismatch", "popup_closed", "popup_blocked", "invalid_options", "network_error", "oauth_error"],
  implicit: ["bad_authorization", "expired", "invalid_grant"],
  "alter-connect": ["bad_input", "access_denied", "invalid_grant", "timeout", "aborted"],
  "anon-link": ["session_expired", "invalid_token", "access_denied", "popup_closed"],
};
for (const [protocol, errors] of Object.entries(foreign)) {
  for (const error of errors) {
    finds(`${protocol} answers ${error}`, { finds: ["provider_error"], setup: { protocol, sandbox: { ...auto, error } }, async person({ click, finding }) {
      await click();
      const { happened } = await finding("provider_error");
      assert.ok(happened.includes(error), happened);
    } });
  }
}

finds("Alter's own code by a redirect", { finds: ["session_expired"], onPhone: true, setup: { sandbox: { ...auto, error: "session_expired" } }, person: taps });

finds("another system's code by a redirect", { finds: ["provider_error"], onPhone: true, setup: { protocol: "code", sandbox: { ...auto, error: "session_expired" } }, person: taps });

for (const error of ["popup_closed", "session_expired", "access_denied"]) tokens(`a token endpoint that answers ${error}`, "token_refused", `?sandbox_error=${error}&sandbox_status=403`);

finds("an error without a code", { finds: ["oauth_error"], async person({ click }) {
  const popup = await click();
  await popup.getByRole("button", { name: "Continue as Alice Anders" }).waitFor();
  await popup.evaluate(() => window.opener.postMessage({ type: "alter_connect_error" }, "*"));
} });

finds("a refresh that cannot be sent", { finds: ["network_error"], async person({ page, ready }) {
  await ready();
  await page.evaluate(() => void window.env.connect.refresh({ tokenEndpoint: "http://127.0.0.1:59998/token", clientId: "c", refreshToken: "r" }).catch(() => {}));
} });

finds("a core that is not there", {
  finds: ["load_failed"],
  async person({ context, page }) {
    await context.route(/\/(core|fallback)\.js/, (route) => route.abort());
    await page.reload();
    await page.click("#go:enabled");
  },
});

finds("a device that gives the core no more memory", {
  finds: ["core_failed"],
  isSmall: true,
  setup: { protocol: "code" },
  mistake: ({ options }) => void (options.scope = "x".repeat(4_000_000)),
  person: ({ page }) => page.click("#go"),
});

test("every finding was caused", () => assert.deepEqual([...caused].sort(), Object.keys(findings).sort()));
