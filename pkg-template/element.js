// <connect-button>: the widget as a custom element. Importing this defines nothing; `registerConnectButton()` does.
import { Controller, announce, hide, isBusy, liveRegion, speak } from "./controller.js";
import { objects, questions, texts, values } from "./options.js";

/** A property's attribute: `base-url` of `baseURL`. */
const attributeOf = (name) => name.replace(/[A-Z]+/g, (capitals) => `-${capitals.toLowerCase()}`);

/** The names of its property, whatever the option is called: Solid writes `base-url` to `baseUrl`, and `baseURL` to `baseurl`. */
const propertiesOf = (name) => [name, name.replace("URL", "Url"), name.toLowerCase()];

/** The property that names an address of the app's own backend, which is asked in the option's stead. */
const addressOf = (question) => `${question}Url`;

/** Every property that is an attribute, by its name. */
const attributes = Object.fromEntries([...texts, ...questions.map(addressOf), "requiredText"].flatMap((name) =>
  propertiesOf(name).map((property) => [property, attributeOf(name)])));

/** Options that no attribute can hold. */
const propertiesOnly = [...questions, ...values];

const style = `
:host { display: inline-block; max-inline-size: 100%; }
:host([hidden]) { display: none; }
button {
  box-sizing: border-box; inline-size: 100%; cursor: pointer; font: inherit; overflow-wrap: anywhere;
  padding: var(--connect-button-padding, .6em 1.2em);
  color: var(--connect-button-color, #fff);
  background: var(--connect-button-background, #1f4fd8);
  border: var(--connect-button-border, 1px solid transparent);
  border-radius: var(--connect-button-radius, .4em);
}
button:focus-visible { outline: var(--connect-button-outline, 3px solid #1f4fd8); outline-offset: 2px; box-shadow: 0 0 0 2px #fff; }
button:disabled { cursor: default; opacity: .6; }
button[aria-busy=true] { cursor: progress; }
@media (prefers-reduced-motion: no-preference) {
  button { transition: filter .15s; }
  button[aria-busy=true] { animation: connect-button-busy 1.2s ease-in-out infinite alternate; }
  @keyframes connect-button-busy { to { filter: brightness(.8); } }
}
@media (forced-colors: active) {
  button { border-color: ButtonText; }
  button:disabled { opacity: 1; }
}`;

/**
 * Defines the element under `name`, once; on a server, and in an extension's content script, there is nowhere to define it.
 * @returns the element's class, or undefined there
 */
export function registerConnectButton(name = "connect-button") {
  if (!globalThis.customElements) return undefined;
  if (!customElements.get(name)) customElements.define(name, elementClass());
  return customElements.get(name);
}

// Made on demand: a server has no HTMLElement to extend.
function elementClass() {
  let sheet;

  class ConnectButtonElement extends HTMLElement {
    constructor() {
      super();
      this.given = { __proto__: null };
      this.internals = internalsOf(this);
      const root = this.attachShadow({ mode: "open", delegatesFocus: true });
      this.button = Object.assign(document.createElement("button"), { type: "button" });
      this.button.setAttribute("part", "button"); // `part` is not everywhere: jsdom lacks it
      this.button.append(Object.assign(document.createElement("slot"), { textContent: "Connect" }));
      this.button.addEventListener("click", () => this.open());
      // What describes it may have come to the page since.
      this.button.addEventListener("focus", () => this.render());
      // A label's click, or a script's `click()`, is of the element itself and passes no button. Captured, to be as early.
      this.addEventListener("click", (event) => event.composedPath()[0] === this && !this.button.disabled && this.open(), true);
      this.voice = document.createElement("span");
      this.voice.setAttribute("part", "status");
      this.voice.setAttribute("role", "status");
      hide(this.voice);
      root.append(this.button, this.voice);
      // Without constructed sheets (Safari before 16.4) the button stays a plain one: a style element needs a CSP's leave.
      sheet = sheet || styleSheet();
      if (sheet) root.adoptedStyleSheets = [sheet];
      this.controller = new Controller({
        options: () => this.options,
        // Taken off the page it has no voice, but its flow may go on.
        say: (text) => (this.isConnected ? speak(this.voice, text) : announce(text)),
        onClose: () => this.emit("close"),
      });
      this.controller.trigger = this.button;
      this.controller.subscribe(() => this.render());
    }

    connectedCallback() {
      for (const name of propertyNames) upgrade(this, name);
      this.render();
      this.mountSoon();
    }

    disconnectedCallback() {
      this.mountSoon();
    }

    // A document gives its sheets to no other one, such as a picture-in-picture window's.
    adoptedCallback() {
      const own = styleSheet(this.ownerDocument.defaultView);
      if (own) this.shadowRoot.adoptedStyleSheets = [own];
    }

    // Not at once: moved to another place, the element is back in the same task; and the script that made it may set
    // properties first, which the answer of a redirect needs.
    mountSoon() {
      Promise.resolve().then(() => {
        if (this.isConnected === Boolean(this.controller.mounted)) return;
        if (this.isConnected) return this.controller.mount();
        // jsdom, after a test, takes the document away with it.
        if (isBusy(this.controller.state) && globalThis.document) liveRegion();
        this.controller.unmount();
      });
    }

    attributeChangedCallback() {
      this.render();
    }

    formDisabledCallback() {
      this.render();
    }

    formResetCallback() {
      this.controller.close();
      this.controller.set({ status: "idle", result: null, error: null });
    }

    /** What `Connect.open` gets: the properties, else the attributes, and callbacks that become events. */
    get options() {
      const options = { id: this.id || this.getAttribute("name") || undefined };
      for (const name of texts) if (this[name] !== null) options[name] = this[name];
      if (this.timeout !== undefined) options.timeout = this.timeout;
      Object.assign(options, fromBackend(this));
      for (const name of objects) if (this[name]) options[name] = this[name];
      for (const name of propertiesOnly) if (this.given[name] !== undefined) options[name] = this.given[name];
      return {
        ...options,
        onSuccess: (result) => this.emit("success", result, true),
        onError: (error) => this.emit("error", error),
        onExit: () => this.emit("exit", undefined, true),
        onEvent: (name, metadata) => this.emit("event", { name, metadata }, true),
      };
    }

    get status() { return this.controller.state.status; }
    get result() { return this.controller.state.result; }
    get error() { return this.controller.state.error; }

    get disabled() { return this.hasAttribute("disabled"); }
    set disabled(value) { this.toggleAttribute("disabled", Boolean(value)); }
    get required() { return this.hasAttribute("required"); }
    set required(value) { this.toggleAttribute("required", Boolean(value)); }
    get name() { return this.getAttribute("name") || ""; }
    set name(value) { this.setAttribute("name", value); }
    get timeout() { return this.hasAttribute("timeout") ? Number(this.getAttribute("timeout")) : undefined; }
    set timeout(value) { write(this, "timeout", value); }

    // What a form control says of itself. `labels` are texts here.
    get form() { return this.internals?.form || null; }
    // React sets a property where there is one, and means the attribute.
    set form(id) { write(this, "form", id); }
    get validity() { return this.internals?.validity || { valid: true }; }
    get validationMessage() { return this.internals?.validationMessage || ""; }
    get willValidate() { return Boolean(this.internals?.willValidate); }
    checkValidity() { return this.internals?.checkValidity?.() ?? true; }
    reportValidity() { return this.internals?.reportValidity?.() ?? true; }

    open() { return this.controller.open(); }
    authorize() { return this.controller.authorize(); }
    close() { this.controller.close(); }
    focus(options) { isBusy(this.controller.state) ? this.controller.focus() : super.focus(options); }

    // `error` and `close` do not bubble, as the platform's own do not: a page's error reporter, or a dialog around the
    // button, would take them for its own. Nor do they leave a shadow tree, whose host would, too.
    emit(type, detail, bubbles = false) {
      const tell = (target) => target.dispatchEvent(new CustomEvent(type, { detail, bubbles, composed: bubbles }));
      tell(this);
      // A server that renders parts of the page may have put another button in this one's place: the page's own listeners hear it.
      if (bubbles && !this.isConnected) tell(document.body);
    }

    render() {
      const { state } = this.controller;
      const busy = isBusy(state);
      this.button.disabled = this.disabled || this.matches(":disabled");
      this.button.setAttribute("aria-busy", busy);
      const label = this.getAttribute("aria-label");
      label ? this.button.setAttribute("aria-label", label) : this.button.removeAttribute("aria-label");
      // Elements of the page, which the button cannot name by their ids; where the browser has no such properties, nothing reads them.
      for (const name of ["ariaDescribedByElements", "ariaLabelledByElements"]) this.button[name] = this[name] ?? null;
      if (this.isConnected && this.getAttribute("status") !== state.status) this.setAttribute("status", state.status);
      this.renderForm(state);
    }

    renderForm({ result }) {
      const { internals } = this;
      if (!internals?.setFormValue) return;
      // Nothing for the browser to remember, which it would write to its session: a token may be in it.
      internals.setFormValue(result === null ? null : json(result), null);
      const missing = this.required && result === null;
      const text = this.requiredText || "Connect an account.";
      internals.setValidity(missing ? { valueMissing: true } : {}, missing ? text : "", this.button);
    }
  }

  ConnectButtonElement.formAssociated = true;
  ConnectButtonElement.observedAttributes = ["disabled", "required", "required-text", "aria-label", "aria-describedby", "aria-labelledby", "status"];
  for (const [name, attribute] of Object.entries(attributes)) reflect(ConnectButtonElement.prototype, name, attribute);
  for (const name of propertiesOnly) hold(ConnectButtonElement.prototype, name);
  for (const name of objects) hold(ConnectButtonElement.prototype, name, jsonAttribute);
  return ConnectButtonElement;
}

const propertyNames = [...Object.keys(attributes), ...objects, ...propertiesOnly, "disabled", "required", "name", "timeout"];

/** Writes an attribute; `null` and `undefined` take it away. */
function write(element, attribute, value) {
  value == null ? element.removeAttribute(attribute) : element.setAttribute(attribute, value);
}

/** A property that is the attribute; or one of the property's name, which HTML writes in small letters, as does Svelte on a server. */
function reflect(prototype, name, attribute) {
  Object.defineProperty(prototype, name, {
    configurable: true,
    enumerable: true,
    get() { return this.getAttribute(attribute) ?? this.getAttribute(name); },
    set(value) {
      write(this, name, null);
      write(this, attribute, value);
    },
  });
}

/** A property that scripts set; without that, `otherwise` answers. */
function hold(prototype, name, otherwise = () => undefined) {
  Object.defineProperty(prototype, name, {
    configurable: true,
    enumerable: true,
    get() { return name in this.given ? this.given[name] : otherwise(this, name); },
    set(value) { this.given[name] = value; },
  });
}

/** What a form is sent of a result; nothing of one that JSON has no words for, as `exchange` and `verify` may answer: it is told all the same. */
function json(result) {
  try {
    return JSON.stringify(result);
  } catch {
    return null;
  }
}

function jsonAttribute(element, name) {
  try {
    return JSON.parse(element.getAttribute(name)) || undefined;
  } catch {
    console.error(`connect-button: the attribute ${name} is not JSON`);
    return undefined;
  }
}

/** A property that a framework set before the element was defined hides the accessor; set it again. */
function upgrade(element, name) {
  if (!Object.prototype.hasOwnProperty.call(element, name)) return;
  const value = element[name];
  delete element[name];
  element[name] = value;
}

function internalsOf(element) {
  try {
    return element.attachInternals();
  } catch {
    return null; // Safari before 16.4: no part in forms
  }
}

function styleSheet(view = window) {
  try {
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(style);
    return sheet;
  } catch {
    return null;
  }
}

// ---------------------------------------------------------------- the app's backend, by address

function fromBackend(element) {
  const options = {};
  for (const name of questions) {
    const url = element[addressOf(name)];
    if (!url) continue;
    // Of what the function would be called with, the signal and the mode are for this page.
    const ask = ({ signal, mode, ...asked }) => post(url, asked, signal);
    options[name] = name === "token" ? (context) => ask(context).then(tokenIn) : ask;
  }
  return options;
}

function tokenIn(answer) {
  if (!answer || typeof answer !== "object") return answer;
  const token = answer.session_token || answer.token;
  return answer.bound === true ? { token, bound: true } : token;
}

/** POSTs JSON; answers JSON, or text where it is none. Rejects unless the status is 2xx. */
async function post(url, body, signal) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return text;
  }
}
