// Two origins on two sites: the app's, with both packages, and the provider's; and a provider that is slow. Nothing is cached, so
// that every page load is a first visit.
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import { inRoot } from "../scripts/lib/paths.mjs";
import { listen } from "../scripts/lib/serve.mjs";

const TYPES = { ".js": "text/javascript; charset=utf-8", ".html": "text/html; charset=utf-8" };

const FOLDERS = {
  "/package/": process.env.CONNECT_WIDGET_PKG ?? inRoot("pkg"),
  "/peer/": inRoot("node_modules", "@alter-ai", "connect", "dist"),
  "/": inRoot("benchmarks", "pages"),
};

/** Isolates the page by itself, so that its clock ticks in 5 µs; an opener's policy would sever the popups. */
const ISOLATED = { "document-isolation-policy": "isolate-and-require-corp", "cross-origin-resource-policy": "same-origin" };

function answer({ url }, response) {
  const { pathname } = new URL(url, "http://localhost");
  const prefix = Object.keys(FOLDERS).find((prefix) => pathname.startsWith(prefix));
  const name = pathname === "/sdk/oauth/connect" ? "provider.html" : normalize(pathname.slice(prefix.length));
  const file = join(FOLDERS[prefix], name);
  if (!file.startsWith(FOLDERS[prefix]) || !existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
  const isolation = name === "provider.html" ? {} : ISOLATED;
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "cache-control": "no-store", ...isolation });
  response.end(readFileSync(file));
}

const answerAfter = (milliseconds) => listen((request, response) => setTimeout(answer, milliseconds, request, response));

/** @returns {Promise<{app: string, provider: string, slow: string, close: () => void}>} the origins; `slow` is a provider that takes its time */
export async function serve() {
  const servers = await Promise.all([0, 0, 140].map(answerAfter));
  const [app, provider, slow] = servers.map(({ port }) => port);
  return { app: `http://localhost:${app}`, provider: `http://127.0.0.1:${provider}`, slow: `http://127.0.0.1:${slow}`, close: () => servers.forEach(({ stop }) => stop()) };
}
