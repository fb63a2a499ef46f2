import type { LedgerRecord, Match } from "@gauntlet/core";
import type { MatchBlock } from "../ports/match-block.ts";

/** What stands for null among numbers. */
const NOTHING = 0xff_ff_ff_ff;
const AS_RECORD = 1;

/** Records as columns, so that no object of theirs has to stay; those that don't fit stay as they are. */
export function blockOfRecords(records: readonly LedgerRecord[]): MatchBlock {
  const size = sizeOf(records);
  const columns = emptyColumns(records.length, size);
  const odd = new Map<number, LedgerRecord>();
  const texts = new Map<string, number>();
  let seat = 0;
  let end = 0;
  for (let place = 0; place < records.length; place++) {
    const record = records[place]!;
    putContentId(columns.contentIds, place * 4, record.contentId);
    if (!fits(record)) {
      odd.set(place, record);
      columns.kinds[place] = AS_RECORD;
    } else {
      end = putText(columns.ids, end, record.match.id);
      seat = putMatch(columns, { place, seat, match: record.match, texts });
    }
    columns.idEnds[place] = end;
    columns.seatEnds[place] = seat;
  }
  const names = [...texts.keys()];
  return { ...columns, firstSequence: 0, records: records.length, texts: names, record: (place) => odd.get(place) ?? recordAt(columns, place, names) };
}

type BlockColumns = ReturnType<typeof emptyColumns>;

function emptyColumns(records: number, { seats, bytes }: { readonly seats: number; readonly bytes: number }) {
  const column = (): Uint32Array => new Uint32Array(records);
  return {
    contentIds: new Int32Array(records * 4),
    ids: new Uint8Array(bytes),
    idEnds: column(),
    kinds: new Uint8Array(records),
    at: new Float64Array(records),
    numPlayers: column(),
    board: column(),
    origin: column(),
    tournament: column(),
    length: column(),
    duration: column(),
    seatEnds: column(),
    players: new Uint32Array(seats),
    places: new Uint8Array(seats),
  };
}

function sizeOf(records: readonly LedgerRecord[]): { readonly seats: number; readonly bytes: number } {
  let [seats, bytes] = [0, 0];
  for (const record of records) {
    if (!fits(record)) continue;
    seats += record.match.players.length;
    bytes += record.match.id.length;
  }
  return { seats, bytes };
}

/** ASCII, and numbers that fit their columns. */
function fits(record: LedgerRecord): record is LedgerRecord & { readonly kind: "match" } {
  if (record.kind !== "match") return false;
  const { id, numPlayers, length, durationMs } = record.match;
  if (numPlayers >= NOTHING || (length ?? 0) >= NOTHING || (durationMs ?? 0) >= NOTHING) return false;
  for (let i = 0; i < id.length; i++) if (id.charCodeAt(i) > 127) return false;
  return true;
}

function putMatch(columns: BlockColumns, { place, seat, match, texts }: { readonly place: number; readonly seat: number; readonly match: Match; readonly texts: Map<string, number> }): number {
  columns.at[place] = match.at;
  columns.numPlayers[place] = match.numPlayers;
  columns.board[place] = numberOf(texts, match.board);
  columns.origin[place] = numberOf(texts, match.origin);
  columns.tournament[place] = match.tournament === null ? NOTHING : numberOf(texts, match.tournament);
  columns.length[place] = match.length ?? NOTHING;
  columns.duration[place] = match.durationMs ?? NOTHING;
  for (let i = 0; i < match.players.length; i++) {
    columns.players[seat + i] = numberOf(texts, match.players[i]!);
    columns.places[seat + i] = match.places[i]!;
  }
  return seat + match.players.length;
}

function numberOf(texts: Map<string, number>, text: string): number {
  let found = texts.get(text);
  if (found === undefined) texts.set(text, (found = texts.size));
  return found;
}

function putText(bytes: Uint8Array, from: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[from + i] = text.charCodeAt(i);
  return from + text.length;
}

/** The bytes of the id in their order, as words of a little-endian machine. */
function putContentId(words: Int32Array, from: number, contentId: string): void {
  for (let i = 0; i < 4; i++) words[from + i] = swapped(Number.parseInt(contentId.slice(i * 8, i * 8 + 8), 16));
}

function swapped(word: number): number {
  return (word << 24) | ((word & 0xff_00) << 8) | ((word >>> 8) & 0xff_00) | (word >>> 24);
}

function recordAt(columns: BlockColumns, place: number, texts: readonly string[]): LedgerRecord {
  let contentId = "";
  for (let i = 0; i < 4; i++) contentId += (swapped(columns.contentIds[place * 4 + i]!) >>> 0).toString(16).padStart(8, "0");
  return { kind: "match", contentId, match: matchAt(columns, place, texts) };
}

function matchAt(columns: BlockColumns, place: number, texts: readonly string[]): Match {
  const number = (value: number): number | null => (value === NOTHING ? null : value);
  const seats = columns.players.subarray(place === 0 ? 0 : columns.seatEnds[place - 1], columns.seatEnds[place]);
  const tournament = columns.tournament[place]!;
  return {
    id: String.fromCharCode(...columns.ids.subarray(place === 0 ? 0 : columns.idEnds[place - 1], columns.idEnds[place])),
    players: Array.from(seats, (text) => texts[text]!),
    places: [...columns.places.subarray(place === 0 ? 0 : columns.seatEnds[place - 1], columns.seatEnds[place])],
    board: texts[columns.board[place]!]!,
    numPlayers: columns.numPlayers[place]!,
    length: number(columns.length[place]!),
    durationMs: number(columns.duration[place]!),
    at: columns.at[place]!,
    origin: texts[columns.origin[place]!]!,
    tournament: tournament === NOTHING ? null : texts[tournament]!,
  };
}
