import type { LedgerRecord } from "@gauntlet/core";
import type { MatchBlock } from "./match-block.ts";

/**
 * The match ledger on disk: records in the order in which they were appended here. Nothing is ever changed or deleted; a
 * purge is a record too. Every method may fail with `store_unavailable`, and is then safe to call again.
 */
export interface MatchStore {
  /**
   * Appends those that are not held yet (by content id), in their order, in one durable transaction: all of them or none.
   * @throws Failure `ledger_conflict` when `expect` is given and the newest sequence is another: somebody else appended.
   */
  append(records: readonly LedgerRecord[], expect?: number): Promise<AppendedMatches>;
  /**
   * Records with a sequence above `after`, ascending, at most `limit`. Whoever has read up to a sequence never finds a
   * record below it later, so that several processes may follow one store.
   */
  read(after: number, limit: number): Promise<readonly StoredMatchRecord[]>;
  /**
   * For stores that keep columns: the block whose first record is number `after` + 1; null when there is none, or none worth
   * it. `read` ends its pages before such a block.
   */
  readBlock?(after: number): Promise<MatchBlock | null>;
  /** Everything held of one match: its versions and tombstones, by sequence. */
  held(matchId: string): Promise<readonly LedgerRecord[]>;
  head(): Promise<MatchHead>;
}

export interface StoredMatchRecord {
  /** Local to the store: 1 and up, with gaps allowed. */
  readonly sequence: number;
  readonly record: LedgerRecord;
}

export interface AppendedMatches {
  /** Newest sequence before and after. */
  readonly before: number;
  readonly sequence: number;
  /** Records that were not held. */
  readonly added: number;
}

export interface MatchHead {
  /** 0 in an empty store. */
  readonly sequence: number;
  readonly count: number;
}
