// How many bytes a browser has to load: as they are, as `gzip -9` makes them, as Brotli 11 makes them.
import { spawnSync } from "node:child_process";
import { brotliCompressSync, constants } from "node:zlib";
import { Failure } from "../lib/run.mjs";

/**
 * The real gzip, without name and time: what servers send. Node's own zlib is another one, whose output is about two per
 * cent larger and differs between versions of Node.
 */
function gzip(bytes) {
  const { status, stdout, error } = spawnSync("gzip", ["-9nc"], { input: bytes, maxBuffer: 1 << 26 });
  if (status !== 0) throw new Failure(`gzip is needed to count bytes; ${error?.message ?? "it failed"}`);
  return stdout;
}

const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });

/** @param {Buffer} bytes @returns {{raw: number, gzip: number, brotli: number}} */
export const measure = (bytes) => ({ raw: bytes.length, gzip: gzip(bytes).length, brotli: brotli(bytes).length });

/**
 * What each part of a file costs: its bytes, and how much smaller the compressed file would be without them.
 * @param {Buffer} bytes the file
 * @param {Map<string, [start: number, end: number][]>} parts where each part's bytes are
 * @returns {{name: string, raw: number, gzip: number}[]} largest first
 */
export function costs(bytes, parts) {
  const whole = gzip(bytes).length;
  const cost = ([name, ranges]) => ({ name, raw: total(ranges), gzip: whole - gzip(without(bytes, ranges)).length });
  return [...parts].map(cost).sort((a, b) => b.raw - a.raw);
}

const total = (ranges) => ranges.reduce((sum, [start, end]) => sum + end - start, 0);

function without(bytes, ranges) {
  const kept = [];
  let from = 0;
  for (const [start, end] of [...ranges].sort(([a], [b]) => a - b)) {
    kept.push(bytes.subarray(from, start));
    from = end;
  }
  return Buffer.concat([...kept, bytes.subarray(from)]);
}
