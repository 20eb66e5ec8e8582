// What a page of the app's own origin does with a response that belongs to another window's flow.

/** The prefix of every key in storage. */
export const KEY = "connect-widget:";

/** The type of the message, and the name of the channel and of the key in localStorage. */
const RETURN = "connect-widget";

/**
 * Hands a response to the page that opened this window and closes the window. Where the opener was severed
 * (Cross-Origin-Opener-Policy), every page of the origin hears it, and the one whose state it carries takes it.
 */
export function handOver(response) {
  if (window.opener && !opener.closed) opener.postMessage({ type: RETURN, response }, location.origin);
  else if (window.BroadcastChannel) new BroadcastChannel(RETURN).postMessage(response);
  else {
    localStorage.setItem(RETURN, response);
    localStorage.removeItem(RETURN);
  }
  setTimeout(close, 100);
}
