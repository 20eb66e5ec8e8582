// What a build reads, and where it works.
import { readdirSync } from "node:fs";
import { inCache, inRoot } from "../lib/paths.mjs";

export const work = inCache("build");
export const template = (...parts) => inRoot("pkg-template", ...parts);
export const licenses = () => readdirSync(inRoot()).filter((name) => name.startsWith("LICENSE"));
