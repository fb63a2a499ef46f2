import { canonicalJson } from "@gauntlet/core";
import type { Allocation, EvidenceCell, FollowUp, Label, LedgerEntry, LedgerRecord, ModelState, Prediction, UnitTotals } from "@gauntlet/core";
import type { StoredToken } from "../../ports/token-store.ts";
import { emptyExperiments } from "./experiment-memory.ts";
import type { ExperimentMemory } from "./experiment-memory.ts";
import { emptyMonitor } from "./monitor-memory.ts";
import type { MonitorMemory } from "./monitor-memory.ts";
import { emptySync } from "./sync-memory.ts";
import type { SyncMemory } from "./sync-memory.ts";

/** What the memory stores hold. Several stores may share one memory, as processes share a database. */
export interface Memory {
  readonly evidence: Map<string, ModelEvidence>;
  readonly chains: Map<string, Chain>;
  readonly leases: Map<string, LeaseRow>;
  readonly allocations: Map<string, Allocation>;
  readonly keys: Map<string, KeyRow>;
  readonly tokens: Map<string, StoredToken>;
  readonly experiments: ExperimentMemory;
  readonly matches: LedgerRecord[];
  readonly sync: SyncMemory;
  readonly monitor: MonitorMemory;
}

export interface ModelEvidence {
  readonly batches: Map<string, { readonly digest: string; readonly answer: unknown; readonly at: number }>;
  /** By request id, then by version and mode. */
  readonly predictions: Map<string, Map<string, Prediction>>;
  /** By request id, then by revision. */
  readonly labels: Map<string, Map<number, Label>>;
  readonly cells: Map<string, EvidenceCell>;
  /** By request id, then by their own. */
  readonly followUps: Map<string, Map<string, FollowUp>>;
  /** By epoch and unit, then by version, slot, mode and bucket. */
  readonly units: Map<string, Map<string, UnitTotals>>;
}

export interface Chain {
  readonly entries: readonly LedgerEntry[];
  readonly state: ModelState | null;
  readonly confirmedAt: number | null;
}

interface LeaseRow {
  /** null: released. */
  readonly holder: string | null;
  readonly token: number;
  readonly expiresAt: number;
}

interface KeyRow {
  readonly digest: string;
  readonly begunAt: number;
  readonly answer: { readonly status: number; readonly body: string } | null;
}

export function emptyMemory(): Memory {
  return { evidence: new Map(), chains: new Map(), leases: new Map(), allocations: new Map(), keys: new Map(), tokens: new Map(), experiments: emptyExperiments(), matches: [], sync: emptySync(), monitor: emptyMonitor() };
}

/** A frozen copy, so that neither the writer nor a reader can change what is stored. */
export function keep<T>(value: T): T {
  return freeze(JSON.parse(canonicalJson(value)) as T);
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) for (const item of Object.values(Object.freeze(value))) freeze(item);
  return value;
}
