import { describe, test } from "vitest";
import { allocationChecks } from "./allocations.ts";
import { evidenceChecks } from "./evidence.ts";
import { evidencePropertyChecks } from "./evidence-properties.ts";
import { experimentChecks } from "./experiments.ts";
import { followUpChecks } from "./follow-ups.ts";
import type { StoreCheck, StoreHarness } from "./harness.ts";
import { idempotencyChecks } from "./idempotency.ts";
import { leaseChecks } from "./leases.ts";
import { ledgerChecks } from "./ledger.ts";
import { lifecycleChecks } from "./lifecycle.ts";
import { deliveryChecks, monitorChecks } from "./monitor.ts";
import { syncChecks } from "./sync.ts";
import { matchChecks } from "./matches.ts";
import { tokenChecks } from "./tokens.ts";

/** What every store must do: each sentence of the port contracts. `open` gives one that is empty. */
export function storeConformance(name: string, open: () => Promise<StoreHarness>): void {
  const parts: Readonly<Record<string, Readonly<Record<string, StoreCheck>>>> = {
    "keeps evidence": { ...evidenceChecks, ...evidencePropertyChecks },
    "keeps follow-ups and totals of units": followUpChecks,
    "keeps the ledger": ledgerChecks,
    "keeps leases": leaseChecks,
    "keeps allocations": allocationChecks,
    "keeps idempotency keys": idempotencyChecks,
    "keeps tokens": tokenChecks,
    "keeps experiments": experimentChecks,
    "keeps what reconciling tells": syncChecks,
    "keeps what monitors remember": monitorChecks,
    "keeps what hooks are to be told": deliveryChecks,
    "keeps matches": matchChecks,
    "opens and closes": lifecycleChecks,
  };
  for (const [part, checks] of Object.entries(parts)) {
    describe(`${name} ${part}`, () => {
      test.each(Object.entries(checks))("%s", async (_, check) => {
        const harness = await open();
        try {
          await check(harness);
        } finally {
          await harness.close();
        }
      });
    });
  }
}
