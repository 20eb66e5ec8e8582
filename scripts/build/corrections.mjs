// What other tools have generated, put right where it would fail on somebody's page or be warned of in somebody's build, or, in `checkTexts`, held to
// what the core can bear. Each says what is wrong. Where the text is no longer as it was the build stops; for esbuild's helper, a test fails.
import { Failure } from "../lib/run.mjs";

/**
 * A script that wraps listeners or timers may call one that was taken back, and an app's callback may dispatch the event that it was
 * called by. The glue would stop the core; such a call does nothing.
 */
export function withDeafClosures(glue) {
  const text = glue.replace("const real = (...args) => {", "const real = (...args) => { if (!state.a) return;");
  if (text === glue) throw new Failure("wasm-bindgen's glue calls closures in a new way");
  return text;
}

/**
 * Test tools with fake timers, such as Jest, put a `queueMicrotask` of their own in the browser's place, and drop what it was given when a test
 * ends: the futures of the core, which wait for one such call at a time, would wait for good. Without it they wait for a promise, which nobody fakes.
 */
export function withPromises(glue) {
  const text = glue.replace(/const ret = getObject\(arg0\)\.queueMicrotask;\s*return addHeapObject\(ret\);/, "return addHeapObject();");
  if (text === glue) throw new Failure("wasm-bindgen's futures wait in a new way");
  return text;
}

/**
 * js-sys looks for `globalThis` under the name that Node gave it, too. No page needs that, and webpack warns of the name where it is told to
 * (`node.global: "warn"`, as with `experiments.futureDefaults`).
 */
export function withoutNode(glue) {
  const text = glue.replace(/const ret = typeof global === 'undefined' \? undefined : global;\s*return [^;]*;/, "return 0;");
  if (text === glue) throw new Failure("js-sys looks for the global object in a new way");
  return text;
}

/**
 * An import that answers a text writes where it is. Where it throws before that, the core would go on with whatever lies there: those that may
 * throw must be read as values, or come with `catch`.
 */
export function checkTexts(glue) {
  const imports = glue.match(/^export function __wbg_[^]*?^\}/gm) ?? [];
  const mayThrow = (text) => !text.includes("handleError(") && !text.includes("__wbindgen_string_get");
  const found = imports.filter((text) => text.includes("passStringToWasm0(") && mayThrow(text));
  if (imports.length === 0 || found.length > 0) throw new Failure(`an import may throw before its text is written: ${found.join("\n")}`);
  return glue;
}

/** How far the memory of the core as JavaScript may grow, in pages of 64 KiB: 16 MiB, of which the system gives what is touched. */
const MOST_PAGES = 256;

/**
 * wasm2js's memory grows into a new buffer. `HEAP32[f() >> 2]` reads the old one where `f` makes it grow, and so does the glue, which keeps
 * views of it. So there is one buffer, as large as it may become, and to grow is to count. The memory is described as `Object.create` reads it, through
 * `Object.prototype`: on a page where a script has put a `get` or a `value` there, no core would come of it. It needs but its buffer.
 */
function withOneBuffer(code) {
  const first = /var buffer = new ArrayBuffer\((\d+)\);/;
  const sizes = /function __wasm_memory_size\(\) \{[^]*?return oldPages;\s*\}/;
  const memory = /Object\.create\(Object\.prototype, \{\s*"grow": \{[^}]*\},\s*"buffer": \{[^}]*\}\s*\}\s*\}\)/;
  if (!first.test(code) || !sizes.test(code) || !memory.test(code)) throw new Failure("wasm2js has its memory in a new way");
  const [, bytes] = first.exec(code);
  return code.replace(first, `var buffer = new ArrayBuffer(${MOST_PAGES << 16}), pages = ${bytes >> 16};`).replace(memory, "{ buffer }").replace(sizes, `
    function __wasm_memory_size() {
      return pages;
    }
    function __wasm_memory_grow(more) {
      if (pages + more > ${MOST_PAGES}) return -1;
      pages += more;
      return pages - more;
    }`);
}

/** wasm2js writes a module, which is one instance for good. As a function it makes as many as there are traps: `instance(imports)` answers its exports. */
export function asFunction(code) {
  const [before, after] = [/^import \* as a from 'a';/, /var retasmFunc = asmFunc\([^]*/];
  if (!before.test(code) || !after.test(code)) throw new Failure("wasm2js writes another kind of module");
  return withOneBuffer(code.replace(before, "").replace(after, "export const instance = asmFunc;"));
}

/**
 * esbuild's helper takes what a script has put on Object.prototype for one of the names that a module exports. It stays a `for … in`, by which
 * tools know what a file exports.
 */
export function withOwnNames(made) {
  const loop = /for ?\(var ([\w$]+) in ([\w$]+)\)\s*(?=[\w$]+\([\w$]+, ?\1, ?\{ ?get:)/g;
  return made.replaceAll(loop, "for (var $1 in $2) Object.keys($2).includes($1) && ");
}
