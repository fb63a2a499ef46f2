import { Failure } from "@gauntlet/core";
import { isUtf8 } from "node:buffer";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** What a line can be: its text, or why it has none. */
export type Line = { readonly text: string } | { readonly problem: string };

const CHUNK_BYTES = 1 << 20;
/** Longer lines are no records of matches; they are passed over without being held. */
export const LINE_BYTES_MAX = 1 << 20;

/**
 * The lines of a file, a chunk at a time, whatever its size. A last line without an end counts.
 *
 * @throws Failure `not_found` when the file can't be opened, `store_unavailable` when reading it fails
 */
export function* readLines(path: string, onProgress: (done: number, of: number) => void): Generator<Line> {
  const file = openFile(path);
  try {
    const size = fstatSync(file).size;
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let rest: Buffer = Buffer.alloc(0);
    let skipping = false;
    for (let done = 0; ; ) {
      const count = readChunk(path, file, chunk);
      if (count === 0) break;
      onProgress((done += count), Math.max(size, done));
      const bytes = rest.length === 0 ? chunk.subarray(0, count) : Buffer.concat([rest, chunk.subarray(0, count)]);
      const end = bytes.lastIndexOf(10);
      let from = 0;
      if (skipping && end >= 0) {
        from = bytes.indexOf(10) + 1;
        skipping = false;
      }
      if (end >= from) yield* linesOf(bytes.subarray(from, end));
      rest = skipping ? Buffer.alloc(0) : Buffer.from(bytes.subarray(end + 1));
      if (rest.length <= LINE_BYTES_MAX) continue;
      yield { problem: `is longer than ${LINE_BYTES_MAX} bytes` };
      rest = Buffer.alloc(0);
      skipping = true;
    }
    if (rest.length > 0) yield* linesOf(rest);
  } finally {
    closeSync(file);
  }
}

function* linesOf(bytes: Buffer): Generator<Line> {
  if (isUtf8(bytes)) {
    for (const text of bytes.toString("utf8").split("\n")) yield { text };
    return;
  }
  for (let from = 0; from <= bytes.length; ) {
    const found = bytes.indexOf(10, from);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(from, end);
    yield isUtf8(line) ? { text: line.toString("utf8") } : { problem: "is not UTF-8" };
    from = end + 1;
  }
}

export function openFile(path: string): number {
  try {
    return openSync(path, "r");
  } catch (cause) {
    throw new Failure("not_found", `${path} can't be read: ${(cause as Error).message}`, { fix: "name a file that exists and may be read", cause });
  }
}

function readChunk(path: string, file: number, chunk: Buffer): number {
  try {
    return readSync(file, chunk);
  } catch (cause) {
    const folder = (cause as NodeJS.ErrnoException).code === "EISDIR";
    throw new Failure(folder ? "not_found" : "store_unavailable", `${path} can't be read: ${(cause as Error).message}`, { fix: folder ? "name a file, not a folder" : "check the disk", cause });
  }
}
