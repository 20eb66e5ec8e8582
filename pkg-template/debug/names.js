// The names that an app may use. One that is misspelt is read by nobody, and nothing fails for it.
import { optionNames } from "../options.js";

/** By what takes them; tests/native/contract.rs holds these equal to the types. */
export const names = {
  "option of open()": optionNames,
  "option of create()": ["debug", "labels", "wasm", "allowInsecureRequests"],
  event: ["success", "error", "exit", "event", "close"],
};

/** What a name says, however it is written: client_id and clientID, onSucess and onSuccess. */
const heard = (name) => name.toLowerCase().replace(/[^a-z]/g, "").replace(/(.)\1/g, "$1");

/** Whether two names are one, or one of them has no more than a plural or a unit at its end. */
function isLike(name, other) {
  const [short, long] = [heard(name), heard(other)].sort((one, two) => one.length - two.length);
  return long.startsWith(short) && long.length - short.length <= 2;
}

/** Those of `said` that nobody knows, with the one that was meant, as far as that can be told: facts of `unknown_name`. */
export const unknownNames = (kind, said) =>
  said.filter((name) => !names[kind].includes(name)).map((name) => ({ kind, name, meant: names[kind].find((known) => isLike(name, known)) }));

/** The names of what an object says something of. */
export const saidIn = (object) => Object.keys(object).filter((name) => object[name] !== undefined);
