// Every kind of project that the package is to feel at home in: installs the packed tarball into each, builds it with no
// special configuration, serves it, and connects an account in Chromium against the sandbox.
//
//   npm run test:consumers             all of them
//   npm run test:consumers -- next     some of them
//
// The projects are projects/*: what each framework's own generator makes, with the shortest example in it. They are
// installed and built in .cache/consumers, which keeps what npm brought. What this machine cannot run is listed with what
// it printed, and does not count as passed.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect } from "./lib/connect.mjs";
import { startSandbox } from "../../scripts/lib/sandbox.mjs";
import { serve } from "./lib/static.mjs";
import { install, pack, pkg } from "./lib/tarball.mjs";
import { setup } from "../../scripts/setup.mjs";
import { digest, once } from "../../scripts/lib/stamp.mjs";
import { launchHeadlessShell } from "../../scripts/lib/browsers.mjs";
import { inCache, logs } from "../../scripts/lib/paths.mjs";
import { Failure, ended, lastLines, main, openLog, run, signalTree, start } from "../../scripts/lib/run.mjs";
import { freePort } from "../../scripts/lib/serve.mjs";

const projects = join(dirname(fileURLToPath(import.meta.url)), "projects");

/**
 * By project: the npm scripts that build it, and how it is run: `static`, the folder that is served; `server`, an npm
 * script that listens on $PORT; `program`, what Node runs. Where a project only tests itself, that is all.
 */
const consumers = {
  "vite-react": { build: ["build"], static: "dist" },
  "vite-react, dev server": { project: "vite-react", server: "dev" },
  "vite-vue": { build: ["build"], static: "dist" },
  "webpack": { build: ["build"], static: "." },
  "rollup": { build: ["build"], static: "." },
  "esbuild": { build: ["build"], static: "." },
  "parcel": { build: ["build"], static: "dist" },
  "next": { build: ["build"], server: "start" },
  "nuxt": { build: ["build"], server: "start" },
  "angular": { build: ["build"], static: "dist/consumer/browser" },
  "angular-17": { build: ["build"], static: "dist/consumer/browser" },
  "angular-22": { build: ["build"], static: "dist/consumer/browser" },
  "astro": { build: ["build"], static: "dist" },
  "script-tag": { static: "." },
  "import-map": { static: "." },
  "node-esm": { program: "index.mjs" },
  "node-cjs": { program: "index.cjs" },
  "jest": { build: ["test"] },
  "vitest": { build: ["test"] },
  "jest-angular": { build: ["test"] },
};

const env = { ASTRO_TELEMETRY_DISABLED: "1", NEXT_TELEMETRY_DISABLED: "1", NUXT_TELEMETRY_DISABLED: "1", NG_CLI_ANALYTICS: "false", CI: "1" };

/** Copies a project's sources, brings its dependencies, and installs the tarball. Answers its folder. */
async function prepare(project, tarball) {
  const folder = inCache("consumers", project);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name !== "node_modules") rmSync(join(folder, name), { recursive: true });
  cpSync(join(projects, project), folder, { recursive: true });
  if (existsSync(join(folder, "package-lock.json"))) await bringDependencies(project, folder);
  install(tarball, folder);
  for (const cache of [".vite", ".cache"]) rmSync(join(folder, "node_modules", cache), { recursive: true, force: true });
  return folder;
}

/**
 * `npm install`, as a user of the project would, with the versions of the lock file. Not `npm ci`: it refuses a lock file
 * without the binaries of other platforms, which not every registry has for every version.
 */
async function bringDependencies(project, folder) {
  const key = `${digest(join(folder, "package.json"), join(folder, "package-lock.json"))} ${process.version}`;
  const log = join(logs, "consumers", `${project}.npm.log`);
  const work = () => run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, log, label: "npm install" });
  await once({ name: `consumer-${project}`, file: join(folder, "node_modules", ".stamp"), key }, work);
}

/** Starts a project's own server; answers when it answers. */
async function startServer(folder, script, log) {
  const port = await freePort();
  const child = start("npm", ["run", "--silent", script], { cwd: folder, env: { ...env, PORT: String(port) }, stdio: ["ignore", "pipe", "pipe"] });
  const out = openLog(log);
  for (const stream of [child.stdout, child.stderr]) stream.pipe(out, { end: false });
  const end = ended(child);
  const origin = `http://localhost:${port}`;
  for (let tries = 0; tries < 300; tries += 1) {
    if (await fetch(origin).then((response) => response.ok, () => false)) break;
    if (child.exitCode !== null || tries === 299) throw new Failure(`${script} does not answer:\n${lastLines(log, 20)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return {
    origin,
    stop: async () => {
      signalTree(child, "SIGTERM");
      await end;
    },
  };
}

async function check(name, { project = name, build = [], static: folder, server, program }, { tarball, browser, sandbox }) {
  const log = join(logs, "consumers", `${name.replaceAll(/\W+/g, "-")}.log`);
  const at = await prepare(project, tarball);
  for (const script of build) await run("npm", ["run", "--silent", script], { cwd: at, env, log, label: `npm run ${script}`, timeout: 600 });
  if (program) return void execFileSync(process.execPath, [program], { cwd: at, stdio: "pipe" });
  if (!server && !folder) return;
  const running = server ? await startServer(at, server, log.replace(/log$/, "server.log")) : await serve(join(at, folder));
  try {
    await connect(browser, sandbox, `${running.origin}/`);
    if (server && server !== "dev") await renders(running.origin);
  } finally {
    await running.stop();
  }
}

/** A server's own HTML has the button in it already. */
async function renders(origin) {
  const html = await fetch(origin).then((response) => response.text());
  if (!/<button[^>]*>Connect<\/button>/.test(html)) throw new Failure(`not rendered on the server:\n${html.slice(0, 2000)}`);
}

/** Why this Node cannot run a project's tools, by what they themselves ask for; or nothing. */
function unsupported(project) {
  const lock = join(projects, project, "package-lock.json");
  if (!existsSync(lock)) return undefined;
  const { packages } = JSON.parse(readFileSync(lock, "utf8"));
  const direct = Object.keys({ ...packages[""].dependencies, ...packages[""].devDependencies });
  const major = Number(process.versions.node.split(".")[0]);
  const refusal = direct.map((name) => [name, packages[`node_modules/${name}`]?.engines?.node]).find(([, range]) => range && !majors(range, major));
  return refusal && `${refusal[0]} asks for Node ${refusal[1]}; this is ${process.versions.node}`;
}

const majors = (range, major) => range.split("||").some((part) => {
  const wanted = Number(/\d+/.exec(part)?.[0] ?? 0);
  return />/.test(part) ? major >= wanted : major === wanted;
});

await main(async () => {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !Object.keys(consumers).some((consumer) => consumer.startsWith(name)));
  if (unknown) throw new Failure(`there is no project ${unknown}; there are: ${Object.keys(consumers).join(", ")}`);
  const chosen = Object.entries(consumers).filter(([name]) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)));

  await setup("npm", "chromium");
  if (!existsSync(join(pkg, "package.json"))) throw new Failure("pkg/ is empty; run: npm run build");
  const { file: tarball } = pack();
  const [browser, sandbox] = await Promise.all([launchHeadlessShell(), startSandbox()]);
  const results = [];
  try {
    for (const [name, consumer] of chosen) {
      const began = performance.now();
      const reason = unsupported(consumer.project ?? name);
      const failure = reason ? undefined : await check(name, consumer, { tarball, browser, sandbox }).then(() => undefined, (error) => error);
      const result = reason ? "not run" : failure ? "failed" : "connects";
      results.push(result);
      console.log(`${name.padEnd(24)} ${result.padEnd(9)} ${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${reason ?? ""}`);
      if (failure) console.log(String(failure.stderr ?? failure.message ?? failure).replace(/^/gm, "    "));
    }
  } finally {
    await browser.close();
    await sandbox.stop();
  }
  const count = (result) => results.filter((it) => it === result).length;
  console.log(`${count("connects")} of ${results.length} projects connect${count("not run") ? `; ${count("not run")} not run` : ""}`);
  if (count("failed") > 0) process.exitCode = 1;
});
