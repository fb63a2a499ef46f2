import { addWordsToRoot, configKey, countMatches, countPairs, emptyRoot, mergeCounts } from "@gauntlet/core";
import type { LedgerRecord, Match, MatchConfig, MatchCounts, RunningRoot } from "@gauntlet/core";
import type { MatchBlock } from "../ports/match-block.ts";
import { appendNumber, growingNumbers, reserve } from "./growing.ts";
import type { GrowingNumbers } from "./growing.ts";

/**
 * Matches that were read by the million, as columns: some hundred bytes each, and no object until one is asked for. A
 * match has one record here; as soon as a second one comes, it moves out, to where registers are kept.
 */
export interface MatchColumns {
  readonly blocks: MatchBlock[];
  /** By row: its block, its place there, the hash of its id, and 1 while it is here. */
  readonly block: GrowingNumbers;
  readonly place: GrowingNumbers;
  readonly hash: GrowingNumbers;
  readonly here: GrowingNumbers;
  /** Open addressing by the hash; row + 1, or 0. */
  slots: Int32Array;
  readonly configs: Map<string, ConfigColumns>;
  readonly hashOf: (bytes: Uint8Array, from: number, to: number) => number;
}

export interface ConfigColumns {
  readonly config: MatchConfig;
  /** Of everything that came as columns, whether it is still here or not. */
  readonly root: RunningRoot;
  readonly positions: Map<string, number>;
  readonly participants: string[];
  /** By participant: matches that are here. */
  readonly games: GrowingNumbers;
  /** Two-player matches: row, participants by seat, and twice the first one's score. */
  readonly rows: GrowingNumbers;
  readonly first: GrowingNumbers;
  readonly second: GrowingNumbers;
  readonly score: GrowingNumbers;
  /** Rows with three or more. */
  readonly several: GrowingNumbers;
  matches: number;
  severalHere: number;
  latestAt: number | null;
}

const FIRST_SLOTS = 1024;
/** Few ids meet on their way to a slot. */
const SLOTS_PER_ROW = 2;

/** The seed should be one that nobody else knows, so that nobody can send ids that all meet in one place. */
export function createColumns(seed: number): MatchColumns {
  return { hashOf: hashFrom(seed), blocks: [], block: growingNumbers(), place: growingNumbers(), hash: growingNumbers(), here: growingNumbers(), slots: new Int32Array(FIRST_SLOTS), configs: new Map() };
}

/**
 * Takes a block in, and gives the records that can't stay here: those that are no plain match, or of a match that has a
 * record already, here or among those `elsewhere`.
 */
export function takeBlock(columns: MatchColumns, block: MatchBlock, elsewhere: ReadonlyMap<string, unknown>): readonly LedgerRecord[] {
  const others: LedgerRecord[] = [];
  const number = columns.blocks.push(block) - 1;
  const configOf = configFinder(columns, block);
  for (const numbers of [columns.block, columns.place, columns.hash, columns.here]) reserve(numbers, block.records);
  if ((columns.here.length + block.records) * SLOTS_PER_ROW > columns.slots.length) growSlots(columns, block.records);
  const hashes = hashesOf(columns, block);
  for (let place = 0; place < block.records; place++) {
    const hash = hashes(place);
    if (block.kinds[place] !== 0) {
      others.push(block.record(place));
      continue;
    }
    const from = place === 0 ? 0 : block.idEnds[place - 1]!;
    const to = block.idEnds[place]!;
    const slot = slotOfBytes(columns, { block, from, to, hash });
    if (columns.slots[slot] !== 0 || (elsewhere.size > 0 && elsewhere.has(textOfBytes(block.ids, from, to)))) {
      others.push(block.record(place));
      continue;
    }
    const row = appendNumber(columns.block, number);
    appendNumber(columns.place, place);
    appendNumber(columns.hash, hash);
    appendNumber(columns.here, 1);
    columns.slots[slot] = row + 1;
    addToConfig(configOf(place), { block, place, row });
  }
  return others;
}

const AHEAD = 256;

/** Hashes of ids, asked for place by place, some places ahead: their slots lie far apart, and are brought near together rather than one by one. */
function hashesOf({ slots, hashOf }: MatchColumns, { ids, idEnds, records }: MatchBlock): (place: number) => number {
  const ahead = new Uint32Array(AHEAD);
  const touched = new Int32Array(1);
  return (place) => {
    const within = place % AHEAD;
    if (within > 0) return ahead[within]!;
    const to = Math.min(AHEAD, records - place);
    let start = place === 0 ? 0 : idEnds[place - 1]!;
    let sum = 0;
    for (let i = 0; i < to; i++) {
      const end = idEnds[place + i]!;
      const hash = hashOf(ids, start, end);
      ahead[i] = hash;
      sum ^= slots[hash & (slots.length - 1)]!;
      start = end;
    }
    touched[0] = sum;
    return ahead[0]!;
  };
}

/** The row of a match that is here; −1. */
export function rowOf(columns: MatchColumns, id: string): number {
  if (columns.block.length === 0) return -1;
  const bytes = new Uint8Array(id.length);
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i);
    if (code > 127) return -1;
    bytes[i] = code;
  }
  const slot = slotOfBytes(columns, { block: { ids: bytes }, from: 0, to: bytes.length, hash: columns.hashOf(bytes, 0, bytes.length) });
  const row = columns.slots[slot]! - 1;
  return row >= 0 && columns.here.values[row] === 1 ? row : -1;
}

export function recordAt(columns: MatchColumns, row: number): LedgerRecord {
  return columns.blocks[columns.block.values[row]!]!.record(columns.place.values[row]!);
}

/** Takes a match out; what was counted of it stays counted by whoever takes it. */
export function takeOut(columns: MatchColumns, row: number): Match {
  const record = recordAt(columns, row) as LedgerRecord & { readonly kind: "match" };
  columns.here.values[row] = 0;
  const config = columns.configs.get(configKey(record.match))!;
  config.matches--;
  if (record.match.players.length > 2) config.severalHere--;
  for (const player of record.match.players) config.games.values[config.positions.get(player)!]!--;
  return record.match;
}

/** Of a config's matches that are here. */
export function* matchesOf(columns: MatchColumns, config: ConfigColumns): Generator<Match> {
  for (const rows of [config.rows, config.several]) {
    for (let i = 0; i < rows.length; i++) {
      const row = rows.values[i]!;
      if (columns.here.values[row] === 0) continue;
      const record = recordAt(columns, row);
      if (record.kind === "match") yield record.match;
    }
  }
}

export function* recordsOf(columns: MatchColumns): Generator<LedgerRecord> {
  for (let row = 0; row < columns.here.length; row++) if (columns.here.values[row] === 1) yield recordAt(columns, row);
}

export function countsOfColumns(columns: MatchColumns, config: ConfigColumns): MatchCounts {
  const played = config.participants.filter((_, position) => config.games.values[position]! > 0).toSorted();
  const sorted = new Map(played.map((id, position) => [id, position]));
  const moved = Uint32Array.from(config.participants, (id) => sorted.get(id) ?? 0);
  const pairs = pairsHere(columns, config, moved);
  const several: Match[] = [];
  for (let i = 0; i < config.several.length; i++) {
    const row = config.several.values[i]!;
    const record = columns.here.values[row] === 1 ? recordAt(columns, row) : null;
    if (record?.kind === "match") several.push(record.match);
  }
  const counts = countPairs(pairs, played);
  return several.length === 0 ? counts : mergeCounts([counts, countMatches(several)]);
}

function pairsHere(columns: MatchColumns, { rows, first, second, score }: ConfigColumns, moved: Uint32Array): { first: Uint32Array; second: Uint32Array; score: Uint8Array } {
  const pairs = { first: new Uint32Array(rows.length), second: new Uint32Array(rows.length), score: new Uint8Array(rows.length) };
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    if (columns.here.values[rows.values[i]!] === 0) continue;
    pairs.first[count] = moved[first.values[i]!]!;
    pairs.second[count] = moved[second.values[i]!]!;
    pairs.score[count++] = score.values[i]!;
  }
  return count === rows.length ? pairs : { first: pairs.first.subarray(0, count), second: pairs.second.subarray(0, count), score: pairs.score.subarray(0, count) };
}

/** Neighbours are nearly always of one config. */
function configFinder(columns: MatchColumns, block: MatchBlock): (place: number) => BlockConfig {
  const found = new Map<string, BlockConfig>();
  let board = -1;
  let numPlayers = -1;
  let latest: BlockConfig | null = null;
  return (place) => {
    if (latest !== null && block.board[place] === board && block.numPlayers[place] === numPlayers) return latest;
    board = block.board[place]!;
    numPlayers = block.numPlayers[place]!;
    const key = `${block.texts[board]}_${numPlayers}p`;
    latest = found.get(key) ?? null;
    if (latest === null) found.set(key, (latest = { columns: configColumns(columns, { board: block.texts[board]!, numPlayers }), positions: new Int32Array(block.texts.length).fill(-1) }));
    return latest;
  };
}

interface BlockConfig {
  readonly columns: ConfigColumns;
  /** By text of the block: the participant's position in the config; −1 for one that was not met yet. */
  readonly positions: Int32Array;
}

function configColumns(columns: MatchColumns, config: MatchConfig): ConfigColumns {
  const key = configKey(config);
  let found = columns.configs.get(key);
  if (found === undefined) {
    found = { config, root: emptyRoot(), positions: new Map(), participants: [], games: growingNumbers(), rows: growingNumbers(), first: growingNumbers(), second: growingNumbers(), score: growingNumbers(), several: growingNumbers(), matches: 0, severalHere: 0, latestAt: null };
    columns.configs.set(key, found);
  }
  return found;
}

function addToConfig({ columns, positions }: BlockConfig, { block, place, row }: { readonly block: MatchBlock; readonly place: number; readonly row: number }): void {
  const from = place === 0 ? 0 : block.seatEnds[place - 1]!;
  const to = block.seatEnds[place]!;
  for (let seat = from; seat < to; seat++) {
    const text = block.players[seat]!;
    if (positions[text] === -1) positions[text] = positionOf(columns, block.texts[text]!);
    columns.games.values[positions[text]!]!++;
  }
  if (to - from === 2) {
    appendNumber(columns.rows, row);
    appendNumber(columns.first, positions[block.players[from]!]!);
    appendNumber(columns.second, positions[block.players[from + 1]!]!);
    appendNumber(columns.score, 1 + Math.sign(block.places[from + 1]! - block.places[from]!));
  } else {
    appendNumber(columns.several, row);
    columns.severalHere++;
  }
  columns.matches++;
  const at = block.at[place]!;
  if (columns.latestAt === null || at > columns.latestAt) columns.latestAt = at;
  addWordsToRoot(columns.root, block.contentIds, place);
}

function positionOf({ positions, participants, games }: ConfigColumns, id: string): number {
  let position = positions.get(id);
  if (position === undefined) {
    position = participants.push(id) - 1;
    positions.set(id, position);
    appendNumber(games, 0);
  }
  return position;
}

interface Wanted {
  readonly block: Pick<MatchBlock, "ids">;
  readonly from: number;
  readonly to: number;
  readonly hash: number;
}

/** Where an id is, or belongs. A row that moved out keeps its place. */
function slotOfBytes(columns: MatchColumns, { block: { ids }, from, to, hash }: Wanted): number {
  const { slots } = columns;
  const mask = slots.length - 1;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const row = slots[slot]! - 1;
    if (row < 0) return slot;
    if (columns.hash.values[row] !== hash) continue;
    const there = columns.blocks[columns.block.values[row]!]!;
    const place = columns.place.values[row]!;
    const start = place === 0 ? 0 : there.idEnds[place - 1]!;
    if (there.idEnds[place]! - start !== to - from) continue;
    let same = 0;
    while (same < to - from && there.ids[start + same] === ids[from + same]) same++;
    if (same === to - from) return slot;
  }
}

function growSlots(columns: MatchColumns, more: number): void {
  let size = columns.slots.length;
  while (size < (columns.here.length + more) * SLOTS_PER_ROW * 2) size *= 2;
  const slots = new Int32Array(size);
  const mask = slots.length - 1;
  for (let row = 0; row < columns.hash.length; row++) {
    let slot = columns.hash.values[row]! & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = row + 1;
  }
  columns.slots = slots;
}

/** FNV-1a with a last mix, as its low bits alone are weak (Fowler, Noll & Vo; mix of MurmurHash3). */
function hashFrom(seed: number): MatchColumns["hashOf"] {
  return (bytes, from, to) => {
    let hash = 0x81_1c_9d_c5 ^ seed;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01_00_01_93);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
    return (hash ^ (hash >>> 13)) >>> 0;
  };
}

function textOfBytes(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}
