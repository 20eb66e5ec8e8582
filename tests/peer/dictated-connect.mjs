// A Connect page that posts to its opener exactly what the session token says, so that two widgets can be shown the very
// same bytes. The token is JSON: a list of messages, or `{ messages, times, wait }`.
import { listen } from "../../scripts/lib/serve.mjs";

const page = `<!doctype html>
<title>Dictated</title>
<script>
  const dictated = JSON.parse(new URLSearchParams(location.hash.slice(1)).get("session"));
  const { messages, wait = 0 } = Array.isArray(dictated) ? { messages: dictated } : dictated;
  setTimeout(() => { for (const message of messages) opener?.postMessage(message, "*"); }, wait);
</script>`;

/** @returns {Promise<{origin: string, stop: () => Promise<void>}>} its origin is the widget's `baseURL` */
export async function startDictatedConnect() {
  const { port, stop } = await listen((request, response) => {
    const found = request.url.endsWith("/sdk/oauth/connect");
    response.writeHead(found ? 200 : 404, { "content-type": "text/html; charset=utf-8" }).end(found ? page : "");
  });
  return { origin: `http://127.0.0.1:${port}`, stop };
}
