// The form: which system, its own fields, and the switches that make the sandbox misbehave.
import { $, h } from "./dom.js";
import { mistakes } from "./mistakes.js";
import { systems, systemOf } from "./systems.js";

const key = "demo.settings";
const coops = ["", "same-origin", "same-origin-allow-popups", "noopener-allow-popups"];
const people = ["", "alice", "bob", "carol", "dana"];

export class Settings {
  /** @param {HTMLFormElement} form @param {(settings: Settings) => void} onChange called after every change, and once at first */
  constructor(form, onChange) {
    this.form = form;
    this.onChange = onChange;
    this.state = { system: "alter", values: {}, mode: "auto", delay: "0", ...kept() };
    if (!systemOf(this.state.system)) this.state.system = "alter";
    $("systems").append(...systems.map((system) => this.systemChoice(system)));
    form.elements.mode.value = this.state.mode;
    form.elements.delay.value = this.state.delay;
    this.showSystem();
    form.addEventListener("input", (event) => this.changed(event));
    this.changed();
  }

  get system() {
    return systemOf(this.state.system);
  }

  get mode() {
    return this.state.mode;
  }

  /** How long the backend shall take, in milliseconds. */
  get delay() {
    return this.system.usesBackend ? Number(this.state.delay) : 0;
  }

  /** What was chosen in the system's own fields. */
  get values() {
    return this.valuesOf(this.system);
  }

  valuesOf(system) {
    return { ...defaults(system), ...this.state.values[system.id] };
  }

  /** The switches for the sandbox, as its README names them. */
  get switches() {
    const { values, system } = this;
    const chosen = { ...system.wrong[values.wrong] };
    for (const name of ["auto", "coop"]) if (values[name]) chosen[name] = values[name];
    if (values.auto && values.decision === "deny") chosen.auto_decision = "deny";
    if (values.coop && values.coop_from) chosen.coop_from = values.coop_from;
    if (values.expires_in) chosen.expires_in = Number(values.expires_in);
    return chosen;
  }

  /** What the app itself shall do wrong: one of mistakes.js. */
  get mistake() {
    return mistakes[this.system.id][this.values.mistake];
  }

  systemChoice(system) {
    const id = `system-${system.id}`;
    return h("div", { class: "system" },
      h("input", { type: "radio", name: "system", id, value: system.id, checked: system.id === this.state.system }),
      h("label", { for: id }, h("strong", {}, system.name), h("span", {}, system.kind)));
  }

  changed(event) {
    const { form, state } = this;
    const before = state.system;
    state.system = form.elements.system.value;
    state.mode = form.elements.mode.value;
    state.delay = form.elements.delay.value;
    if (before !== state.system) this.showSystem();
    else if (event) state.values[state.system] = this.read();
    for (const field of form.querySelectorAll("[data-with]")) field.hidden = !this.values[field.dataset.with];
    form.querySelector("[data-for=delay]").hidden = !this.system.usesBackend;
    $("delay-shown").textContent = `${(state.delay / 1000).toFixed(1)} s`;
    keep(state);
    this.onChange(this);
  }

  read() {
    const data = new FormData(this.form);
    return Object.fromEntries(allFields(this.system).map(({ name, kind }) => [name, kind === "checks" ? data.getAll(name) : kind === "check" ? data.has(name) : data.get(name)]));
  }

  showSystem() {
    const { system, values } = this;
    $("about").textContent = system.about;
    $("fields").replaceChildren(...system.fields.map((field) => control(field, values[field.name])));
    $("switches").replaceChildren(...switchFields(system).map((field) => control(field, values[field.name])));
  }
}

/** The advanced part's fields that this system's half of the sandbox understands. */
function switchFields(system) {
  const fields = {
    auto: [
      { name: "auto", label: "Sign in by itself", kind: "select", options: people, empty: "No, show the pages", labels: { alice: "as Alice", bob: "as Bob", carol: "as Carol", dana: "as Dana (suspended)" }, value: "" },
      { name: "decision", label: "… and", kind: "select", options: ["allow", "deny"], labels: { allow: "allow", deny: "deny" }, value: "allow", with: "auto" },
    ],
    coop: [
      { name: "coop", label: "Cross-Origin-Opener-Policy", kind: "select", options: coops, empty: "None", value: "", hint: "Cuts the popup off from this page." },
      { name: "coop_from", label: "… from", kind: "select", options: ["", "login", "consent", "result"], empty: "the first page", labels: { login: "the login page", consent: "the consent page", result: "the last page" }, value: "", with: "coop" },
    ],
    wrong: [{ name: "wrong", label: "The provider shall", kind: "select", options: ["", ...Object.keys(system.wrong)], empty: "Behave", labels: lowered(system.wrong), value: "" }],
    expires_in: [{ name: "expires_in", label: `The ${system.expires} expires after (seconds)`, kind: "number", value: "" }],
    mistake: [{ name: "mistake", label: "The app shall", kind: "select", options: ["", ...Object.keys(mistakes[system.id])], empty: "Behave", labels: lowered(mistakes[system.id]), value: "" }],
    verify: [{ name: "verify", label: "Ask the backend as well (verify)", kind: "check", value: false, hint: "The way past a popup that was cut off." }],
  };
  return ["mistake", ...system.switches].flatMap((name) => fields[name]);
}

const lowered = (wrong) => Object.fromEntries(Object.keys(wrong).map((name) => [name, name[0].toLowerCase() + name.slice(1)]));
const allFields = (system) => [...system.fields, ...switchFields(system)];
const defaults = (system) => Object.fromEntries(allFields(system).map(({ name, value }) => [name, value]));

const controls = {
  checks: ({ name, label, options, hint }, value) => h("fieldset", { class: "checks" }, h("legend", {}, label),
    options.map((option) => h("label", {}, h("input", { type: "checkbox", name, value: option, checked: value.includes(option) }), h("span", {}, option))),
    hint && h("p", { class: "small soft" }, hint)),
  check: ({ name, label, hint }, value) => h("div", { class: "field check" }, h("label", {}, h("input", { type: "checkbox", name, checked: value }), ` ${label}`), hint && h("p", { class: "small soft" }, hint)),
  select: (field, value) => labelled(field, h("select", { name: field.name, id: `field-${field.name}` },
    field.options.map((option) => h("option", { value: option, selected: option === value }, option === "" ? field.empty : field.labels?.[option] ?? option)))),
  number: (field, value) => labelled(field, h("input", { type: "number", name: field.name, id: `field-${field.name}`, min: 1, inputmode: "numeric", value, placeholder: "as usual" })),
};

const control = (field, value) => controls[field.kind](field, value);

const labelled = ({ name, label, hint, with: other }, input) => {
  const wrapper = h("div", { class: "field", "data-with": other }, h("label", { for: input.id }, label), input, hint && h("p", { class: "small soft", id: `hint-${name}` }, hint));
  if (hint) input.setAttribute("aria-describedby", `hint-${name}`);
  return wrapper;
};

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function keep(state) {
  try {
    sessionStorage.setItem(key, JSON.stringify(state));
  } catch {
    // storage is refused: the choice is forgotten with the page
  }
}
