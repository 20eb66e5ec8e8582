// What a page of the app's own origin does with a response that belongs to another page: a redirect's goes there, any other is offered
// until it is taken.
import { goBack, put, rewrite } from "./held.js";
import { NAME, PREFIX, TICKET } from "./owner.js";

/** Milliseconds between two offers. */
const PAUSE = 250;

/**
 * How many offers there are before the channels are asked besides the openers, before the user is told, and before it gives up: after ten
 * minutes, as long as a code may live. The tab may have been discarded, and is loaded anew when the user goes back to it.
 */
const OFFERS = { openers: 4, user: 20, all: 2400 };

/** Milliseconds after which the browser has stayed here: the user has stopped it, or the server had nothing to show. */
const STAYED = 30_000;

/**
 * A promise that is fulfilled where the browser stays here. Where it goes, `keep` is called as the page is left, before and after what the app does
 * then.
 */
function stayed(keep) {
  const onPageHide = () => {
    keep();
    // Not before: a policy may forbid pages to listen to it, and the browser would complain of that.
    addEventListener("unload", keep);
  };
  addEventListener("pagehide", onPageHide);
  return new Promise((stay) => {
    setTimeout(() => {
      removeEventListener("pagehide", onPageHide);
      stay();
    }, STAYED);
  });
}

/** What an object has itself: a script may have put anything on Object.prototype. */
const own = (object) => ({ __proto__: null, ...object });

/** What a way answers; undefined where the browser refuses it, so that the others are still gone. */
function tried(way) {
  try {
    return way();
  } catch {
    // It answers nothing.
  }
}

/**
 * The windows of this origin in the chain of openers: what opened this window (in a frame, the window around it), what opened that, and so on;
 * four at most.
 */
function openers() {
  const found = [];
  for (let one = top.opener; one && found.length < 4; one = tried(() => one.opener)) found.push(one);
  return found.filter((one) => tried(() => one.origin) === location.origin);
}

/** The ways to pages that cannot be seen: a channel for each state, or, before Safari 15.4, an event of local storage. */
function channelOf(state, onTaken) {
  const name = PREFIX + state;
  if (window.BroadcastChannel) {
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => onTaken(data);
    return channel;
  }
  const onStorage = ({ key }) => key === `${name}:taken` && onTaken({ type: NAME, taken: true });
  addEventListener("storage", onStorage);
  return {
    postMessage(message) {
      localStorage.setItem(`${name}:response`, JSON.stringify(message));
      localStorage.removeItem(`${name}:response`);
    },
    close: () => removeEventListener("storage", onStorage),
  };
}

/**
 * Goes back with a redirect's response, a whole URL, to the page that was left, and answers a promise that is fulfilled where the browser
 * stays here after all; offers any other response to the page that waits for it, and closes this window once it is taken. `owner` is its
 * attempt, where that is known. `tell` hears `true` once it is taken, and `false` when nobody has taken it for a while, or nobody is there.
 */
export function handOver(response, owner, tell = () => {}) {
  rewrite(location.origin + location.pathname);
  if (owner?.mode !== "redirect") return offer(response, owner, tell);
  // Apps clear their stores when they are left. Where nothing was cleared, the page that is shown next may have used the response by then.
  const keep = () => sessionStorage[PREFIX + owner.state] || put(owner, response);
  return goBack(owner, response) ? stayed(keep) : tell(false);
}

/** Offers a response to the pages that may wait for it, until one of them takes it; see `handOver`. */
function offer(response, owner, tell) {
  const parameters = new URLSearchParams(response.replace(/^[^?#]*\??|#[#/!?]*/g, "&"));
  // The attempt whose window this is, as its opener has noted in the store that only this window has.
  const ticket = tried(() => sessionStorage[TICKET]);
  // The app may have cleared the store that says whose a response is.
  const states = owner ? [owner.state] : [ticket, parameters.get("state"), parameters.get("connect_state")].filter(Boolean);
  const markKey = PREFIX + states[0];
  const message = { type: NAME, response, window: ticket };
  const onTaken = (data) => own(data).type === NAME && own(data).taken && end(true);
  const onMessage = ({ origin, data }) => origin === location.origin && onTaken(data);
  const channels = states.map((state) => tried(() => channelOf(state, onTaken)));
  let offers = 0;

  /** The app's backend was quicker than this window, perhaps only just: there is nothing to do but close. */
  const hasEnded = () => tried(() => own(JSON.parse(localStorage[markKey])).ended);

  function offerAgain() {
    if (hasEnded()) {
      localStorage.removeItem(markKey);
      return end(true);
    }
    const near = openers();
    for (const one of near) one.postMessage(message, location.origin);
    // Every page that knows the state hears a channel; where an opener is in sight, that is enough.
    if (!near.length || offers > OFFERS.openers) for (const channel of channels) tried(() => channel.postMessage(message));
    offers++;
    if (offers === OFFERS.user || (offers === 1 && !near.length && !channels.length)) tell(false);
    if (offers === OFFERS.all) end(false);
  }

  function end(taken) {
    clearInterval(timer);
    removeEventListener("message", onMessage);
    for (const channel of channels) channel?.close();
    if (!taken) return;
    // Before a page that is still being loaded has a place to say so.
    close();
    tell(true);
  }

  addEventListener("message", onMessage);
  const timer = setInterval(offerAgain, PAUSE);
  offerAgain();
}
