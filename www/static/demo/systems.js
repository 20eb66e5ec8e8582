// The five systems: what can be chosen, the options that the widget gets, the code that does the same, and how the app
// keeps what came back.
import { get, post, whoAmI } from "./backend.js";

const callback = () => `${location.origin}/callback.html`;
const named = (values) => JSON.stringify(values).replaceAll('","', '", "');
const title = (id) => id.replace(/(^|_)([a-z])/g, (_, gap, letter) => (gap ? " " : "") + letter.toUpperCase());

/** The sandbox's switches as query parameters, which is how its OAuth servers take them. */
const asParams = (switches) => Object.fromEntries(Object.entries(switches).map(([name, value]) => [`sandbox_${name}`, String(value)]));

/** Where a backend sends the browser back to; the flow's state in it is compared by the widget. */
const returnTo = (state) => `${callback()}?connect_state=${encodeURIComponent(state)}`;

/** What a session has led to, as Alter tells the app's backend; null while it has led to nothing. */
async function polledGrants(session_token, signal) {
  if (!session_token) return null;
  const { status, grants } = await post("/api/alter/poll", { session_token }, signal);
  return status === "completed" ? grants.map((grant) => ({ ...grant, provider: grant.provider_id, provider_name: title(grant.provider_id) })) : null;
}

/** What may happen on the way to an answer that is all right. */
const onTheWay = { "Pass pages of the app on the way": { detour: "/docs/,/docs/errors.html?code=1" }, "Go on in a further window": { further_window: true } };

const alter = {
  id: "alter",
  protocol: "alter-connect",
  name: "Alter Connect",
  kind: "session token",
  about: "The backend mints a session; Alter’s hosted page lets the user pick a provider. The app gets grants.",
  usesBackend: true,
  fields: [
    { name: "providers", label: "Providers", kind: "checks", options: ["google", "slack", "github", "notion", "hubspot"], value: ["google", "slack", "github"], hint: "One goes straight to its login, several show a picker." },
  ],
  switches: ["auto", "coop", "wrong", "expires_in", "verify"],
  expires: "session token",
  wrong: {
    "Answer 5 s late": { delay_ms: 5000 }, "Never answer": { never: true }, "Answer an error": { error: "provider_error", error_description: "The provider is having a bad day." },
    "Post its result twice": { duplicate: true }, "Post foreign messages first": { foreign_messages: 50 }, "Close before it answers": { close: "before" },
    "Answer no grants": { malformed: "empty" }, "Answer junk among grants": { malformed: "junk_items" }, "Answer wrong types": { malformed: "wrong_types" },
    "Post messages of another kind": { malformed: "unknown_type" }, "Lose the state of the return URL": { drop_connect_state: true }, "Return with another state": { connect_state: "another" },
    ...onTheWay, "Call its error popup_closed": { error: "popup_closed" },
  },

  options({ values, switches, session: wrong, delay, config, reconnect, flow, log }) {
    // Only an address of its own can send the header with the very first response.
    const atFirst = switches.coop && !switches.coop_from;
    return {
      protocol: "alter-connect",
      baseURL: atFirst ? `${config.providers}/sandbox/coop/${switches.coop}` : config.alter.baseURL,
      token: async ({ state, signal }) => {
        log("app", "The app asks its backend for a session");
        const session = await post("/api/alter/session", {
          allowed_providers: reconnect ? [reconnect.provider] : values.providers,
          return_url: returnTo(state),
          repair_grant_id: reconnect?.id,
          delay_ms: delay,
          sandbox: switches,
          ...wrong,
        }, signal);
        flow.remember({ reference: session.session_token });
        log("app", "The backend minted a session", `lives ${session.expires_in} s, works once`);
        return { token: session.session_token, bound: true };
      },
      ...alter.handlers({ values, flow }),
    };
  },

  handlers: ({ values, flow }) => ({ verify: values.verify ? ({ signal }) => polledGrants(flow.reference, signal) : undefined }),

  code: ({ providers, verify }, mode) => `const connect = ConnectWidget.create();

button.onclick = () => connect.open({
  token: ({ state }) => mintSession(${named(providers)}, state),${verify ? "\n  verify: () => pollSession()," : ""}
  onSuccess: (grants) => save(grants),${inMode(mode)}
});
// mintSession${verify ? ", pollSession" : ""} and save ask your own backend;
// mintSession answers { token, bound: true }: the state is in the return URL`,

  save: (grants) => ({ protocol: "alter-connect", grants }),
  summary: (grants) => grants.map((grant) => `${grant.provider_name || grant.provider}${grant.account_identifier ? `, ${grant.account_identifier}` : ""}`).join("; "),
  actions: ({ flow }) => flow.reference ? [{ label: "Ask the backend", run: () => post("/api/alter/poll", { session_token: flow.reference }) }] : [],
};

const anon = {
  id: "anon",
  protocol: "anon-link",
  name: "Anon Link",
  kind: "link",
  about: "The backend makes a link. In Anon’s dialog the user signs in to Instagram or another service itself, and comes back with the state.",
  usesBackend: true,
  fields: [{ name: "app", label: "App", kind: "select", options: ["instagram", "linkedin", "x", "amazon", "gmail"], value: "instagram" }],
  switches: ["auto", "coop", "wrong", "expires_in"],
  expires: "link",
  wrong: {
    "Answer 5 s late": { delay_ms: 5000 }, "Answer bad_input": { error: "bad_input" }, "Answer bad_authorization": { error: "bad_authorization" },
    "Answer anon_internal_error": { error: "anon_internal_error" }, "Return a wrong state": { state: "wrong" }, "Drop the state": { state: "drop" },
    ...onTheWay, "Answer with no content (204)": { no_content: true },
  },

  options: ({ values, switches, session, delay, reconnect, log }) => ({
    protocol: "anon-link",
    link: async ({ state, signal }) => {
      log("app", "The app asks its backend for a link");
      const link = await post("/api/anon/link", { app: reconnect?.provider ?? values.app, redirectUrl: returnTo(state), delay_ms: delay, sandbox: switches, ...session }, signal);
      log("app", "The backend made a link");
      return { url: link.url, state: link.state };
    },
  }),

  code: ({ app }, mode) => `const connect = ConnectWidget.create();

button.onclick = () => connect.open({
  protocol: "anon-link",
  link: ({ state }) => makeLink("${app}", state),
  onSuccess: ({ state }) => save(state),${inMode(mode)}
});
// makeLink asks your own backend: { url, state }`,

  save: (result, { values, reconnect }) => {
    const app = reconnect?.provider ?? values.app;
    return { protocol: "anon-link", id: `anon-${app}`, provider: app, provider_name: title(app), account: "signed in", operation: reconnect ? "reauth" : "creation" };
  },
  summary: (result, { values, reconnect }) => title(reconnect?.provider ?? values.app),
};

/** The account that StackOne's webhook told the backend of; null before. */
const newAccount = (session, signal) => get(`/api/stackone/account?session_id=${encodeURIComponent(session)}`, signal);

const stackone = {
  id: "stackone",
  protocol: "stackone-link",
  name: "StackOne",
  kind: "auth link",
  about: "The backend makes a connect session. StackOne tells the backend by webhook; the widget asks the backend.",
  usesBackend: true,
  more: ({ providers }) => ({ label: "Or make a link by hand, to send to someone", href: `${providers}/admin/auth-links` }),
  fields: [
    { name: "category", label: "Category", kind: "select", options: ["", "hris", "ats", "crm", "marketing", "documents"], empty: "All", labels: { hris: "HRIS", ats: "ATS", crm: "CRM", marketing: "Marketing", documents: "Documents" }, value: "hris" },
    { name: "provider", label: "Straight to", kind: "select", options: ["", "bamboohr", "personio", "greenhouse", "hubspot", "salesforce", "notion"], empty: "The Hub", value: "" },
  ],
  switches: ["auto", "coop", "wrong", "expires_in"],
  expires: "auth link",
  wrong: { "Send the webhook late": { webhook: "late" }, "Send the webhook twice": { webhook: "twice" }, "Send a flaky webhook": { webhook: "flaky" }, "Never send the webhook": { webhook: "never" }, "Close at the end": { close: "after" }, "Answer with no content (204)": { no_content: true } },

  options: ({ values, switches, session: wrong, delay, reconnect, flow, log }) => ({
    protocol: "stackone-link",
    link: async ({ signal, mode }) => {
      log("app", "The app asks its backend for a connect session");
      const session = await post("/api/stackone/session", {
        ...(reconnect ? { account_id: reconnect.id, provider: reconnect.provider } : { categories: values.category ? [values.category] : undefined, provider: values.provider || undefined }),
        // The Hub sends nobody back by itself: a page that was redirected tells it where to.
        metadata: mode === "redirect" ? { return_url: location.href } : undefined,
        // A field of StackOne's own, where the other providers have a switch.
        expires_in: switches.expires_in,
        delay_ms: delay,
        sandbox: switches,
        ...wrong,
      }, signal);
      flow.remember({ reference: String(session.id) });
      log("app", "The backend made an auth link");
      return session;
    },
    ...stackone.handlers({ flow }),
  }),

  handlers: ({ flow }) => ({ verify: async ({ signal }) => (flow.reference ? newAccount(flow.reference, signal) : null) }),

  code: (values, mode) => `const connect = ConnectWidget.create();

button.onclick = () => connect.open({
  protocol: "stackone-link",
  link: () => makeConnectSession(),
  verify: () => newestAccount(),
  onSuccess: (account) => show(account),${inMode(mode)}
});
// your own backend answers both; a webhook told it the account`,

  save: () => null, // the webhook has told the backend already
  summary: (account) => `${account.provider_name ?? account.provider}`,
  actions: ({ flow }) => flow.reference ? [{ label: "Ask the backend", run: () => newAccount(flow.reference) }] : [],
};

const oauthWrong = {
  "Answer 5 s late": { delay_ms: 5000 }, "Answer server_error": { error: "server_error", error_description: "Something broke over there." }, "Return a wrong state": { state: "wrong" },
  "Drop the state": { state: "drop" }, "Repeat parameters": { duplicate_params: true },
  ...onTheWay, "Answer with no content (204)": { no_content: true },
};

const oauthAccount = (user) => user.email ?? user.username ?? user.name ?? String(user.id ?? "");

async function oauthConnection(system, token, { config, reconnect }) {
  const user = await whoAmI(config[system.id].resource, token.access_token);
  const account = oauthAccount(user);
  return { protocol: system.protocol, id: `${system.id}-${account}`, provider: system.id, provider_name: system.name, account, operation: reconnect ? "reauth" : "creation" };
}

const aniapi = {
  id: "aniapi",
  protocol: "implicit",
  name: "AniAPI",
  kind: "OAuth 2.0 implicit",
  about: "The token comes back in the URL’s fragment and is taken out of the address bar at once. Legacy: prefer a code with PKCE.",
  fields: [],
  switches: ["auto", "coop", "wrong"],
  wrong: { ...oauthWrong, "Answer in the query": { response_mode: "query" } },

  options: ({ switches, config }) => ({
    ...window.ConnectWidget.providers.aniapi({ clientId: config.aniapi.clientId, redirectUri: callback() }),
    authorizationEndpoint: config.aniapi.authorizationEndpoint,
    params: asParams(switches),
  }),

  code: (values, mode) => `const connect = ConnectWidget.create();
const { aniapi } = ConnectWidget.providers;

const redirectUri = location.origin + "/callback.html";

button.onclick = () => connect.open({
  ...aniapi({ clientId: "your-client", redirectUri }),
  onSuccess: (token) => use(token.access_token),${inMode(mode)}
});`,

  save: (token, context) => oauthConnection(aniapi, token, context),
  summary: () => "AniAPI",
  actions: ({ result, config }) => [{ label: "Who am I?", run: () => whoAmI(config.aniapi.resource, result.access_token) }],
};

/** The token that the app's backend got for a code, with a secret that only the backend knows. */
function exchanged(grant, log) {
  log("app", "The app hands the code to its backend");
  return post("/api/oauth/exchange", { provider: "anny", ...grant });
}

const anny = {
  id: "anny",
  protocol: "code",
  name: "anny",
  kind: "OAuth 2.0 code + PKCE",
  about: "Authorization code with PKCE, S256 computed in the click. The token can be refreshed.",
  fields: [{ name: "exchange", label: "The code is exchanged", kind: "select", options: ["browser", "backend"], labels: { browser: "in the browser", backend: "by the app’s backend" }, value: "browser" }],
  switches: ["auto", "coop", "wrong", "expires_in"],
  expires: "access token",
  wrong: { ...oauthWrong, "Refuse the code": { token_error: "invalid_grant" }, "Answer in the fragment": { response_mode: "fragment" } },

  options({ values, switches, config, log }) {
    const byBackend = values.exchange === "backend";
    return {
      ...window.ConnectWidget.providers.anny({ clientId: byBackend ? config.anny.confidentialClientId : config.anny.clientId, redirectUri: callback() }),
      authorizationEndpoint: config.anny.authorizationEndpoint,
      tokenEndpoint: byBackend ? undefined : config.anny.tokenEndpoint,
      params: asParams(switches),
      ...anny.handlers({ values, log }),
    };
  },

  handlers: ({ values, log }) => ({ exchange: values.exchange === "backend" ? (grant) => exchanged(grant, log) : undefined }),

  code: ({ exchange }, mode) => `const connect = ConnectWidget.create();
const { anny } = ConnectWidget.providers;

const redirectUri = location.origin + "/callback.html";

button.onclick = () => connect.open({
  ...anny({ clientId: "your-client", redirectUri }),${exchange === "backend" ? "\n  exchange: (grant) => askYourBackend(grant)," : ""}
  onSuccess: (token) => use(token.access_token),${inMode(mode)}
});`,

  save: (token, context) => oauthConnection(anny, token, context),
  summary: () => "anny",
  actions: ({ result, config, connect, values, show }) => [
    { label: "Who am I?", run: () => whoAmI(config.anny.resource, result.access_token) },
    result.refresh_token && values.exchange !== "backend" && {
      label: "Refresh the token",
      run: async () => {
        const { access_token, refresh_token } = await connect.refresh({ tokenEndpoint: config.anny.tokenEndpoint, clientId: config.anny.clientId, refreshToken: result.refresh_token, tokenRequest: "json" });
        show({ ...result, access_token, refresh_token: refresh_token ?? result.refresh_token });
        return { refreshed: true };
      },
    },
  ].filter(Boolean),
};

const inMode = (mode) => (mode === "auto" ? "" : `\n  mode: "${mode}",`);

export const systems = [alter, anon, stackone, aniapi, anny];
export const systemOf = (id) => systems.find((system) => system.id === id);

/** The system that made a connection of the app's list. */
export const systemFor = (connection) => systems.find((system) => system.protocol === connection.protocol);
