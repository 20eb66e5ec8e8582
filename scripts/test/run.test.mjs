import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { Failure, isAlive, output, run } from "../lib/run.mjs";

const folder = mkdtempSync(join(tmpdir(), "run-test-"));
after(() => rmSync(folder, { recursive: true }));

/** A signal takes a moment. */
async function gone(pid) {
  for (let tries = 0; isAlive(pid) && tries < 50; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(isAlive(pid), false);
}

test("a program that fails is named, with its exit code and the end of its output", async () => {
  const log = join(folder, "fails.log");
  await assert.rejects(run("sh", ["-c", "echo one; echo two >&2; exit 3"], { label: "the compiler", log }), (error) => {
    assert.ok(error instanceof Failure);
    assert.match(error.message, /^the compiler: ended with exit code 3/);
    assert.match(error.message, /one/);
    assert.match(error.message, /two/);
    return true;
  });
});

test("a program that is not installed is called that", async () => {
  await assert.rejects(run("no-such-program", [], { log: join(folder, "missing.log") }), /no-such-program is not installed/);
});

test("a time-out ends what the program started, too", async () => {
  const log = join(folder, "slow.log");
  await assert.rejects(run("sh", ["-c", "sleep 60 & echo $!; wait"], { label: "slow", log, timeout: 0.3 }), /slow: took more than 0.3 s/);
  await gone(Number(readFileSync(log, "utf8")));
});

test("what a program leaves behind is ended with it", async () => {
  const log = join(folder, "leaves.log");
  await run("sh", ["-c", "sleep 60 >/dev/null 2>&1 & echo $!"], { log });
  await gone(Number(readFileSync(log, "utf8")));
});

test("output() answers null for what is missing or fails", () => {
  assert.equal(output("no-such-program"), null);
  assert.equal(output("sh", ["-c", "exit 1"]), null);
  assert.equal(output("sh", ["-c", "echo ' yes '"]), "yes");
});
