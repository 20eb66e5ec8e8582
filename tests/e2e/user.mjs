// What a scenario's person can do, the same in every engine, and what can be observed of the app: its reports at the
// sandbox's beacon, which are read without touching the page (a script run by a driver can count as a gesture).
import assert from "node:assert/strict";

/** Milliseconds; only what does not come at all takes so long. */
export const PATIENCE = 15_000;

/** Retries until `look` answers something. */
export async function eventually(look, what, patience = PATIENCE) {
  const deadline = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new assert.AssertionError({ message: `never came: ${typeof what === "function" ? what() : what}` });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export class User {
  constructor(session, { app, providers, id, run, engine }) {
    Object.assign(this, { session, app, providers, id, run, engine, page: session.page });
  }

  /** The app's address with this run's name in it, so that the page finds its scenario. */
  address({ path = "/", query = "", hash = "" } = {}) {
    return `${this.app}${path}?run=${this.run}${query && `&${query}`}${hash}`;
  }

  click(css = "#go") {
    return this.page.click(css);
  }

  /** Clicks the button of the app that the page has in a frame. */
  clickInFrame() {
    return this.page.clickInFrame("iframe", "#go");
  }

  windows() {
    return this.session.windows();
  }

  newTab() {
    return this.session.newTab();
  }

  /** The window that was not there before. */
  newWindow(known = [this.page]) {
    return eventually(async () => (await this.windows()).find((window) => !known.includes(window)), "a new window");
  }

  /** The new window, once it is on a page of its provider where a person can do something, and the app has seen it away. */
  async atProvider(known) {
    const popup = await this.newWindow(known);
    await eventually(() => this.isAtProvider(popup), "the provider's page");
    await eventually(async () => {
      const reports = await this.reports();
      const { load, value } = reports.findLast(({ kind }) => kind === "window");
      return reports.some((report) => report.kind === "away" && report.load === load && report.value === value);
    }, "the window's departure");
    return popup;
  }

  /** Whether a window shows one of the provider's pages, and not one that only leads to the next. */
  async isAtProvider(window) {
    if (!(await window.url().catch(() => "")).startsWith(this.providers)) return false;
    return window.run(() => document.readyState === "complete" && !["alter-start", undefined].includes(document.body.dataset.page)).catch(() => false);
  }

  /** Sends a window somewhere as a link in it would: a driver's own navigation can cut it off from its opener. */
  async sends(popup, url) {
    await popup.run((to) => { setTimeout(() => location.assign(to)); }, url);
    await eventually(() => popup.run((to) => location.href === to && document.readyState === "complete", url).catch(() => false), url);
  }

  async isAlone() {
    return (await this.windows()).length === 1;
  }

  /** For a failure's message: what each window shows. */
  async whereabouts() {
    const look = (window) => Promise.race([
      window.run(() => `${document.readyState} ${location.href}`).catch(({ message }) => message.split("\n")[0]),
      this.wait(2000).then(() => "answers nothing"),
    ]);
    const windows = await this.windows().catch(() => []);
    return (await Promise.all(windows.map(look))).map((place) => `  window: ${place}`).join("\n");
  }

  /** Everything that the app's pages reported, in order: {load, kind, value}. What overtook another report waits for it. */
  async reports(wait = 0, count = 1) {
    const response = await fetch(`${this.app}/api/beacon/${this.id}?wait_ms=${wait}&count=${count}`);
    const { items } = await response.json();
    const bodies = items.map(({ body }) => body);
    const loads = [...new Set(bodies.map(({ load }) => load))];
    const inOrder = (load) => bodies.filter((body) => body.load === load).sort((a, b) => a.count - b.count).filter((body, index) => body.count === index + 1);
    return Object.assign(loads.flatMap(inOrder), { arrived: items.length });
  }

  async all(kind) {
    return (await this.reports()).filter((report) => report.kind === kind).map(({ value }) => value);
  }

  /** The value of the nth report of a kind, once it is there. */
  async heard(kind, { nth = 1, patience = PATIENCE } = {}) {
    const deadline = Date.now() + patience;
    for (let seen = 0; ; ) {
      const reports = await this.reports(Math.max(0, deadline - Date.now()), seen + 1);
      const found = reports.filter((report) => report.kind === kind);
      if (found.length >= nth) return found[nth - 1].value;
      if (Date.now() >= deadline) throw new assert.AssertionError({ message: `never heard ${kind} (${nth})` });
      seen = reports.arrived;
    }
  }

  equal = assert.deepEqual;
  ok = assert.ok;
  eventually = eventually;

  wait(milliseconds) {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
  }

  /** The app's page, once its script has run. */
  async ready() {
    await this.heard("ready");
    return this.page;
  }

  /** Asks the sandbox by itself, past every browser: what is at this path of the providers' origin, or of another. */
  async ask(path, body, origin = this.providers) {
    const response = await fetch(origin + path, body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    return response.json();
  }
}

export const describe = (reports) => reports.map(({ load, kind, value }) => `  ${load.slice(2, 5)} ${kind} ${JSON.stringify(value)?.slice(0, 300)}`).join("\n");
