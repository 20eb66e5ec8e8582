// What the copies of this package on one page have in common.
import { PREFIX } from "./owner.js";

/**
 * The widgets that listen for results or errors, in their order, and the cores. `leaving` is a promise while a redirect's response goes on to
 * another page; it is fulfilled where the browser does not go there.
 */
export const ofPage = () => (window[Symbol.for(`${PREFIX}page`)] ||= { subscribers: new Set(), cores: new Set() });

/** Those who listen get what came back. */
export const demand = () => ofPage().cores.forEach((core) => core.demand());
