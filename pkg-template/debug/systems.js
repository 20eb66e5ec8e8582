// What debug knows of each system; everything else that it does is the same for all of them. A sixth one is an entry here.
import { originOf, place } from "./page.js";

const MINT = "Give a function as `token` that asks your backend for a fresh one; it is called once for each click.";

/** What those share that send the user back to a page of the app, which an option names. */
const comesBack = (option) => ({
  landing: option,
  wayBack: `The page at \`${option}\` must load connect-widget/callback: it hands the answer over by a channel.`,
  unanswered: (landing) => ({
    cause: `Nothing, if the user went back, or refused and the provider left out the state. Otherwise it did not send the user to ${landing}, or the page there is a 404 or loads neither the app nor connect-widget/callback.`,
    fix: `Register ${landing}, and serve the package's callback.html there.`,
  }),
});

/** The OAuth 2.0 grants, and what their servers say. */
const oauth = {
  ...comesBack("redirectUri"),
  malformed: "Parameters stand twice or in the wrong place, or the token endpoint answered without an access token.",
  register: ({ redirectUri, tokenEndpoint }) => ({
    redirect_uri: redirectUri ?? `${origin}/callback.html`,
    ...(tokenEndpoint && { "allowed origin (CORS)": origin }),
  }),
  // What no other system says.
  speaks: () => true,
  ordinary: ["access_denied"],
  findings: {
    invalid_client: () => ({
      happened: "The server does not know the client, or wants a secret from it.",
      cause: "`clientId` is wrong, or is a confidential client's.",
      fix: "Register a public client (with PKCE), or exchange the code in your backend: `exchange`.",
    }),
  },
};

/**
 * Of each system:
 * - `source`: the option whose function is called in the click;
 * - `landing`: the option that says which page of this origin the user comes back to: without a `verify` the answer comes by it or not at all;
 * - `wayBack`: which way an answer can take when the window is cut off, where there is no `verify`;
 * - `silence`: what is found where the window was closed and nothing had come; `no_return` where it says nothing;
 * - `unanswered`: why a redirect comes back without an answer; absent where nobody is sent back;
 * - `answers`: what makes an address look like an answer, a parameter or one with its value;
 * - `messages`: what the provider posts: the option that says from where, the results, and what all of its messages are called;
 * - `register`: what has to be entered at the provider, or asked of it by the backend, for this page;
 * - `malformed`: the likely cause of `invalid_response`;
 * - `speaks`: whether an error's details are the system's; asked in this order. `ordinary` are its codes that say what the user has done;
 * - `findings`: what is found of this system alone, its own error codes among it: said by another system they mean something else.
 */
export const systems = {
  __proto__: null,
  "alter-connect": {
    source: "token",
    wayBack: "Give `verify`, or mint the session with a `return_url` that has `context.state` as `connect_state` and whose page loads connect-widget/callback.",
    silence: "no_message",
    unanswered: (landing) => ({
      cause: "Nothing, if the user went back. Otherwise the session has no `return_url`, so that Alter had nowhere to send the user.",
      fix: `Mint the session with return_url: "${landing}".`,
    }),
    answers: [["alter_connect_success"], ["alter_connect_error"]],
    messages: { from: "baseURL", name: /alter_connect_/, result: /^alter_connect_(success|error)$/, members: ["grants", "error"] },
    register: () => ({ allowed_origin: origin, return_url: place(location.href) }),
    speaks: (details) => details.type === "alter_connect_error" || "alter_connect_error" in details,
    ordinary: ["connect_denied"],
    findings: {
      no_message: ({ origin }) => ({
        happened: "The window was closed, and no message had come from it.",
        cause: "Nothing, if the user gave up. If they finished: the session has no `allowed_origin` and the app at Alter no `website_url`, or one that is not this page's origin.",
        fix: `Enter ${origin} as the app's website at Alter, or mint the session with allowed_origin: "${origin}". Exactly so: no path, no trailing slash.`,
      }),
      invalid_token: () => ({
        happened: "Alter refused the session token: it has expired or was used already.",
        cause: "A token lives for ten minutes and works once. It was minted when the page was loaded, or is kept for several clicks.",
        fix: MINT,
      }),
      session_expired: () => ({
        happened: "Alter's session ended while the user was there.",
        cause: "A session lives for ten minutes.",
        fix: `Let the user start again. ${MINT}`,
      }),
    },
  },
  "anon-link": {
    ...comesBack("redirectUrl"),
    source: "link",
    answers: [["type=success", "state"], ["type=error", "state"]],
    register: ({ redirectUrl }) => ({ redirectUrl: redirectUrl ?? `${origin}/callback.html` }),
    speaks: (details) => "error_code" in details,
    findings: {
      bad_input: () => ({
        happened: "Anon refused the link's parameters.",
        cause: "`app`, `appUserId` or `redirectUrl` is missing or wrong in your backend's request for the link.",
        fix: "Compare that request with Anon's documentation.",
      }),
      bad_authorization: () => ({
        happened: "Anon refused the key, or the user did not agree.",
        cause: "The link was made with a wrong or expired key, or the user chose Cancel.",
        fix: "Make a new link; check the API key in your backend.",
      }),
    },
  },
  "stackone-link": {
    source: "link",
    wayBack: "Give `verify`.",
    silence: "no_account",
    answers: [],
    register: () => ({}),
    findings: {
      no_account: () => ({
        happened: "The window was closed, and `verify` had answered nothing.",
        cause: "Nothing, if the user gave up. If they finished: StackOne's webhook has not reached your backend, or `verify` asks it about another session.",
        fix: "Look at the webhook's deliveries at StackOne, and answer from `verify` what belongs to the id of this connect session.",
      }),
    },
  },
  implicit: { ...oauth, answers: [["access_token"], ["id_token", "state"]] },
  code: { ...oauth, answers: [["code", "state"], ["error", "state"]], asksTokenEndpoint: true },
};

/** The system that a flow's options name. The core refuses any other name; until then it is the default's. */
export const systemOf = ({ protocol }) => systems[protocol] ?? systems["alter-connect"];

/** The token endpoint that the page itself asks, where it is one. */
export const endpointOf = (options) => {
  const { tokenEndpoint, exchange } = options;
  return systemOf(options).asksTokenEndpoint && !exchange && originOf(tokenEndpoint) ? tokenEndpoint : undefined;
};

/** Where the user comes back to, as the app says: the name of the option, and what it is. */
export const landingOf = (options) => {
  const { landing } = systemOf(options);
  return { option: landing, url: landing && options[landing] };
};
