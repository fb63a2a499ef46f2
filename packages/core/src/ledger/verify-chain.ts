import { digestOf } from "../digest/digest-of.ts";
import type { LedgerEntry } from "./entry.ts";
import { GENESIS } from "./seal-entry.ts";

export interface ChainBreak {
  readonly chain: string;
  readonly seq: number;
  readonly detail: string;
}

export interface ChainPosition {
  readonly seq: number;
  readonly hash: string;
}

/**
 * Checks entries that follow `after` (null: from the first). Returns the first break, or where the chain now stands.
 * A break means that an entry was changed, lost, added or moved after it was written (I10).
 */
export function verifyChain(entries: Iterable<LedgerEntry>, after: ChainPosition | null): { readonly broken: ChainBreak | null; readonly head: ChainPosition | null } {
  let head = after;
  for (const entry of entries) {
    const detail = breakAt(entry, head);
    if (detail !== null) return { broken: { chain: entry.chain, seq: entry.seq, detail }, head };
    head = { seq: entry.seq, hash: entry.hash };
  }
  return { broken: null, head };
}

function breakAt(entry: LedgerEntry, head: ChainPosition | null): string | null {
  const seq = (head?.seq ?? 0) + 1;
  if (entry.seq !== seq) return `entry ${seq} is missing; entry ${entry.seq} stands in its place`;
  if (entry.prev !== (head?.hash ?? GENESIS)) return "it does not follow from the entry before it";
  const { hash, ...body } = entry;
  if (digestOf(body) !== hash) return "its content does not match its hash: it was changed after it was written";
  return null;
}
