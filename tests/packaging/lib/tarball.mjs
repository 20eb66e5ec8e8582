// The tarball that users would install, and a project that has installed it.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inCache, inRoot } from "../../../scripts/lib/paths.mjs";

/** The built package; CONNECT_WIDGET_PKG names another. */
export const pkg = process.env.CONNECT_WIDGET_PKG ?? inRoot("pkg");

/**
 * Packs it as `npm publish` would.
 * @returns {{file: string, files: {path: string, size: number}[]}} the tarball, and what is in it
 */
export function pack() {
  const folder = inCache("packaging");
  mkdirSync(folder, { recursive: true });
  const answer = execFileSync("npm", ["pack", "--json", "--silent", "--pack-destination", folder], { cwd: pkg, encoding: "utf8" });
  const [{ filename, files }] = JSON.parse(answer.slice(answer.indexOf("[")));
  return { file: join(folder, filename), files };
}

/** Puts the tarball's files where npm puts them; the package has no dependencies that would come along. */
export function install(tarball, project) {
  const folder = join(project, "node_modules", "connect-widget");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1"]);
  return folder;
}
