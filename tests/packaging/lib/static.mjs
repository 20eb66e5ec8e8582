// Serves a folder over HTTP on a free port of localhost, to pages of other origins too, as a CDN does.
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { listen } from "../../../scripts/lib/serve.mjs";

const types = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".json": "application/json", ".map": "application/json" };

/** @returns {Promise<{origin: string, stop: () => Promise<void>}>} */
export async function serve(folder) {
  const { port, stop } = await listen(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    try {
      const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
      const body = await readFile(file);
      response.writeHead(200, { "Content-Type": `${types[extname(file)] ?? "application/octet-stream"}; charset=utf-8`, "Access-Control-Allow-Origin": "*" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }, "localhost");
  return { origin: `http://localhost:${port}`, stop };
}
