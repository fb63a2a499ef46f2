import type { MatchBlock } from "@gauntlet/controller";
import { matchIdOf } from "@gauntlet/core";
import type { LedgerRecord, Match, MatchRecord } from "@gauntlet/core";
import { isAscii } from "node:buffer";
import { crc32 } from "node:zlib";

import { matchRecordText, readMatchRecord } from "../sql/match-record-text.ts";

/**
 * Records as columns, with a dictionary of their texts. A frame says how long it is and carries a checksum of all of it;
 * the last frame of an append says so. Everything is little-endian, and each column starts at a multiple of its width:
 *
 *     header 40 B: magic, flags, payload bytes, records, first sequence (f64), texts, seats, id bytes, CRC-32 of all else
 *     content ids 16 B each · instants f64 · u32: end of id, board, origin, tournament, seats of the game, length, duration,
 *     end of seats; per seat its player; per text its end · u8: per seat its place; per record its kind · ids · texts
 */
export interface Frame {
  readonly records: number;
  readonly firstSequence: number;
  /** Whether its append ends here: without that, nothing of the append counts. */
  readonly ends: boolean;
  readonly columns: Columns;
  /** The dictionary; read when it is first asked for. */
  texts: readonly string[] | null;
}

interface Columns {
  /** Four words each. */
  readonly contentIds: Int32Array;
  readonly at: Float64Array;
  /** u32 columns, one after another. */
  readonly idEnds: Uint32Array;
  readonly board: Uint32Array;
  readonly origin: Uint32Array;
  readonly tournament: Uint32Array;
  readonly numPlayers: Uint32Array;
  readonly length: Uint32Array;
  readonly duration: Uint32Array;
  readonly seatEnds: Uint32Array;
  readonly players: Uint32Array;
  readonly textEnds: Uint32Array;
  readonly places: Uint8Array;
  readonly kinds: Uint8Array;
  readonly ids: Buffer;
  readonly texts: Buffer;
}

export const FRAME_HEADER_BYTES = 40;
export const FRAME_MAGIC: Buffer = Buffer.from("GMF1", "latin1");
/** Frames of one append are at most this long, so that reading a page never reads much more. */
export const FRAME_RECORDS_MAX = 32_768;

const ENDS = 1;
/** Stands for null. */
const NOTHING = 0xff_ff_ff_ff;
const COLUMNS_U32 = 8;
/** The kind of a match in columns is 0; any other record is JSON, which its `board` points at. */
const AS_TEXT = 1;

interface Sizes {
  readonly records: number;
  readonly texts: number;
  readonly seats: number;
  readonly idBytes: number;
}

/** `firstSequence` is that of the first record; the others follow it. */
export function encodeFrame(records: readonly LedgerRecord[], place: { readonly firstSequence: number; readonly ends: boolean }): Buffer {
  const texts = new Map<string, number>();
  const textOf = (text: string): number => {
    let index = texts.get(text);
    if (index === undefined) texts.set(text, (index = texts.size));
    return index;
  };
  const ids = joined(records.map(matchIdOf));
  const seats = records.reduce((sum, record) => sum + (fitsColumns(record) ? record.match.players.length : 0), 0);
  const table = new Uint32Array(records.length * COLUMNS_U32 + seats);
  const columns = tableColumns(table, records.length, seats);
  const at = new Float64Array(records.length);
  const places = new Uint8Array(seats);
  const kinds = new Uint8Array(records.length);
  columns.idEnds.set(ids.ends);
  let seat = 0;
  for (let index = 0; index < records.length; index++) {
    const record = records[index]!;
    if (!fitsColumns(record)) {
      kinds[index] = AS_TEXT;
      columns.board[index] = textOf(matchRecordText(record));
    } else {
      const { match } = record;
      at[index] = match.at;
      columns.board[index] = textOf(match.board);
      columns.origin[index] = textOf(match.origin);
      columns.tournament[index] = match.tournament === null ? NOTHING : textOf(match.tournament);
      columns.numPlayers[index] = match.numPlayers;
      columns.length[index] = match.length ?? NOTHING;
      columns.duration[index] = match.durationMs ?? NOTHING;
      for (let i = 0; i < match.players.length; i++) {
        columns.players[seat] = textOf(match.players[i]!);
        places[seat++] = match.places[i]!;
      }
    }
    columns.seatEnds[index] = seat;
  }
  const dictionary = joined([...texts.keys()]);
  const sizes = { records: records.length, texts: texts.size, seats, idBytes: ids.bytes.length };
  const parts = [Buffer.from(records.map(({ contentId }) => contentId).join(""), "hex"), bytesOf(at), bytesOf(table), bytesOf(dictionary.ends), places, kinds, ids.bytes, dictionary.bytes];
  return frameOf(sizes, place, parts);
}

function frameOf({ records, texts, seats, idBytes }: Sizes, { firstSequence, ends }: { readonly firstSequence: number; readonly ends: boolean }, parts: readonly Uint8Array[]): Buffer {
  const payload = parts.reduce((sum, part) => sum + part.length, 0);
  const padded = Math.ceil(payload / 8) * 8;
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + padded);
  FRAME_MAGIC.copy(frame);
  frame.writeUInt32LE(ends ? ENDS : 0, 4);
  frame.writeUInt32LE(padded, 8);
  frame.writeUInt32LE(records, 12);
  frame.writeDoubleLE(firstSequence, 16);
  frame.writeUInt32LE(texts, 24);
  frame.writeUInt32LE(seats, 28);
  frame.writeUInt32LE(idBytes, 32);
  let at = FRAME_HEADER_BYTES;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  frame.writeUInt32LE(checksumOf(frame), 36);
  return frame;
}

/** What a header says of its frame's length; null where it is no header. */
export function frameLength(header: Buffer): number | null {
  if (header.length < FRAME_HEADER_BYTES || !header.subarray(0, 4).equals(FRAME_MAGIC)) return null;
  return FRAME_HEADER_BYTES + header.readUInt32LE(8);
}

/** A whole frame, or null when it is not what was written. It must lie at a multiple of 8 of its memory. */
export function decodeFrame(frame: Buffer): Frame | null {
  if (frameLength(frame) !== frame.length || frame.readUInt32LE(36) !== checksumOf(frame)) return null;
  const sizes = { records: frame.readUInt32LE(12), texts: frame.readUInt32LE(24), seats: frame.readUInt32LE(28), idBytes: frame.readUInt32LE(32) };
  const columns = columnsOf(frame, sizes);
  return columns === null ? null : { records: sizes.records, firstSequence: frame.readDoubleLE(16), ends: (frame.readUInt32LE(4) & ENDS) !== 0, columns, texts: null };
}

function columnsOf(frame: Buffer, { records, texts, seats, idBytes }: Sizes): Columns | null {
  let at = FRAME_HEADER_BYTES;
  const take = (bytes: number): number => {
    at += bytes;
    return at - bytes;
  };
  const start = frame.byteOffset;
  const [ids16, instants, numbers, textEnds, places, kinds, ids] = [take(records * 16), take(records * 8), take((records * COLUMNS_U32 + seats) * 4), take(texts * 4), take(seats), take(records), take(idBytes)];
  if (at > frame.length) return null;
  const table = new Uint32Array(frame.buffer, start + numbers, records * COLUMNS_U32 + seats);
  return {
    ...tableColumns(table, records, seats),
    contentIds: new Int32Array(frame.buffer, start + ids16, records * 4),
    at: new Float64Array(frame.buffer, start + instants, records),
    textEnds: new Uint32Array(frame.buffer, start + textEnds, texts),
    places: frame.subarray(places, kinds),
    kinds: frame.subarray(kinds, ids),
    ids: frame.subarray(ids, at),
    texts: frame.subarray(at),
  };
}

function tableColumns(table: Uint32Array, records: number, seats: number): Pick<Columns, "idEnds" | "board" | "origin" | "tournament" | "numPlayers" | "length" | "duration" | "seatEnds" | "players"> {
  const column = (index: number): Uint32Array => table.subarray(index * records, (index + 1) * records);
  const [idEnds, board, origin, tournament, numPlayers, length, duration, seatEnds] = [column(0), column(1), column(2), column(3), column(4), column(5), column(6), column(7)];
  return { idEnds, board, origin, tournament, numPlayers, length, duration, seatEnds, players: table.subarray(COLUMNS_U32 * records, COLUMNS_U32 * records + seats) };
}

/** The records of a frame from the place `from`, at most `limit`. */
export function recordsOf(frame: Frame, from: number, limit: number): readonly LedgerRecord[] {
  const { records, columns } = frame;
  const to = Math.min(records, from + limit);
  if (from >= to) return [];
  if (to - from === 1) return [recordOf(frame, from)];
  const texts = textsOf(frame);
  const ids = splitTexts(columns.ids, columns.idEnds);
  const contentIds = Buffer.from(columns.contentIds.buffer, columns.contentIds.byteOffset + from * 16, Math.max(0, to - from) * 16).toString("hex");
  const list: LedgerRecord[] = [];
  for (let index = from; index < to; index++) {
    const contentId = contentIds.slice((index - from) * 32, (index - from + 1) * 32);
    if (columns.kinds[index] === AS_TEXT) list.push(readMatchRecord(contentId, texts[columns.board[index]!]!));
    else list.push({ kind: "match", contentId, match: matchAt(columns, index, { id: ids[index]!, texts }) });
  }
  return list;
}

function recordOf(frame: Frame, place: number): LedgerRecord {
  const { columns } = frame;
  const texts = textsOf(frame);
  const contentId = Buffer.from(columns.contentIds.buffer, columns.contentIds.byteOffset + place * 16, 16).toString("hex");
  if (columns.kinds[place] === AS_TEXT) return readMatchRecord(contentId, texts[columns.board[place]!]!);
  const id = columns.ids.toString("utf8", place === 0 ? 0 : columns.idEnds[place - 1], columns.idEnds[place]);
  return { kind: "match", contentId, match: matchAt(columns, place, { id, texts }) };
}

function textsOf(frame: Frame): readonly string[] {
  return (frame.texts ??= splitTexts(frame.columns.texts, frame.columns.textEnds));
}

/** What millions are read by; null where ids are not ASCII, which are rare and read one by one. */
export function blockOf(frame: Frame): MatchBlock | null {
  const { columns, records, firstSequence } = frame;
  if (!isAscii(columns.ids)) return null;
  return { ...columns, texts: textsOf(frame), firstSequence, records, record: (place) => recordOf(frame, place) };
}

/** Places of the records of a match id. */
export function placesOf({ records, columns: { ids, idEnds } }: Frame, matchId: string): readonly number[] {
  const wanted = Buffer.from(matchId, "utf8");
  const found: number[] = [];
  for (let index = 0; index < records; index++) {
    const from = index === 0 ? 0 : idEnds[index - 1]!;
    if (idEnds[index]! - from === wanted.length && ids.compare(wanted, 0, wanted.length, from, idEnds[index]!) === 0) found.push(index);
  }
  return found;
}

function matchAt(columns: Columns, index: number, { id, texts }: { readonly id: string; readonly texts: readonly string[] }): Match {
  const players: string[] = [];
  const places: number[] = [];
  for (let seat = index === 0 ? 0 : columns.seatEnds[index - 1]!; seat < columns.seatEnds[index]!; seat++) {
    players.push(texts[columns.players[seat]!]!);
    places.push(columns.places[seat]!);
  }
  const tournament = columns.tournament[index]!;
  return {
    id,
    players,
    places,
    board: texts[columns.board[index]!]!,
    numPlayers: columns.numPlayers[index]!,
    length: numberOr(columns.length[index]!),
    durationMs: numberOr(columns.duration[index]!),
    at: columns.at[index]!,
    origin: texts[columns.origin[index]!]!,
    tournament: tournament === NOTHING ? null : texts[tournament]!,
  };
}

function numberOr(value: number): number | null {
  return value === NOTHING ? null : value;
}

/** A tombstone, or a number too large for its column, goes as text. */
function fitsColumns(record: LedgerRecord): record is MatchRecord {
  if (record.kind !== "match") return false;
  const { numPlayers, length, durationMs } = record.match;
  return numPlayers < NOTHING && (length ?? 0) < NOTHING && (durationMs ?? 0) < NOTHING;
}

interface JoinedTexts {
  readonly bytes: Buffer;
  readonly ends: Uint32Array;
}

function joined(texts: readonly string[]): JoinedTexts {
  const all = texts.join("");
  const bytes = Buffer.from(all, "utf8");
  const ends = new Uint32Array(texts.length);
  // Nearly always ASCII, where a character is a byte.
  const plain = bytes.length === all.length;
  let end = 0;
  for (let index = 0; index < texts.length; index++) ends[index] = end += plain ? texts[index]!.length : Buffer.byteLength(texts[index]!, "utf8");
  return { bytes, ends };
}

function splitTexts(bytes: Buffer, ends: Uint32Array): readonly string[] {
  const length = ends.at(-1) ?? 0;
  const all = bytes.toString("utf8", 0, length);
  const plain = all.length === length;
  const texts: string[] = [];
  let from = 0;
  for (const end of ends) {
    texts.push(plain ? all.slice(from, end) : bytes.toString("utf8", from, end));
    from = end;
  }
  return texts;
}

function bytesOf(column: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

/** Of everything but its own place. */
function checksumOf(frame: Buffer): number {
  return crc32(frame.subarray(FRAME_HEADER_BYTES), crc32(frame.subarray(0, 36)));
}
