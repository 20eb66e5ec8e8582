// Where the bytes of a bundle come from, read off its source map (ECMA-426).

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The signed numbers of one segment, base64 VLQ. */
function decode(segment) {
  const numbers = [];
  let value = 0;
  let shift = 0;
  for (const character of segment) {
    const digit = DIGITS.indexOf(character);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = shift = 0;
  }
  return numbers;
}

/** The map's segments as `{line, column, source, sourceLine}`, in the order of the generated file; all count from 0. */
export function segments({ mappings }) {
  let source = 0;
  let sourceLine = 0;
  return mappings.split(";").flatMap((text, line) => {
    let column = 0;
    return text.split(",").filter(Boolean).map((segment) => {
      const [step, sourceStep, lineStep = 0] = decode(segment);
      column += step;
      if (sourceStep !== undefined) source += sourceStep;
      sourceLine += lineStep;
      return { line, column, source: sourceStep === undefined ? undefined : source, sourceLine };
    });
  });
}

/**
 * Where in a generated file the bytes of each part are.
 * @param {string} code the generated file
 * @param {object} map its source map
 * @param {(source: string | undefined, line: number) => string | undefined} nameOf what to count a source's line (from 0)
 *   under; undefined where it does not count. Bytes that no source is named for are asked for as undefined.
 * @returns {Map<string, [start: number, end: number][]>} ranges of bytes
 */
export function rangesBySource(code, map, nameOf) {
  const offsets = lineOffsets(code);
  const marks = segments(map).map(({ line, column, source, sourceLine }) => ({
    at: offsets[line].bytes + Buffer.byteLength(offsets[line].text.slice(0, column)),
    name: nameOf(map.sources[source], sourceLine),
  }));
  marks.unshift({ at: 0, name: nameOf(undefined, 0) });
  const ranges = new Map();
  marks.forEach(({ at, name }, index) => {
    const end = marks[index + 1]?.at ?? Buffer.byteLength(code);
    if (name === undefined || end === at) return;
    const known = ranges.get(name) ?? ranges.set(name, []).get(name);
    const last = known.at(-1);
    if (last?.[1] === at) last[1] = end;
    else known.push([at, end]);
  });
  return ranges;
}

function lineOffsets(code) {
  let bytes = 0;
  return code.split("\n").map((text) => {
    const offset = { text, bytes };
    bytes += Buffer.byteLength(text) + 1;
    return offset;
  });
}
