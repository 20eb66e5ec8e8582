// Anon's dialog: opens the app's own sign-in in a window of its own and goes on when that is done.
"use strict";

const { path, further } = JSON.parse(document.getElementById("page-data").textContent);
const note = document.getElementById("note");
let inner = null;
let watch = 0;
let isDone = false;

function say(text) {
  note.textContent = text;
  note.hidden = false;
}

/** Once: the inner window's message and a look at it may both say that the user has signed in, and a link ends for its first visitor. */
function goOn() {
  clearInterval(watch);
  if (isDone) return;
  isDone = true;
  location.replace(`${path}/finish`);
}

async function look() {
  if (inner && !inner.closed) return;
  clearInterval(watch);
  const { signedIn } = await (await fetch(`${path}/status`)).json();
  if (signedIn && further) say("You have finished in the other window.");
  else if (signedIn) goOn();
  else say("The sign-in window was closed before you signed in. You can try again.");
}

document.getElementById("continue").addEventListener("click", () => {
  inner = window.open(`${path}/signin`, "anon-signin", "popup,width=420,height=620");
  if (!inner) return location.assign(`${path}/signin`);
  say("Sign in, in the window that has opened.");
  clearInterval(watch);
  watch = setInterval(look, 300);
});

window.addEventListener("message", (event) => {
  if (event.origin === location.origin && event.source === inner && event.data === "anon-signed-in") goOn();
});
