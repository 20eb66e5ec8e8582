import { Connect } from "connect-widget";

const connect = Connect.create();

document.getElementById("connect").onclick = () => connect.open({
  token: () => fetch("/api/session", { method: "POST" }).then((response) => response.text()),
  baseURL: globalThis.baseURL,
  onSuccess: ([grant]) => { document.getElementById("result").textContent = grant.account_identifier; },
});
