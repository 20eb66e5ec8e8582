// npm's packages, exactly as package-lock.json has them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { inRoot, logs } from "./paths.mjs";
import { Failure, run } from "./run.mjs";
import { step } from "./progress.mjs";
import { digest, once } from "./stamp.mjs";

/** Runs `npm ci` unless node_modules is what the lock file of this folder says. */
export async function ensureNodeModules(folder = inRoot()) {
  const lock = join(folder, "package-lock.json");
  if (!existsSync(lock)) throw new Failure(`${lock} is missing; run: npm install`);
  // The stamp lies inside: with the folder it is gone. What package.json says besides the lock file is no matter.
  const file = join(folder, "node_modules", ".stamp");
  const key = `${digest(lock)} ${process.version}`;
  const name = `npm-${digest(lock)}`;
  const log = join(logs, "npm.log");
  // No package's install scripts are run: those that matter here bring their programs along, the rest would download.
  await once({ name, file, key }, () => step("npm ci", () => run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, log, label: "npm ci" }), { log }));
}

/** The path of a program that a package of ours brings, such as "wasm-opt". */
export const nodeBin = (name) => inRoot("node_modules", ".bin", name);
