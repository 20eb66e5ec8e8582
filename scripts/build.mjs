// npm run build: assembles the publishable package in pkg/ from wasm-pack's output and pkg-template/. With --if-changed, only where
// the sources, the compiler or pkg/ itself are not what they were after the last build.
import { readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { compile } from "./build/compile.mjs";
import { licenses, work } from "./build/files.mjs";
import { forPackage, setup } from "./setup.mjs";
import { inRoot, logs } from "./lib/paths.mjs";
import { main, output } from "./lib/run.mjs";
import { step } from "./lib/progress.mjs";
import { digest, isStamped, stamp, withLock } from "./lib/stamp.mjs";

async function build() {
  // Only now: what it imports, npm has just installed.
  const { assemble } = await import("./build/assemble.mjs");
  rmSync(work, { recursive: true, force: true });
  await step("compile the core", compile, { log: join(logs, "build.log") });
  await step("assemble pkg/", assemble);
  stamp(join(work, "stamp"), state());
}

/** All files in a folder of the repository, or the file itself. */
const filesOf = (path) => (statSync(path, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(path).sort().flatMap((name) => filesOf(join(path, name))) : [path]);

/** What goes into a build and what came out of it, in a few characters. */
const state = () =>
  [
    digest(...["Cargo.toml", "Cargo.lock", "package-lock.json", "src", "wasm", "pkg-template", "scripts/build.mjs", "scripts/build", "scripts/lib", "www/docs/troubleshooting.md", ...licenses()].flatMap((path) => filesOf(inRoot(path)))),
    digest(...["pkg", ".cache/build/core.wasm"].flatMap((path) => filesOf(inRoot(path)))),
    output("rustc", ["--version"]),
  ].join(" ");

/** For the integrity attribute of a script tag. */
const integrity = (file) => `sha384-${createHash("sha384").update(readFileSync(inRoot("pkg", file))).digest("base64")}`;

await main(async () => {
  await setup(...forPackage);
  // Whoever had to wait finds the package built.
  await withLock("build", async () => {
    if (process.argv.includes("--if-changed") && isStamped(join(work, "stamp"), state())) return console.log("pkg/ is up to date");
    await build();
    for (const file of ["connect-widget.global.js", "callback.js"]) console.log(`${file} integrity: ${integrity(file)}`);
  });
});
