// The sandbox on free ports, for tests that need its two origins for as long as they run.
import { createInterface } from "node:readline";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { Failure, ended, run, signalTree, start } from "../../../scripts/lib/run.mjs";

/**
 * Builds the sandbox where it must be, and starts it.
 * @param {string[]} args  its flags; see sandbox/README.md
 * @returns {Promise<{app: string, providers: string, stop: () => Promise<void>}>} rejects with a Failure where it does not start
 */
export async function startSandbox(args = []) {
  await run("cargo", ["build", "--quiet", "--locked", "--package", "sandbox"], { label: "cargo build" });
  const program = `${process.env.CARGO_TARGET_DIR ?? inRoot("target")}/debug/sandbox`;
  const child = start(program, ["--app-port", "0", "--provider-port", "0", ...args], {
    env: { SANDBOX_LOG: "warn" }, stdio: ["ignore", "pipe", "inherit"],
  });
  const end = ended(child);
  const ready = new Promise((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
  const line = await Promise.race([ready, end]);
  if (typeof line !== "string") throw new Failure("the sandbox did not start");
  const { app, providers } = JSON.parse(line);
  return {
    app, providers,
    stop: async () => {
      signalTree(child, "SIGTERM");
      await end;
    },
  };
}
