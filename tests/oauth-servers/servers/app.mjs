// The app's origin: the pages of pages/, the built package under /pkg/, and a backend that keeps a client's secret.
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { listen } from "../../../scripts/lib/serve.mjs";

const types = { ".html": "text/html", ".js": "text/javascript", ".map": "application/json" };

/** The built package; another build of it can be named. */
export const pkg = process.env.SANDBOX_PKG ?? inRoot("pkg");

async function serveFile(pathname, response) {
  const path = normalize(decodeURIComponent(pathname));
  const file = path.startsWith("/pkg/") ? join(pkg, path.slice(4)) : join(import.meta.dirname, "../pages", path);
  const type = types[extname(file)];
  const body = type && (await readFile(file).catch(() => null));
  if (!body) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-cache" }).end(body);
}

/** What the app's own backend does with a code: it adds the secret that no page may hold (RFC 6749 section 2.3.1). */
async function exchange(request, response, { tokenEndpoint, clientId, clientSecret }) {
  let body = "";
  for await (const chunk of request) body += chunk;
  const { code, codeVerifier, redirectUri } = JSON.parse(body);
  const answer = await fetch(tokenEndpoint, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    body: new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: codeVerifier }),
  });
  response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
}

/**
 * Starts on a free port.
 * @returns {Promise<{origin: string, setBackend: (confidentialClient: object) => void, stop: () => Promise<void>}>}
 */
export async function startApp() {
  let confidentialClient;
  const { port, stop } = await listen((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const answer = pathname === "/exchange" ? exchange(request, response, confidentialClient) : serveFile(pathname, response);
    answer.catch((error) => response.writeHead(500).end(error.message));
  });
  return {
    // A name of its own, so that the app and the servers are two sites.
    origin: `http://localhost:${port}`,
    setBackend: (client) => (confidentialClient = client),
    stop,
  };
}
