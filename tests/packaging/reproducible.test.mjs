// Whoever builds what is committed gets the same bytes, wherever the folder is and whatever its name.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inRoot, root } from "../../scripts/lib/paths.mjs";

const home = mkdtempSync(join(tmpdir(), "connect-widget-"));

/** Builds a clean clone in a folder of this name; answers the digest of every file of the package. The tools are this machine's. */
function build(name) {
  const clone = join(home, name);
  execFileSync("git", ["clone", "--quiet", root, clone]);
  mkdirSync(join(clone, ".cache"));
  for (const part of ["node_modules", ".cache/tools"]) symlinkSync(inRoot(part), join(clone, part));
  execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: clone, stdio: ["ignore", "ignore", "inherit"] });
  const pkg = join(clone, "pkg");
  const digest = (file) => createHash("sha256").update(readFileSync(join(pkg, file))).digest("hex");
  return Object.fromEntries(readdirSync(pkg).sort().map((file) => [file, digest(file)]));
}

test("two clean clones in two folders build the same package, byte for byte", () => {
  try {
    const [one, other] = [build("a"), build("another-folder-with-a-longer-name")];
    assert.ok(one["index.js"]);
    assert.deepEqual(other, one);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
