import { noticesOf, NOTHING_TOLD, ROOT_CHAIN, type NoticeMark } from "@gauntlet/core";

import type { DeliveryStore } from "../ports/monitor-store.ts";
import type { Store } from "../ports/store.ts";

/** What is remembered of a hook, beside how far it was told of each chain. */
export interface KnownHook {
  /** Its other end answered that it is gone; until a test is heard again. */
  readonly disabled: { readonly at: number; readonly detail: string } | null;
}

const PREFIX = "hook:";

/** By the name of the hook. */
export function knownHooks(marks: ReadonlyMap<string, string>): ReadonlyMap<string, KnownHook> {
  return new Map([...marks].flatMap(([name, value]) => (name.startsWith(PREFIX) ? [[name.slice(PREFIX.length), JSON.parse(value) as KnownHook] as const] : [])));
}

/** Where the mark of a hook and a chain is. A hook's name has no colon. */
export function toldMark(hook: string, chain: string): string {
  return `told:${hook}:${chain}`;
}

/** So many entries before the end still say what is under way. */
const ENTRIES_BACK = 50;

/**
 * Lets hooks that are new in the configuration begin where the ledger is now, so that none is told a whole history. Before
 * anything is decided; each process begins those that it has.
 */
export async function beginHooks({ ledger, deliveries }: Pick<Store, "ledger" | "deliveries">, names: readonly string[]): Promise<void> {
  const marks = await deliveries.marks();
  const known = knownHooks(marks);
  for (const hook of names) {
    if (known.has(hook)) continue;
    for (const { chain, seq } of await ledger.heads()) {
      if (chain === ROOT_CHAIN || seq === 0) continue;
      const from = Math.max(0, seq - ENTRIES_BACK);
      const { mark } = noticesOf({ ...NOTHING_TOLD, seq: from }, await ledger.read(chain, from, seq - from));
      await changeMark(deliveries, toldMark(hook, chain), () => JSON.stringify(mark satisfies NoticeMark));
    }
    await changeHook(deliveries, hook, (before) => before ?? { disabled: null });
  }
}

export function changeHook(deliveries: DeliveryStore, hook: string, change: (before: KnownHook | null) => KnownHook): Promise<void> {
  return changeMark(deliveries, `${PREFIX}${hook}`, (before) => JSON.stringify(change(before === null ? null : (JSON.parse(before) as KnownHook))));
}

const TRIES_MAX = 5;

/** What another process changed meanwhile is read again. */
async function changeMark(deliveries: DeliveryStore, name: string, change: (before: string | null) => string): Promise<void> {
  for (let tries = 1; ; tries++) {
    const expect = (await deliveries.marks()).get(name) ?? null;
    const value = change(expect);
    if (value === expect) return;
    try {
      return await deliveries.add({ subject: name, at: 0, deliveries: [], mark: { name, expect, value } });
    } catch (error) {
      if (tries === TRIES_MAX) throw error;
    }
  }
}
