import { addToRoot, configOf, createRecordIndex, emptyRoot, insertRecord, matchIdOf, registerOf, resolveRegister, rootOf, sumOfRoots } from "@gauntlet/core";
import type { ConflictStrategy, LedgerRecord, Match, RecordIndex, Root, RunningRoot } from "@gauntlet/core";
import type { MatchBlock } from "../ports/match-block.ts";
import { createColumns, recordAt, recordsOf, rowOf, takeBlock, takeOut } from "./match-columns.ts";
import type { MatchColumns } from "./match-columns.ts";
import { addPlayed, createPlayed, forgetAnswers, movePlayed, removePlayed } from "./played-config.ts";
import type { PlayedConfig } from "./played-config.ts";
import type { MatchRegister } from "./match-ledger.ts";

/**
 * Records in memory: by the million in columns, and by match where there is more than one of a match, or where it came by
 * itself; what counts of them by config; and the index that sessions work on.
 */
export interface MatchTable {
  readonly strategy: ConflictStrategy;
  readonly columns: MatchColumns;
  /** Made when it is first asked for. */
  index: RecordIndex | null;
  /** By config, of what is not in columns. */
  readonly roots: Map<string, RunningRoot>;
  /** By match id; nearly all matches have one record, and no list is made for it. */
  readonly held: Map<string, LedgerRecord | LedgerRecord[]>;
  readonly played: Map<string, PlayedConfig>;
  /** Matches of which several versions stand. */
  readonly disputed: Set<string>;
  records: number;
}

/** For the seed, see `createColumns`. */
export function createMatchTable(strategy: ConflictStrategy, seed: number): MatchTable {
  return { strategy, columns: createColumns(seed), index: null, roots: new Map(), held: new Map(), played: new Map(), disputed: new Set(), records: 0 };
}

/** Takes in what a store has as columns. */
export function insertBlock(table: MatchTable, block: MatchBlock): void {
  const before = table.columns.here.length;
  const others = takeBlock(table.columns, block, table.held);
  table.records += table.columns.here.length - before;
  for (const [key, columns] of table.columns.configs) {
    const played = playedFor(table, columns.config, key);
    played.columns = { all: table.columns, own: columns };
    forgetAnswers(played);
  }
  if (table.index !== null) for (let row = before; row < table.columns.here.length; row++) insertRecord(table.index, recordAt(table.columns, row));
  for (const record of others) insertHeld(table, record);
}

/** False when it is held already. */
export function insertHeld(table: MatchTable, record: LedgerRecord): boolean {
  const id = matchIdOf(record);
  if (!moveOut(table, id, record)) return false;
  const before = table.held.get(id);
  if (before === undefined) {
    table.held.set(id, record);
    // A tombstone alone shows its config, in which nothing counts.
    const played = playedOf(table, record);
    if (record.kind === "match") addPlayed(played, record.match);
  } else if (!insertBeside(table, id, { before, record })) return false;
  table.records++;
  rootFor(table, configOf(record), (root) => addToRoot(root, record.contentId, 1));
  if (table.index !== null) insertRecord(table.index, record);
  return true;
}

/** Makes a match of which there is more to hold than its one record leave the columns. False when there is no more than that. */
function moveOut({ columns, held, played }: MatchTable, id: string, more: LedgerRecord): boolean {
  const row = rowOf(columns, id);
  if (row < 0) return true;
  const record = recordAt(columns, row);
  if (record.contentId === more.contentId) return false;
  movePlayed(played.get(configOf(record))!, takeOut(columns, row));
  held.set(id, record);
  return true;
}

function rootFor({ roots }: MatchTable, config: string, change: (root: RunningRoot) => void): void {
  let root = roots.get(config);
  if (root === undefined) roots.set(config, (root = emptyRoot()));
  change(root);
}

/** Of all records of a config. */
export function rootOfConfig({ roots, columns }: MatchTable, config: string): Root {
  const parts = [roots.get(config), columns.configs.get(config)?.root];
  return rootOf(sumOfRoots(parts.filter((part) => part !== undefined)));
}

export function indexOf(table: MatchTable): RecordIndex {
  if (table.index !== null) return table.index;
  table.index = createRecordIndex(recordsOf(table.columns));
  for (const held of table.held.values()) for (const record of Array.isArray(held) ? held : [held]) insertRecord(table.index, record);
  return table.index;
}

/** What is held of a match, in the order it came. */
export function heldOf(table: MatchTable, matchId: string): readonly LedgerRecord[] {
  const held = table.held.get(matchId);
  if (held !== undefined) return Array.isArray(held) ? held : [held];
  const row = rowOf(table.columns, matchId);
  return row < 0 ? [] : [recordAt(table.columns, row)];
}

export function isKnown({ held, columns }: MatchTable, matchId: string): boolean {
  return held.has(matchId) || rowOf(columns, matchId) >= 0;
}

function isHeld(table: MatchTable, record: LedgerRecord): boolean {
  return heldOf(table, matchIdOf(record)).some(({ contentId }) => contentId === record.contentId);
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
