// What can be found: what happened, the likely cause and the fix, by a code that is also the anchor in www/docs/troubleshooting.md
// (tests/debug/docs.test.mjs holds the two equal). A finding shows no more of a URL than its origin and path, and no secret.
import { systems } from "./systems.js";

/** What an origin or a URL differs in from another, in words. */
export function difference(given, own) {
  const isLocal = (name) => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(name);
  const bare = (name) => name.replace(/^www\./, "");
  const [one, other] = [given, own].map(parse);
  if (!one || !other) return "one of them has no host";
  if (one.hostname !== other.hostname) {
    if (isLocal(one.hostname) && isLocal(other.hostname)) return `${one.hostname} and ${other.hostname} are one machine, but two origins`;
    return bare(one.hostname) === bare(other.hostname) ? "one has www. and the other has not" : "they are two hosts";
  }
  if (one.protocol !== other.protocol) return `one is ${one.protocol.slice(0, -1)}, the other ${other.protocol.slice(0, -1)}`;
  if (one.port !== other.port) return "the ports differ";
  if (one.pathname.replace(/\/$/, "") === other.pathname.replace(/\/$/, "")) return "a trailing slash";
  return "the paths differ";
}

function parse(url) {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}

const REGISTER = "Register exactly this, every character (a trailing slash, a query, http or https, localhost or 127.0.0.1):";

/** What the page and the flow show. */
const signs = {
  // ---- the click and the window
  late_open: ({ active, source = "" }) => ({
    happened: "open() was called after the click was over.",
    cause: `Something was awaited before it: a fetch, an import, a timer. ${active ? "This browser remembers the click for a few seconds; Safari and others block such a window." : "The browser takes the window for one that nobody asked for, and blocks it."}`,
    fix: `Call open() in the click handler itself, with nothing awaited before it${source && `, and give what you wait for as a function: \`${source}: async () => …\``}.`,
  }),
  popup_blocked: ({ late }) => ({
    happened: "The browser blocked the window.",
    cause: late ? "open() was called after the click was over." : "The user's settings, an extension or the policy's `sandbox` block windows of this site, or open() was called without a click.",
    fix: late ? "Call open() in the click handler itself." : "Let the user allow pop-ups for this site and click again, or set `whenBlocked: \"redirect\"`.",
  }),
  frame_sandbox: () => ({
    happened: "The browser blocked the window of a page in a frame.",
    cause: "The frame has a `sandbox` attribute without `allow-popups`; or, where a window did open, the page around the frame sends Cross-Origin-Opener-Policy: same-origin, and this page was given no handle of it.",
    fix: 'Give the frame sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox", and the page around it Cross-Origin-Opener-Policy: same-origin-allow-popups.',
  }),
  third_party_frame: ({ top }) => ({
    happened: `This page is in a frame of another site${top ? `, ${top}` : ""}.`,
    cause: "Browsers give it a storage of its own there. A window that loses its opener cannot reach it any more, and cookies of your site may be missing.",
    fix: "Give `verify`, so that your backend is asked for the result.",
  }),
  severed: ({ way }) => ({
    happened: "The window was cut off from this page while the user is in it (or was closed while the user was elsewhere).",
    cause: "The provider's page sends the header Cross-Origin-Opener-Policy.",
    fix: way,
  }),
  coop_own: ({ value, way }) => ({
    happened: "This page cuts off every window that it opens.",
    cause: `It is served with the header Cross-Origin-Opener-Policy: ${value}.`,
    fix: `Serve it with Cross-Origin-Opener-Policy: same-origin-allow-popups. Otherwise: ${way}`,
  }),
  unknown_name: ({ kind, name, meant }) => ({
    happened: `\`${name}\` is no ${kind}, and nobody reads it.`,
    cause: meant ? "It is misspelt." : "It is misspelt, or another package's.",
    fix: meant ? `It is called \`${meant}\`.` : "The package's types have every name.",
  }),
  destroyed: () => ({
    happened: "destroy() was called while the user was at the provider: nobody will hear of the result.",
    cause: "A component was unmounted, and its clean-up destroys the instance.",
    fix: "Keep the instance for as long as the app lives, or destroy it after its `close` event. The wrappers for frameworks do that.",
  }),

  // ---- messages and returns
  no_return: ({ landing, waits }) => ({
    happened: `The window was closed, and it had never come back to ${landing || "this origin"}.`,
    cause: `Nothing, if the user gave up. If the provider complained about the redirect URI, it has another one registered.${waits ? " If the user was sent back: the page there does not load connect-widget/callback, and the provider had cut the window off." : ""}`,
    fix: landing ? `${REGISTER} ${landing}` : "Have your backend make the link with the address that is registered: every character counts.",
  }),
  message_origin: ({ seen, expected }) => ({
    happened: `A result was posted from ${parse(seen) ? seen : "a page without an origin"}, and ignored: it was expected from ${expected}.`,
    ...(parse(seen)
      ? { cause: `\`baseURL\` is not where the provider's page is (${difference(seen, expected)}), or another window made the message up.`, fix: `If ${seen} is your provider, make it the \`baseURL\`.` }
      : { cause: "A page in a sandbox or a file posted it: the provider's page is in one, or somebody made the message up.", fix: "Nothing, if you do not know it. The provider's own page needs allow-same-origin in its sandbox." }),
  }),
  message_source: ({ origin }) => ({
    happened: `A result was posted from ${origin}, and ignored: it did not come from the window of this flow.`,
    cause: "Another window or a frame of the provider posted it: one of an earlier click, or a page that frames the provider.",
    fix: "Nothing, if you do not know it. Only the window that open() has opened can answer.",
  }),
  message_shape: ({ type }) => ({
    happened: `The provider posted a message that is no result: ${type}.`,
    cause: "Its version of the protocol is another one, or a proxy changes it.",
    fix: "Compare with the types `alter_connect_success` and `alter_connect_error`, posted as objects.",
  }),
  message_state: ({ landing }) => ({
    happened: `A page of this app offered a response, and it was ignored: it does not have this flow's state (${landing}).`,
    cause: "It belongs to an earlier click or another tab, or somebody made it up.",
    fix: "Close the windows of earlier clicks. If the provider drops `state`, it must be told to send it back.",
  }),
  response_ignored: ({ landing, names }) => ({
    happened: `The address of this page looks like a provider's answer (${names.join(", ")}), and was left alone: ${landing}.`,
    cause: "No flow of this tab waits for it: it has expired or was used already, it was begun in another tab or browser, or it is another library's.",
    fix: "Let the user start again. If it came from your own redirect: is it this origin (not www., not another port), and is sessionStorage kept on the way?",
  }),
  redirect_unanswered: ({ cause, fix }) => ({
    happened: "A full-page redirect has left this page, and came back without an answer.",
    cause,
    fix,
  }),
  redirect_uri_origin: ({ option, given, own }) => ({
    happened: `\`${option}\` is on another origin than this page: ${new URL(given).origin}, not ${own} (${difference(given, own)}).`,
    cause: "The answer could not be read there.",
    fix: `Use an address of ${own}, and register that: new URL("/callback.html", location.origin).`,
  }),
  redirect_uri_path: ({ seen, landing }) => ({
    happened: `The window came back to ${seen}, and that is not the redirect URI of this flow, ${landing} (${difference(seen, landing)}).`,
    cause: "The server of this app redirects from one to the other, or the provider has another one registered than was asked for.",
    fix: `Use one of the two everywhere: in the options, at the provider, and as the path that your server answers without a redirect.`,
  }),
  callback_missing: ({ landing, status }) => ({
    happened: `The page at the redirect URI does not exist: ${landing} answers ${status}.`,
    cause: "callback.html is not deployed there.",
    fix: "Copy the package's callback.html and callback.js there, or import connect-widget/callback in the page that is there.",
  }),
  callback_silent: ({ landing }) => ({
    happened: `The page at the redirect URI does not load this package: ${landing}.`,
    cause: "It is neither the app nor a page with callback.js. On phones, and where the provider cuts the window off, the answer ends there.",
    fix: 'Put <script type="module" src="callback.js"></script> of this package into it.',
  }),

  // ---- the token endpoint
  token_cors: ({ endpoint, origin }) => ({
    happened: `The token endpoint does not let this page read its answer: ${endpoint}.`,
    cause: "It does not allow this origin (CORS).",
    fix: `Allow ${origin} there, with the header content-type; or exchange the code in your backend: \`exchange\`.`,
  }),
  token_unreachable: ({ endpoint }) => ({
    happened: `The token endpoint cannot be reached: ${endpoint}.`,
    cause: "The host or port is wrong, the server is down, the user is offline, or a blocker is at work.",
    fix: "Compare `tokenEndpoint` with the provider's documentation.",
  }),
  token_redirect: ({ endpoint }) => ({
    happened: `The token endpoint redirects, and codes are not sent after redirects: ${endpoint}.`,
    cause: "http instead of https, a trailing slash, or an old address.",
    fix: "Make the address that it redirects to the `tokenEndpoint`.",
  }),
  token_html: ({ endpoint, status }) => ({
    happened: `The token endpoint answered a page of HTML (${status})${endpoint ? `: ${endpoint}` : ""}.`,
    cause: "`tokenEndpoint` is the address of a page, such as the authorization endpoint or a login; or a proxy answered.",
    fix: "Compare `tokenEndpoint` with the provider's documentation.",
  }),
  token_format: ({ format, status, code }) => ({
    happened: `The token endpoint does not understand the request (${status} ${code}).`,
    cause: `The request was written as ${format}; this server may want ${format === "json" ? "a form" : "JSON"}.`,
    fix: `Try tokenRequest: "${format === "json" ? "form" : "json"}".`,
  }),
  token_refused: ({ status, code }) => ({
    happened: `The token endpoint refused (${status} ${code}).`,
    cause: status >= 500 || status === 429 ? "The server fails, or is asked too often." : "The error's `details` have the server's own words.",
    fix: status >= 500 || status === 429 ? "Try again later." : "Compare client, redirect URI and scopes with what is registered.",
  }),
  invalid_grant: () => ({
    happened: "The token endpoint says that the code or the refresh token is not valid.",
    cause: "It has expired or was used already, the redirect URI is not the one of the request, or it was issued to another client.",
    fix: "Let the user start again. Of refresh tokens keep the newest only.",
  }),
  clock_off: ({ seconds }) => ({
    happened: `The clock of this device is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} the server's.`,
    cause: "The device's time is not set by the network.",
    fix: "Set the clock. Times of expiry are wrong by as much, and providers may refuse what is signed.",
  }),

  // ---- the page
  csp: ({ directive, blocked, add }) => ({
    happened: `The Content Security Policy refused ${blocked} (${directive}).`,
    cause: "The policy does not have what this flow needs.",
    fix: add,
  }),
  storage_refused: ({ store }) => ({
    happened: `The browser refuses ${store}.`,
    cause: "Cookies are blocked for this site, or the page is in a sandboxed frame without allow-same-origin.",
    fix: 'A popup works without it, except in such a frame. Allow storage, or set mode: "popup".',
  }),
  storage_full: ({ store }) => ({
    happened: `${store} is full.`,
    cause: "The app keeps too much in it.",
    fix: "Make room: a redirect must be remembered before the page can leave.",
  }),
  two_copies: ({ copies }) => ({
    happened: `There are ${copies.length} copies of this package on the page (${copies.join(", ")}).`,
    cause: "Two entries (`connect-widget` and `connect-widget/sync`, or a script tag and an import), two versions, or two bundles.",
    fix: "Results are not lost by it, but every copy is loaded. Use one entry everywhere; `npm ls connect-widget` shows versions.",
  }),
};

/** Errors of ours, by their codes. */
export const errors = {
  invalid_options: ({ message }) => ({
    happened: message,
    cause: "The option, or what its function answered, is missing or of the wrong kind.",
    fix: "Correct it; the types of the package say what it takes.",
  }),
  sdk_destroyed: () => ({
    happened: "A destroyed instance was called.",
    cause: "destroy() was called on it, perhaps by a component's clean-up.",
    fix: "Make another with Connect.create().",
  }),
  timeout: () => ({
    happened: "No result came within the `timeout`.",
    cause: "Users take minutes: passwords, second factors, phones.",
    fix: "Leave `timeout` out, or listen to on(\"success\"): a late result is still delivered there.",
  }),
  redirect_error: () => ({
    happened: "The page cannot be redirected.",
    cause: "sessionStorage is refused, or this is a frame.",
    fix: 'Use mode: "popup".',
  }),
  source_failed: ({ why }) => ({
    happened: `The app's \`token\` or \`link\` failed${why ? `: ${why}` : ""}.`,
    cause: "The request to your backend failed, or its answer could not be read.",
    fix: "Look at that request in the network panel. The function must answer the token or the link.",
  }),
  invalid_response: ({ malformed = "What must be in it is missing." }) => ({
    happened: "The provider's answer makes no sense.",
    cause: malformed,
    fix: "Compare the answer, in the network panel, with the provider's documentation.",
  }),
  state_mismatch: () => ({
    happened: "The answer has another state than this attempt, or none.",
    cause: "The provider drops or changes `state`, your backend put another click's `context.state` into its URL, or somebody made the answer up.",
    fix: "Let the user start again. If it stays: send `state` back as it came, and use the `context.state` of the same call.",
  }),
  issuer_mismatch: () => ({
    happened: "The answer's `iss` is missing or not the `issuer`.",
    cause: "The option is not the server's issuer identifier, character by character; or the server sends none.",
    fix: "Copy `issuer` out of the server's /.well-known/openid-configuration, or leave the option out where `authorization_response_iss_parameter_supported` is not there.",
  }),
  nonce_mismatch: () => ({
    happened: "The ID token was made for another attempt.",
    cause: "The server does not put `nonce` into it, or it is an old answer.",
    fix: "Let the user start again; otherwise use responseType: \"token\", or the protocol `code`.",
  }),
  expired: () => ({
    happened: "The answer of a redirect came too late.",
    cause: "The user took longer than an attempt can be answered (an hour; a quarter of one for Alter).",
    fix: "Let the user start again.",
  }),
  network_error: () => ({
    happened: "The token endpoint did not answer, or its answer cannot be read here.",
    cause: "It does not allow this origin (CORS), it redirects, or it cannot be reached.",
    fix: "Allow this page's origin there, or exchange the code in your backend: `exchange`.",
  }),
  exchange_failed: ({ why }) => ({
    happened: `The app's \`exchange\` failed${why ? `: ${why}` : ""}.`,
    cause: "The request to your backend failed, or the provider refused what it sent.",
    fix: "Look at that request in the network panel and at your backend's log.",
  }),
  verify_failed: ({ why }) => ({
    happened: `The app's \`verify\` kept failing${why ? `: ${why}` : ""}.`,
    cause: "The request to your backend failed until the window was closed. Whether the account was connected is not known.",
    fix: "Look at that request in the network panel. Answer null for \"not yet\" instead of rejecting.",
  }),
  provider_error: ({ code }) => ({
    happened: `The provider reported an error: ${code}.`,
    cause: "The error's `details` have the provider's own words.",
    fix: "Look the code up in the provider's documentation; often the client, the scopes or the account are the cause.",
  }),
  oauth_error: () => ({
    happened: "The provider reported an error without a code.",
    cause: "The error's `details` have whatever it said.",
    fix: "Ask the provider.",
  }),
  load_failed: ({ why }) => ({
    happened: `The core did not load${why ? `: ${why}` : ""}.`,
    cause: "core.js or fallback.js is not beside the file that was loaded, the policy refuses it, or the user is offline.",
    fix: "Serve all files of the package side by side. The next click tries again.",
  }),
  core_failed: ({ why }) => ({
    happened: `The core stopped${why ? `: ${why}` : ""}.`,
    cause: "The browser ran out of memory, or this is a bug of the package.",
    fix: "The next click starts it afresh. Please report it.",
  }),
};

/** Everything that can be found. */
export const findings = Object.assign({}, signs, errors, ...Object.values(systems).map((system) => system.findings));

/** Shows a finding on the console. */
export const warn = ({ code, happened, cause, fix, docs }) => console.warn(`[connect-widget] ${code}: ${happened}\n  likely cause: ${cause}\n  fix: ${fix}\n  ${docs}`);
