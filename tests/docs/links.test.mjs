// Every link leads to a file that exists and to a heading that is there: on the site, and in the Markdown itself, as a forge shows it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { marked } from "marked";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { buildSite } from "../../scripts/www.mjs";

const dist = inRoot("www", "dist");
const read = (file) => readFileSync(join(dist, file), "utf8");
const attributes = (html, name) => [...html.matchAll(new RegExp(` ${name}="([^"]+)"`, "g"))].map((match) => match[1]);

/** What is wrong with a link of a page, or nothing. */
function broken(page, href) {
  const { origin, pathname, hash } = new URL(href, `http://site/${page}`);
  if (origin !== "http://site") return false;
  const file = pathname.slice(1) + (pathname.endsWith("/") ? "index.html" : "");
  if (!existsSync(join(dist, file))) return `${href}: no such page`;
  return hash && !attributes(read(file), "id").includes(hash.slice(1)) && `${href}: no such heading`;
}

before(() => buildSite({ frameworks: false }));

test("every link of the site leads somewhere", () => {
  const pages = readdirSync(dist, { recursive: true }).filter((file) => file.endsWith(".html"));
  assert.ok(pages.length >= 15, `only ${pages.length} pages`);
  for (const page of pages) assert.deepEqual(attributes(read(page), "href").map((href) => broken(page, href)).filter(Boolean), [], page);
});

/** Every token of a Markdown file, those within others too. */
function tokensOf(file) {
  const tokens = [];
  marked.walkTokens(marked.lexer(readFileSync(inRoot(file), "utf8")), (token) => tokens.push(token));
  return tokens;
}

/** The anchor that a forge gives a heading. */
const anchor = ({ text }) => text.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-");

/** What is wrong with a link of a Markdown file, or nothing. What begins with a slash is the site's. */
function brokenInMarkdown(file, href) {
  if (/^(?:[a-z]+:|\/)/.test(href)) return false;
  const [path, hash] = href.split("#");
  const target = path ? join(dirname(file), path) : file;
  if (!existsSync(inRoot(target))) return `${href}: no such file`;
  return hash && !tokensOf(target).filter(({ type }) => type === "heading").map(anchor).includes(hash) && `${href}: no such heading`;
}

test("every link of a Markdown file leads somewhere", () => {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], { cwd: inRoot(), encoding: "utf8" });
  const files = listed.trim().split("\n").filter((file) => existsSync(inRoot(file)));
  assert.ok(files.length >= 20, `only ${files.length} files`);
  const links = (file) => tokensOf(file).filter(({ type }) => type === "link" || type === "image").map(({ href }) => href);
  const wrong = files.flatMap((file) => links(file).map((href) => brokenInMarkdown(file, href)).filter(Boolean).map((what) => `${file}: ${what}`));
  assert.deepEqual(wrong, []);
});
