// `npm start`: builds the package and the sandbox, and serves the demo site until Ctrl-C. Arguments go to the sandbox
// (`npm start -- --app-port 5000`); sandbox/README.md lists them.
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { inRoot } from "./lib/paths.mjs";
import { Failure, ended, main, run, start } from "./lib/run.mjs";
import { step } from "./lib/progress.mjs";
import { forPackage, setup } from "./setup.mjs";

async function buildSite() {
  await setup(...forPackage);
  await step("build the package", () => run("npm", ["run", "--silent", "build", "--", "--if-changed"], { label: "npm run build" }));
  await step("build the demo site", () => run("npm", ["run", "--silent", "build:site"], { label: "npm run build:site" }));
}

const buildSandbox = () => step("build the sandbox", () => run("cargo", ["build", "--quiet", "--package", "sandbox"], { label: "cargo build" }));

/** Starts the sandbox; answers its process, and the origins that it announces in its first line. */
async function serve(args) {
  const targets = process.env.CARGO_TARGET_DIR ?? inRoot("target");
  const program = `${targets}/debug/sandbox`;
  if (!existsSync(program)) throw new Failure(`${program} is not where cargo should have put it`);
  const child = start(program, args, { env: { SANDBOX_LOG: process.env.SANDBOX_LOG ?? "warn" }, stdio: ["ignore", "pipe", "inherit"] });
  const end = ended(child);
  const announced = (async () => {
    for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line);
  })();
  const origins = await Promise.race([announced, end]);
  if (!origins?.ready) throw new Failure("the sandbox did not start; is its port taken? Choose others with: npm start -- --app-port 5000 --provider-port 5001");
  return { end, origins };
}

await main(async () => {
  await Promise.all([buildSite(), buildSandbox()]);
  const { end, origins } = await serve(process.argv.slice(2));
  console.log(`
The demo app:   ${origins.app}/
The providers:  ${origins.providers}/  (played by the sandbox; sign in as Alice, Bob or Carol)

Open the demo app and connect an account. Ctrl-C stops it.`);
  const { code, signal } = await end;
  if (code !== 0) throw new Failure(`the sandbox ended with ${signal ?? `exit code ${code}`}`);
});
