// The app's own backend, as every page of the showroom asks it. Yours will look different; the keys stay there.

async function ask(method, path, body, signal) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(path, { method, signal, headers, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

/** Where Alter is: the sandbox plays it here. Leave `baseURL` out for the real one. */
export const { providers: baseURL } = await ask("GET", "/api/config");

/**
 * A fresh session token for this click. `state` comes back with the user: `bound` says so, and an answer without it is not believed.
 * @returns {Promise<{ token: string, bound: true }>}
 */
export async function mintSession({ state, signal }) {
  const return_url = `${location.origin}${location.pathname}?connect_state=${state}`;
  const { session_token } = await ask("POST", "/api/alter/session", { return_url }, signal);
  return { token: session_token, bound: true };
}

export const save = (grants) => ask("POST", "/api/connections", { grants });
export const list = async () => (await ask("GET", "/api/connections")).connections;
