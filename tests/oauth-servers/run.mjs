// The widget against OAuth servers that nobody here wrote: oidc-provider from npm and django-oauth-toolkit from PyPI.
//
//   node tests/oauth-servers/run.mjs [arguments of node --test, such as --test-name-pattern=refresh]
//
// Starts the app and both servers on free ports of loopback, waits until they answer, runs the tests in Chromium, and stops
// all of them. pkg/ must be built.
import { existsSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { inRoot, logs } from "../../scripts/lib/paths.mjs";
import { venv } from "../../scripts/lib/python.mjs";
import { Failure, ended, lastLines, main, openLog, run, signalTree, start } from "../../scripts/lib/run.mjs";
import { pkg, startApp } from "./servers/app.mjs";

const here = (path) => inRoot("tests/oauth-servers", path);
const returnPages = ["/pkg/callback.html", "/spa.html", "/bare.html"];

/**
 * Starts a program that prints a line of JSON when it answers.
 * @returns {Promise<{origin: string, stop: () => Promise<void>}>}
 */
async function startServer(name, command, args) {
  const log = `${logs}/${name}.log`;
  const child = start(command, args, { env: { PYTHONDONTWRITEBYTECODE: "1", PYTHONWARNINGS: "ignore" }, stdio: ["ignore", "pipe", "pipe"] });
  child.stderr.pipe(openLog(log));
  const end = ended(child);
  const stop = async () => {
    signalTree(child, "SIGTERM");
    await end;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("{")) return { ...JSON.parse(line), stop };
  }
  throw new Failure(`${name} did not start:\n${lastLines(log, 20)}`);
}

await main(async () => {
  if (!existsSync(`${pkg}/index.js`)) throw new Failure("pkg/ is missing; run: npm run build");
  const python = await venv("tests/oauth-servers/requirements.txt");
  const app = await startApp();
  const registered = [app.origin, ...returnPages.map((page) => app.origin + page)];
  const servers = await Promise.allSettled([
    startServer("oidc-provider", process.execPath, [here("servers/oidc-provider.mjs"), ...registered]),
    startServer("django-oauth-toolkit", python, [here("servers/django_server.py"), ...registered]),
  ]);
  try {
    const failed = servers.find(({ status }) => status === "rejected");
    if (failed) throw failed.reason;
    const [oidc, django] = servers.map(({ value }) => value.origin);
    app.setBackend({ tokenEndpoint: `${oidc}/token`, clientId: "backend-client", clientSecret: "backend-secret" });
    const files = readdirSync(here(".")).filter((name) => name.endsWith(".test.mjs")).map(here);
    await run(process.execPath, ["--test", "--test-reporter=spec", "--test-concurrency=2", ...process.argv.slice(2), ...files], {
      env: { OAUTH_SERVERS: JSON.stringify({ app: app.origin, oidc, django }) },
      label: "the widget against real OAuth servers",
      timeout: 1200,
    });
  } finally {
    await Promise.all(servers.map(({ value }) => value?.stop()));
    app.stop();
  }
});
