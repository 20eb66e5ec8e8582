// Two buttons in StrictMode, which mounts everything twice; one can be unmounted, and all can be rendered anew.
import * as React from "react";
import { createRoot } from "react-dom/client";
import { ConnectButton, useConnect } from "connect-widget/react";
import { keeps, log, menu, mint, options, own as hasOwn } from "./backend.js";

const { Fragment, StrictMode, createElement: h, createRef, useEffect, useState } = React;

window.refs = [];
// React 19 calls what a ref answers; before that it complained.
const ref = React.use && ((element) => {
  window.refs.push(element && "on");
  return () => window.refs.push("off");
});

/** A button with what a button may have: its click begins nothing as long as it is not ready. */
const box = (window.box = createRef());
const own = { "aria-label": "Connect at last", type: "submit", "data-status": "mine", ref: box, onClick: (event) => window.isReady || event.preventDefault() };

function Hook({ rendering }) {
  const token = () => {
    log.push(`hook ${rendering} token`);
    return mint();
  };
  const connect = useConnect({ ...options(rendering, "hook"), ...(new URLSearchParams(location.search).has("tells") && { token }) });
  const { open, authorize, close, focus, ref } = connect;
  window.hook = { authorize, close };
  useEffect(() => {
    window.verbs = (window.verbs ?? 0) + 1;
  }, [open, authorize, close, focus, ref]);
  return h(Fragment, null,
    h("button", { ref: connect.ref, onClick: connect.open, "aria-busy": connect.status === "open" }, "Connect by hook"),
    h("p", { id: "state" }, [connect.status, connect.result?.[0].account_identifier, connect.error?.code].filter(Boolean).join(" ")),
    h("p", { id: "rendering" }, rendering));
}

/** A component whose modal dialog is in its shadow tree, around what the page puts into it. */
customElements.define("dialog-card", class extends HTMLElement {
  connectedCallback() {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.innerHTML = '<dialog aria-label="Accounts"><slot></slot></dialog>';
    root.querySelector("dialog").showModal();
  }
});

function App() {
  const [rendering, setRendering] = useState(1);
  window.render = () => setRendering((number) => number + 1);
  const [shown, setShown] = useState(true);
  const one = h(ConnectButton, { ...options(rendering, "one"), ...(menu && { onClick: () => setShown(false) }) }, "Connect");
  return h("main", null,
    h("h1", null, "React"),
    new URLSearchParams(location.search).has("card") && h("dialog-card", null, h(ConnectButton, options(rendering, "three"), "Connect in a card")),
    new URLSearchParams(location.search).has("dialog") && h("dialog", { "aria-label": "Accounts", ref: (dialog) => void (dialog?.open === false && dialog.showModal()) }, h(ConnectButton, options(rendering, "three"), "Connect in a dialog")),
    hasOwn && h(ConnectButton, { ...options(rendering, "three"), ...own }),
    keeps ? h(React["Activity"], { mode: shown ? "visible" : "hidden" }, one) : shown && one, // React 18 has none
    h(ConnectButton, { ...options(rendering, "two"), ...(ref && { ref }) }, "Connect another"),
    h(Hook, { rendering }),
    h("button", { onClick: () => setRendering(rendering + 1) }, "Render"),
    h("button", { onClick: () => setShown(!shown) }, "Toggle"));
}

createRoot(document.getElementById("app")).render(h(StrictMode, null, h(App)));
