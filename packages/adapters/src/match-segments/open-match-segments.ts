import { matchesMoved } from "@gauntlet/controller";
import type { AppendedMatches, MatchBlock, MatchStore, StoredMatchRecord } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";
import type { LedgerRecord } from "@gauntlet/core";
import { closeSync, copyFileSync, existsSync, fsyncSync, ftruncateSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

import { lockDataDir } from "../sqlite/data-dir-lock.ts";
import { contentWords, createContentSet } from "./content-set.ts";
import type { ContentSet } from "./content-set.ts";
import { blockOf, encodeFrame, FRAME_RECORDS_MAX, placesOf, recordsOf } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { FILE_MAGIC, readFrame, scanSegmentFile } from "./segment-file.ts";
import type { FramePlace } from "./segment-file.ts";

export interface MatchSegmentsOptions {
  /** Made when it does not exist (exclusive mode). */
  readonly folder: string;
  /** exclusive: the one process that writes. read-only: beside it, as of when it was opened. */
  readonly mode: "exclusive" | "read-only";
  /** What this process calls itself to others who want the folder. */
  readonly holder: string;
  /** Told of an append that a crash left unfinished. */
  readonly onTorn?: (torn: TornTail) => void;
  /** A file that has grown beyond it is followed by another. */
  readonly fileBytesMax?: number;
  /** Frames of fewer records are read record by record, which costs less of them. */
  readonly blockRecordsMin?: number;
}

/** The beginning of an append that never ended, and was never acknowledged. */
export interface TornTail {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
  /** Where the bytes were kept to be looked at; null when the folder was only read. */
  readonly keptAs: string | null;
}

export interface MatchSegments extends MatchStore {
  close(): Promise<void>;
}

const FILE_BYTES_MAX = 256 * 1024 * 1024;

/**
 * The match ledger in a folder of binary files, for nodes without a server and for speed. An append is on disk when its
 * promise resolves; after a crash it is there entirely or not at all.
 * @throws Failure `data_dir_in_use`, `not_found` (nothing to read), `store_unavailable` for a damaged file, naming the place
 */
export async function openMatchSegments(options: MatchSegmentsOptions): Promise<MatchSegments> {
  const { folder, mode, holder } = options;
  if (mode === "read-only" && !existsSync(folder)) throw new Failure("not_found", `there is no folder ${folder}`, { fix: "name a folder of match segments" });
  const lock = mode === "exclusive" ? lockDataDir(folder, holder) : null;
  try {
    const state = readFolder(options);
    return segmentsOver(state, () => lock?.release());
  } catch (error) {
    lock?.release();
    throw asStoreFailure(folder, error);
  }
}

interface State {
  readonly options: MatchSegmentsOptions;
  readonly places: FramePlace[];
  /** What is held; read when something is first appended. */
  known: ContentSet | null;
  sequence: number;
  /** The file that is written, open; null before the first append. */
  file: { readonly fd: number; readonly path: string; end: number } | null;
  /** The frame that was read last, since pages are smaller than frames. */
  latest: { readonly place: FramePlace; readonly frame: Frame } | null;
  closed: boolean;
}

function readFolder(options: MatchSegmentsOptions): State {
  const state: State = { options, places: [], known: null, sequence: 0, file: null, latest: null, closed: false };
  const paths = readdirSync(options.folder).filter((name) => /^\d{16}\.seg$/.test(name)).toSorted().map((name) => join(options.folder, name));
  for (const [index, path] of paths.entries()) {
    const last = index === paths.length - 1;
    const scanned = scanSegmentFile({ path, next: state.sequence + 1, last });
    state.places.push(...scanned.places);
    state.sequence = scanned.next - 1;
    if (scanned.end < scanned.size) cutOff(options, { path, offset: scanned.end, bytes: scanned.size - scanned.end });
    if (last && options.mode === "exclusive") state.file = { fd: openSync(path, "r+"), path, end: scanned.end };
  }
  return state;
}

function cutOff({ mode, onTorn }: MatchSegmentsOptions, torn: Omit<TornTail, "keptAs">): void {
  if (mode === "read-only") {
    onTorn?.({ ...torn, keptAs: null });
    return;
  }
  const keptAs = `${torn.path}.torn-${torn.offset}`;
  copyFileSync(torn.path, keptAs);
  const fd = openSync(torn.path, "r+");
  try {
    ftruncateSync(fd, torn.offset);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  onTorn?.({ ...torn, keptAs });
}

function segmentsOver(state: State, release: () => void): MatchSegments {
  const whileOpen = async <T>(work: () => T): Promise<T> => {
    if (state.closed) throw new Failure("store_unavailable", `the match segments in ${state.options.folder} are closed`, { fix: "open them again" });
    try {
      return work();
    } catch (error) {
      throw asStoreFailure(state.options.folder, error);
    }
  };
  return {
    append: (records, expect) => whileOpen(() => append(state, records, expect)),
    read: (after, limit) => whileOpen(() => read(state, after, limit)),
    readBlock: (after) => whileOpen(() => readBlock(state, after)),
    held: (matchId) => whileOpen(() => state.places.flatMap((place) => heldIn(frameAt(state, place), matchId))),
    head: () => whileOpen(() => ({ sequence: state.sequence, count: state.sequence })),
    close: async () => {
      if (state.closed) return;
      state.closed = true;
      if (state.file !== null) closeSync(state.file.fd);
      release();
    },
  };
}

function read(state: State, after: number, limit: number): readonly StoredMatchRecord[] {
  const page: StoredMatchRecord[] = [];
  for (let index = firstBeyond(state.places, after); index < state.places.length && page.length < limit; index++) {
    const place = state.places[index]!;
    const from = Math.max(0, after + 1 - place.firstSequence);
    if (page.length > 0 && isLarge(state, place)) break;
    let sequence = place.firstSequence + from;
    for (const record of recordsOf(frameAt(state, place), from, limit - page.length)) page.push({ sequence: sequence++, record });
  }
  return page;
}

const BLOCK_RECORDS_MIN = 1000;

function isLarge({ options: { blockRecordsMin = BLOCK_RECORDS_MIN } }: State, { records }: FramePlace): boolean {
  return records >= blockRecordsMin;
}

function readBlock(state: State, after: number): MatchBlock | null {
  const place = state.places[firstBeyond(state.places, after)];
  // Its memory goes to whoever asked, and is not kept for pages.
  return place === undefined || place.firstSequence !== after + 1 || !isLarge(state, place) ? null : blockOf(readFrame(place));
}

function firstBeyond(places: readonly FramePlace[], sequence: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (places[middle]!.firstSequence + places[middle]!.records - 1 > sequence) high = middle;
    else low = middle + 1;
  }
  return low;
}

function heldIn(frame: Frame, matchId: string): readonly LedgerRecord[] {
  return placesOf(frame, matchId).flatMap((place) => recordsOf(frame, place, 1));
}

function frameAt(state: State, place: FramePlace): Frame {
  if (state.latest?.place !== place) state.latest = { place, frame: readFrame(place) };
  return state.latest.frame;
}

function append(state: State, records: readonly LedgerRecord[], expect: number | undefined): AppendedMatches {
  const { sequence: before, options } = state;
  if (options.mode === "read-only") throw new Failure("forbidden", `the match segments in ${options.folder} were opened for reading only`, { fix: "let the process that holds the folder write" });
  if (expect !== undefined && expect !== before) throw matchesMoved(expect, before);
  const ids = contentWords(records.map(({ contentId }) => contentId));
  const known = (state.known ??= knownOf(state.places));
  const fresh = records.filter((_, index) => known.add(ids, index));
  if (fresh.length === 0) return { before, sequence: before, added: 0 };
  try {
    state.places.push(...writeFrames(state, fresh));
  } catch (error) {
    // It counts some as held that are not.
    state.known = null;
    throw error;
  }
  state.sequence += fresh.length;
  return { before, sequence: state.sequence, added: fresh.length };
}

/** All frames of an append, in one file, durable; or the file is as it was. */
function writeFrames(state: State, records: readonly LedgerRecord[]): readonly FramePlace[] {
  const file = fileFor(state);
  const places: FramePlace[] = [];
  let offset = file.end;
  try {
    for (let from = 0; from < records.length; from += FRAME_RECORDS_MAX) {
      const slice = records.slice(from, from + FRAME_RECORDS_MAX);
      const firstSequence = state.sequence + 1 + from;
      const bytes = encodeFrame(slice, { firstSequence, ends: from + slice.length === records.length });
      writeAll(file.fd, bytes, offset);
      places.push({ path: file.path, offset, bytes: bytes.length, firstSequence, records: slice.length });
      offset += bytes.length;
    }
    fsyncSync(file.fd);
  } catch (error) {
    // Whatever was written of it ends nowhere; the next append must not follow it.
    ftruncateSync(file.fd, file.end);
    throw error;
  }
  file.end = offset;
  return places;
}

function fileFor(state: State): NonNullable<State["file"]> {
  const { folder, fileBytesMax = FILE_BYTES_MAX } = state.options;
  if (state.file !== null && state.file.end < fileBytesMax) return begun(state.file);
  const path = join(folder, `${String(state.sequence + 1).padStart(16, "0")}.seg`);
  const fd = openSync(path, "w+");
  try {
    const file = begun({ fd, path, end: 0 });
    fsyncSync(fd);
    syncFolder(folder);
    if (state.file !== null) closeSync(state.file.fd);
    state.file = file;
    return file;
  } catch (error) {
    closeSync(fd);
    rmSync(path, { force: true });
    throw error;
  }
}

/** A crash may have left a file without its first bytes. */
function begun(file: NonNullable<State["file"]>): NonNullable<State["file"]> {
  if (file.end > 0) return file;
  writeAll(file.fd, FILE_MAGIC, 0);
  file.end = FILE_MAGIC.length;
  return file;
}

function writeAll(fd: number, bytes: Buffer, offset: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, offset + done);
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function knownOf(places: readonly FramePlace[]): ContentSet {
  const known = createContentSet();
  for (const place of places) {
    const { records, columns } = readFrame(place);
    for (let i = 0; i < records; i++) known.add(columns.contentIds, i);
  }
  return known;
}

/** What the operating system says of the files, as a Failure; anything else passes. */
function asStoreFailure(folder: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string" || error instanceof Failure) return error;
  const full = error.code === "ENOSPC" || error.code === "EDQUOT" || error.code === "EFBIG";
  return new Failure("store_unavailable", `the match segments in ${folder} can't be used: ${error.message}`, { fix: full ? "the disk is full; make room, then try again" : "check that the folder exists and may be read and written", cause: error });
}
