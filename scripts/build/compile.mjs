// cargo → wasm-bindgen (both by wasm-pack) → wasm-opt → wasm2js: the core, in .cache/build.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { logs } from "../lib/paths.mjs";
import { nodeBin } from "../lib/npm.mjs";
import { Failure, output, run } from "../lib/run.mjs";
import { tool } from "../lib/tools.mjs";
import { wasmEnv } from "../lib/wasm-std.mjs";
import { work } from "./files.mjs";

/** What the smallest core needs beyond a plain `wasm-pack build`, which works and behaves the same. */
const smallest = {
  cargo: ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size", "-Zpanic-immediate-abort", "--config", 'profile.release.panic="immediate-abort"'],
  // No reference types: Safari 14 and wasm2js do not know them. Bulk memory only until wasm-opt turns it into a short loop.
  rustflags: ["-Ctarget-cpu=mvp", "-Ctarget-feature=+bulk-memory", "-Zlocation-detail=none", "-Zfmt-debug=none", "-Zinline-mir=no", "-Cllvm-args=-inline-threshold=10", "-Clink-arg=-zstack-size=65536"],
};

/** Functions keep their names until wasm-opt is done with them, for `npm run size`. */
const withNames = ["--config", "profile.release.strip=false"];

/** Loops and blocks made anew come out smaller, and so they do a second time. */
const anew = ["-Oz", "--flatten", "--rereloop"];

/** What wasm-opt is told. Nothing of Rust's lies in the first kilobyte of memory: the far end of the stack does. */
export const optimise = ["--enable-bulk-memory", "--llvm-memory-copy-fill-lowering", "--low-memory-unused", ...anew, ...anew, "-Oz", "--converge", "--strip-producers", "--strip-target-features"];

export async function compile() {
  const log = join(logs, "build.log");
  const unstable = wasmEnv({ unstable: true });
  const { env } = unstable.buildStd ? unstable : wasmEnv();
  const rustflags = smallest.rustflags.filter((flag) => unstable.buildStd || !flag.startsWith("-Z")).join(" ");
  const args = ["build", "wasm", "--release", "--target", "bundler", "--mode", "no-install", "--no-opt", "--no-pack", "--no-typescript", "--out-dir", join(work, "wasm"), "--", "--locked", ...withNames];
  await run(tool("wasm-pack"), [...args, ...(unstable.buildStd ? smallest.cargo : [])], { env: { ...env, RUSTFLAGS: rustflags }, log, label: "wasm-pack" });
  const [compiled, core] = [join(work, "wasm", "connect_widget_wasm_bg.wasm"), join(work, "core.wasm")];
  await run(nodeBin("wasm-opt"), [compiled, ...optimise, "--strip-debug", "-o", core], { log });
  // Gives imports and exports names of a letter or two, and prints which. It optimises once more, because some of what makes a file smaller wasm-opt
  // does while it writes, and only in a run that optimises.
  const names = output(nodeBin("wasm-opt"), [core, "--low-memory-unused", "-Oz", "--minify-imports-and-exports-and-modules", "-o", core], { timeout: 120_000, stdio: ["ignore", "pipe", "inherit"] });
  if (!names) throw new Failure("wasm-opt failed; see its own message");
  writeFileSync(join(work, "names.json"), names);
  await run(nodeBin("wasm2js"), [core, "-O", "-o", join(work, "core.wasm.js")], { log });
}
