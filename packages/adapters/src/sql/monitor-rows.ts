import { TRIES_KEPT_MAX, type Delivery, type DeliveryResult, type DeliveryTry, type StoredMonitor } from "@gauntlet/controller";
import type { HookEvent, MonitorState } from "@gauntlet/core";

export interface MonitorRow {
  readonly subject: string;
  readonly revision: number;
  readonly at: number;
  readonly state: string;
}

export function monitorOf({ subject, revision, at, state }: MonitorRow): StoredMonitor {
  return { subject, revision, at, state: JSON.parse(state) as MonitorState };
}

export interface DeliveryRow {
  readonly id: string;
  readonly subject: string;
  readonly hook: string;
  readonly event: string;
  readonly created_at: number;
  readonly status: Delivery["status"];
  readonly attempts: number;
  readonly next_at: number | null;
  readonly detail: string | null;
  readonly settled_at: number | null;
  readonly tries: string;
}

export const DELIVERY_COLUMNS = "id, subject, hook, event, created_at, status, attempts, next_at, detail, settled_at, tries";

export function deliveryOf(row: DeliveryRow): Delivery {
  const { id, subject, hook, status, attempts, detail } = row;
  return { id, hook, event: JSON.parse(row.event) as HookEvent, subject, createdAt: row.created_at, status, attempts, nextAt: row.next_at, detail, settledAt: row.settled_at, tries: triesOf(row) };
}

/** The column of tries with one more at its end. */
export function triesWith(row: Pick<DeliveryRow, "tries">, attempt: number, { at, tookMs, kind, detail }: DeliveryResult): string {
  return JSON.stringify([...triesOf(row), { attempt, at, tookMs, kind, detail } satisfies DeliveryTry].slice(-TRIES_KEPT_MAX));
}

function triesOf({ tries }: Pick<DeliveryRow, "tries">): readonly DeliveryTry[] {
  return JSON.parse(tries) as readonly DeliveryTry[];
}
