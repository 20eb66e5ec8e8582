// Starts the sandbox on free ports, for scripts that look at the site in a browser.
import { createInterface } from "node:readline";
import { inRoot } from "./lib/paths.mjs";
import { Failure, run, signalTree, start } from "./lib/run.mjs";

/**
 * Builds the sandbox where it must be, runs `work` with its two origins, and stops it.
 * @template T @param {(origins: {app: string, providers: string}) => Promise<T>} work @returns {Promise<T>}
 */
export async function withSandbox(work) {
  await run("cargo", ["build", "--quiet", "--locked", "--package", "sandbox"], { label: "cargo build" });
  const program = `${process.env.CARGO_TARGET_DIR ?? inRoot("target")}/debug/sandbox`;
  const child = start(program, ["--app-port", "0", "--provider-port", "0"], { env: { SANDBOX_LOG: "warn" }, stdio: ["ignore", "pipe", "inherit"] });
  try {
    for await (const line of createInterface({ input: child.stdout })) return await work(JSON.parse(line));
    throw new Failure("the sandbox did not start");
  } finally {
    signalTree(child, "SIGTERM");
  }
}
