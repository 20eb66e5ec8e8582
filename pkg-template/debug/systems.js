// What debug knows of each system; everything else that it does is the same for all of them. A sixth one is an entry here, and the
// texts of its codes in findings.js.
import { originOf, place } from "./page.js";

/** What those share that send the user back to a page of the app. */
const comesBack = {
  /** Without a `verify` the answer comes by a page of this origin, or not at all. */
  needsReturn: true,
  unanswered: (landing) => ({
    cause: `Nothing, if the user went back. Otherwise the provider did not send the user to ${landing}, or the page there is a 404 or loads neither the app nor connect-widget/callback.`,
    fix: `Register ${landing}, and serve the package's callback.html there.`,
  }),
};

const callback = (option) => `The page at \`${option}\` must load connect-widget/callback: it hands the answer over by a channel.`;

/** The OAuth 2.0 grants, and what their servers say. */
const oauth = {
  ...comesBack,
  wayBack: callback("redirectUri"),
  malformed: "Parameters stand twice or in the wrong place, or the token endpoint answered without an access token.",
  register: ({ redirectUri, tokenEndpoint }) => ({
    redirect_uri: redirectUri ?? `${location.origin}/callback.html`,
    ...(tokenEndpoint && { "allowed origin (CORS)": location.origin }),
  }),
  // What no other system says.
  speaks: () => true,
  ordinary: ["access_denied"],
  codes: ["invalid_client"],
};

/**
 * Of each system:
 * - `source`: the option whose function is called in the click;
 * - `wayBack`: which way an answer can take when the window is cut off, where there is no `verify`;
 * - `silence`: what is found where the window was closed and nothing had come; `no_return` where it says nothing;
 * - `unanswered`: why a redirect comes back without an answer; absent where nobody is sent back;
 * - `answers`: what makes an address look like an answer, a parameter or one with its value;
 * - `messages`: what the provider posts: the option that says from where, the results, and what all of its messages are called;
 * - `register`: what has to be entered at the provider, or asked of it by the backend, for this page;
 * - `malformed`: the likely cause of `invalid_response`;
 * - `speaks`: whether an error's details are the system's; asked in this order. `ordinary` are those that say what the user has done,
 *   `codes` those that findings.js explains: of another system they mean something else.
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
    register: () => ({ allowed_origin: location.origin, return_url: place(location.href) }),
    speaks: (details) => details.type === "alter_connect_error" || "alter_connect_error" in details,
    ordinary: ["connect_denied"],
    codes: ["invalid_token", "session_expired"],
  },
  "anon-link": {
    ...comesBack,
    source: "link",
    wayBack: callback("redirectUrl"),
    answers: [["type=success", "state"], ["type=error", "state"]],
    register: ({ redirectUrl }) => ({ redirectUrl: redirectUrl ?? `${location.origin}/callback.html` }),
    speaks: (details) => "error_code" in details,
    ordinary: [],
    codes: ["bad_input", "bad_authorization"],
  },
  "stackone-link": { source: "link", wayBack: "Give `verify`.", silence: "no_account", answers: [], register: () => ({}) },
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
