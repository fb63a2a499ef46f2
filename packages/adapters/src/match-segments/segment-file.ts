import { Failure } from "@gauntlet/core";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

import { decodeFrame, FRAME_HEADER_BYTES, FRAME_MAGIC, frameLength } from "./frame.ts";
import type { Frame } from "./frame.ts";

/** Where a frame lies. */
export interface FramePlace {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
  readonly firstSequence: number;
  readonly records: number;
}

export const FILE_MAGIC: Buffer = Buffer.from("GAUNTMATCH\0\0\0\0\0\x01", "latin1");

export interface ScannedFile {
  /** Where what counts ends; what lies behind is the beginning of an append that never ended. */
  readonly end: number;
  readonly size: number;
  /** The sequence of the next record. */
  readonly next: number;
  /** Every frame that counts, in order. */
  readonly places: readonly FramePlace[];
}

/**
 * Looks through a file, whose first record should be number `next`. Only the `last` file of a directory may end in the middle of an
 * append, as a crash leaves it.
 * @throws Failure `store_unavailable` naming file and offset where something is damaged that was once whole
 */
export function scanSegmentFile(file: { readonly path: string; readonly next: number; readonly last: boolean }): ScannedFile {
  const bytes = readWhole(file.path);
  if (bytes.length < FILE_MAGIC.length && file.last) return { end: 0, size: bytes.length, next: file.next, places: [] };
  if (!bytes.subarray(0, FILE_MAGIC.length).equals(FILE_MAGIC)) throw damaged(file.path, 0, "is no segment of matches, or of a version that is not known here");
  let next = file.next;
  let end = FILE_MAGIC.length;
  const places: FramePlace[] = [];
  let pending: FramePlace[] = [];
  for (let offset = end; offset < bytes.length; ) {
    const length = frameLength(bytes.subarray(offset, offset + FRAME_HEADER_BYTES));
    const frame = length === null || offset + length > bytes.length ? null : decodeFrame(bytes.subarray(offset, offset + length));
    if (frame === null) {
      if (!file.last || hasWholeFrame(bytes, offset + 1)) throw damaged(file.path, offset, "is damaged");
      return { end, size: bytes.length, next, places };
    }
    const first = pending.length === 0 ? next : pending.at(-1)!.firstSequence + pending.at(-1)!.records;
    if (frame.firstSequence !== first) throw damaged(file.path, offset, `begins with record ${frame.firstSequence} where ${first} should follow`);
    pending.push({ path: file.path, offset, bytes: length!, firstSequence: first, records: frame.records });
    offset += length!;
    if (!frame.ends) continue;
    places.push(...pending);
    next = first + frame.records;
    end = offset;
    pending = [];
  }
  if (pending.length > 0 && !file.last) throw damaged(file.path, end, "is cut off");
  return { end, size: bytes.length, next, places };
}

/** @throws Failure `store_unavailable` when it no longer is what was read when the directory was opened */
export function readFrame({ path, offset, bytes }: FramePlace): Frame {
  const memory = Buffer.from(new ArrayBuffer(bytes));
  const fd = openSync(path, "r");
  try {
    const frame = readSync(fd, memory, 0, bytes, offset) === bytes ? decodeFrame(memory) : null;
    if (frame === null) throw damaged(path, offset, "has changed since it was opened");
    return frame;
  } finally {
    closeSync(fd);
  }
}

function damaged(path: string, offset: number, what: string): Failure {
  return new Failure("store_unavailable", `${path} ${what} at byte ${offset}`, { fix: "restore the file from a backup, or take the matches from another node into a new directory" });
}

/** At a multiple of 8, which the columns need. */
function readWhole(path: string): Buffer {
  const fd = openSync(path, "r");
  try {
    const memory = Buffer.from(new ArrayBuffer(fstatSync(fd).size));
    let at = 0;
    for (let got = 1; got > 0 && at < memory.length; at += got) got = readSync(fd, memory, at, memory.length - at, at);
    return memory.subarray(0, at);
  } finally {
    closeSync(fd);
  }
}

/** Behind a torn append there is nothing that was ever whole: appends are made durable one after another. */
function hasWholeFrame(bytes: Buffer, from: number): boolean {
  for (let at = bytes.indexOf(FRAME_MAGIC, from); at >= 0; at = bytes.indexOf(FRAME_MAGIC, at + 1)) {
    const length = frameLength(bytes.subarray(at, at + FRAME_HEADER_BYTES));
    if (length === null || at + length > bytes.length) continue;
    const aligned = Buffer.from(new ArrayBuffer(length));
    bytes.copy(aligned, 0, at, at + length);
    if (decodeFrame(aligned) !== null) return true;
  }
  return false;
}
