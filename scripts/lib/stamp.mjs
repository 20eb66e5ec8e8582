// Remembers what has been done, so that doing it again costs nothing, and keeps two runs of the scripts from
// doing the same thing at the same time.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { dirname, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inCache, root } from "./paths.mjs";
import { isAlive } from "./run.mjs";

const read = (file, encoding) => {
  try {
    return readFileSync(file, encoding);
  } catch {
    return null;
  }
};

/** Whether the stamp file holds exactly this key. */
export const isStamped = (file, key) => read(file, "utf8") === key;

export function stamp(file, key) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, key);
}

/** A short digest of some files' contents and of their places in the repository, wherever that lies; a missing file counts as empty. */
export function digest(...files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const bytes = read(file) ?? Buffer.alloc(0);
    hash.update(`${relative(root, file)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex").slice(0, 16);
}

const held = new Map();

function take(file) {
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    const owner = Number(read(file, "utf8"));
    if (owner && !isAlive(owner)) rmSync(file, { force: true }); // left by a run that was killed
    return false;
  }
}

/** Runs `work` while holding the named lock, against other processes and other calls in this one. */
export function withLock(name, work) {
  const before = held.get(name) ?? Promise.resolve();
  const mine = before.catch(() => {}).then(async () => {
    const file = inCache("lock", name);
    for (let tries = 0; !take(file); tries++) {
      if (tries === 4) console.log(`  waiting for another run of the scripts to finish with ${name}`);
      await sleep(250);
    }
    try {
      return await work();
    } finally {
      rmSync(file, { force: true });
    }
  });
  held.set(name, mine);
  return mine;
}

/**
 * Does `work` unless the stamp says that it was done for this key.
 * @param {{name: string, file: string, key: string}} what
 */
export async function once({ name, file, key }, work) {
  if (isStamped(file, key)) return false;
  return withLock(name, async () => {
    if (isStamped(file, key)) return false; // another run has just done it
    await work();
    stamp(file, key);
    return true;
  });
}
