// Starts the sandbox on free ports, for scripts and tests that look at the site in a browser.
import { createInterface } from "node:readline";
import { inRoot } from "./lib/paths.mjs";
import { Failure, ended, run, signalTree, start } from "./lib/run.mjs";

/**
 * Builds the sandbox where it must be, and starts it.
 * @param {string[]} [flags] more of its flags, such as `--site`
 * @returns {Promise<{app: string, providers: string, stop: () => Promise<void>}>} its two origins, and what ends it
 */
export async function startSandbox(flags = []) {
  await run("cargo", ["build", "--quiet", "--locked", "--package", "sandbox"], { label: "cargo build" });
  const program = `${process.env.CARGO_TARGET_DIR ?? inRoot("target")}/debug/sandbox`;
  const child = start(program, ["--app-port", "0", "--provider-port", "0", ...flags], { env: { SANDBOX_LOG: "warn" }, stdio: ["ignore", "pipe", "inherit"] });
  const end = ended(child);
  const stop = async () => {
    signalTree(child, "SIGTERM");
    await end;
  };
  for await (const line of createInterface({ input: child.stdout })) return { ...JSON.parse(line), stop };
  throw new Failure("the sandbox did not start");
}
