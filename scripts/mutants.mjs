// Mutation testing of the pure floors: `npm run mutants` changes them (.cargo/mutants.toml says which files they are) in every small
// way that cargo-mutants knows, and runs the native tests against each. It takes an hour or more, so `npm test` leaves it out.
// Each of those runs makes 2,000 random journeys instead of 100,000 (CONNECT_WIDGET_JOURNEYS says otherwise).
// Arguments go to cargo-mutants, e.g. `npm run mutants -- --re src/flow/watch.rs` (`--file` only adds to the files of the configuration)
// or `-- --shard 1/8`.
//
// The lists of what was caught and what was missed are left in .cache/mutants.out/; .cargo/mutants.toml is its configuration.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inCache, inRoot, logs } from "./lib/paths.mjs";
import { step } from "./lib/progress.mjs";
import { main, output, run } from "./lib/run.mjs";
import { withLock } from "./lib/stamp.mjs";

const version = "27.1.0";
const program = inCache("tools/bin/cargo-mutants");

/** Compiles cargo-mutants, once. */
async function ensureCargoMutants() {
  if (output(program, ["mutants", "--version"])?.endsWith(version)) return;
  const log = join(logs, "cargo-mutants.log");
  const builds = inCache("mutants-target");
  await withLock("tools", () => step(`cargo install cargo-mutants ${version}`, () => run("cargo", ["install", "--root", inCache("tools"), "--force", "--locked", "--debug", `cargo-mutants@${version}`], {
    log,
    cwd: inCache(), // outside the workspace, whose configuration is no concern of a tool's
    label: "cargo install cargo-mutants",
    env: { CARGO_TARGET_DIR: builds, CARGO_PROFILE_DEV_DEBUG: "0", CARGO_INCREMENTAL: "0" },
  }), { log }));
  rmSync(builds, { recursive: true, force: true });
}

/** The mutants of one kind, one a line. */
function listed(kind) {
  const file = inCache("mutants.out", `${kind}.txt`);
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}

function report() {
  const [caught, missed, timeout, unviable] = ["caught", "missed", "timeout", "unviable"].map(listed);
  // A mutant that never ends is noticed as well; one that does not compile says nothing.
  const noticed = caught.length + timeout.length;
  const viable = noticed + missed.length;
  if (viable === 0) return;
  console.log(`\n${noticed} of ${viable} mutants noticed (${((100 * noticed) / viable).toFixed(1)} %), ${timeout.length} of them by their time; ${unviable.length} did not compile.`);
  if (missed.length > 0) console.log(`Survivors:\n${missed.map((mutant) => `  ${mutant}`).join("\n")}`);
}

await main(async () => {
  const asked = process.argv.slice(2);
  await ensureCargoMutants();
  try {
    await run(program, ["mutants", "--dir", inRoot(), "--package", "connect-widget", "--output", inCache(), "--colors", "never", ...asked], {
      label: "cargo mutants",
      env: { CONNECT_WIDGET_JOURNEYS: process.env.CONNECT_WIDGET_JOURNEYS ?? "2000" },
    });
  } finally {
    if (!asked.includes("--list")) report();
  }
});
