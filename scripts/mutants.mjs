// Mutation testing of the pure floor: `npm run mutants` changes it (.cargo/mutants.toml says which files they are) in every small
// way that cargo-mutants knows, and runs the native tests against each. It takes an hour or more, so `npm test` leaves it out.
// Each of those runs makes 2,000 random journeys instead of 100,000 (CONNECT_WIDGET_JOURNEYS says otherwise).
// Arguments go to cargo-mutants, e.g. `npm run mutants -- --re src/flow/watch.rs` (`--file` only adds to the files of the configuration)
// or `-- --shard 1/8`.
//
// The lists of what was caught and what was missed are left in .cache/mutants.out/; .cargo/mutants.toml is its configuration.
import { existsSync, readFileSync } from "node:fs";
import { inCache, inRoot } from "./lib/paths.mjs";
import { main, run } from "./lib/run.mjs";
import { ensureSubcommand } from "./lib/tools.mjs";

const version = "27.1.0";

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
  const program = await ensureSubcommand("mutants", version);
  try {
    await run(program, ["mutants", "--dir", inRoot(), "--package", "connect-widget", "--output", inCache(), "--colors", "never", ...asked], {
      label: "cargo mutants",
      env: { CONNECT_WIDGET_JOURNEYS: process.env.CONNECT_WIDGET_JOURNEYS ?? "2000" },
    });
  } finally {
    if (!asked.includes("--list")) report();
  }
});
