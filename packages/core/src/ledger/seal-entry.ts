import { digestOf } from "../digest/digest-of.ts";
import type { LedgerEntry, LedgerEvent } from "./entry.ts";

/** What the first entry of a chain names as its predecessor. */
export const GENESIS: string = "0".repeat(64);

/** The next entry of a chain, with its hash. `last` is null for the first. */
export function sealEntry(last: { readonly seq: number; readonly hash: string } | null, entry: { readonly chain: string; readonly at: number; readonly event: LedgerEvent }): LedgerEntry {
  const body = { chain: entry.chain, seq: (last?.seq ?? 0) + 1, at: entry.at, prev: last?.hash ?? GENESIS, event: entry.event };
  return { ...body, hash: digestOf(body) };
}
