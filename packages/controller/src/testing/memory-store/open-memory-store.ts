import { Failure } from "@gauntlet/core";
import type { Store } from "../../ports/store.ts";
import { memoryAllocations } from "./allocations.ts";
import { memoryEvidence } from "./evidence.ts";
import { memoryExperiments } from "./experiments.ts";
import { memoryIdempotency } from "./idempotency.ts";
import { memoryLeases } from "./leases.ts";
import { memoryLedger } from "./ledger.ts";
import { memoryMatches } from "./matches.ts";
import { emptyMemory } from "./memory.ts";
import type { Memory } from "./memory.ts";
import { memoryDeliveries, memoryMonitor } from "./monitor.ts";
import { memorySync } from "./sync.ts";
import { memoryTokens } from "./tokens.ts";

/**
 * A store that keeps everything in memory, for tests and simulations: the same contract as the real ones, except
 * that it ends with the process. Pass one `emptyMemory()` to several stores to play several processes, or a restart.
 */
export function openMemoryStore(memory: Memory = emptyMemory()): Store {
  let closed = false;
  const whileOpen = <Port extends object>(port: Port): Port => gate(port, () => closed);
  return {
    evidence: whileOpen(memoryEvidence(memory)),
    ledger: whileOpen(memoryLedger(memory)),
    leases: whileOpen(memoryLeases(memory)),
    allocations: whileOpen(memoryAllocations(memory)),
    idempotency: whileOpen(memoryIdempotency(memory)),
    tokens: whileOpen(memoryTokens(memory)),
    experiments: whileOpen(memoryExperiments(memory)),
    matches: whileOpen(memoryMatches(memory)),
    sync: whileOpen(memorySync(memory)),
    monitor: whileOpen(memoryMonitor(memory)),
    deliveries: whileOpen(memoryDeliveries(memory)),
    description: { adapter: "memory", version: "1", location: "this process" },
    close: async () => {
      closed = true;
    },
  };
}

/** A closed store refuses every call, as a closed database does. */
function gate<Port extends object>(port: Port, isClosed: () => boolean): Port {
  const gated = Object.entries(port).map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      if (isClosed()) throw new Failure("store_unavailable", "the store is closed", { fix: "open it again" });
      return (method as (...given: unknown[]) => Promise<unknown>)(...args);
    },
  ]);
  return Object.fromEntries(gated) as Port;
}
