import assert from "node:assert/strict";
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { inCache } from "../lib/paths.mjs";
import { digest, isStamped, once, withLock } from "../lib/stamp.mjs";

const folder = mkdtempSync(join(tmpdir(), "stamp-test-"));
after(() => rmSync(folder, { recursive: true }));
const name = `test-${process.pid}`;

test("work is done once for each key", async () => {
  const file = join(folder, "deep", "stamp");
  let times = 0;
  const work = async () => void times++;
  assert.equal(await once({ name, file, key: "1" }, work), true);
  assert.equal(await once({ name, file, key: "1" }, work), false);
  assert.equal(await once({ name, file, key: "2" }, work), true);
  assert.equal(times, 2);
  assert.ok(isStamped(file, "2"));
});

test("work that fails leaves no stamp", async () => {
  const file = join(folder, "failed");
  await assert.rejects(once({ name, file, key: "1" }, async () => { throw new Error("no"); }), /no/);
  assert.equal(existsSync(file), false);
});

test("only one call at a time holds a lock", async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside--;
  };
  await Promise.all([1, 2, 3].map(() => withLock(name, work)));
  assert.equal(most, 1);
  assert.equal(existsSync(inCache("lock", name)), false);
});

test("a lock whose owner is gone is taken over", async () => {
  await withLock(name, async () => {}); // makes the folder
  writeFileSync(inCache("lock", name), "2147483646"); // above every possible process id
  assert.equal(await withLock(name, async () => "mine"), "mine");
});

test("a digest tells contents apart, and a missing file from none", () => {
  const file = join(folder, "a");
  writeFileSync(file, "1");
  const before = digest(file);
  writeFileSync(file, "2");
  assert.notEqual(digest(file), before);
  assert.notEqual(digest(file), digest(file, join(folder, "missing")));
});

test("a digest tells apart bytes that are no text", () => {
  const file = join(folder, "bytes");
  writeFileSync(file, Buffer.from([0xff]));
  const before = digest(file);
  writeFileSync(file, Buffer.from([0xfe]));
  assert.notEqual(digest(file), before);
});

test("a digest tells a file from the same one under another name", () => {
  const [one, other] = [join(folder, "one"), join(folder, "other")];
  writeFileSync(one, "1");
  const before = digest(one);
  renameSync(one, other);
  assert.notEqual(digest(other), before);
});
