import { registerConnectButton, type ConnectButtonElement } from "connect-widget/element";
import "connect-widget/element-define";

registerConnectButton();
registerConnectButton("my-connect-button");
const button = document.createElement("connect-button");
const same: ConnectButtonElement = document.querySelector("connect-button")!;
button.tokenUrl = "/api/session";
button.token = async ({ state }) => state;
button.labels = { success: "Verbunden" };
declare const perhaps: { state?: string; bound?: true };
button.token = async ({ state }) => ({ token: state, bound: perhaps.bound });
button.link = async () => ({ url: "", state: perhaps.state });
button.disabled = same.required;
button.addEventListener("success", (event) => event.detail[0].grant_id);
button.addEventListener("error", (event) => event.detail.code.length);
button.addEventListener("event", function (event) { this.close(); event.detail.name.length; });
button.addEventListener("click", (event) => event.clientX);
const form: HTMLFormElement | null = button.form;
if (button.willValidate && !button.checkValidity()) console.log(form, button.validity.valueMissing, button.validationMessage, button.reportValidity());
button.open().then(() => button.status === "open");
// @ts-expect-error the status is the element's
button.status = "idle";
// @ts-expect-error no such property
button.tokenURL = "";
// @ts-expect-error which form it belongs to, its place says, or its attribute
button.form = form;
