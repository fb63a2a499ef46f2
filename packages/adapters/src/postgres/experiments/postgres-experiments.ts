import type { ExperimentStore } from "@gauntlet/controller";
import type { Database } from "../database.ts";
import { aggregatesOf, eventsOf } from "./events.ts";
import { experimentsOf } from "./experiments.ts";
import { policyVersionsOf } from "./policy-versions.ts";

export function postgresExperiments(database: Database): ExperimentStore {
  return { ...experimentsOf(database), ...policyVersionsOf(database), ...eventsOf(database), ...aggregatesOf(database) };
}
