import { noticesOf, NOTHING_TOLD, ROOT_CHAIN, type LedgerNotice, type NoticeMark } from "@gauntlet/core";

import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { deliveriesOf, type HookNames } from "./deliveries-of.ts";
import { knownHooks, type KnownHook } from "./known-hooks.ts";

export interface LedgerFollowing {
  readonly store: Pick<Store, "ledger" | "deliveries">;
  readonly clock: Clock;
  readonly hooks: HookNames;
}

const ENTRIES_AT_ONCE = 50;
const NOTICES: ReadonlySet<string> = new Set<LedgerNotice["kind"]>(["verdict_changed", "approval_wanted", "promoted", "rolled_back"]);

/**
 * Puts into the store what hooks are to be told of entries that are new in the ledger. The mark of a chain moves in the
 * same transaction, so that whoever dies when, each entry is told of once.
 * @throws Failure `ledger_conflict` when another process was quicker; the next call goes on from there.
 */
export async function followLedger({ store, clock, hooks }: LedgerFollowing): Promise<void> {
  if (!hooks.some(({ events }) => events.some((kind) => NOTICES.has(kind)))) return;
  const [heads, marks] = await Promise.all([store.ledger.heads(), store.deliveries.marks()]);
  const known = knownHooks(marks);
  for (const { chain, seq } of heads) {
    if (chain === ROOT_CHAIN) continue;
    const name = `chain:${chain}`;
    let stored = marks.get(name) ?? null;
    let mark = stored === null ? NOTHING_TOLD : (JSON.parse(stored) as NoticeMark);
    while (mark.seq < seq) {
      const entries = await store.ledger.read(chain, mark.seq, ENTRIES_AT_ONCE);
      if (entries.length === 0) break;
      const { notices, mark: after } = noticesOf(mark, entries);
      const value = JSON.stringify(after);
      const subject = `ledger:${chain}`;
      await store.deliveries.add({ subject, at: clock.now(), deliveries: deliveriesTo(hooks, known, { subject, notices }), mark: { name, expect: stored, value } });
      [stored, mark] = [value, after];
    }
  }
}

function deliveriesTo(hooks: HookNames, known: ReadonlyMap<string, KnownHook>, { subject, notices }: { readonly subject: string; readonly notices: readonly LedgerNotice[] }) {
  return notices.flatMap((notice) => deliveriesOf(subject, [notice], hooks.filter(({ name }) => notice.at >= (known.get(name)?.since ?? Number.POSITIVE_INFINITY))));
}
