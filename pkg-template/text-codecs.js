// For the .cjs files: jsdom, which Jest runs apps' tests in, has neither of these classes, and wasm-bindgen's glue needs both.
// What stands in for them knows as much of UTF-8 as the glue asks for.

export const TextDecoder =
  globalThis.TextDecoder ||
  class {
    decode(bytes = []) {
      return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
    }
  };

export const TextEncoder =
  globalThis.TextEncoder ||
  class {
    encode(text) {
      // Half a surrogate pair becomes U+FFFD, as it does in the real one.
      const escaped = encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, "\ufffd"));
      return Uint8Array.from(escaped.match(/%..|./g) || [], (one) => (one[1] ? parseInt(one.slice(1), 16) : one.charCodeAt()));
    }
  };
