/** Importing this defines `<connect-button>`. */
export type { ConnectButtonElement } from "./element.js";
