// connect-widget/callback: all that a redirect_uri page needs. It takes the response out of the address bar and hands it to
// the page that opened this window; after a full-page redirect it goes back to the page that was left.
import { handOver } from "./hand-over.js";
import { goBack } from "./held.js";
import { findOwner, ownership, records } from "./owner.js";

const TEXTS = {
  done: "Done. You can close this window and return to the app.",
  lost: "No page of the app is waiting for this. Go back to the app and start again. If the app is open in another window, you can close this one.",
};

/** Shows the page's own element for this, `data-connect-widget="done"` or `"lost"`, or the text. */
function say(name) {
  // A page that loads this by hand, in its head, may have its elements still to come.
  if (document.readyState === "loading") return setTimeout(say, 50, name);
  for (const other of document.querySelectorAll("[data-connect-widget]")) other.hidden = true;
  const element = document.querySelector(`[data-connect-widget="${name}"]`) || document.body.appendChild(document.createElement("p"));
  element.setAttribute("role", "status");
  element.setAttribute("data-connect-widget", name);
  // Put there anew, what it says is read out; a link in it stays one.
  element.replaceChildren(...(element.textContent ? element.childNodes : [TEXTS[name]]));
  element.hidden = false;
}

/** The redirect of this tab that an answer is like, though it does not prove to be its: many servers leave the state out of a refusal. */
const redirectLike = (response) => records("sessionStorage").find((record) => record.mode === "redirect" && ownership(response, record));

/**
 * The record of an attempt by popup that this tab itself began: its window has sent the tab here instead of coming. A frame that is used as a
 * window has its page's store. WebKit can copy the record into the window, so this is asked where nobody has taken the response.
 */
const begunHere = (owner) => self === top && records("sessionStorage").find(({ state }) => state === owner.state);

function answer() {
  const response = location.href;
  let owner;
  try {
    owner = findOwner(response);
  } catch {
    // Storage is refused: this can only be a window's return.
  }
  // Nobody is told what anybody may have made up, but the user gets back to the app.
  const left = !owner && redirectLike(response);
  handOver(response, owner, (taken) => {
    const begun = !taken && owner && begunHere(owner);
    if (taken) say("done");
    else if (left) location.replace(left.page);
    else if (!begun || !goBack(begun, response)) say("lost");
  });
}

// On a server there is nothing to answer. Some have a window and a document of their own making.
if (typeof window === "object" && typeof location === "object") answer();
