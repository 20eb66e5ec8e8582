// The tools that are Rust programs. Where the right version is on PATH it is used; otherwise it is compiled once into
// .cache/tools: unoptimised and without debug information, which takes a quarter of the time and is fast enough here.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inCache, inRoot, logs } from "./paths.mjs";
import { Failure, output, run } from "./run.mjs";
import { step } from "./progress.mjs";
import { withLock } from "./stamp.mjs";
import { find } from "./system.mjs";

const home = inCache("tools");
const builds = inCache("tools-target");

/** The wasm-bindgen crate's version: the command line tool must be exactly the same. */
function wasmBindgenVersion() {
  const locked = /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(readFileSync(inRoot("Cargo.lock"), "utf8"));
  if (!locked) throw new Failure("Cargo.lock names no version of wasm-bindgen");
  return locked[1];
}

// `exact`: another version on PATH will not do. `bins`: the programs it brings.
const crates = {
  "wasm-bindgen-cli": { version: wasmBindgenVersion, exact: true, bins: ["wasm-bindgen", "wasm-bindgen-test-runner"] },
  "wasm-pack": { version: () => "0.15.1", exact: false, bins: ["wasm-pack"] },
  geckodriver: { version: () => "0.37.1", exact: false, bins: ["geckodriver"] },
};

const crateOf = (bin) => Object.keys(crates).find((name) => crates[name].bins.includes(bin));

function isGoodEnough(file, { version, exact }) {
  const found = /\d+\.\d+\.\d+/.exec(output(file, ["--version"]) ?? "")?.[0];
  if (!found) return false;
  if (exact) return found === version();
  const [major, minor] = found.split(".").map(Number);
  const [wantedMajor, wantedMinor] = version().split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

const locate = (bin) => {
  const crate = crates[crateOf(bin)];
  return [join(home, "bin", bin), find(bin)].find((file) => file && existsSync(file) && isGoodEnough(file, crate)) ?? null;
};

/**
 * The path of wasm-bindgen, wasm-bindgen-test-runner, wasm-pack or geckodriver.
 * @throws {Failure} where it is not there yet
 */
export function tool(bin) {
  const file = locate(bin);
  if (!file) throw new Failure(`${bin} ${crates[crateOf(bin)].version()} is missing; run: npm run setup`);
  return file;
}

/** Sees to it that a crate's programs ("wasm-bindgen-cli", "wasm-pack" or "geckodriver") are there. */
export async function ensureTool(name) {
  const crate = crates[name];
  const missing = () => crate.bins.some((bin) => !locate(bin));
  if (!missing()) return;
  // One at a time: cargo uses every core by itself, and dependencies that two of them share compile once.
  await withLock("tools", async () => {
    if (missing()) await install(name, crate.version());
  });
}

async function install(name, version) {
  const log = join(logs, `${name}.log`);
  const cargoInstall = (...more) => run("cargo", ["install", "--root", home, "--force", "--debug", "--no-default-features", ...more, ...binsOf(name), `${name}@${version}`], {
    log,
    cwd: inCache(), // outside the workspace: its configuration and lock file are no concern of a tool's
    label: `cargo install ${name}`,
    env: { CARGO_TARGET_DIR: builds, ...profile },
  });
  // The newest dependencies first, since the tools share those and each locks others; what its author locked if those
  // do not compile.
  await step(`cargo install ${name} ${version}`, () => cargoInstall().catch(() => cargoInstall("--locked")), { log });
  if (Object.values(crates).every(({ bins }) => bins.every(locate))) rmSync(builds, { recursive: true, force: true }); // 1 GB
}

/**
 * Sees to it that .cache/tools has this version of one of cargo's subcommands ("fuzz" or "mutants"), as its author locked it.
 * @returns {Promise<string>} its program
 */
export async function ensureSubcommand(name, version) {
  const crate = `cargo-${name}`;
  const program = join(home, "bin", crate);
  const isThere = () => output(program, [name, "--version"])?.endsWith(` ${version}`);
  if (isThere()) return program;
  const log = join(logs, `${crate}.log`);
  const target = inCache(`${name}-target`);
  await withLock("tools", async () => {
    if (isThere()) return;
    await step(`cargo install ${crate} ${version}`, () => run("cargo", ["install", "--root", home, "--force", "--locked", "--debug", `${crate}@${version}`], {
      log,
      cwd: inCache(), // outside the workspace, as above
      label: `cargo install ${crate}`,
      env: { CARGO_TARGET_DIR: target, ...profile },
    }), { log });
    rmSync(target, { recursive: true, force: true });
  });
  return program;
}

const binsOf = (name) => crates[name].bins.flatMap((bin) => ["--bin", bin]);

const profile = {
  CARGO_PROFILE_DEV_DEBUG: "0",
  CARGO_PROFILE_DEV_DEBUG_ASSERTIONS: "false",
  CARGO_PROFILE_DEV_OVERFLOW_CHECKS: "false",
  CARGO_INCREMENTAL: "0",
};
