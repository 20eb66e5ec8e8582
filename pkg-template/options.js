// The options of `Connect.open`, by what they are, for those who must know them by name: the wrappers. An option of a sixth system is
// a name in here.

/** Texts. */
export const texts = [
  "protocol", "baseURL", "redirectUrl", "authorizationEndpoint", "clientId", "redirectUri", "scope", "responseType",
  "tokenEndpoint", "tokenRequest", "issuer", "mode", "whenBlocked",
];

/** Objects that JSON can say. */
export const objects = ["params", "labels"];

/** Functions that ask the app's backend, once in a flow. */
export const sources = ["token", "link", "exchange"];

/** Functions that ask the app's backend: `verify` again and again, as long as the window is open. */
export const questions = [...sources, "verify"];

/** What is of this page alone. */
export const values = ["popup", "signal", "connect"];

export const callbacks = ["onSuccess", "onError", "onExit", "onEvent"];

/** The names of every option that `Connect.open` or a trigger takes. */
export const optionNames = [...texts, ...objects, ...questions, ...values, ...callbacks, "timeout"];
