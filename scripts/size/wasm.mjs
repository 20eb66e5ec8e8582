// Where the bytes of a WebAssembly module are: its sections, functions and imports, with the names that the compiler gave.
// The format is https://webassembly.github.io/spec/core/binary/, the names are its custom section "name".

const SECTIONS = ["custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data", "data count"];

/** Reads a module from left to right; offsets are those of the file. */
class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** An unsigned LEB128. */
  number() {
    let result = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      result += (byte & 127) * 2 ** shift;
      if (byte < 128) return result;
    }
  }

  text() {
    const length = this.number();
    const text = this.bytes.toString("utf8", this.at, this.at + length);
    this.at += length;
    return text;
  }

  list(read) {
    return Array.from({ length: this.number() }, () => read());
  }
}

/**
 * @param {Buffer} bytes a module
 * @returns {{
 *   sections: {name: string, start: number, end: number}[],
 *   functions: {name: string, start: number, end: number}[],
 *   imports: {module: string, name: string}[],
 *   exports: string[],
 *   table: {name: string, start: number, end: number}[],
 *   pages: number,
 * }} imports and exports of functions only; of the table's entries, where the number of the function stands; `pages` is how many of 64 KiB the memory begins with
 */
export function readModule(bytes) {
  if (bytes.toString("latin1", 0, 4) !== "\0asm") throw new TypeError("not a WebAssembly module");
  const reader = new Reader(bytes, 8);
  const sections = [];
  while (reader.at < bytes.length) sections.push(section(reader));
  const find = (name) => sections.find((section) => section.name === name);
  const read = (name, how) => (find(name) ? how(new Reader(bytes, find(name).body)) : []);
  const imports = read("import", readImports);
  const names = new Map(read("name", readNames));
  const functions = read("code", readBodies).map(([start, end], index) => ({ name: names.get(imports.length + index) ?? `function ${index}`, start, end }));
  const table = read("element", readElements).map(({ index, ...place }) => ({ name: names.get(index), ...place }));
  const [pages = 0] = read("memory", (reader) => reader.list(() => limits(reader)));
  return { sections, functions, imports, exports: read("export", readExports), table, pages };
}

/** A custom section is called by the name that it begins with. */
function section(reader) {
  const start = reader.at;
  const id = reader.byte();
  const length = reader.number();
  const end = reader.at + length;
  const name = SECTIONS[id] === "custom" ? reader.text() : SECTIONS[id];
  const body = reader.at;
  reader.at = end;
  return { name, start, body, end };
}

/** The smallest number of pages or elements; the largest, where there is one, is skipped. */
function limits(reader) {
  const hasMaximum = reader.byte() & 1;
  const minimum = reader.number();
  if (hasMaximum) reader.number();
  return minimum;
}

function readImports(reader) {
  const skip = [
    () => reader.number(),
    () => [reader.byte(), limits(reader)],
    () => limits(reader),
    () => [reader.byte(), reader.byte()],
  ];
  return reader
    .list(() => {
      const [module, name, kind] = [reader.text(), reader.text(), reader.byte()];
      skip[kind]();
      return { module, name, kind };
    })
    .filter(({ kind }) => kind === 0)
    .map(({ module, name }) => ({ module, name }));
}

function readExports(reader) {
  const all = reader.list(() => ({ name: reader.text(), kind: reader.byte(), index: reader.number() }));
  return all.filter(({ kind }) => kind === 0).map(({ name }) => name);
}

/** The entries of segments whose place in the table is a constant. */
function readElements(reader) {
  const segments = reader.list(() => {
    // Flags and an opcode; the constant and the end.
    reader.at += 2;
    reader.number();
    reader.at += 1;
    return reader.list(() => ({ start: reader.at, index: reader.number(), end: reader.at }));
  });
  return segments.flat();
}

/** Each body with the length that stands before it. */
function readBodies(reader) {
  return reader.list(() => {
    const start = reader.at;
    const length = reader.number();
    reader.at += length;
    return [start, reader.at];
  });
}

const FUNCTION_NAMES = 1;

function readNames(reader) {
  while (reader.at < reader.bytes.length) {
    const kind = reader.byte();
    const length = reader.number();
    if (kind === FUNCTION_NAMES) return reader.list(() => [reader.number(), reader.text()]);
    reader.at += length;
  }
  return [];
}

/**
 * The crate and the module that a function is from, by its demangled name: `<a::b::C as d::E>::f` is from `a::b`. The names
 * of exports have no path: they are those of bindings.rs, and wasm-bindgen's own begin with two underscores.
 * @returns {{crate: string, module: string}}
 */
export function origin(name) {
  const [path] = /^[\w:[\]]*/.exec(name.replace(/^[<&*\s]*(mut |dyn |const )*/, ""));
  // The last part is the function, the type or the trait itself.
  const modules = path.replace(/\[\w*\]/g, "").split("::").filter(Boolean).slice(0, -1);
  if (modules.length > 0) return { crate: modules[0], module: modules.join("::") };
  return name.startsWith("__") ? { crate: "wasm_bindgen", module: "wasm_bindgen" } : { crate: "connect_widget", module: "connect_widget::bindings" };
}
