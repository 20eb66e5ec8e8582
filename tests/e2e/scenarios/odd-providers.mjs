// Providers as they are: answers in another place, a token endpoint's own words, codes that are ours too, parameters in every kind.
import { anonReturning, endpoint, post, protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const appItself = () => `${location.origin}/`;

/** The strict server, which puts the answer where it is asked for. */
const standard = (env, more) => ({
  authorizationEndpoint: endpoint(env, "/standard/authorize"),
  ...(env.scenario.protocol === "code" ? { tokenEndpoint: `${env.providers}/standard/token`, tokenRequest: "form" } : {}),
  clientId: "standard-demo",
  scope: "openid",
  ...more,
});

const asked = (protocol, mode, response_mode, { isOnApp, severed } = {}) => ({
  protocol,
  mode,
  rows: ["f21"],
  sandbox: severed ? { ...AUTO, coop: "same-origin" } : AUTO,
  name: `${protocol} by ${mode}${severed ? ", severed" : ""}${isOnApp ? ", back on the app itself" : ""}: the app asks for response_mode=${response_mode}, and the answer is read there`,
  options: (env) => standard(env, { params: { response_mode }, ...(isOnApp ? { redirectUri: appItself() } : {}) }),
  outcome: { [mode === "popup" ? "success" : "redirected"]: (value) => !!value.access_token },
});

/** What the token endpoint answers, and what the error must say of it. */
const ANSWERS = {
  "sandbox_body=error_code_msg": { code: "bad_code_verifier", status: 400, has: { error_code: "bad_code_verifier" }, message: /./ },
  "sandbox_body=error_object": { status: 400, has: { error: (error) => !!error.message }, message: /./ },
  "sandbox_body=message": { status: 429, has: { message: (text) => !!text }, message: /./ },
  "sandbox_body=errors": { code: "invalid_grant", status: 400, has: { errors: Array.isArray }, message: /expired/ },
  "sandbox_body=problem": { status: 400, has: { detail: (text) => !!text } },
  "sandbox_body=text": { status: 400, body: (body) => typeof body === "string" && body.length > 0 },
  "sandbox_body=html&sandbox_status=502": { code: "invalid_response", status: 502, body: (body) => body.includes("<") },
  "sandbox_body=empty&sandbox_status=500": { code: "invalid_response", status: 500, body: (body) => body === "" },
  "sandbox_body=html": { code: "invalid_response", status: 200, body: (body) => body.includes("<") },
  "sandbox_body=null": { code: "invalid_response", status: 200 },
  "sandbox_body=array": { code: "invalid_response", status: 200, body: Array.isArray },
  "sandbox_body=malformed": { code: "invalid_response", status: 200, body: (body) => typeof body === "string" },
  "sandbox_error=invalid_grant&sandbox_status=401": { code: "invalid_grant", status: 401, has: { error: "invalid_grant" } },
};

const matches = (value, wanted) => (typeof wanted === "function" ? wanted(value) : value === wanted);

const isTold = ({ code, status, has = {}, body, message }) => (error) =>
  (!code || error.code === code) && error.code && error.details.status === status && "body" in error.details && (!body || body(error.details.body)) && (!message || message.test(error.message))
  && Object.entries(has).every(([name, wanted]) => matches(error.details[name], wanted));

const PARAMS = {
  "a plain object": () => ({ prompt: "login", login_hint: "alice & bob", max_age: 5, debug: true, nothing: undefined, empty: "" }),
  URLSearchParams: () => new URLSearchParams([["prompt", "login"], ["login_hint", "alice & bob"], ["max_age", "5"], ["debug", "true"], ["empty", ""]]),
  "a Map": () => new Map([["prompt", "login"], ["login_hint", "alice & bob"], ["max_age", 5], ["debug", true], ["empty", ""]]),
};

export const scenarios = [
  ...["popup", "redirect"].flatMap((mode) => [asked("code", mode, "fragment"), asked("code", mode, "fragment", { isOnApp: true })]),
  asked("code", "popup", "fragment", { severed: true }),
  asked("code", "popup", "query"),
  asked("implicit", "popup", "fragment"),
  {
    protocol: "code",
    mode: "popup",
    rows: ["f21"],
    promise: true,
    name: "a response_mode that no page can read is refused before the window opens",
    page: async (env) => (await import("/plain.mjs")).plainWithCore(env),
    options: (env) => standard(env, { params: { response_mode: "form_post" } }),
    async person(user) {
      await user.click();
      const { code, message } = await user.heard("rejected");
      user.equal(code, "invalid_options");
      user.ok(/response_mode/.test(message), message);
      user.equal(await user.page.run(() => window.instruments.opened.length), 0);
    },
  },
  ...Object.entries(ANSWERS).map(([query, told]) => ({
    protocol: "code",
    mode: "popup",
    rows: ["f22"],
    sandbox: AUTO,
    query,
    name: `the token endpoint answers ${query}: the error has its words, its status and its body`,
    options: (env) => ({ tokenEndpoint: `${env.providers}/oauth/token?${env.scenario.query}` }),
    outcome: { error: isTold(told) },
  })),
  ...["1", "307"].map((kind) => ({
    protocol: "code",
    mode: "popup",
    rows: ["f22"],
    sandbox: AUTO,
    name: `the token endpoint redirects (${kind === "1" ? 302 : kind}): not followed`,
    options: (env) => ({ tokenEndpoint: `${env.providers}/oauth/token?sandbox_redirect=${kind}` }),
    outcome: { error: (error) => ["network_error", "invalid_response"].includes(error.code) },
  })),
  {
    protocol: "code",
    mode: "redirect",
    rows: ["f22"],
    sandbox: AUTO,
    name: "by redirect, the token endpoint answers 429: handleRedirect() rejects with its words, its status and its body",
    options: (env) => ({ tokenEndpoint: `${env.providers}/oauth/token?sandbox_body=message` }),
    outcome: { "redirect failed": isTold(ANSWERS["sandbox_body=message"]) },
  },
  ...['""', "[]", "false"].map((raw) => ({
    protocol: "code",
    mode: "popup",
    rows: ["f23"],
    sandbox: { ...AUTO, expires_in_raw: raw },
    name: `the token endpoint says expires_in: ${raw}: no expiry`,
    options: (env) => standard(env),
    outcome: { success: (value) => !!value.access_token && value.expires_in == null && value.expires_at == null },
  })),
  ...["code", "implicit", "alter-connect"].flatMap((protocol) => ["popup_closed", "aborted", "timeout"].map((error) => ({
    protocol,
    mode: "popup",
    rows: ["f24"],
    sandbox: { ...AUTO, error, error_description: "the provider's own" },
    name: `${protocol}: the provider answers the error ${error}: a failure in its own words, and no exit`,
    outcome: { error: (value) => value.code === error && value.message === "the provider's own" && Object.values(value.details).includes(error) },
  }))),
  {
    protocol: "code",
    mode: "popup",
    rows: ["f24"],
    promise: true,
    sandbox: { ...AUTO, token_error: "popup_closed" },
    name: "authorize(): the token endpoint answers the error popup_closed: told from ours by its details",
    async person(user) {
      await user.click();
      const { code, details } = await user.heard("rejected");
      user.equal([code, details.error, details.status], ["popup_closed", "popup_closed", 400]);
    },
    outcome: { error: "popup_closed" },
  },
  ...Object.entries(PARAMS).map(([kind, params]) => ({
    protocol: "code",
    mode: "popup",
    rows: ["f26"],
    sandbox: AUTO,
    name: `params as ${kind} are used`,
    options: () => ({ params: params() }),
    page: async (env) => (await import("/plain.mjs")).plainWithCore(env),
    async person(user) {
      await user.click();
      await user.heard("success");
      const { searchParams: sent } = new URL(await user.page.run(() => window.instruments.opened[0].url));
      user.equal(["prompt", "login_hint", "max_age", "debug", "empty", "nothing"].map((name) => sent.get(name)), ["login", "alice & bob", "5", "true", "", null]);
    },
    outcome: { success: protocols.code.isResult },
  })),
  ...Object.entries({ "a text": () => "prompt=login", "a list of pairs": () => [["prompt", "login"]], "a number": () => 5, "a function": () => () => ({}) }).map(([kind, params]) => ({
    protocol: "code",
    mode: "popup",
    rows: ["f26"],
    promise: true,
    name: `params as ${kind}: invalid_options`,
    options: () => ({ params: params() }),
    page: async (env) => (await import("/plain.mjs")).plainWithCore(env),
    async person(user) {
      await user.click();
      const { code, message } = await user.heard("rejected");
      user.equal(code, "invalid_options");
      user.ok(message.includes("params"), message);
      user.equal(await user.page.run(() => window.instruments.opened.length), 0);
    },
  })),
  ...Object.entries({ "a number with spaces around it": " 7 ", "an object with spaces": '{ "user":  7, "a": "%2B+ &" }', "a text": '"007"', "the same key twice": '{"a":1,"a":2}', "null": "null" }).map(([kind, state]) => ({
    protocol: "anon-link",
    mode: "popup",
    rows: ["f27"],
    sandbox: AUTO,
    session: { state },
    name: `Anon's own state, ${kind}, is compared as it is`,
    outcome: { success: ({ type }) => type === "success" },
  })),
  {
    protocol: "anon-link",
    mode: "popup",
    rows: ["f27"],
    sandbox: AUTO,
    name: "Anon answers the app's state in another spelling: state_mismatch",
    options: (env) => ({
      link: async () => {
        const { url } = await post("/api/anon/link", { app: "instagram", redirectUrl: `${location.origin}/pkg/callback.html`, state: '{"user":7}', sandbox: env.scenario.sandbox });
        return { url, state: '{ "user": 7 }' };
      },
    }),
    outcome: { error: "state_mismatch" },
  },
  ...[["popup"], ["popup", { coop: "same-origin" }], ["redirect"]].map(([mode, sandbox]) => ({
    protocol: "code",
    mode,
    rows: ["lost"],
    sandbox,
    name: `code by ${mode}${sandbox ? ", severed" : ""}: redirectUri has a query, and the server puts a question mark before its own`,
    async person(user) {
      await user.click();
      const window = mode === "popup" ? await user.newWindow() : user.page;
      await user.eventually(() => user.isAtProvider(window), "the provider's page");
      // A page of the app's origin finds the state.
      await user.sends(window, `${user.app}/other.html`);
      await window.run(() => {
        const [, state] = [sessionStorage, localStorage].flatMap(Object.keys).join().match(/connect-widget:([^,]{43})/);
        setTimeout(() => location.assign(`/pkg/callback.html?tab=1?error=access_denied&state=${state}`));
      });
    },
    outcome: { [mode === "popup" ? "error" : "redirect failed"]: ({ code, details }) => code === "access_denied" && details.tab === "1" },
  })),
  {
    protocol: "anon-link",
    mode: "redirect",
    rows: ["f27"],
    sandbox: AUTO,
    name: "Anon's own state by redirect, back on the app itself",
    options: (env) => anonReturning(env, { to: appItself(), bound: true }),
    outcome: { redirected: ({ type }) => type === "success" },
  },
];
