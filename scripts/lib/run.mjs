// Runs other programs. Each one is the leader of its own process group, so that a time-out or Ctrl-C ends
// whatever it started too, and nothing but that.
import { spawn, spawnSync } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { root } from "./paths.mjs";

/** An expected failure: its message is one sentence for the person at the terminal; no stack is shown. */
export class Failure extends Error {}

/** Thrown where this machine can never do what was asked (another operating system, no such driver). */
export class Unavailable extends Failure {}

const live = new Set();
let leaving = false;

/** Sends `signal` to a child and to everything it started. */
export function signalTree(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal); // the group is gone already, or this platform has none
  }
}

/** Whether a process is there and not merely waiting to be reaped. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true; // no /proc here
  }
}

function leave(signal) {
  if (leaving) return;
  leaving = true;
  for (const child of live) signalTree(child, "SIGTERM");
  const patience = setTimeout(() => {
    for (const child of live) signalTree(child, "SIGKILL");
    process.exit(signal === "SIGINT" ? 130 : 143);
  }, 3000);
  const poll = setInterval(() => {
    if (live.size > 0) return;
    clearTimeout(patience);
    clearInterval(poll);
    process.exit(signal === "SIGINT" ? 130 : 143);
  }, 20);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => leave(signal));

/** Starts a program in the repository's root, without stdin. Answers the ChildProcess. */
export function start(command, args = [], { env, cwd = root, stdio = ["ignore", "inherit", "inherit"] } = {}) {
  if (leaving) throw new Failure("stopped");
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio, detached: true });
  live.add(child);
  child.once("close", () => live.delete(child));
  child.once("error", () => live.delete(child));
  return child;
}

/**
 * Runs a program to its end.
 * @param {object} [options]
 * @param {string} [options.label]   what to call it in a failure; default: the command line
 * @param {string} [options.log]     write its output to this file, instead of the terminal
 * @param {number} [options.timeout] seconds, after which the whole process group is killed
 * @returns {Promise<void>} rejects with a Failure that names the program, the exit code and the log's end
 */
export async function run(command, args = [], { label, log, timeout, ...options } = {}) {
  const name = label ?? [command, ...args].join(" ");
  const out = log && openLog(log);
  const child = start(command, args, { ...options, stdio: ["ignore", out ? "pipe" : "inherit", out ? "pipe" : "inherit"] });
  if (out) for (const stream of [child.stdout, child.stderr]) stream.pipe(out, { end: false });
  const result = await ended(child, timeout);
  if (out) await new Promise((resolve) => out.end(resolve));
  if (result.code === 0) return;
  const reason = reasonOf(result, timeout);
  const where = log ? `; the end of ${relative(root, log)}:\n${lastLines(log, 30)}` : "";
  throw new Failure(`${name}: ${reason}${where}`);
}

/** Why what ended so has failed. */
export const reasonOf = ({ error, timedOut, signal, code }, timeout) => error ?? (timedOut ? `took more than ${timeout} s` : `ended with ${signal ?? `exit code ${code}`}`);

/** Waits for a child; kills its group after `timeout` seconds, and what it left behind when it ends. */
export function ended(child, timeout) {
  return new Promise((resolve) => {
    let timedOut = false;
    const timers = [];
    if (timeout) {
      timers.push(setTimeout(() => {
        timedOut = true;
        signalTree(child, "SIGTERM");
        timers.push(setTimeout(() => signalTree(child, "SIGKILL"), 5000));
      }, timeout * 1000));
    }
    const finish = (result) => {
      timers.forEach(clearTimeout);
      resolve({ timedOut, ...result });
    };
    child.once("error", (error) => finish({ error: error.code === "ENOENT" ? `${child.spawnfile} is not installed` : error.message }));
    child.once("exit", () => { try { process.kill(-child.pid, "SIGTERM"); } catch { /* nothing was left behind */ } });
    child.once("close", (code, signal) => finish({ code, signal }));
  });
}

/** The trimmed stdout of a quick program, or null where it is missing or fails. */
export function output(command, args = [], options = {}) {
  const result = spawnSync(command, args, { cwd: root, encoding: "utf8", timeout: 20_000, stdio: ["ignore", "pipe", "ignore"], ...options });
  return result.status === 0 ? result.stdout.trim() : null;
}

/** The last lines of a text file, or "" where there is none. */
export function lastLines(file, count) {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-count).join("\n");
  } catch {
    return "";
  }
}

export function openLog(file) {
  mkdirSync(dirname(file), { recursive: true });
  return createWriteStream(file);
}

/** Runs a script's main function; shows a Failure as its one sentence, anything else with its stack. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    if (leaving) return; // whatever failed did so because it was stopped
    console.error(error instanceof Failure ? `\n✖ ${error.message}` : error);
    process.exitCode = 1;
  }
}
