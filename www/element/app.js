import { registerConnectButton } from "/pkg/element.js";
import { baseURL, list, mintSession, save } from "../showroom/backend.js";

const [button, status, accounts] = ["connect", "status", "accounts"].map((id) => document.getElementById(id));

Object.assign(button, { baseURL, token: mintSession }); // or <connect-button token-url="/api/session">

button.addEventListener("success", async (event) => {
  status.textContent = "";
  await save(event.detail);
  await show();
});

button.addEventListener("error", (event) => { status.textContent = event.detail.message; });

async function show() {
  const items = (await list()).map(({ provider_name, account }) => {
    const item = document.createElement("li");
    item.textContent = `${provider_name} ${account}`;
    return item;
  });
  accounts.replaceChildren(...items);
}

registerConnectButton(); // after the listeners: a phone's page may be back with a result already
await show();
