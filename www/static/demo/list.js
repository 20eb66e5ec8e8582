// The app's list of connections, as its backend knows it.
import { $, h } from "./dom.js";
import { connections, remove } from "./backend.js";
import { systemFor } from "./systems.js";

/** Shows what the backend has. `reconnect(connection)` is called, inside the click, by the button of that name. */
export async function showConnections(reconnect) {
  const list = await connections();
  const rows = list.sort((a, b) => (b.updated_at > a.updated_at ? 1 : -1)).map((connection) => row(connection, reconnect));
  $("connections").replaceChildren(...rows);
  $("no-connections").hidden = rows.length > 0;
}

function row(connection, reconnect) {
  const name = connection.provider_name || connection.provider || connection.protocol;
  const whose = [connection.account, systemFor(connection)?.name].filter((text) => text && text !== name).join(" · ");
  const act = (label, run, kind = "") => h("button", { type: "button", class: `button quiet little ${kind}`, "aria-label": `${label} ${name} ${connection.account ?? ""}`.trim(), onclick: run }, label);
  return h("li", {},
    h("div", { class: "who" },
      h("strong", {}, name), " ",
      connection.operation && h("span", { class: "badge good" }, words[connection.operation] ?? connection.operation),
      h("span", { class: "soft small whose" }, whose)),
    h("div", { class: "row-actions" },
      systemFor(connection) && act("Reconnect", () => reconnect(connection)),
      act("Remove", () => discard(connection, name, reconnect))));
}

const words = { creation: "connected", reauth: "reconnected" };

/** What became of a removal: that it was done, the list shows. */
function say(text, look) {
  const status = $("connections-status");
  status.className = look;
  status.textContent = text;
}

async function discard(connection, name, reconnect) {
  const index = [...$("connections").children].findIndex((item) => item.contains(document.activeElement));
  try {
    await remove(`/api/connections/${encodeURIComponent(connection.id)}`);
    await showConnections(reconnect);
  } catch (error) {
    return say(`${name} could not be removed: ${error.message}`, "small bad-text");
  }
  say(`${name} removed`, "visually-hidden");
  const rows = $("connections").children;
  (rows[Math.min(index, rows.length - 1)]?.querySelector("button:last-of-type") ?? $("connect")).focus();
}
