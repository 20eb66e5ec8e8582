// A reverse proxy in front of a real authorization server, which passes everything on as it is, but for what a request
// asks it to spoil: the parameter `tamper` of an authorization request, or of the token endpoint's URL. The server itself
// never sees that parameter.
import { request as send } from "node:http";
import { listen } from "../../../scripts/lib/serve.mjs";

/** What can be done to an authorization request. */
const requests = {
  "nonce wrong": (parameters) => parameters.set("nonce", "AAAAAAAAAAAAAAAAAAAAAA"),
  "challenge wrong": (parameters) => parameters.set("code_challenge", "A".repeat(43)),
};

/** What can be done to an authorization response; a function that answers "query" or "fragment" moves it there. */
const responses = {
  "state missing": (parameters) => parameters.delete("state"),
  "state wrong": (parameters) => parameters.set("state", "AAAAAAAAAAAAAAAAAAAAAA"),
  "state twice": (parameters) => parameters.append("state", parameters.get("state")),
  "iss missing": (parameters) => parameters.delete("iss"),
  "iss wrong": (parameters) => parameters.set("iss", "https://mix-up.example"),
  "iss twice": (parameters) => parameters.append("iss", "https://mix-up.example"),
  "code twice": (parameters) => parameters.append("code", parameters.get("code")),
  "code empty": (parameters) => parameters.set("code", ""),
  "token twice": (parameters) => parameters.append("access_token", parameters.get("access_token")),
  "token empty": (parameters) => parameters.set("access_token", ""),
  "other place": (_parameters, place) => (place === "query" ? "fragment" : "query"),
};

/** What can be done at the token endpoint; `ask` asks the server. */
const tokenEndpoint = {
  "code spent": async (ask) => {
    await ask();
    return ask();
  },
  "no CORS": async (ask) => {
    const answer = await ask();
    return { ...answer, headers: answer.headers.filter(([name]) => !name.startsWith("access-control-")) };
  },
  "no answer": () => null,
  "not JSON": async (ask) => ({ ...(await ask()), status: 502, body: "<h1>Bad gateway</h1>" }),
  "cut short": async (ask) => {
    const answer = await ask();
    return { ...answer, body: answer.body.subarray(0, -5) };
  },
  // Long enough for a second tab to ask as well.
  slow: async (ask) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    return ask();
  },
};

/** An authorization response's URL, spoilt. */
function spoil(location, how) {
  const url = new URL(location);
  const place = url.hash ? "fragment" : "query";
  const parameters = parametersOf(url);
  const moved = responses[how](parameters, place);
  url.hash = url.search = "";
  url[(moved ?? place) === "fragment" ? "hash" : "search"] = parameters;
  return url.href;
}

const parametersOf = ({ search, hash }) => new URLSearchParams(hash ? hash.slice(1) : search);

async function bodyOf(message) {
  const chunks = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// What belongs to one connection, or is counted anew.
const perConnection = new Set(["connection", "content-length", "keep-alive", "transfer-encoding"]);

function headersOf({ rawHeaders }) {
  const pairs = [];
  for (let index = 0; index < rawHeaders.length; index += 2) pairs.push([rawHeaders[index].toLowerCase(), rawHeaders[index + 1]]);
  return pairs.filter(([name]) => !perConnection.has(name));
}

/** Asks the server, under the proxy's own name, so that its pages stay behind the proxy. */
const ask = (url, { method, headers }, body) =>
  new Promise((resolve, reject) => {
    const request = send(url, { method, headers: { ...headers, connection: "close" } });
    request.on("error", reject);
    request.on("response", async (answer) => resolve({ status: answer.statusCode, headers: headersOf(answer), body: await bodyOf(answer) }));
    request.end(body);
  });

/**
 * Starts a proxy of `upstream`, whose authorization responses go to `appOrigin`.
 * @returns {Promise<{origin: string, tokenRequests: URLSearchParams[], stop: () => Promise<void>}>} its origin, and the token requests so far
 */
export async function startTamperingProxy(upstream, appOrigin) {
  /** What is to be done to the response of each attempt, by its state. */
  const attempts = new Map();
  const tokenRequests = [];

  const spoilLocation = ([name, value]) => {
    if (name !== "location" || !value.startsWith(appOrigin)) return [name, value];
    const how = attempts.get(parametersOf(new URL(value)).get("state"));
    return [name, responses[how] ? spoil(value, how) : value];
  };

  async function handle(request, response) {
    const url = new URL(request.url, upstream);
    const how = url.searchParams.get("tamper");
    if (how) url.searchParams.delete("tamper");
    const body = await bodyOf(request);
    const askServer = () => ask(url, request, body);
    let answer;
    if (request.method === "POST" && /\/token\/?$/.test(url.pathname)) {
      tokenRequests.push(new URLSearchParams(String(body)));
      answer = await (how ? tokenEndpoint[how](askServer) : askServer());
    } else {
      if (how) attempts.set(url.searchParams.get("state"), how);
      requests[how]?.(url.searchParams);
      answer = await askServer();
    }
    if (!answer) return request.socket.destroy();
    response.writeHead(answer.status, answer.headers.map(spoilLocation).flat()).end(answer.body);
  }

  const { port, stop } = await listen((request, response) => handle(request, response).catch((error) => response.destroy(error)));
  return { origin: `http://127.0.0.1:${port}`, tokenRequests, stop };
}
