// What the demo remembers of the flow that is on its way, so that it can go on after a redirect took the page away.
const key = "demo.flow";

/**
 * @typedef {object} Flow
 * @property {string} [system]     the system's id
 * @property {object} [values]     what was chosen in the form
 * @property {object} [reconnect]  the connection that is being authorised again
 * @property {string} [reference]  what the backend calls it: a session's token or id
 */
export class Flow {
  constructor(fields) {
    this.remember(fields);
  }

  /** Adds to what is known. */
  remember(fields) {
    Object.assign(this, fields);
    try {
      sessionStorage.setItem(key, JSON.stringify(this));
    } catch {
      // storage is refused: only a popup can work then, and that needs no memory
    }
  }

  /** The flow that this page left with; an empty one where there is none. */
  static remembered() {
    try {
      return new Flow(JSON.parse(sessionStorage.getItem(key)) ?? {});
    } catch {
      return new Flow({});
    }
  }
}
