// Where things are. Everything the scripts make lives in .cache/ or target/, both ignored by git.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const cache = join(root, ".cache");
export const logs = join(cache, "log");
export const inRoot = (...parts) => join(root, ...parts);
export const inCache = (...parts) => join(cache, ...parts);
