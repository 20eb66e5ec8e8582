// Whose is this URL? The rule of src/flow/response.rs, for pages that must ask before the core is there; tests/vectors/owner.json
// holds the two equal.

/** What a message between pages of this package, and a response that is in no store, is called; src/browser/ has the same in relay.rs and held.rs. */
export const NAME = "connect-widget";

/** The prefix of every key in storage and of every channel; src/browser/store.rs has the same. */
export const PREFIX = `${NAME}:`;

/** The key by which a page finds, in the store that its window alone has, whose window it is; src/browser/store.rs has the same. */
export const TICKET = `${PREFIX}window`;

/**
 * The records of ours in a store of that name, by their states; what another version may have left under such a key is none. Nor is there any
 * where the browser refuses the store, or has none: Android's web view has no local storage unless its app asks for one.
 */
export const records = (name) => {
  try {
    const store = window[name];
    return Object.keys(store).flatMap((key) => {
      try {
        const record = key.startsWith(PREFIX) && JSON.parse(store[key]);
        // Without a prototype: what a script has put on Object.prototype is nothing that was remembered.
        return record.answers.every((answer) => answer.split) ? [{ __proto__: null, ...record, state: key.slice(PREFIX.length) }] : [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
};

/**
 * What a URL says of an attempt: `proven` (it carries the state), or else what should have bound it: `optional` is `Open` in Rust, the others
 * `Unproven`. Null is no answer.
 */
export function ownership(href, { state, binding, bound, landing, answers }) {
  // Hash routers write marks of theirs before what they take for a route: a slash, AngularJS `!#`.
  const [, path, query, fragment] = /^([^?#]*)\??([^#]*)[#/!?]*([^]*)/.exec(href);
  const isOwn = (value) => value === state || value === bound || (binding !== "state" && value?.includes(state));
  const read = (query) => {
    // A question mark that a text begins with would be dropped; it belongs to the first name.
    const places = [query, fragment].map((text) => new URLSearchParams(`&${text}`));
    const has = (parameter) => {
      const [, hash, name, value] = /^(#?)([^=]*)=?(.*)/.exec(parameter);
      const found = places[hash.length].get(name);
      return value ? found === value : found !== null;
    };
    if ((landing || path) !== path || !answers.some((answer) => answer.split(" ").every(has))) return null;
    return places.some((place) => isOwn(place.get("state")) || isOwn(place.get("connect_state"))) ? "proven" : binding;
  };
  // Servers put a question mark before their parameters, whatever the redirection endpoint has itself.
  return read(query.replaceAll("?", "&")) === "proven" ? "proven" : read(query);
}

/** The attempt that this page's URL answers: a redirect of this tab, or one whose window another page has opened. */
export function findOwner(href) {
  const redirects = records("sessionStorage").filter(({ mode }) => mode === "redirect");
  const popups = records("localStorage");
  const proven = [...redirects, ...popups].find((record) => ownership(href, record) === "proven");
  // Only this attempt's window finds its state here. What else is in its store is a copy of its opener's.
  const own = popups.filter(({ state }) => state === sessionStorage[TICKET]);
  const unbound = (own[0] ? own : redirects).filter((record) => ownership(href, record) === "optional");
  return proven || unbound.sort((one, other) => other.expires - one.expires)[0];
}
