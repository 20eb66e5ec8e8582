// Findings, error codes and the sections of www/docs/troubleshooting.md are the same; and nothing of them is in another file of
// the package than debug.js.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { errors, findings } from "../../pkg-template/debug/findings.js";
import { systems } from "../../pkg-template/debug/systems.js";

const read = (...path) => readFileSync(inRoot(...path), "utf8");
const markdown = read("www", "docs", "troubleshooting.md");
const anchors = [...markdown.matchAll(/^### `(\w+)`$/gm)].map(([, name]) => name);
const codes = [...read("src", "error.rs").matchAll(/^\s*\w+ = "(\w+)", "/gm)].map(([, code]) => code);

test("every finding and every error code has its section, and no section is of something else", () => {
  assert.ok(codes.length >= 20, `only ${codes.length} codes`);
  assert.deepEqual([...new Set(anchors)], anchors, "no section twice");
  assert.deepEqual([...anchors].sort(), [...new Set([...Object.keys(findings), ...codes])].sort());
});

test("every error code is explained, or is no failure", () => {
  const ordinary = ["already_open", "aborted", "popup_closed", "no_window"];
  const explained = [...Object.keys(errors), "popup_blocked", ...ordinary];
  assert.deepEqual(codes.filter((code) => !explained.includes(code)), []);
});

test("whatever a system's entry names is explained, and no two findings have one code", () => {
  const named = Object.entries(systems).map(([name, { silence = "no_return" }]) => [name, silence]);
  for (const [name, code] of named) assert.ok(Object.hasOwn(findings, code), `${name}: ${code}`);
  const own = [...new Set(Object.values(systems).map((system) => system.findings))];
  const apart = own.flatMap((found) => Object.keys(found ?? {}));
  assert.deepEqual([...new Set(apart)], apart);
  for (const found of own) for (const [code, finding] of Object.entries(found ?? {})) assert.equal(findings[code], finding, code);
});

test("every row of Alter's table is there", () => {
  for (const code of ["popup_blocked", "invalid_token", "redirect_unanswered", "no_message", "session_expired", "provider_error", "invalid_options", "sdk_destroyed"]) assert.ok(anchors.includes(code), code);
});

test("links within the page lead to its sections, and none to another page: the package has it alone", () => {
  assert.deepEqual([...markdown.matchAll(/\]\((?![#h])([^)]*)\)/g)].map(([, target]) => target), []);
  for (const [, anchor] of markdown.matchAll(/\]\(#(\w+)\)/g)) assert.ok(anchors.includes(anchor), anchor);
});

test("a page without debug carries none of it", () => {
  const pkg = process.env.CONNECT_WIDGET_PKG ?? inRoot("pkg");
  const sentence = findings.invalid_token({}).happened;
  const has = readdirSync(pkg).filter((name) => /\.c?js$/.test(name) && readFileSync(`${pkg}/${name}`, "utf8").includes(sentence));
  assert.deepEqual(has, ["debug.cjs", "debug.js"]);
  assert.doesNotMatch(readFileSync(`${pkg}/index.cjs`, "utf8"), /\bimport\(/, "required, not imported, in CommonJS");
});
