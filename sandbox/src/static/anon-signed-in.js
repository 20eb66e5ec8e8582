// The inner window after a sign-in: tells the dialog and closes; without a dialog it goes on by itself.
"use strict";

const { path } = JSON.parse(document.getElementById("page-data").textContent);

if (window.opener && window.name === "anon-signin") {
  window.opener.postMessage("anon-signed-in", location.origin);
  window.close();
} else {
  location.replace(`${path}/finish`);
}
