import type { Store } from "@gauntlet/controller";
import type { Failure } from "@gauntlet/core";

import type { Config } from "../config/config.ts";
import { rateLimit, type RateLimit } from "../http/rate-limit.ts";
import { flagTable, type FlagTable } from "./flag-table.ts";
import { giver, type Giver } from "./give.ts";
import { assignmentRecorder } from "./recorder.ts";

/** All of assignment: what a replica needs that does nothing else. */
export interface Flags extends Giver {
  readonly table: FlagTable;
  readonly limits: Readonly<Record<keyof Config["limits"], RateLimit>>;
  /** Ends the event streams. */
  end(): void;
  /** Writes the records that are in memory. */
  close(): Promise<void>;
}

export function openFlags(options: {
  readonly store: Pick<Store, "allocations" | "experiments">;
  readonly limits: Config["limits"];
  readonly now: () => number;
  readonly stopwatch: () => number;
  readonly report: (failure: Failure, message: string) => void;
}): Flags {
  const { store, limits, now, stopwatch, report } = options;
  const table = flagTable({ allocations: store.allocations, experiments: store.experiments, now, stopwatch, report: (failure) => report(failure, "what units are given could not be read") });
  const recorder = assignmentRecorder({ store: store.experiments, now, report: (failure, lost) => report(failure, `assignments could not be recorded${lost === 0 ? "" : `, ${lost} were dropped`}`) });
  const limit = (perMinute: number) => rateLimit({ perMinute, stopwatch });
  return {
    table,
    give: giver({ store: store.experiments, recorder, now }).give,
    limits: {
      assignmentsPerUnit: limit(limits.assignmentsPerUnit),
      assignmentsPerToken: limit(limits.assignmentsPerToken),
      evaluationsPerUnit: limit(limits.evaluationsPerUnit),
      evaluationsPerToken: limit(limits.evaluationsPerToken),
    },
    end: () => table.close(),
    close: () => recorder.close(),
  };
}
