// OAuth's own cases in a browser: denial, spoilt responses, token endpoints that fail, the app's own exchange, refresh.
import { endpoint, protocols } from "./protocols.mjs";

const AUTO = { auto: "alice" };
const tokenEndpoint = (env, query) => `${env.providers}/oauth/token?${query}`;

const spoilt = (protocol, switches, code, more = {}) => ({
  protocol,
  mode: "popup",
  sandbox: { ...AUTO, ...switches },
  name: `${protocol}, ${Object.entries(switches).map(([key, value]) => `${key}=${value}`).join(" ")}: ${code}`,
  outcome: { error: code },
  ...more,
});

/** The strict server, which names itself in `iss`. */
const standard = (env) => ({
  authorizationEndpoint: endpoint(env, "/standard/authorize"),
  tokenEndpoint: `${env.providers}/standard/token`,
  tokenRequest: "form",
  clientId: "standard-demo",
  scope: "openid",
  issuer: `${env.providers}/standard`,
});

export const scenarios = [
  ...["alter-connect", "anon-link", "implicit", "code"].map((protocol) => ({
    protocol,
    mode: "popup",
    sandbox: { ...AUTO, auto_decision: "deny" },
    name: `${protocol}: the user says no`,
    outcome: { error: protocols[protocol].denied },
  })),
  ...["anon-link", "implicit", "code"].map((protocol) => ({
    protocol,
    mode: "redirect",
    sandbox: { ...AUTO, auto_decision: "deny" },
    name: `${protocol} by redirect: the user says no`,
    outcome: { "redirect failed": protocols[protocol].denied },
  })),
  ...["implicit", "code"].flatMap((protocol) => [
    spoilt(protocol, { state: "wrong" }, "state_mismatch"),
    spoilt(protocol, { state: "drop" }, "state_mismatch"),
    spoilt(protocol, { duplicate_params: true }, "invalid_response"),
    spoilt(protocol, { response_mode: protocol === "code" ? "fragment" : "query" }, "invalid_response"),
    spoilt(protocol, { error: "temporarily_unavailable", error_description: "Come back later" }, "temporarily_unavailable", {
      outcome: { error: (error) => error.code === "temporarily_unavailable" && error.message === "Come back later" && error.details.error_description === "Come back later" },
    }),
  ]),
  spoilt("code", { iss: "wrong" }, "issuer_mismatch", { options: standard }),
  spoilt("code", { iss: "none" }, "issuer_mismatch", { options: standard }),
  spoilt("code", { token_error: "invalid_grant" }, "invalid_grant"),
  { protocol: "code", mode: "popup", sandbox: AUTO, name: "code with the strict server, its issuer and a form", options: standard, outcome: { success: (value) => value.token_type === "Bearer" && value.expires_in > 0 && value.expires_at > 1e9 && !!value.id_token } },
  { protocol: "implicit", mode: "popup", sandbox: AUTO, name: "id_token token with a nonce", options: (env) => ({ ...standard(env), tokenEndpoint: undefined, tokenRequest: undefined, issuer: undefined, responseType: "id_token token" }), outcome: { success: (value) => !!value.id_token && !!value.access_token } },
  ...Object.entries({ "sandbox_cors=off": "network_error", "sandbox_status=503": "invalid_response", "sandbox_body=html": "invalid_response", "sandbox_body=empty": "invalid_response", "sandbox_error=invalid_client": "invalid_client" }).map(([query, code]) => ({
    protocol: "code",
    mode: "popup",
    sandbox: AUTO,
    name: `the token endpoint with ${query}: ${code}`,
    query,
    options: (env) => ({ tokenEndpoint: tokenEndpoint(env, env.scenario.query) }),
    outcome: { error: code },
  })),
  ...["popup", "redirect"].map((mode) => ({
    protocol: "code",
    mode,
    sandbox: AUTO,
    name: `a confidential client by ${mode}: the app's backend exchanges the code`,
    options: () => ({
      clientId: "anny-backend",
      tokenEndpoint: undefined,
      exchange: async (grant) => (await fetch("/api/oauth/exchange", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ provider: "anny", ...grant }) })).json(),
    }),
    outcome: { [mode === "popup" ? "success" : "redirected"]: (value) => !!value.access_token },
  })),
  {
    protocol: "code",
    mode: "popup",
    sandbox: AUTO,
    name: "refresh: two at once are one request, and the token is a new one",
    async page(env) {
      const { onClick, plain } = await import("/plain.mjs");
      await plain(env);
      onClick(env, env.other, async () => {
        const before = await new Promise((resolve) => {
          env.options.onSuccess = resolve;
          env.widget.open(env.options);
        });
        const { tokenEndpoint } = env.options;
        let requests = 0;
        const { fetch } = window;
        window.fetch = (url, ...rest) => ((requests += url === tokenEndpoint), fetch(url, ...rest));
        const options = { tokenEndpoint, clientId: env.options.clientId, refreshToken: before.refresh_token, tokenRequest: "json" };
        const [first, second] = await Promise.all([env.widget.refresh(options), env.widget.refresh(options)]);
        env.say("refreshed", { requests, same: first.access_token === second.access_token, fresh: first.access_token !== before.access_token });
      });
    },
    async person(user) {
      await user.click("#other");
      user.equal(await user.heard("refreshed"), { requests: 1, same: true, fresh: true });
    },
  },
  {
    protocol: "code",
    mode: "popup",
    promise: true,
    name: "a redirect URI of another origin is refused at once, with the reason",
    options: () => ({ redirectUri: "https://app.example/callback" }),
    async person(user) {
      await user.click();
      const { code, message } = await user.heard("rejected");
      user.equal(code, "invalid_options");
      user.ok(/redirectUri.*origin/.test(message), message);
      // A click that comes before the core has opened one.
      await user.eventually(() => user.isAlone(), "the window's close");
    },
  },
];
