import { Failure } from "@gauntlet/core";
import type { AppendRequest } from "../ports/ledger-store.ts";

/** The head of a chain that has no entry yet: its first entry has seq 1 and this as `prev`. */
export const EMPTY_HEAD: { readonly seq: number; readonly hash: string } = { seq: 0, hash: "0".repeat(64) };

/**
 * What every store checks before it appends: the chain's newest entry is `expect`, and the entries follow it.
 * @throws Failure `ledger_conflict` when somebody else appended; `internal` when the entries don't follow `expect`, or there are none.
 */
export function checkAppend(request: AppendRequest, newest: { readonly seq: number; readonly hash: string } | null): void {
  const { chain, expect, entries } = request;
  const head = newest ?? EMPTY_HEAD;
  if (head.seq !== expect.seq || head.hash !== expect.hash) {
    throw new Failure("ledger_conflict", `the ledger of ${chain} ends with entry ${head.seq}, not with entry ${expect.seq} (${expect.hash.slice(0, 12)}…)`, {
      fix: "read the head again and decide again; somebody else wrote in between",
    });
  }
  if (entries.length === 0) throw new Failure("internal", `there is nothing to append to ${chain}`);
  let previous = expect;
  for (const entry of entries) {
    if (entry.chain !== chain || entry.seq !== previous.seq + 1 || entry.prev !== previous.hash) {
      throw new Failure("internal", `entry ${entry.seq} of ${entry.chain} does not follow entry ${previous.seq} of ${chain}`);
    }
    previous = entry;
  }
}

/** The mark of the last confirmation belongs to one decision: an append that brings another one clears it. */
export function confirmedAfter(request: AppendRequest, before: { readonly decisionId: string | null; readonly confirmedAt: number | null }): number | null {
  return (request.state?.decision?.id ?? null) === before.decisionId ? before.confirmedAt : null;
}
