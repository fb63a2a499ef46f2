import { noticesOf, NOTHING_TOLD, ROOT_CHAIN, type LedgerNotice, type NoticeMark } from "@gauntlet/core";

import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { deliveriesOf, type HookNames } from "./deliveries-of.ts";
import { knownHooks, toldMark } from "./known-hooks.ts";

interface LedgerFollowing {
  readonly store: Pick<Store, "ledger" | "deliveries">;
  readonly clock: Clock;
  readonly hooks: HookNames;
}

const ENTRIES_AT_ONCE = 50;
const NOTICES: ReadonlySet<string> = new Set<LedgerNotice["kind"]>(["verdict_changed", "approval_wanted", "promoted", "rolled_back"]);

/** A hook that comes back to the configuration is told what it missed, but nothing that is older. */
export const NEWS_MS = 7 * 86_400_000;

/**
 * Puts into the store what hooks are to be told of entries that are new in the ledger. The mark of a hook and a chain
 * moves in the same transaction, so that whoever dies when, and however many processes do this, each entry is told of once.
 * Of hooks that have begun.
 * @throws Failure `ledger_conflict` when another process was quicker; the next call goes on from there.
 */
export async function followLedger({ store, clock, hooks }: LedgerFollowing): Promise<void> {
  const wanting = hooks.filter(({ events }) => events.some((kind) => NOTICES.has(kind)));
  if (wanting.length === 0) return;
  const [heads, marks] = await Promise.all([store.ledger.heads(), store.deliveries.marks()]);
  const known = knownHooks(marks);
  for (const hook of wanting) {
    if (!known.has(hook.name)) continue;
    for (const { chain, seq } of heads) {
      if (chain === ROOT_CHAIN) continue;
      const name = toldMark(hook.name, chain);
      await followChain({ store, clock, hooks: [hook] }, { chain, seq, name, stored: marks.get(name) ?? null });
    }
  }
}

interface Chain {
  readonly chain: string;
  /** Of its newest entry. */
  readonly seq: number;
  readonly name: string;
  readonly stored: string | null;
}

async function followChain({ store, clock, hooks }: LedgerFollowing, { chain, seq, name, stored }: Chain): Promise<void> {
  let expect = stored;
  let mark = expect === null ? NOTHING_TOLD : (JSON.parse(expect) as NoticeMark);
  while (mark.seq < seq) {
    const entries = await store.ledger.read(chain, mark.seq, ENTRIES_AT_ONCE);
    if (entries.length === 0) return;
    const { notices, mark: after } = noticesOf(mark, entries);
    const at = clock.now();
    const subject = `ledger:${chain}`;
    const news = notices.filter((notice) => notice.at > at - NEWS_MS);
    const value = JSON.stringify(after);
    await store.deliveries.add({ subject, at, deliveries: deliveriesOf(subject, news, hooks), mark: { name, expect, value } });
    [expect, mark] = [value, after];
  }
}
