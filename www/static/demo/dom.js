// The few helpers with which the demo builds its pages: no markup in strings, so that any CSP and Trusted Types are fine.

export const $ = (id) => document.getElementById(id);

/** Makes an element. Properties that start with "on" are listeners; the others become attributes. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

const shown = (value) => (Array.isArray(value) && value.every((item) => typeof item === "string") ? value.join(", ") : typeof value === "object" ? JSON.stringify(value, null, 1) : String(value));

/** A definition list of an object's fields; nested values as JSON. */
export function facts(object) {
  const rows = Object.entries(object).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return h("dl", { class: "facts" }, rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, shown(value)))));
}

const secret = /token|code|secret|verifier/i;
const harmless = /^(token_type|code|error_code)$/;

/** Shows that a token is there without showing the token. */
export const mask = (text) => `${text.slice(0, 4)}…${text.slice(-2)} (${text.length} characters)`;

/** A copy in which every secret is masked, at any depth. */
export function masked(value, name = "") {
  if (typeof value === "string") return secret.test(name) && !harmless.test(name) && value.length > 8 ? mask(value) : value;
  if (Array.isArray(value)) return value.map((item) => masked(item, name));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, key)]));
  return value;
}
