import type { MonitorCheck } from "@gauntlet/core";
import type { Delivery, StoredMonitor } from "../../ports/monitor-store.ts";

export interface MonitorMemory {
  readonly subjects: Map<string, { readonly stored: StoredMonitor; readonly checks: readonly MonitorCheck[] }>;
  /** In the order in which they were put there. */
  readonly deliveries: Map<string, Delivery>;
  readonly marks: Map<string, string>;
}

export function emptyMonitor(): MonitorMemory {
  return { subjects: new Map(), deliveries: new Map(), marks: new Map() };
}
