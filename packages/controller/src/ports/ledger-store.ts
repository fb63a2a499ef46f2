import type { LedgerEntry, ModelState } from "@gauntlet/core";

/**
 * Append-only chains of entries, and beside each chain the state folded from it.
 *
 * `append` is one durable transaction: all entries and the state, or nothing. Entries are never updated or
 * deleted. Every method may fail with `store_unavailable`, and is then safe to call again after a `head` read.
 */
export interface LedgerStore {
  /**
   * An empty chain is expected as seq 0 and a hash of 64 zeros.
   * @throws Failure `ledger_conflict` when the chain's newest entry is not `expect` (seq and hash);
   * `fenced` when `fence` is given and the lease of that name no longer carries its token.
   */
  append(request: AppendRequest): Promise<void>;
  /** Entries of a chain with seq > after, ascending, at most `limit`. */
  read(chain: string, after: number, limit: number): Promise<readonly LedgerEntry[]>;
  /** The state stored by the newest append, and when its decision was last confirmed. */
  head(chain: string): Promise<ChainHead | null>;
  /** Every chain, by name. */
  heads(): Promise<readonly ChainHead[]>;
  /**
   * Moves the 'last confirmed' mark of the chain's newest decision; writes no entry. An append that brings another
   * decision clears the mark.
   * @throws Failure `not_found` when there is no such chain.
   */
  confirm(chain: string, at: number): Promise<void>;
}

export interface AppendRequest {
  readonly chain: string;
  readonly expect: { readonly seq: number; readonly hash: string };
  readonly fence: Fence | null;
  readonly entries: readonly LedgerEntry[];
  /** null for the root chain, which has no model. */
  readonly state: ModelState | null;
}

/** Proof of leadership: the lease's name and the token it had when it was acquired. */
export interface Fence {
  readonly lease: string;
  readonly token: number;
}

export interface ChainHead {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
  readonly state: ModelState | null;
  readonly confirmedAt: number | null;
}
