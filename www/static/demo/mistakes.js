// What developers get wrong, one by one, so that it can be seen what the widget says about it. Each changes the demo's own right
// options (`change`), what its backend asks for (`session`), or the click (`late`).
import { get } from "./backend.js";

/** The session's token of the first click, for every click after it. */
let kept;

const anywhere = {
  "Wait before it calls open()": { late: () => get("/api/config") },
  "Give a timeout of one second": { change: () => ({ timeout: 1000 }) },
  "Give an option of the wrong kind": { change: () => ({ mode: "window" }) },
};

const withBackend = { "Have a backend that fails": { session: { fail: 500 } } };

const withRedirectUri = {
  "Return to 127.0.0.1 instead of localhost": { change: ({ redirectUri }) => ({ redirectUri: redirectUri.replace("localhost", "127.0.0.1") }) },
  "Return to an address that is not registered": { change: ({ redirectUri }) => ({ redirectUri: `${redirectUri}?tenant=1` }) },
  "Return to a page that is not there": { change: ({ redirectUri }) => ({ redirectUri: new URL("/gone.html", redirectUri).href }) },
};

/** A token endpoint of the sandbox's that misbehaves. */
const endpoint = (query) => ({ change: ({ tokenEndpoint }) => ({ tokenEndpoint: tokenEndpoint && `${tokenEndpoint}?${query}` }) });

/** @type {Record<string, Record<string, {change?: (options: object) => object, session?: object, late?: () => Promise<unknown>}>>} by system */
export const mistakes = {
  alter: {
    ...anywhere,
    ...withBackend,
    "Mint a session without an allowed origin": { session: { app: "no-website", allowed_origin: null } },
    "Mint a session without a return URL": { session: { return_url: null } },
    "Use one token for every click": { change: ({ token }) => ({ token: (context) => (kept ??= token(context)) }) },
  },
  anon: { ...anywhere, ...withBackend },
  stackone: { ...anywhere, ...withBackend, "Have a verify that fails": { change: () => ({ verify: () => Promise.reject(new Error("verify failed")) }) } },
  aniapi: { ...anywhere, ...withRedirectUri },
  anny: {
    ...anywhere,
    ...withRedirectUri,
    "Use a token endpoint without CORS": endpoint("sandbox_cors=off"),
    "Use a token endpoint that redirects": endpoint("sandbox_redirect=1"),
    "Use a page as token endpoint": endpoint("sandbox_body=html"),
    "Use a token endpoint that is down": endpoint("sandbox_status=503&sandbox_error=temporarily_unavailable"),
    "Use a token endpoint that wants another format": endpoint("sandbox_status=415&sandbox_error=invalid_request"),
    "Use a client that is not known": endpoint("sandbox_error=invalid_client"),
    "Use a code a second time": endpoint("sandbox_error=invalid_grant"),
    "Name another issuer": { change: () => ({ issuer: "https://elsewhere.example" }) },
    "Have an exchange that fails": { change: () => ({ exchange: () => Promise.reject(new Error("exchange failed")) }) },
  },
};
