/** Importing this defines `<connect-button>`. */
import "./element.js";
export {};
