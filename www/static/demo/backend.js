// What the demo asks of the app's own backend. The keys of the providers live there, never here.

/** Sends JSON and reads JSON; a refusal becomes an Error with the backend's sentence. */
async function call(method, path, body, signal) {
  const response = await fetch(path, {
    method,
    signal,
    headers: body ? { "content-type": "application/json" } : undefined,
    body: body && JSON.stringify(body),
  });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Error(answer?.message ?? `${method} ${path} answered ${response.status}`);
  return answer;
}

export const get = (path, signal) => call("GET", path, undefined, signal);
export const post = (path, body, signal) => call("POST", path, body, signal);
export const remove = (path) => call("DELETE", path);

export const config = () => get("/api/config");
export const connections = async () => (await get("/api/connections")).connections;

/** Asks a provider's API who the token belongs to. */
export async function whoAmI(resource, accessToken) {
  const response = await fetch(resource, { headers: { authorization: `Bearer ${accessToken}` } });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Error(`${new URL(resource).pathname} answered ${response.status}`);
  const { attributes, ...user } = answer.data ?? answer; // JSON:API keeps most of it one level down
  return { ...user, ...attributes };
}
