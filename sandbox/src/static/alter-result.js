// The last page of Alter Connect: posts the result to the opener, or takes it to the return URL, or says that it cannot.
"use strict";

const data = JSON.parse(document.getElementById("page-data").textContent);
const show = (name) => {
  for (const section of document.querySelectorAll("[data-show]")) {
    section.hidden = section.dataset.show !== name;
  }
};
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

const FOREIGN = [
  "webpackHotUpdate",
  42,
  null,
  true,
  [],
  ["alter_connect_success"],
  {},
  { type: 1 },
  { type: "react-devtools-bridge", payload: {} },
  { type: "alter_connect_progress", step: "confirm" },
  { grants: [{ grant_id: "g", provider: "google" }] },
  new Date(0),
  new Map([["type", "alter_connect_success"]]),
  new Uint8Array(16),
];

function nested(depth) {
  let value = "bottom";
  for (let level = 0; level < depth; level += 1) value = { value };
  return value;
}

function message() {
  if (data.malformed !== "nested") return data.message;
  const [grant] = data.message.grants;
  return { ...data.message, grants: [{ ...grant, metadata: nested(2000), scopes: nested(2000) }] };
}

function postForeign() {
  const rounds = Number(data.foreign) || 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const item of FOREIGN) window.opener.postMessage(item, data.targetOrigin);
  }
}

function post() {
  postForeign();
  window.opener.postMessage(message(), data.targetOrigin);
  if (data.duplicate) window.opener.postMessage(message(), data.targetOrigin);
  show("posted");
  if (data.close === "after" || data.direct) window.close();
}

async function finish() {
  if (data.close === "before") return window.close();
  if (data.never) return show("waiting");
  if (data.delayMs > 0) {
    show("waiting");
    await wait(data.delayMs);
  }
  // The opener of a further window is the page that opened it, not the app.
  const opener = data.further ? null : window.opener;
  if (opener && data.targetOrigin) return post();
  if (data.returnUrl && !opener) {
    show("returning");
    return location.replace(data.returnUrl);
  }
  return show(opener ? "mute" : "stranded");
}

finish();
