import type { ConflictStrategy, EloRow, LedgerRecord, Match, MatchConfig, MatchCounts, MergeCounters, Problem, RatingFit, RecordIndex, Register, Resolution } from "@gauntlet/core";

/**
 * The matches of one node in memory, over a store that keeps them: what counts, ratings of it, and what sessions with
 * other nodes need. Whatever the order, and however often, records come, ledgers of equal records under one strategy say
 * the same.
 *
 * Reading is synchronous and sees what `refresh`, an import or a session brought last. A `config` is `square8_2p`.
 */
export interface MatchLedger {
  /** This node's name: the origin of what is recorded here. */
  readonly node: string;
  readonly strategy: ConflictStrategy;
  /** Grows with every record; the same number, the same answers. */
  readonly revision: number;
  /** Reads what the store has and memory lacks: what other processes on it appended. Cheap when there is nothing. */
  refresh(): Promise<void>;
  /** For sessions: what came of them is put into it by `add`. */
  index(): RecordIndex;
  /**
   * Rows from outside: matches as `parseMatch` reads them, or whole records (`{match}`, `{tombstone}`). Rows that can't be
   * taken are reported and keep no other out; the others are committed together, or after a failure not at all.
   * @throws Failure `conflict` under the strategy `raise`, or with `refuseConflicts`, when a match would have two versions.
   */
  importMatches(values: Iterable<unknown> | AsyncIterable<unknown>, options?: ImportOptions): Promise<ImportReport>;
  /** Records that are known to be good: from a session, or another store. The store first, then memory. */
  add(records: readonly LedgerRecord[]): Promise<{ readonly added: number; readonly held: number }>;
  /** Takes matches out of the ratings, in every version held already or still to come, on every node. @throws Failure `not_found` */
  purge(request: PurgeRequest): Promise<PurgeReport>;
  /** Settles a conflict: takes out every version but one. @throws Failure `not_found`, or `invalid_input` for a version that doesn't stand. */
  resolve(request: ResolveRequest): Promise<MatchRegister>;

  /** By name. */
  configs(): readonly ConfigSummary[];
  /** What counts, in the one order every node has (`compareMatches`); empty for a config without matches. */
  matches(config: string): readonly Match[];
  counts(config: string): MatchCounts;
  /** Kept until matches come; then fitted from there, with the same bits as from nothing. @throws Failure as `fitRatings` */
  fit(config: string): RatingFit;
  /** The service's Elo, or the tournament calculator's where more than two were rated, in the order of `matches`. By participant. */
  elo(config: string): readonly EloRow[];
  /** Of all records of the config, tombstones too: equal ledgers, equal digests. 32 hex digits. */
  digest(config: string): string;
  /** Matches with more than one version that stands; of one config, or of all. By match id. */
  conflicts(config?: string): readonly MatchRegister[];
  /** Everything held of one match, also what was purged or lost; null when there is nothing. */
  register(matchId: string): MatchRegister | null;
}

export interface MatchRegister {
  readonly register: Register;
  /** What it says under the ledger's strategy. */
  readonly resolution: Resolution;
}

export interface ConfigSummary extends MatchConfig {
  readonly config: string;
  /** Those that count. */
  readonly matches: number;
  readonly participants: number;
  readonly conflicts: number;
  readonly records: number;
  readonly digest: string;
  /** The latest instant of a match that counts; null without one. */
  readonly latestAt: number | null;
}

export interface ImportOptions {
  /** The node that rows without an origin come from; left out: this one. */
  readonly origin?: string;
  /** Nothing is imported if a match would have two versions; left out: only under the strategy `raise`. */
  readonly refuseConflicts?: boolean;
  /** Rows are matches and nothing else, so that whoever may send matches can't purge any. */
  readonly matchesOnly?: boolean;
  /** Says what would happen; nothing is written. */
  readonly dryRun?: boolean;
  readonly onProgress?: (rows: number) => void;
}

export interface ImportReport {
  readonly rows: number;
  /** They count rows, and sum to `rows` together with `rejectedCount`. */
  readonly counters: MergeCounters;
  /** Participants that had no match here before. */
  readonly participantsAdded: number;
  /** The first hundred. */
  readonly rejected: readonly { readonly index: number; readonly problems: readonly Problem[] }[];
  readonly rejectedCount: number;
  /** Matches of the batch with more than one version that stands: the first hundred. */
  readonly conflicts: readonly MatchRegister[];
  readonly conflictCount: number;
}

export interface PurgeRequest {
  readonly matchIds: readonly string[];
  /** Who; goes into the record with the reason. */
  readonly by: string;
  readonly reason: string;
}

export interface PurgeReport {
  readonly purged: number;
  /** They were purged before. */
  readonly known: number;
}

export interface ResolveRequest {
  readonly matchId: string;
  /** Content id of the version that stays. */
  readonly keep: string;
  readonly by: string;
  readonly reason: string;
}
