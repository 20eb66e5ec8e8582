import { registerConnectButton } from "connect-widget/element";
import { log, menu, options } from "./backend.js";

// The same page as the others', by hand: `Render` gives new listeners, `Toggle` takes the first button away and back.
const main = document.querySelector("main");
const [one, two] = ["one", "two"].map((id) => document.getElementById(id));
let rendering = 1;

function setUp(button) {
  const { onSuccess, onError, onExit, id, ...properties } = options(rendering, button.id);
  Object.assign(button, properties);
  button.addEventListener("success", ({ detail }) => log.push(`${button.id} ${rendering} success ${detail[0].account_identifier}`));
  button.addEventListener("error", ({ detail }) => log.push(`${button.id} ${rendering} error ${detail.code}`));
  button.addEventListener("exit", () => log.push(`${button.id} ${rendering} exit`));
}

setUp(one); // before the element is defined, as a framework may
registerConnectButton();
registerConnectButton(); // twice is once
setUp(two);
if (menu) one.addEventListener("click", () => one.remove());
document.getElementById("render").addEventListener("click", () => { rendering += 1; });
document.getElementById("toggle").addEventListener("click", () => (one.isConnected ? one.remove() : main.prepend(one)));
