// Every link within the site leads to a page that exists and to a heading that is there.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
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

test("every link leads somewhere", () => {
  const pages = readdirSync(dist, { recursive: true }).filter((file) => file.endsWith(".html"));
  assert.ok(pages.length >= 15, `only ${pages.length} pages`);
  for (const page of pages) assert.deepEqual(attributes(read(page), "href").map((href) => broken(page, href)).filter(Boolean), [], page);
});
