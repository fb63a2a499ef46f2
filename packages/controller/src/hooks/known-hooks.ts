import type { DeliveryStore } from "../ports/monitor-store.ts";

/** What is remembered of a hook. */
export interface KnownHook {
  /** What is older is not told: a hook that is new in the configuration is not told a whole history. */
  readonly since: number;
  /** Its other end answered that it is gone; until a test is heard again. */
  readonly disabled: { readonly at: number; readonly detail: string } | null;
}

const PREFIX = "hook:";

/** By the name of the hook. */
export function knownHooks(marks: ReadonlyMap<string, string>): ReadonlyMap<string, KnownHook> {
  return new Map([...marks].flatMap(([name, value]) => (name.startsWith(PREFIX) ? [[name.slice(PREFIX.length), JSON.parse(value) as KnownHook] as const] : [])));
}

/** Remembers since when hooks are in the configuration, and forgets those that are not any more. Once, before anything is decided. */
export async function beginHooks(deliveries: DeliveryStore, names: readonly string[], now: number): Promise<void> {
  const known = knownHooks(await deliveries.marks());
  for (const name of names) if (!known.has(name)) await changeHook(deliveries, name, () => ({ since: now, disabled: null }));
  for (const name of known.keys()) if (!names.includes(name)) await changeHook(deliveries, name, () => null);
}

/** null: nothing is remembered of it. What another process changed meanwhile is read again. */
export async function changeHook(deliveries: DeliveryStore, hook: string, change: (before: KnownHook | null) => KnownHook | null): Promise<void> {
  const name = `${PREFIX}${hook}`;
  for (let tries = 1; ; tries++) {
    const expect = (await deliveries.marks()).get(name) ?? null;
    const after = change(expect === null ? null : (JSON.parse(expect) as KnownHook));
    const value = after === null ? null : JSON.stringify(after);
    if (value === expect) return;
    try {
      return await deliveries.add({ subject: name, at: 0, deliveries: [], mark: { name, expect, value } });
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
}
