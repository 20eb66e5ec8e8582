// The Rust standard library for wasm32-unknown-unknown, from one of two places:
//   host    the default toolchain, where it has that target (rustup adds it)
//   debian  Debian's rustc-web, whose packages have no such target but have its sources: we build it once,
//           into .cache/sysroot, whose bin/ then holds a rustc and a cargo that know it
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { inCache, inRoot, logs } from "./paths.mjs";
import { Failure, output, run } from "./run.mjs";
import { step } from "./progress.mjs";
import { isStamped, once, stamp } from "./stamp.mjs";
import { aptInstall, find, installHint } from "./system.mjs";

export const target = "wasm32-unknown-unknown";

const sysroot = inCache("sysroot");
const debian = { rustc: "/usr/bin/rustc", cargo: "/usr/bin/cargo", rustlib: "/usr/lib/rustlib", packages: ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22"] };

/** The sources that -Zbuild-std compiles, inside a toolchain's sysroot. */
const stdSources = (at) => join(at, "lib/rustlib/src/rust/library/std/Cargo.toml");
const hasTarget = (at) => at !== null && existsSync(join(at, "lib/rustlib", target, "lib"));
const hostSysroot = () => output("rustc", ["--print", "sysroot"]);

/** `panic = "immediate-abort"`, which the release build uses, came with rustc 1.92. */
const knowsImmediateAbort = (rustc) => Number(/^rustc 1\.(\d+)/.exec(output(rustc, ["--version"]) ?? "")?.[1]) >= 92;

// What was built counts only for the compiler that built it, at the path that its wrappers name.
const debianStamp = inCache("sysroot", "stamp");
const debianKey = () => existsSync(debian.rustc) ? `1 ${sysroot} ${output(debian.rustc, ["-vV"])}` : "";
const debianIsReady = () => existsSync(debianStamp) && isStamped(debianStamp, debianKey());

/**
 * Which toolchain compiles to wasm now, without changing anything.
 * WASM_TOOLCHAIN=host|debian asks for one of them.
 * @returns {"host" | "debian" | null}
 */
export function wasmRoute() {
  const wanted = process.env.WASM_TOOLCHAIN;
  if (wanted !== "debian" && hasTarget(hostSysroot())) return "host";
  if (wanted !== "host" && debianIsReady()) return "debian";
  return null;
}

/** Sees to it that something here can compile to wasm32-unknown-unknown. */
export async function ensureWasmStd() {
  let route = wasmRoute();
  if (!route && process.env.WASM_TOOLCHAIN !== "debian") route = await addWithRustup();
  if (!route && process.env.WASM_TOOLCHAIN !== "host") route = await buildDebian();
  if (!route) throw new Failure(`Rust cannot compile to ${target} here; run: rustup target add ${target}`);
  if (route === "host") await addSources();
}

async function addWithRustup() {
  if (!find("rustup")) return null;
  const log = join(logs, "rustup.log");
  try {
    await step(`rustup target add ${target}`, () => run("rustup", ["target", "add", target], { log, timeout: 300 }), { log });
  } catch {
    console.log("  rustup cannot fetch it here; trying Debian's packages");
  }
  return wasmRoute();
}

/** The size-optimised release build compiles std itself; without its sources the prebuilt one serves, only larger. */
async function addSources() {
  if (existsSync(stdSources(hostSysroot())) || !find("rustup")) return;
  const file = inCache("stamps", "rust-src");
  const key = output("rustc", ["-vV"]);
  if (isStamped(file, key)) return; // tried before with this compiler, in vain
  const log = join(logs, "rust-src.log");
  try {
    await step("rustup component add rust-src", () => run("rustup", ["component", "add", "rust-src"], { log, timeout: 300 }), { log });
  } catch {
    console.log("  going on without it: the release build will use the prebuilt std and be larger");
    stamp(file, key);
  }
}

async function buildDebian() {
  if (!existsSync(stdSources("/usr")) || !existsSync(debian.cargo)) {
    if (!find("apt-get")) return null;
    await aptInstall(`Rust's standard library for ${target}`, debian.packages);
  }
  if (!existsSync(stdSources("/usr"))) throw new Failure(`${debian.rustc} has no std sources; ${installHint(debian.packages)}`);
  await once({ name: "sysroot", file: debianStamp, key: debianKey() }, async () => {
    const log = join(logs, "sysroot.log");
    await step(`build std for ${target}`, () => buildStd(log), { log });
  });
  return "debian";
}

async function buildStd(log) {
  const work = inCache("std-build");
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, "src"), { recursive: true });
  writeFileSync(join(work, "Cargo.toml"), '[package]\nname = "std-build"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n');
  writeFileSync(join(work, "src/lib.rs"), "#![no_std]\n");
  await run(debian.cargo, ["build", "--release", "--target", target, "-Zbuild-std=std,panic_abort,test"], {
    log,
    cwd: work,
    label: "building std",
    // Bitcode, so that crates that ask for link-time optimisation can include std.
    env: { RUSTC: debian.rustc, RUSTC_BOOTSTRAP: "1", RUSTFLAGS: "-Cembed-bitcode=yes", CARGO_TARGET_DIR: join(work, "target") },
  });
  layOut(join(work, "target", target, "release/deps"));
  rmSync(work, { recursive: true, force: true });
}

/** A sysroot is Debian's with our target beside its own, and wrappers that make rustc and cargo use it. */
function layOut(built) {
  rmSync(sysroot, { recursive: true, force: true });
  const lib = join(sysroot, "lib/rustlib", target, "lib");
  mkdirSync(lib, { recursive: true });
  mkdirSync(join(sysroot, "bin"));
  for (const entry of readdirSync(debian.rustlib)) if (entry !== target) symlinkSync(join(debian.rustlib, entry), join(sysroot, "lib/rustlib", entry));
  for (const file of readdirSync(built)) if (file.endsWith(".rlib") && !file.startsWith("libstd_build-")) copyFileSync(join(built, file), join(lib, file));
  wrapper("rustc", `exec ${debian.rustc} --sysroot '${sysroot}' "$@"`);
  wrapper("cargo", `RUSTC='${sysroot}/bin/rustc' exec ${debian.cargo} "$@"`);
}

function wrapper(name, command) {
  const file = join(sysroot, "bin", name);
  writeFileSync(file, `#!/bin/sh\n${command}\n`);
  chmodSync(file, 0o755);
}

/**
 * The environment in which cargo, wasm-pack and friends compile to wasm.
 * @returns {{env: Record<string, string>, cargo: string, buildStd: boolean}}
 *   buildStd: whether -Zbuild-std and the other unstable flags of the smallest build work in this environment with
 *   RUSTC_BOOTSTRAP=1 added (see `unstable`); without them the same sources build, larger, with the prebuilt std.
 */
export function wasmEnv({ unstable = false } = {}) {
  const route = wasmRoute();
  if (!route) throw new Failure(`Rust cannot compile to ${target} yet; run: npm run setup`);
  const bin = join(sysroot, "bin");
  const isDebian = route === "debian";
  const rustc = isDebian ? join(bin, "rustc") : "rustc";
  const cargo = isDebian ? join(bin, "cargo") : "cargo";
  const path = [...(isDebian ? [bin] : []), inCache("tools", "bin"), process.env.PATH];
  return {
    cargo,
    buildStd: existsSync(stdSources(isDebian ? sysroot : hostSysroot())) && knowsImmediateAbort(rustc),
    env: {
      PATH: path.join(delimiter),
      CARGO_TARGET_DIR: inRoot("target", "wasm"),
      ...(isDebian ? { RUSTC: rustc, CARGO: cargo } : {}),
      ...(unstable ? { RUSTC_BOOTSTRAP: "1" } : {}),
    },
  };
}
