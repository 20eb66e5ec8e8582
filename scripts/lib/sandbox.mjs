// Starts the sandbox: for the demo, and for scripts and tests that need its two origins for as long as they run.
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { inRoot } from "./paths.mjs";
import { Failure, ended, run, signalTree, start } from "./run.mjs";

export const buildSandbox = () => run("cargo", ["build", "--quiet", "--locked", "--package", "sandbox"], { label: "cargo build" });

/**
 * Starts the sandbox that has been built.
 * @param {string[]} flags  see sandbox/README.md
 * @param {object} [options]
 * @param {string} [options.log]   how much it says where SANDBOX_LOG does not tell
 * @param {string} [options.hint]  what may help where it does not start
 * @returns {Promise<{app: string, providers: string, end: Promise<object>, stop: () => Promise<void>}>} the two origins that it
 *   announces in its first line, its end as `ended` has it, and what ends it; rejects with a Failure where it does not start
 */
export async function serveSandbox(flags, { log = "warn", hint = "" } = {}) {
  const program = `${process.env.CARGO_TARGET_DIR ?? inRoot("target")}/debug/sandbox`;
  if (!existsSync(program)) throw new Failure(`${program} is not where cargo should have put it`);
  const child = start(program, flags, { env: { SANDBOX_LOG: process.env.SANDBOX_LOG ?? log }, stdio: ["ignore", "pipe", "inherit"] });
  const end = ended(child);
  const announced = new Promise((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
  const line = await Promise.race([announced, end]);
  if (typeof line !== "string") throw new Failure(`the sandbox did not start${hint}`);
  const { app, providers } = JSON.parse(line);
  const stop = async () => {
    signalTree(child, "SIGTERM");
    await end;
  };
  return { app, providers, end, stop };
}

/** Builds the sandbox where it must be, and starts it on free ports. */
export async function startSandbox(flags = [], options) {
  await buildSandbox();
  return serveSandbox(["--app-port", "0", "--provider-port", "0", ...flags], options);
}
