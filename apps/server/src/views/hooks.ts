import type { HookDelivery, HookList } from "@gauntlet/contract";
import { knownHooks, type Delivery, type Hook, type Store } from "@gauntlet/controller";

interface Listed {
  readonly store: Pick<Store, "deliveries">;
  readonly hooks: ReadonlyMap<string, Hook>;
  readonly now: number;
}

/** So many of all deliveries are looked through for those of one hook. */
const LOOKED_THROUGH_MAX = 10_000;

/** Who is told, and the newest deliveries; of one hook, or null: of all. */
export async function hookListView({ store, hooks, now }: Listed, of: { readonly hook: string | null; readonly limit: number }): Promise<HookList> {
  const [marks, deliveries] = await Promise.all([store.deliveries.marks(), store.deliveries.list(null, of.hook === null ? of.limit : LOOKED_THROUGH_MAX)]);
  const known = knownHooks(marks);
  return {
    now,
    hooks: [...hooks.values()].map(({ name, events }) => ({ name, events: [...events], disabled: known.get(name)?.disabled ?? null })),
    deliveries: deliveries.filter(({ hook }) => of.hook === null || hook === of.hook).slice(0, of.limit).map(deliveryView),
  };
}

export function deliveryView({ id, hook, event, createdAt, status, attempts, nextAt, settledAt, detail }: Delivery): HookDelivery {
  return { id, hook, event: event.kind, says: event.says, createdAt, status, attempts, nextAt, settledAt, detail };
}
