// A page that goes on in another window: opens one at the click, or by itself where the browser lets it; or goes on in the one that opened
// this, which closes.
"use strict";

const { next, auto, close, noopener, first } = JSON.parse(document.getElementById("page-data").textContent);
const status = document.getElementById("status");

function goOn() {
  if (first) {
    window.opener.location.href = next;
    return window.close();
  }
  const opened = window.open(next, "_blank", `popup,width=480,height=640${noopener ? ",noopener" : ""}`);
  // A window without an opener is never handed back, so that nothing can be said of it.
  if (!opened && !noopener) return;
  status.textContent = "Go on in the new window. This one has nothing more to do.";
  if (close) window.close();
}

document.getElementById("further").addEventListener("click", goOn);
if (auto) goOn();
