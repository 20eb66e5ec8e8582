// `npm run build:site`: makes www/dist, which the sandbox serves: the demo as it is, the docs out of their Markdown, and
// the showroom's apps, built against the package as a user would install it. What has not changed is not built again.
import { cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "./lib/paths.mjs";
import { main } from "./lib/run.mjs";
import { step } from "./lib/progress.mjs";
import { digest, once } from "./lib/stamp.mjs";
import { steps } from "./setup.mjs";

const dist = inRoot("www", "dist");
const files = (...folder) => readdirSync(inRoot(...folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
const scripts = ["www.mjs", "www/layout.mjs", "www/docs.mjs", "www/showroom.mjs"].map((name) => inRoot("scripts", name));

/** Does `work` when one of the `sources` has changed since the last time, or its result is gone. */
function part(name, sources, work) {
  // The stamp lies in the folder that is built: with the folder it is gone.
  return once({ name: `site-${name}`, file: join(dist, `.${name}`), key: digest(...scripts, ...sources) }, work);
}

function copyStatic() {
  rmSync(join(dist, "static"), { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  for (const name of ["index.html", "callback.html", "static"]) cpSync(inRoot("www", name), join(dist, name), { recursive: true });
}

/**
 * Makes www/dist.
 * @param {object} [what]
 * @param {boolean} [what.frameworks] also build the React, Vue and Angular apps, which need pkg/ and the network; default true
 */
export async function buildSite({ frameworks = true } = {}) {
  await steps.npm();
  // Only now: what they import, npm has just installed.
  const [{ buildDocs, docsSources }, { buildFrameworks, buildShowroom, frameworkSources, showroomSources }] = await Promise.all([import("./www/docs.mjs"), import("./www/showroom.mjs")]);
  await part("static", [inRoot("www", "index.html"), inRoot("www", "callback.html"), ...files("www", "static")], copyStatic);
  await part("docs", docsSources, () => buildDocs(dist));
  await part("showroom", showroomSources, () => buildShowroom(dist));
  if (frameworks) await part("frameworks", frameworkSources(), () => step("React, Vue and Angular apps", () => buildFrameworks(dist)));
}

if (process.argv[1] === import.meta.filename) await main(() => buildSite({ frameworks: !process.argv.includes("--no-frameworks") }));
