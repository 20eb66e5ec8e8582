// Whose is this URL? The rule of src/flow/response.rs, for pages that must ask before the core is there; tests/vectors/owner.json
// holds the two equal. And how a response is held until somebody asks for it.

/** The prefix of every key in storage and of every channel; src/browser/store.rs has the same. */
export const KEY = "connect-widget:";

/** What a response with a token in it is called: in the page's memory, and in `history.state` on its way to the next page. */
const HELD = "connect-widget";

/** The records of ours in a store, by their states. */
export const records = (store) =>
  Object.keys(store).flatMap((key) => {
    try {
      return key.startsWith(KEY) ? [{ ...JSON.parse(store[key]), state: key.slice(KEY.length) }] : [];
    } catch {
      return [];
    }
  });

/** What a URL says of an attempt: `proven` (it carries the state), `open` (none is demanded), `unproven`; null is no answer. */
export function claim(href, { state, binding, bound, landing, answers = [] }) {
  const [, path, query, fragment] = /^([^?#]*)\??([^#]*)#?([^]*)/.exec(href);
  // A question mark that a text begins with would be dropped; it belongs to the first name.
  const places = [query, fragment].map((text) => new URLSearchParams(`&${text}`));
  const has = (parameter) => {
    const [, hash, name, value] = /^(#?)([^=]*)=?(.*)/.exec(parameter);
    const found = places[hash ? 1 : 0].get(name);
    return value ? found === value : found !== null;
  };
  if ((landing && landing !== path) || !answers.some((answer) => answer.split(" ").every(has))) return null;
  const values = places.flatMap((place) => [place.get("state"), place.get("connect_state")]);
  const isOwn = (value) => value === state || (value !== null && (value === bound || (binding !== "state" && value.includes(state))));
  return values.some(isOwn) ? "proven" : binding === "optional" ? "open" : "unproven";
}

/** The attempt that this page's URL answers: a redirect of this tab, or one whose window another page has opened. */
export function findOwner(href) {
  const [redirects, popups] = [records(sessionStorage).filter(({ mode }) => mode === "redirect"), records(localStorage)];
  const proven = [...redirects, ...popups].find((record) => claim(href, record) === "proven");
  // Only this attempt's window finds its state here. What else is in its store is a copy of its opener's.
  const own = popups.filter(({ state }) => state === sessionStorage[`${KEY}window`]);
  const open = (own[0] ? own : redirects).filter((record) => claim(href, record) === "open");
  return proven || open.sort((one, other) => other.expires - one.expires)[0];
}

/** Writes another address into the address bar; false where the browser refuses. */
export function rewrite(url, state = history.state) {
  try {
    history.replaceState(state, "", url);
    return true;
  } catch {
    return false;
  }
}

/** A token is not written to a store: it goes by the history to the page that is loaded next. */
const isSecret = (response) => /[?&#](access|id)_token=/.test(response);

/** Writes a response into its attempt's record; false where the store is full. */
function write(record, response) {
  try {
    // Written as it is, though Prototype.js gives every array a `toJSON`.
    const plain = function (key) { return this[key]; };
    sessionStorage.setItem(KEY + record.state, JSON.stringify({ ...record, response }, plain));
    return true;
  } catch {
    return false;
  }
}

const carry = (held, url) => rewrite(url, { ...history.state, [HELD]: held });

/** When a page is left: Firefox reloads with what stood in the history at the first of these, iOS knows the second alone. */
const LEAVING = ["beforeunload", "pagehide"];

/** Takes off the history what was carried there. */
function unload() {
  if (!history.state?.[HELD]) return undefined;
  const { [HELD]: held, ...state } = history.state;
  rewrite(location.href, Object.keys(state).length ? state : null);
  return held;
}

/** Keeps a response in the page's memory, where every copy of this package finds it; where the page is left before, in its history. */
function keep(held) {
  const name = Symbol.for(HELD);
  const save = () => carry(held, location.href);
  const release = () => {
    for (const event of LEAVING) removeEventListener(event, save);
    delete window[name];
    // The user may have stayed, or come back.
    unload();
  };
  for (const event of LEAVING) addEventListener(event, save);
  window[name] = { ...held, release };
}

/** Takes a redirect's response off the URL and holds it until somebody asks. */
export function hold(record, response, url) {
  rewrite(url);
  if (isSecret(response) || !write(record, response)) keep({ state: record.state, response });
}

/** Takes up what the page before this one has carried here. */
export function takeUp() {
  const held = unload();
  if (held) keep(held);
}

/** Goes back to the page that a redirect left, with the response; false where the browser keeps it nowhere. */
export function goBack(record, response) {
  const { state, page } = record;
  const isWritten = !isSecret(response) && write(record, response);
  if (!isWritten && carry({ state, response }, page)) location.reload();
  else if (isWritten || write(record, response)) location.replace(page);
  else return false;
  return true;
}

/** Whether a response waits to be asked for. */
export const holds = () => window[Symbol.for(HELD)] || records(sessionStorage).some(({ response }) => response);

/** Whether this tab remembers anything: a response that is held, or an attempt. */
export function remembers() {
  try {
    return Object.keys(sessionStorage).some((key) => key.startsWith(KEY));
  } catch {
    // Storage is refused.
    return false;
  }
}
