// connect-widget/callback: all that a redirect_uri page needs. It takes the response out of the address bar, hands it to
// the page that opened this window and closes; after a full-page redirect it goes back to the page that was left.

import { KEY, handOver } from "./hand-over.js";

const { search, hash, pathname } = location;
const response = search + hash;
const parameters = new URLSearchParams(search.slice(1) + "&" + hash.slice(1));
history.replaceState(null, "", pathname);

/** The record of a redirect that this tab is on: by its state, or, where the answer carries none, the newest. */
function findRedirect() {
  const state = parameters.get("connect_state") || parameters.get("state");
  const redirects = Object.keys(sessionStorage)
    .filter((key) => key.startsWith(KEY))
    .map((key) => [key, new URLSearchParams(sessionStorage.getItem(key))])
    .filter(([, record]) => record.get("mode") == "redirect")
    .sort(([, a], [, b]) => b.get("expires") - a.get("expires"));
  return redirects.find(([key]) => key == KEY + state) || redirects.find(([, record]) => /-/.test(record.get("protocol")));
}

function sayWhenStillHere() {
  const said = document.querySelector("[data-connect-widget]") || document.body.appendChild(document.createElement("p"));
  said.hidden = false;
  said.setAttribute("role", "status");
  said.textContent = said.textContent || "Done. You can close this window and return to the app.";
}

let redirect;
try {
  redirect = findRedirect();
} catch {
  // Storage is refused: this can only be a window's return.
}
if (redirect) {
  const [key, record] = redirect;
  record.set("response", response);
  sessionStorage.setItem(key, record);
  location.replace(record.get("page"));
} else {
  handOver(response);
  setTimeout(sayWhenStillHere, 600);
}
