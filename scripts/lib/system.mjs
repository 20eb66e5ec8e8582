// What this machine has, and how packages get onto it. The scripts never call sudo: where they are not root they say
// what to run.
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { logs } from "./paths.mjs";
import { Failure, run } from "./run.mjs";
import { step } from "./progress.mjs";
import { withLock } from "./stamp.mjs";

export const isLinux = process.platform === "linux";

const isExecutable = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The first program of these names on PATH, or of these absolute paths, that can be run; else null. */
export function find(...candidates) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  for (const candidate of candidates) {
    const files = candidate.includes("/") ? [candidate] : folders.map((folder) => join(folder, candidate));
    const found = files.find((file) => existsSync(file) && isExecutable(file));
    if (found) return found;
  }
  return null;
}

const canInstall = () => isLinux && find("apt-get") !== null && process.getuid() === 0;

/** What a person has to run to get these Debian packages (or to do the same elsewhere). */
export const installHint = (packages) =>
  find("apt-get") ? `run: sudo apt-get update && sudo apt-get install -y ${packages.join(" ")}` : `install your system's equivalents of: ${packages.join(" ")}`;

/**
 * Installs Debian packages where we are root; otherwise fails with the command to run.
 * @param {string} purpose what is missing, as the start of a sentence
 */
export async function aptInstall(purpose, packages) {
  if (!canInstall()) throw new Failure(`${purpose} is missing; ${installHint(packages)}`);
  const log = join(logs, "apt.log");
  const apt = (...args) => run("apt-get", ["-q", "-y", "-o", "DPkg::Lock::Timeout=600", ...args], { log, env: { DEBIAN_FRONTEND: "noninteractive" }, label: "apt-get" });
  await withLock("apt", () => step(`apt-get install ${packages.join(" ")}`, async () => {
    await apt("update");
    await apt("install", ...packages);
  }, { log }));
}
