// npm run fuzz -- [seconds] [target…]: runs every fuzz target, or those named, for so many seconds each (default 60), and
// prints how many executions that were. Needs a nightly toolchain; cargo-fuzz is compiled into .cache/tools once.
import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { inCache, inRoot, logs } from "./lib/paths.mjs";
import { Failure, main, output, run } from "./lib/run.mjs";
import { step } from "./lib/progress.mjs";
import { ensureSubcommand } from "./lib/tools.mjs";

const version = "0.13.2";
const all = readdirSync(inRoot("fuzz/fuzz_targets")).map((name) => name.replace(/\.rs$/, ""));

async function ensureCargoFuzz() {
  if (!output("cargo", ["+nightly", "--version"])) throw new Failure("fuzzing needs a nightly toolchain: rustup toolchain install nightly");
  await ensureSubcommand("fuzz", version);
}

/** One target for so many seconds; what libFuzzer found beside the committed corpus stays in .cache/fuzz. */
async function fuzz(target, seconds) {
  const log = join(logs, `fuzz-${target}.log`);
  const found = inCache("fuzz", target);
  mkdirSync(found, { recursive: true });
  const dictionary = inRoot("fuzz/dictionaries", `${target}.dict`);
  const options = [`-max_total_time=${seconds}`, "-max_len=4096", "-timeout=10", "-print_final_stats=1", ...(existsSync(dictionary) ? [`-dict=${dictionary}`] : [])];
  const args = ["+nightly", "fuzz", "run", target, found, inRoot("fuzz/corpus", target), "--", ...options];
  await step(`fuzz ${target} for ${seconds} s`, () => run("cargo", args, { log, cwd: inRoot("fuzz"), env: { PATH: `${inCache("tools", "bin")}:${process.env.PATH}` } }), { log });
  return /number_of_executed_units:\s*(\d+)/.exec(readFileSync(log, "utf8"))?.[1] ?? "?";
}

await main(async () => {
  const words = process.argv.slice(2);
  const seconds = Number(words.find((word) => /^\d+$/.test(word)) ?? 60);
  const named = words.filter((word) => !/^\d+$/.test(word));
  const unknown = named.find((name) => !all.includes(name));
  if (unknown) throw new Failure(`there is no target ${unknown}; there are ${all.join(", ")}`);
  await ensureCargoFuzz();
  for (const target of named.length ? named : all) console.log(`  ${target}: ${await fuzz(target, seconds)} executions, no finding`);
});
