// The list of what happened since the click. It is kept in sessionStorage, so that a flow that takes the whole page away
// and brings it back is still one story.
import { h } from "./dom.js";

const key = "demo.timeline";

export class Timeline {
  /** @param {HTMLElement} log the live region: an <ol>, and a paragraph for when it is empty */
  constructor(log, onChange) {
    this.log = log;
    this.list = log.querySelector("ol");
    this.empty = log.querySelector(".empty");
    this.onChange = onChange;
    this.entries = [];
    this.began = 0;
  }

  /** A new story, whose clock starts now. */
  start() {
    this.clear();
    this.began = Date.now();
  }

  clear() {
    this.entries = [];
    this.list.replaceChildren();
    this.changed();
  }

  /**
   * @param {"app"|"event"|"good"|"bad"|"calm"|"finding"} kind
   * @param {string} what   one phrase
   * @param {string} [detail]
   * @param {{label: string, href: string}} [more]
   */
  add(kind, what, detail = "", more = undefined) {
    const entry = { at: Date.now() - this.began, kind, what, detail, more };
    this.entries.push(entry);
    this.show(entry);
    this.changed();
  }

  /** Takes up the story that was told before the page went away. */
  restore() {
    try {
      const { began, entries } = JSON.parse(sessionStorage.getItem(key));
      Object.assign(this, { began, entries });
    } catch {
      return; // nothing was kept, or storage is refused
    }
    this.entries.forEach((entry) => this.show(entry));
    this.changed();
  }

  show({ at, kind, what, detail, more }) {
    const link = more && h("a", { href: more.href, target: "_blank" }, more.label);
    this.list.append(h("li", { class: kind }, h("span", { class: "at" }, clock(at)), h("span", { class: "what" }, what), detail && h("span", { class: "detail" }, detail, link && " ", link)));
    this.log.scrollTop = this.log.scrollHeight;
  }

  changed() {
    this.empty.hidden = this.entries.length > 0;
    this.onChange?.(this.entries.length);
    try {
      sessionStorage.setItem(key, JSON.stringify({ began: this.began, entries: this.entries }));
    } catch {
      // storage is refused: the story ends with the page
    }
  }
}

const clock = (ms) => (ms < 10_000 ? `+${ms} ms` : `+${(ms / 1000).toFixed(1)} s`);
