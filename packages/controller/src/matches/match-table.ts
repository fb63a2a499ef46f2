import { configOf, createRecordIndex, insertRecord, matchIdOf, registerOf, removeRecord, resolveRegister } from "@gauntlet/core";
import type { ConflictStrategy, LedgerRecord, Match, RecordIndex } from "@gauntlet/core";
import { addPlayed, createPlayed, removePlayed } from "./played-config.ts";
import type { PlayedConfig } from "./played-config.ts";
import type { MatchRegister } from "./match-ledger.ts";

/** Records in memory by match, what counts of them by config, and the index that sessions work on. */
export interface MatchTable {
  readonly strategy: ConflictStrategy;
  /** Sessions put records into it before they are durable: it may be ahead of `held`. */
  readonly index: RecordIndex;
  /** By match id; nearly all matches have one record, and no list is made for it. */
  readonly held: Map<string, LedgerRecord | LedgerRecord[]>;
  readonly played: Map<string, PlayedConfig>;
  /** Matches of which several versions stand. */
  readonly disputed: Set<string>;
  records: number;
}

export function createMatchTable(strategy: ConflictStrategy): MatchTable {
  return { strategy, index: createRecordIndex(), held: new Map(), played: new Map(), disputed: new Set(), records: 0 };
}

/** False when it is held already. */
export function insertHeld(table: MatchTable, record: LedgerRecord): boolean {
  const id = matchIdOf(record);
  const before = table.held.get(id);
  if (before === undefined) {
    table.held.set(id, record);
    // A tombstone alone shows its config, in which nothing counts.
    const played = playedOf(table, record);
    if (record.kind === "match") addPlayed(played, record.match);
  } else if (!insertBeside(table, id, { before, record })) return false;
  table.records++;
  insertRecord(table.index, record);
  return true;
}

/** What is held of a match, in the order it came. */
export function heldOf(table: MatchTable, matchId: string): readonly LedgerRecord[] {
  const held = table.held.get(matchId);
  return held === undefined ? [] : Array.isArray(held) ? held : [held];
}

function isHeld(table: MatchTable, record: LedgerRecord): boolean {
  return heldOf(table, matchIdOf(record)).some(({ contentId }) => contentId === record.contentId);
}

/** Takes records that a session put into the index, and that could not be made durable, out of it. */
export function forgetUnheld(table: MatchTable, records: readonly LedgerRecord[]): void {
  for (const record of records) if (!isHeld(table, record)) removeRecord(table.index, record);
}

export function registerFor(table: MatchTable, matchId: string, more: readonly LedgerRecord[] = []): MatchRegister {
  const register = registerOf(matchId, [...heldOf(table, matchId), ...more]);
  return { register, resolution: resolveRegister(register, table.strategy) };
}

/** Whether more than one version stands. */
function isDisputed({ resolution }: MatchRegister): boolean {
  return resolution.kind === "unresolved" || (resolution.kind === "kept" && resolution.losers.length > 0);
}

function insertBeside(table: MatchTable, id: string, { before, record }: { readonly before: LedgerRecord | LedgerRecord[]; readonly record: LedgerRecord }): boolean {
  if (isHeld(table, record)) return false;
  const earlier = keptOf(registerFor(table, id));
  if (Array.isArray(before)) before.push(record);
  else table.held.set(id, [before, record]);
  const register = registerFor(table, id);
  if (isDisputed(register)) table.disputed.add(id);
  else table.disputed.delete(id);
  playedOf(table, record);
  const kept = keptOf(register);
  if (kept === earlier) return true;
  if (earlier !== null) removePlayed(playedFor(table, earlier), earlier);
  if (kept !== null) addPlayed(playedFor(table, kept), kept);
  return true;
}

function keptOf({ resolution }: MatchRegister): Match | null {
  return resolution.kind === "kept" ? resolution.match : null;
}

function playedOf(table: MatchTable, record: LedgerRecord): PlayedConfig {
  return playedFor(table, record.kind === "match" ? record.match : record.tombstone, configOf(record));
}

function playedFor(table: MatchTable, { board, numPlayers }: { readonly board: string; readonly numPlayers: number }, config = `${board}_${numPlayers}p`): PlayedConfig {
  let played = table.played.get(config);
  if (played === undefined) table.played.set(config, (played = createPlayed({ board, numPlayers })));
  return played;
}
