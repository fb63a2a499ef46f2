import type { AllocationStore } from "./allocation-store.ts";
import type { EvidenceStore } from "./evidence-store.ts";
import type { ExperimentStore } from "./experiment-store.ts";
import type { IdempotencyStore } from "./idempotency-store.ts";
import type { LeaseStore } from "./lease-store.ts";
import type { LedgerStore } from "./ledger-store.ts";
import type { DeliveryStore, MonitorStore } from "./monitor-store.ts";
import type { SyncStore } from "./sync-store.ts";
import type { MatchStore } from "./match-store.ts";
import type { TokenStore } from "./token-store.ts";

/** Everything a controller keeps, over one database. */
export interface Store {
  readonly evidence: EvidenceStore;
  readonly ledger: LedgerStore;
  readonly leases: LeaseStore;
  readonly allocations: AllocationStore;
  readonly idempotency: IdempotencyStore;
  readonly tokens: TokenStore;
  readonly experiments: ExperimentStore;
  readonly matches: MatchStore;
  readonly sync: SyncStore;
  readonly monitor: MonitorStore;
  readonly deliveries: DeliveryStore;
  /** What it is, for `doctor`: adapter, version, where. */
  readonly description: { readonly adapter: string; readonly version: string; readonly location: string };
  close(): Promise<void>;
}
