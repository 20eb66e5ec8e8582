/** The same widget behind a loader of one kilobyte: the core is fetched on first intent. */
export * from "./index.js";
export { default } from "./index.js";
