import { MONITOR_KEPT_MAX, TRIES_KEPT_MAX } from "../../ports/monitor-store.ts";
import type { Delivery, DeliveryResult, DeliveryStore, MonitorStore, MonitorUpdate, NewDeliveries, StoredMonitor } from "../../ports/monitor-store.ts";
import { compareText } from "../../store-rules/order.ts";
import { checkFence, deliveryPending, markMoved, monitorMoved, unknownDelivery } from "../../store-rules/refusals.ts";
import { keep } from "./memory.ts";
import type { Memory } from "./memory.ts";

export function memoryMonitor(memory: Memory): MonitorStore {
  const { subjects } = memory.monitor;
  return {
    read: async (subject) => subjects.get(subject)?.stored ?? null,
    all: async () => [...subjects.values()].map(({ stored }) => stored).toSorted((a, b) => compareText(a.subject, b.subject)),
    save: async (update) => save(memory, update),
    checks: async (subject, limit) => (subjects.get(subject)?.checks ?? []).toReversed().slice(0, limit),
  };
}

function save(memory: Memory, { subject, expect, fence, at, state, check, deliveries }: MonitorUpdate): StoredMonitor {
  if (fence !== null) checkFence(fence, memory.leases.get(fence.lease) ?? null);
  const before = memory.monitor.subjects.get(subject);
  const present = before?.stored.revision ?? 0;
  if (present !== expect) throw monitorMoved(subject, expect, present);
  const stored = keep({ subject, revision: present + 1, at, state });
  const checks = [...(before?.checks ?? []), ...(check === null ? [] : [keep(check)])].slice(-MONITOR_KEPT_MAX);
  memory.monitor.subjects.set(subject, { stored, checks });
  insert(memory, { subject, at, deliveries });
  return stored;
}

function insert(memory: Memory, { subject, at, deliveries }: Omit<NewDeliveries, "mark">): void {
  for (const { id, hook, event } of deliveries) {
    if (memory.monitor.deliveries.has(id)) continue;
    memory.monitor.deliveries.set(id, keep({ id, hook, event, subject, createdAt: at, status: "pending", attempts: 0, nextAt: at, detail: null, settledAt: null, tries: [] }));
  }
}

function add(memory: Memory, request: NewDeliveries): void {
  const { mark } = request;
  if (mark !== null) {
    const { marks } = memory.monitor;
    if ((marks.get(mark.name) ?? null) !== mark.expect) throw markMoved(mark.name);
    marks.set(mark.name, mark.value);
  }
  insert(memory, request);
}

export function memoryDeliveries(memory: Memory): DeliveryStore {
  const { deliveries } = memory.monitor;
  return {
    claim: async ({ now, until, limit }) => {
      const due = [...deliveries.values()].filter(({ nextAt }) => nextAt !== null && nextAt <= now).toSorted((a, b) => (a.nextAt ?? 0) - (b.nextAt ?? 0));
      return due.slice(0, limit).map((delivery) => {
        const claimed = { ...delivery, attempts: delivery.attempts + 1, nextAt: until };
        deliveries.set(delivery.id, claimed);
        return claimed;
      });
    },
    settle: async (id, attempt, result) => {
      const delivery = deliveries.get(id);
      if (delivery === undefined || delivery.attempts !== attempt || delivery.status !== "pending") return;
      deliveries.set(id, settled(delivery, result));
      const old = [...deliveries.values()].filter(({ status }) => status !== "pending").toSorted((a, b) => (b.settledAt ?? 0) - (a.settledAt ?? 0));
      for (const { id: forgotten } of old.slice(MONITOR_KEPT_MAX)) deliveries.delete(forgotten);
    },
    list: async (subject, limit) => [...deliveries.values()].filter((delivery) => subject === null || delivery.subject === subject).toReversed().slice(0, limit),
    replay: async (id, at) => {
      const delivery = deliveries.get(id);
      if (delivery === undefined) throw unknownDelivery(id);
      if (delivery.status === "pending") throw deliveryPending(id);
      const again: Delivery = { ...delivery, status: "pending", attempts: 0, nextAt: at, detail: null, settledAt: null };
      deliveries.set(id, again);
      return again;
    },
    marks: async () => new Map(memory.monitor.marks),
    add: async (request) => add(memory, request),
  };
}

function settled(delivery: Delivery, result: DeliveryResult): Delivery {
  const { kind, at, tookMs, detail } = result;
  const tries = [...delivery.tries, { attempt: delivery.attempts, at, tookMs, kind, detail }].slice(-TRIES_KEPT_MAX);
  if (result.kind === "retry") return { ...delivery, nextAt: result.nextAt, detail, tries };
  return { ...delivery, tries, status: result.kind, nextAt: null, detail: result.detail, settledAt: result.at };
}
