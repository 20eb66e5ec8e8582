// The five protocols against the sandbox: the smallest honest options of each, what a person does at each provider, and what
// the app must get. Read by the test pages and by the tests.

/** Asks the app's backend. */
export async function post(path, body) {
  const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  return response.json();
}

/** An endpoint of the providers with the scenario's switches in its query. */
export function endpoint({ providers, scenario }, path) {
  const url = new URL(path, providers);
  for (const [key, value] of Object.entries(scenario.sandbox ?? {})) url.searchParams.set(`sandbox_${key}`, value);
  return url.href;
}

const callback = () => `${location.origin}/pkg/callback.html`;

const signIn = async (window) => {
  await window.press("Continue as Alice Anders");
};

const consent = async (window) => {
  await signIn(window);
  await window.press("Allow");
};

export const protocols = {
  "alter-connect": {
    options: ({ providers, scenario }) => ({
      baseURL: providers,
      token: async () => (await post("/api/alter/session", { allowed_providers: ["google"], return_url: location.href, sandbox: scenario.sandbox, ...scenario.session })).session_token,
    }),
    person: consent,
    isResult: (value) => Array.isArray(value) && value.length > 0 && value.every(({ grant_id, provider }) => grant_id && provider) && value[0].account_identifier === "alice@example.com",
    denied: "connect_denied",
  },
  "anon-link": {
    options: ({ scenario }) => ({ protocol: "anon-link", link: () => post("/api/anon/link", { app: "instagram", redirectUrl: callback(), sandbox: scenario.sandbox, ...scenario.session }) }),
    person: async (window, user) => {
      const known = await user.windows();
      await window.press("Continue to Instagram");
      await signIn(await user.newWindow(known));
    },
    isResult: (value) => value?.type === "success" && value.state !== undefined,
    denied: "bad_authorization",
  },
  "stackone-link": {
    options: ({ scenario }) => ({
      protocol: "stackone-link",
      link: async () => {
        const session = await post("/api/stackone/session", { provider: "bamboohr", metadata: { return_url: location.href }, sandbox: scenario.sandbox, ...scenario.session });
        sessionStorage.setItem("connect session", session.id);
        return session;
      },
      verify: async ({ signal }) => (await fetch(`/api/stackone/account?session_id=${sessionStorage.getItem("connect session")}`, { signal })).json(),
    }),
    person: async (window) => {
      await window.fill("input[type=password], input[name=api_key]", "a-good-api-key");
      await window.press("Connect");
    },
    isResult: (value) => value?.provider === "bamboohr" && !!value.id,
    denied: null,
  },
  implicit: {
    options: (env) => ({ protocol: "implicit", authorizationEndpoint: endpoint(env, "/v1/oauth"), clientId: "aniapi-demo", redirectUri: callback() }),
    person: consent,
    isResult: (value) => typeof value?.access_token === "string" && value.access_token.length > 8,
    denied: "access_denied",
  },
  code: {
    options: (env) => ({
      protocol: "code",
      authorizationEndpoint: endpoint(env, "/oauth/authorize"),
      tokenEndpoint: `${env.providers}/oauth/token`,
      tokenRequest: "json",
      clientId: "anny-demo",
      redirectUri: callback(),
      scope: "",
    }),
    person: consent,
    isResult: (value) => typeof value?.access_token === "string" && typeof value.refresh_token === "string",
    denied: "access_denied",
  },
};

export const names = Object.keys(protocols);

/** Alter's options with a return URL, which the window goes to where it has lost its opener. `bound`: the backend puts the state in. */
export const alterReturning = (env, { to = callback(), bound = false } = {}) => ({
  token: async ({ state }) => {
    const { session_token: token } = await post("/api/alter/session", { allowed_providers: ["google"], return_url: to, sandbox: env.scenario.sandbox, ...(bound ? { bind: state } : {}) });
    return bound ? { token, bound } : token;
  },
});

/** Anon's options. `bound`: the backend says which state it gave to Anon. */
export const anonReturning = (env, { to = callback(), bound = false, ...more } = {}) => ({
  link: async () => {
    const { url, state } = await post("/api/anon/link", { app: "instagram", redirectUrl: to, sandbox: env.scenario.sandbox });
    return bound ? { url, state } : url;
  },
  ...more,
});
