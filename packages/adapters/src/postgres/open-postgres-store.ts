import type { Store } from "@gauntlet/controller";
import { postgresAllocations } from "./allocations.ts";
import { openDatabase } from "./database.ts";
import { postgresExperiments } from "./experiments/postgres-experiments.ts";
import { postgresEvidence } from "./evidence.ts";
import { foldLanes } from "./fold-lanes.ts";
import { postgresIdempotency } from "./idempotency.ts";
import { postgresLeases } from "./leases.ts";
import { postgresLedger } from "./ledger.ts";
import { postgresMatches } from "./matches.ts";
import { migrate } from "./migrate.ts";
import { postgresDeliveries, postgresMonitor } from "./monitor.ts";
import { postgresSync } from "./sync.ts";
import { postgresTokens } from "./tokens.ts";

export interface PostgresOptions {
  /** postgres://user:password@host:5432/database */
  readonly url: string;
  /** Made when it does not exist; `gauntlet` when not given. Experiments are in `exp` beside it, or in `<schema>_exp` beside another. */
  readonly schema?: string;
}

/**
 * The store in a PostgreSQL database, version 15 or newer; any number of processes may use it at once.
 * @throws Failure `store_unavailable`, `conflict` (a server that is too old, a schema that is too new), `invalid_input`
 */
export async function openPostgresStore({ url, schema = "gauntlet" }: PostgresOptions): Promise<Store> {
  const database = openDatabase(url, schema);
  const lanes = foldLanes(database);
  try {
    const version = await migrate(database);
    return {
      evidence: postgresEvidence(database, lanes),
      ledger: postgresLedger(database),
      leases: postgresLeases(database),
      allocations: postgresAllocations(database),
      idempotency: postgresIdempotency(database),
      tokens: postgresTokens(database),
      experiments: postgresExperiments(database),
      matches: postgresMatches(database),
      sync: postgresSync(database),
      monitor: postgresMonitor(database),
      deliveries: postgresDeliveries(database),
      description: { adapter: "postgres", version, location: `${database.location}, schema ${schema}` },
      close: async () => {
        await lanes.drain();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
