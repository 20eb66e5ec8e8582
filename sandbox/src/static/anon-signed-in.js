// The inner window after a sign-in: tells the dialog and closes; without a dialog, or when it is the one that goes back to
// the app, it goes on by itself.
"use strict";

const { path, further } = JSON.parse(document.getElementById("page-data").textContent);

if (!further && window.opener && window.name === "anon-signin") {
  window.opener.postMessage("anon-signed-in", location.origin);
  window.close();
} else {
  location.replace(`${path}/finish`);
}
