// The core's bytes as text, which lies in the files that have the core inside.

/** The name of the core's text in the files that have it; nothing else may be called so. */
export const CORE_TEXT = "$core";

/**
 * The core's bytes are XORed with this in its text. Every twelfth byte of the core is zero, which a text has to write in two to four
 * characters; a small letter is rare.
 */
const MASK = 119;

/** By way of an array: Uint8Array.from() with a function takes more than twice as long. */
export const decoder = `export const bytes = () => new Uint8Array([...${CORE_TEXT}].map((character) => character.charCodeAt() ^ ${MASK}));`;

/** Bytes as a string of code points up to 255: a thirtieth of what base64 would add once it is compressed. */
export function literal(bytes) {
  const escapes = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\0": "\\0" };
  const text = Buffer.from(bytes.map((byte) => byte ^ MASK)).toString("latin1").replace(/[\\"\n\r]|\0(?!\d)/g, (character) => escapes[character]);
  return `"${text.replace(/\0/g, "\\x00")}"`;
}
