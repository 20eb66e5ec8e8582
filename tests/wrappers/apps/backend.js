// What every app under test shares: its backend, its settings out of the address, and a log that the test reads.
const query = new URLSearchParams(location.search);

export const config = await fetch("/api/config").then((response) => response.json());
export const baseURL = config.providers;

/** Whether the first button is an item of a menu, which its own click takes away. */
export const menu = query.has("menu");

/** Whether there is a button that has what only some apps give one. */
export const own = query.has("own");

/** Whether the framework keeps what it hides: React's Activity, Vue's KeepAlive. */
export const keeps = query.has("keep");

export const log = [];
window.log = log;

/** Mints a session token for each click; `sandbox` in the address is passed on to the provider. */
export async function mint() {
  const response = await fetch("/api/alter/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ allowed_providers: ["google"], return_url: location.href, sandbox: JSON.parse(query.get("sandbox") || "{}") }),
  });
  return (await response.json()).session_token;
}

/** Options of the button, as of the app's rendering number `rendering`. */
export const options = (rendering, id) => ({
  token: mint,
  baseURL,
  mode: query.get("mode") || "auto",
  ...(query.has("timeout") && { timeout: Number(query.get("timeout")) }),
  id,
  onSuccess: (grants) => log.push(`${id} ${rendering} success ${grants[0].account_identifier}`),
  onError: (error) => log.push(`${id} ${rendering} error ${error.code}`),
  onExit: () => log.push(`${id} ${rendering} exit`),
});
