// Starts the sandbox for a run: the test pages and the scenarios are its site, the built package is under /pkg/.
import { existsSync } from "node:fs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { Failure } from "../../scripts/lib/run.mjs";
import { startSandbox } from "../../scripts/lib/sandbox.mjs";

const pkg = process.env.E2E_PKG ?? inRoot("pkg");

export default async function setup() {
  if (!existsSync(`${pkg}/index.js`)) throw new Failure("the package is not built; run: npm run build");
  const sites = [inRoot("tests/e2e/pages"), inRoot("tests/e2e")].flatMap((folder) => ["--site", folder]);
  const { app, providers, stop } = await startSandbox(["--pkg", pkg, ...sites], { log: "error" });
  process.env.E2E_APP = app;
  process.env.E2E_PROVIDERS = providers;
  return stop;
}
