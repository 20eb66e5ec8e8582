// `npm test` runs every suite, `npm test -- NAME…` some of them (and what those build on). It goes on after a failure, so
// that one run shows everything that is wrong. The last line says how many passed and failed.
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { createWriteStream, mkdirSync } from "node:fs";
import { logs, root } from "./lib/paths.mjs";
import { Failure, Unavailable, ended, lastLines, main, reasonOf, start } from "./lib/run.mjs";
import { seconds } from "./lib/progress.mjs";
import { schedule, select } from "./lib/schedule.mjs";
import { setup } from "./setup.mjs";
import { suites } from "./suites.mjs";

const heartbeat = 60_000;
const startedAt = performance.now();

function choose(names) {
  try {
    return select(suites, names);
  } catch (error) {
    throw new Failure(error.message);
  }
}

/** Runs one suite; its output goes to a file, that of the second try to another, or straight to the terminal where it is the only one. */
async function runSuite(suite, { live, again = false }) {
  const began = performance.now();
  const log = join(logs, "test", `${suite.name}${again ? "-again" : ""}.log`);
  console.log(`▸ ${suite.name}: ${suite.does}`);
  const [command, ...args] = typeof suite.command === "function" ? suite.command() : suite.command;
  const options = { env: { FORCE_COLOR: "0", CARGO_TERM_COLOR: "never", ...suite.env?.() } };
  let result;
  if (live) {
    result = await ended(start(command, args, options), suite.timeout);
  } else {
    const child = start(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    mkdirSync(join(logs, "test"), { recursive: true });
    const file = createWriteStream(log);
    for (const stream of [child.stdout, child.stderr]) stream.pipe(file, { end: false });
    result = await ended(child, suite.timeout);
    await new Promise((resolve) => file.end(resolve));
  }
  const hasPassed = result.code === 0 && !result.error && !result.timedOut;
  const reason = hasPassed ? undefined : reasonOf(result, suite.timeout);
  return { outcome: reason ? "failed" : "passed", reason, took: seconds(began), log: live ? undefined : log };
}

function report(suite, { outcome, reason, took, log }) {
  const mark = { passed: "✔", failed: "✖", "not run": "–" }[outcome];
  console.log(`${mark} ${suite.name}: ${outcome}${reason ? `, ${reason}` : ""}${took ? `, ${took}` : ""}`);
  if (!log) return;
  const lines = outcome === "passed" ? suite.show ?? 12 : 400;
  const text = lines > 0 ? lastLines(log, lines) : "";
  if (text) console.log(text.replace(/^/gm, "    "));
  if (outcome !== "passed") console.log(`    (all of it: ${relative(root, log)})`);
}

function summarise(chosen, results) {
  const width = Math.max(...chosen.map((suite) => suite.name.length));
  console.log(`\n${"suite".padEnd(width)}  result   time`);
  for (const suite of chosen) {
    const { outcome, took = "", reason } = results.get(suite.name);
    console.log(`${suite.name.padEnd(width)}  ${outcome.padEnd(7)}  ${took.padStart(7)}${reason ? `  ${reason.split("\n")[0]}` : ""}`);
  }
  const count = (outcome) => [...results.values()].filter((result) => result.outcome === outcome).length;
  const notRun = count("not run");
  console.log(`\n${notRun > 0 ? `${notRun} not run; ` : ""}${seconds(startedAt)} in all`);
  console.log(`${count("passed")} passed, ${count("failed")} failed`);
  return count("failed") === 0;
}

await main(async () => {
  const chosen = choose(process.argv.slice(2));
  const live = chosen.length === 1;
  const running = new Set();
  const timer = setInterval(() => running.size > 0 && console.log(`  … ${seconds(startedAt)}: ${[...running].join(", ")}`), heartbeat);
  const results = await schedule(chosen, {
    slots: live ? 1 : Math.min(2, availableParallelism()),
    prepare: (suite) => setup(...(suite.needs ?? [])),
    run: async (suite) => {
      running.add(suite.name);
      try {
        const first = await runSuite(suite, { live });
        if (first.outcome === "passed" || !suite.again) return first;
        report(suite, first);
        const second = await runSuite(suite, { live, again: true });
        return second.outcome === "passed" ? { ...second, reason: `the first try ${first.reason}` } : second;
      } catch (error) {
        return { outcome: "failed", reason: error.message };
      } finally {
        running.delete(suite.name);
      }
    },
    explain: (error) => ({ outcome: error instanceof Unavailable ? "not run" : "failed", reason: error.message }),
    report,
  });
  clearInterval(timer);
  if (!summarise(chosen, results)) process.exitCode = 1;
});
