// Posts what the fragment says, as any page of this origin could: for tests of what a widget must ignore.
"use strict";

const wanted = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const targets = {
  opener: () => window.opener,
  parent: () => window.parent,
  top: () => window.top,
  "parent.opener": () => window.parent.opener,
};
const target = targets[wanted.to ?? "opener"]();
let left = wanted.times ?? 1;

function post() {
  target.postMessage(wanted.message, wanted.targetOrigin ?? "*");
  left -= 1;
  if (left > 0) setTimeout(post, wanted.interval_ms ?? 0);
  else document.getElementById("status").textContent = "Posted.";
}

post();
