// The errors that an app sees, the core's among them.
import { observe } from "./observe.js";

/** An error with a stable code; `details` holds the provider's own words, `cause` what the app or the network threw. */
export class ConnectError extends Error {
  // Not assigned: where a page has frozen Error.prototype, that throws.
  name = "ConnectError";
  // Of its own, and enumerable: an app that sends an error to its backend writes it as JSON.
  message;

  constructor(code, message, details, cause) {
    super(message);
    Object.assign(this, { code, message, details, cause });
    observe("error", this);
  }
}

/** What can fail before the core is there; src/error.rs has the same sentences. */
const SENTENCES = {
  invalid_options: "is missing or invalid: see its type.",
  sdk_destroyed: "Destroyed: create() a new one.",
  no_window: "This needs a browser.",
  load_failed: "The core did not load. Click or reload.",
  already_open: "A window is open.",
  aborted: "The app ended the flow.",
  timeout: "No result in time.",
  popup_closed: "The user closed the window.",
};

/** One of ours. `subject`: what the sentence is about, where it does not say so itself. */
export const error = (code, cause, subject = "") => new ConnectError(code, subject + SENTENCES[code], undefined, cause);
