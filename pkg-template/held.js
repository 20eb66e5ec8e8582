// How a response leaves the URL, and is held until somebody asks for it.
import { NAME, PREFIX, findOwner, records } from "./owner.js";
import { ofPage } from "./page.js";

/** Writes another address into the address bar; answers nothing where the browser refuses, or else true. */
export function rewrite(url, state = history.state) {
  try {
    history.replaceState(state, "", url);
    return true;
  } catch {
    // The address stays as it is.
  }
}

/** A token is written to no store whole. */
const SECRET = /(access|id)_token=/;

/** Writes a response into its attempt's record; answers nothing where the store is full, or else true. */
function write(record, response) {
  try {
    // Old versions of Prototype make a text of every list.
    record.answers.toJSON = undefined;
    sessionStorage.setItem(PREFIX + record.state, JSON.stringify({ ...record, response }));
    return true;
  } catch {
    // The record stays as it is.
  }
}

/**
 * Writes a secret in two halves, so that neither tells anything without the other: one into the record, which no other tab can read, and one
 * into the redirect's flag in local storage. Answers nothing where that cannot be, or else true. src/browser/held.rs joins them.
 */
function writeHalves(record, response) {
  try {
    // A URL is ASCII, and so are its halves.
    const half = crypto.getRandomValues(new Uint8Array(response.length)).map((byte) => byte & 127);
    const other = half.map((byte, at) => byte ^ response.charCodeAt(at));
    const flag = JSON.stringify({ expires: record.expires, half: String.fromCharCode(...half) });
    localStorage.setItem(PREFIX + record.state, flag);
    // A script that waits for the user's consent lets nothing in, and says nothing. That there is a response, the record says all the same.
    return localStorage[PREFIX + record.state] === flag && write({ ...record, half: String.fromCharCode(...other) }, true);
  } catch {
    // A store is refused or full, or so long an answer has no other half: browsers give 64 KiB of chance at a time.
  }
}

/** The events of a page that is left. It takes both: Firefox reloads a page with the history's state as it was at the first, and iOS has the second alone. */
const LEAVING = ["beforeunload", "pagehide"];

/** Takes off this page's entry in the history what the page before it has carried there, a response, and answers it. */
function takeCarried() {
  const { [NAME]: held, ...state } = { ...history.state };
  if (held) rewrite(location.href, Object.keys(state).length ? state : null);
  return held;
}

/** Keeps a response in the page's memory, where every copy of this package finds it. Where the page is left before anybody has asked for it, it goes into the page's entry in the history. */
function keep(held) {
  const name = Symbol.for(NAME);
  // What is kept already was carried on by a page that did not leave after all.
  window[name]?.release();
  const save = () => rewrite(location.href, { ...history.state, [NAME]: held });
  const release = () => {
    LEAVING.forEach((event) => removeEventListener(event, save));
    delete window[name];
    // It may be in the history already, where the page was about to be left and was not, or was and is back.
    takeCarried();
  };
  LEAVING.forEach((event) => addEventListener(event, save));
  window[name] = { ...held, release };
}

/** Holds a redirect's response until somebody asks. */
export function hold(record, response) {
  if (SECRET.test(response) || !write(record, response)) keep({ state: record.state, response });
}

/** Writes a redirect's response where the page that was left finds it; answers nothing where that cannot be, or else true. */
export const put = (record, response) => (SECRET.test(response) ? writeHalves : write)(record, response);

/**
 * Goes back to the page that a redirect left, with the response, and with what that page had in the history; false where the browser keeps the
 * response nowhere, or where a router has shown that page in this one's place (Navigation API).
 */
export function goBack(record, response) {
  // Leaving this page would write what it keeps into the history, whole.
  window[Symbol.for(NAME)]?.release();
  const { state, page, entry } = record;
  const isWritten = put(record, response);
  const left = isWritten ? entry : { ...entry, [NAME]: { state, response } };
  // Only for what goes into the history: Firefox asks for what is reloaded as it asked for this page, on another site's behalf, without cookies that
  // are `SameSite=Strict`. A router may put the rewriting off (Navigation API).
  if (left && rewrite(page, left) && location.href === page) location.reload();
  else if (isWritten) location.replace(page);
  else return false;
  return !window.navigation?.transition;
}

/** Whether a response waits to be asked for. */
export const holds = () => window[Symbol.for(NAME)] || records("sessionStorage").some((record) => record.response);

/** Whether this tab remembers anything: a response that is held, or an attempt. */
export const remembers = () => records("sessionStorage").length > 0;

/** A URL without its query and its fragment. */
const pathOf = (url) => url.split(/[?#]/)[0];

/**
 * Takes up what the page before this one has carried here, and takes a response that answers a pending attempt off the URL before a
 * router sees it: it is held, or handed over. Where a redirect left from another page than this one, the browser goes on to that page with the
 * response, and nobody is told anything here: the server may have made this document for its own path.
 */
export function takeResponse(loadHandOver) {
  try {
    const carried = takeCarried();
    if (carried) keep(carried);
    const response = location.href;
    const owner = /=/.test(response) && findOwner(response);
    if (!owner) return;
    const isRedirect = owner.mode === "redirect";
    const here = pathOf(response);
    const { page = here, entry } = Date.now() < owner.expires && owner;
    const isElsewhere = pathOf(page) !== here;
    const stay = () => {
      hold(owner, response);
      ofPage().leaving = null;
    };
    const goOn = () => loadHandOver().then(({ handOver }) => handOver(response, owner));
    if (isElsewhere) rewrite(here);
    else rewrite(page, entry);
    // A redirect's is held also where it goes on: this page may be reloaded before. Another one's a reload finds where it was.
    if (isRedirect) stay();
    else goOn().catch(() => rewrite(response));
    // Where the browser does not go there, the response is for this page after all.
    if (isElsewhere) ofPage().leaving = goOn().then(stay, stay);
  } catch {
    // Storage is refused: nothing can have been remembered.
  }
}
