import Connect, { ConnectError } from "connect-widget";
import { alter } from "connect-widget/providers";

const connect = Connect.create();
const button = document.body.appendChild(document.createElement("button"));
const result = document.body.appendChild(document.createElement("p"));
button.textContent = "Connect";
result.id = "result";
button.onclick = () => connect.open(alter({
  token: () => fetch("/api/session", { method: "POST" }).then((response) => response.text()),
  baseURL: globalThis.baseURL,
  onSuccess: ([grant]) => { result.textContent = grant.account_identifier; },
  onError: (error) => { result.textContent = error instanceof ConnectError ? error.message : `not a ConnectError: ${error}`; },
}));
