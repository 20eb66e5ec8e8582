import { baseURL, list, mintSession, save } from "../showroom/backend.js";

const [button, status, accounts] = ["connect", "status", "accounts"].map((id) => document.getElementById(id));

const connect = ConnectWidget.create();

button.addEventListener("click", () => connect.open({
  baseURL,
  token: mintSession,
  onSuccess: connected,
  onError: (error) => { status.textContent = error.message; },
  onExit: () => { status.textContent = "Closed."; },
}));

async function connected(grants) {
  status.textContent = "Connected.";
  await save(grants);
  await show();
}

async function show() {
  const items = (await list()).map(({ provider_name, account }) => {
    const item = document.createElement("li");
    item.textContent = `${provider_name} ${account}`;
    return item;
  });
  accounts.replaceChildren(...items);
}

const grants = await connect.handleRedirect(); // on a phone the page itself went to Alter and is back
if (grants) await connected(grants);
else await show();
