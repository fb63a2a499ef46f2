import { Failure, type Problem } from "../../failure/failure.ts";
import type { Match } from "../../rating/match/match.ts";
import type { Sha256 } from "../../rating/match/match-hash.ts";
import { matchIdOf, type LedgerRecord } from "../record/ledger-record.ts";
import { parseRecord } from "../record/parse-record.ts";
import { registerOf, resolveRegister, standing, type ConflictStrategy, type Register } from "./resolve-register.ts";

export interface MergeContext {
  readonly strategy: ConflictStrategy;
  /** Milliseconds since the Unix epoch; records more than five minutes later are refused. */
  readonly now: number;
  /** The node that the batch comes from, for matches that don't name one. */
  readonly origin?: string;
  /** Of content ids; left out: the core's own. */
  readonly hash?: Sha256;
}

export interface MergeResult {
  /** Records that were not held before: what the store has to append, all of it or nothing. */
  readonly appended: readonly LedgerRecord[];
  /** Of the matches that the batch touched: the versions that count, by id. */
  readonly kept: readonly Match[];
  /** Of the matches that the batch touched: those of which several versions are held. */
  readonly conflicts: readonly Conflict[];
  readonly counters: MergeCounters;
  /** Rows that can't be taken; they keep no other out. */
  readonly rejected: readonly { readonly index: number; readonly problems: readonly Problem[] }[];
}

export interface Conflict {
  readonly matchId: string;
  /** The version that counts; null while nobody has decided. */
  readonly winner: Match | null;
  readonly others: readonly Match[];
  readonly resolvedBy: "first_write_wins" | "last_write_wins" | null;
}

/** They count rows of the batch, and sum to its length together with the rejected. */
export interface MergeCounters {
  /** First version of a match, or a tombstone. */
  readonly added: number;
  /** Held already, word for word, or a version that was purged. */
  readonly skipped: number;
  /** A further version of a match, left undecided. */
  readonly conflicts: number;
  /** A further version of a match, decided by the strategy. */
  readonly resolved: number;
}

/**
 * A batch of records (`{match}` or `{tombstone}`, unparsed) merged with what is held. `heldOf` gives the records held of
 * a match id. Whole records are compared: any difference is a conflict.
 *
 * @throws Failure `conflict` under the strategy `raise` when a match has two versions: then nothing of the batch counts.
 */
export function mergeMatches(heldOf: (matchId: string) => readonly LedgerRecord[], incoming: Iterable<unknown>, context: MergeContext): MergeResult {
  // Nearly every match of a batch is new and has one record, and needs no more than that.
  const touched = new Map<string, LedgerRecord | Map<string, LedgerRecord>>();
  const appended: LedgerRecord[] = [];
  const rejected: { index: number; problems: readonly Problem[] }[] = [];
  let rows = 0;
  for (const value of incoming) {
    const index = rows++;
    const record = parseRecord(value, context);
    if (!("kind" in record)) {
      rejected.push({ index, problems: record });
      continue;
    }
    const id = matchIdOf(record);
    let held = touched.get(id);
    if (held === undefined) {
      const before = heldOf(id);
      if (before.length === 0) {
        touched.set(id, record);
        appended.push(record);
        continue;
      }
      touched.set(id, (held = byContent(before)));
    } else if (!(held instanceof Map)) touched.set(id, (held = byContent([held])));
    if (held.has(record.contentId)) continue;
    held.set(record.contentId, record);
    appended.push(record);
  }
  const alone: LedgerRecord[] = [];
  const registers: Register[] = [];
  for (const [id, held] of touched) {
    if (held instanceof Map) registers.push(registerOf(id, held.values()));
    else alone.push(held);
  }
  if (context.strategy === "raise") refuseConflicts(registers);
  const { kept, conflicts } = resolveRegisters(registers, context.strategy);
  const counters = countRecords(registers.length === 0 ? [] : appended, registers, context.strategy);
  return {
    appended,
    kept: [...alone.flatMap((record) => (record.kind === "match" ? record.match : [])), ...kept],
    conflicts,
    counters: { ...counters, added: counters.added + alone.length, skipped: counters.skipped + rows - rejected.length - appended.length },
    rejected,
  };
}

function byContent(records: readonly LedgerRecord[]): Map<string, LedgerRecord> {
  return new Map(records.map((record) => [record.contentId, record]));
}

/** The versions that count and the conflicts of registers, in their order: the whole ledger's, if all of them are given. */
export function resolveRegisters(registers: readonly Register[], strategy: ConflictStrategy): Pick<MergeResult, "kept" | "conflicts"> {
  const kept: Match[] = [];
  const conflicts: Conflict[] = [];
  for (const register of registers) {
    const resolution = resolveRegister(register, strategy);
    if (resolution.kind === "kept") {
      kept.push(resolution.match);
      const resolvedBy = strategy === "first_write_wins" || strategy === "last_write_wins" ? strategy : null;
      if (resolution.losers.length > 0) conflicts.push({ matchId: register.matchId, winner: resolution.match, others: resolution.losers, resolvedBy });
    } else if (resolution.kind === "unresolved") conflicts.push({ matchId: register.matchId, winner: null, others: resolution.versions, resolvedBy: null });
  }
  return { kept, conflicts };
}

function refuseConflicts(registers: readonly Register[]): void {
  const disputed = registers.filter((register) => resolveRegister(register, "raise").kind === "unresolved");
  if (disputed.length === 0) return;
  throw new Failure("conflict", `${disputed.length} ${disputed.length === 1 ? "match has" : "matches have"} more than one version, first "${disputed[0]!.matchId}"; nothing of the batch was imported`, {
    fix: "correct the records, purge the matches, or import with another conflict strategy",
    problems: disputed.slice(0, 20).map(({ matchId, versions }) => ({ pointer: `/${matchId}`, detail: `${versions.length} versions, of ${versions.map(({ match }) => match.origin).join(", ")}` })),
  });
}

/** What new records did, given the registers that they are in by now: counted by register, so that their order plays no part. */
export function countRecords(appended: readonly LedgerRecord[], registers: readonly Register[], strategy: ConflictStrategy): MergeCounters {
  const fresh = new Set(appended.map(({ contentId }) => contentId));
  const counters = { added: 0, skipped: 0, conflicts: 0, resolved: 0 };
  for (const register of registers) {
    const left = standing(register);
    const isFresh = ({ contentId }: LedgerRecord): boolean => fresh.has(contentId);
    const newVersions = left.filter(isFresh).length;
    const firstVersion = newVersions > 0 && newVersions === left.length ? 1 : 0;
    counters.added += register.tombstones.filter(isFresh).length + firstVersion;
    counters.skipped += register.versions.filter(isFresh).length - newVersions;
    counters[strategy === "skip" ? "conflicts" : "resolved"] += newVersions - firstVersion;
  }
  return counters;
}
