// The core's bytes as text, which lies in the files that have the core inside.

/** The name of the core's text in the files that have it; nothing else may be called so. */
export const CORE_TEXT = "$core";

/**
 * The core's bytes are XORed with this, a `w`, in its text. Every twelfth byte of the core is zero, which a text has to write in two to four
 * characters; with the mask only the core's few `w`s become zeros.
 */
const MASK = 119;

/** A loop, because an engine compiles it while it runs: a function for every character takes a slow device twice as long and more. */
export const decoder = `export function bytes() {
  const bytes = new Uint8Array(${CORE_TEXT}.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = ${CORE_TEXT}.charCodeAt(at) ^ ${MASK};
  return bytes;
}`;

/** Bytes as a string of code points up to 255: a thirtieth of what base64 would add once it is compressed. */
export function literal(bytes) {
  const escapes = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\0": "\\0" };
  const text = Buffer.from(bytes.map((byte) => byte ^ MASK)).toString("latin1").replace(/[\\"\n\r]|\0(?!\d)/g, (character) => escapes[character]);
  return `"${text.replace(/\0/g, "\\x00")}"`;
}
