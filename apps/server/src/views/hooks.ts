import type { HookDelivery, HookDeliveryDetail, HookList } from "@gauntlet/contract";
import { knownHooks, type Delivery, type Hook, type Store } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";

interface Listed {
  readonly store: Pick<Store, "deliveries">;
  readonly hooks: ReadonlyMap<string, Pick<Hook, "name" | "events" | "form">>;
  readonly now: number;
}

/** null: of every one. */
export interface DeliveryFilter {
  readonly hook: string | null;
  readonly status: Delivery["status"] | null;
  readonly event: HookDelivery["event"] | null;
  readonly limit: number;
}

/** So many of all deliveries are looked through. */
const LOOKED_THROUGH_MAX = 10_000;

/** Who is told and whether they hear it, and the newest deliveries of those that are asked for. */
export async function hookListView({ store, hooks, now }: Listed, of: DeliveryFilter): Promise<HookList> {
  const [marks, deliveries] = await Promise.all([store.deliveries.marks(), store.deliveries.list(null, LOOKED_THROUGH_MAX)]);
  const known = knownHooks(marks);
  const wanted = (delivery: Delivery): boolean => (of.hook ?? delivery.hook) === delivery.hook && (of.status ?? delivery.status) === delivery.status && (of.event ?? delivery.event.kind) === delivery.event.kind;
  return {
    now,
    hooks: [...hooks.values()].map(({ name, form, events }) => ({ name, form, events: [...events], disabled: known.get(name)?.disabled ?? null, ...healthOf(deliveries.filter(({ hook }) => hook === name)) })),
    deliveries: deliveries.filter(wanted).slice(0, of.limit).map(deliveryView),
  };
}

function healthOf(deliveries: readonly Delivery[]): Pick<HookList["hooks"][number], "last" | "failedInRow" | "waiting"> {
  const newest = deliveries.flatMap(({ tries }) => tries).toSorted((a, b) => b.at - a.at);
  const heard = newest.findIndex(({ kind }) => kind === "delivered");
  return { last: newest[0] ?? null, failedInRow: heard === -1 ? newest.length : heard, waiting: deliveries.filter(({ status }) => status === "pending").length };
}

/** One delivery with what is sent. @throws Failure `not_found` */
export async function deliveryDetailView({ store, hooks }: { readonly store: Pick<Store, "deliveries">; readonly hooks: ReadonlyMap<string, Hook> }, id: string): Promise<HookDeliveryDetail> {
  const delivery = (await store.deliveries.list(null, LOOKED_THROUGH_MAX)).find((one) => one.id === id);
  if (delivery === undefined) throw new Failure("not_found", `there is no delivery "${id}"`, { fix: "take an id from the log; of those that are settled the newest thousand are kept" });
  return { ...deliveryView(delivery), message: hooks.get(delivery.hook)?.message(delivery) ?? null };
}

export function deliveryView({ id, hook, subject, event, createdAt, status, attempts, nextAt, settledAt, detail, tries }: Delivery): HookDelivery {
  return { id, hook, event: event.kind, model: event.kind === "test" || subject.startsWith("participant:") ? null : event.model, says: event.says, createdAt, status, attempts, nextAt, settledAt, detail, tries: [...tries] };
}
