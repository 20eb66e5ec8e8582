// The first page of Alter Connect: takes the session token out of the fragment and goes on with it.
"use strict";

const token = new URLSearchParams(location.hash.slice(1)).get("session");
history.replaceState(null, "", location.pathname);

async function start() {
  const response = await fetch("/sdk/oauth/connect/start", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ session_token: token ?? "" }),
  });
  const { next } = await response.json();
  location.replace(next);
}

start().catch((error) => {
  document.getElementById("status").textContent = `The sandbox did not answer (${error.message}). Reload to try again.`;
});
