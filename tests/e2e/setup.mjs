// Starts the sandbox for a run: the test pages and the scenarios are its site, the built package is under /pkg/.
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { Failure, ended, run, signalTree, start } from "../../scripts/lib/run.mjs";

const pkg = process.env.E2E_PKG ?? inRoot("pkg");

export default async function setup() {
  if (!existsSync(`${pkg}/index.js`)) throw new Failure("the package is not built; run: npm run build");
  await run("cargo", ["build", "--quiet", "--locked", "--package", "sandbox"], { label: "cargo build" });
  const program = `${process.env.CARGO_TARGET_DIR ?? inRoot("target")}/debug/sandbox`;
  const sites = [inRoot("tests/e2e/pages"), inRoot("tests/e2e")].flatMap((folder) => ["--site", folder]);
  const child = start(program, ["--app-port", "0", "--provider-port", "0", "--pkg", pkg, ...sites], { env: { SANDBOX_LOG: "error" }, stdio: ["ignore", "pipe", "inherit"] });
  const end = ended(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const { app, providers } = JSON.parse(line);
    process.env.E2E_APP = app;
    process.env.E2E_PROVIDERS = providers;
    return async () => {
      signalTree(child, "SIGTERM");
      await end;
    };
  }
  throw new Failure("the sandbox did not start");
}
