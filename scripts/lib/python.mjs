// Python environments for the tests that run servers or clients from PyPI, one for each requirements file.
import { existsSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { inCache, inRoot, logs, root } from "./paths.mjs";
import { Failure, output, run } from "./run.mjs";
import { step } from "./progress.mjs";
import { digest, once } from "./stamp.mjs";
import { find, installHint } from "./system.mjs";

/**
 * Sees to it that a virtual environment holds what a requirements file (a path from the repository's root) asks for.
 * @returns {Promise<string>} its python
 */
export async function venv(requirementsFile) {
  const requirements = inRoot(requirementsFile);
  if (!existsSync(requirements)) throw new Failure(`${requirementsFile} is missing`);
  const folder = venvFolder(requirementsFile);
  const python = join(folder, "bin", "python");
  const base = find("python3");
  if (!base) throw new Failure(`Python 3 is missing; ${installHint(["python3", "python3-venv"])}`);
  const key = `${folder} ${digest(requirements)} ${output(base, ["--version"])}`;
  const log = join(logs, `venv-${slug(requirementsFile)}.log`);
  await once({ name: `venv-${slug(requirementsFile)}`, file: join(folder, ".stamp"), key }, () => step(`Python packages of ${requirementsFile}`, async () => {
    rmSync(folder, { recursive: true, force: true });
    await run(base, ["-m", "venv", folder], { log, label: `python3 -m venv (on Debian it needs python3-venv)` });
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements], { log, label: "pip install" });
  }, { log }));
  return python;
}

const slug = (requirementsFile) => relative(root, dirname(inRoot(requirementsFile))).replace(/^tests\//, "").replaceAll("/", "-") || "root";
const venvFolder = (requirementsFile) => inCache("venv", slug(requirementsFile));
