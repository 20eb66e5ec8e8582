// What a token endpoint answered instead of a token, or why it could not be read.
import { find } from "./flows.js";
import { place, redact } from "./page.js";
import { wasRefused } from "./policy.js";
import { systems } from "./systems.js";

/** Finds out why the token endpoint could not be read, by requests that have nothing in them. */
export async function explainNetwork(flow, scope) {
  const endpoint = flow?.options.tokenEndpoint;
  if (typeof endpoint !== "string") return find("network_error", {}, scope);
  const facts = { endpoint: place(endpoint), origin };
  // What the policy refuses is told a little later than the request fails.
  await new Promise((resolve) => setTimeout(resolve, 100));
  if (wasRefused(endpoint)) return;
  const probe = (init) => fetch(endpoint, { method: "POST", credentials: "omit", cache: "no-store", ...init });
  const code = await probe({ redirect: "manual" }).then(
    ({ type }) => (type === "opaqueredirect" ? "token_redirect" : "token_cors"),
    () => probe({ mode: "no-cors" }).then(() => "token_cors", () => "token_unreachable"),
  );
  find(code, facts, scope);
}

/** The token endpoint answered, and it was no token. */
export function explainStatus(code, { status, body, error }, flow, scope) {
  const { tokenEndpoint, tokenRequest: format = "form" } = flow?.options ?? {};
  const endpoint = typeof tokenEndpoint === "string" ? place(tokenEndpoint) : undefined;
  if (typeof body === "string" && /^\s*</.test(body)) return find("token_html", { endpoint, status }, scope);
  if (code === "invalid_grant" || code === "invalid_client") return find(code, {}, scope);
  const word = redact(typeof error === "string" ? error : code);
  const isFormat = status === 415 || status === 422 || (status === 400 && /^(invalid_request|unsupported_grant_type|invalid_response)$/.test(word));
  if (isFormat && endpoint) return find("token_format", { format, status, code: word }, scope);
  if (status >= 200 && status < 300) return find("invalid_response", { malformed: systems.code.malformed }, scope);
  find("token_refused", { status, code: word }, scope);
}
