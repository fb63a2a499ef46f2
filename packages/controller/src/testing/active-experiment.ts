import type { ExperimentView } from "@gauntlet/core";

import type { ExperimentStore } from "../ports/experiment-store.ts";
import { created, draft, policyVersion, START, update, uuid } from "./store-conformance/experiment-samples.ts";

/** Which of several experiments of one store; each has ids of its own. */
export interface ActiveExperiment {
  readonly name: string;
  readonly model: string;
  readonly id?: string;
}

/**
 * An active experiment of these shares (`control`, then `arm_1` …) at epoch 2, with the policy versions that its variants run:
 * variant n runs model version n + 2, and one more, of model version 9, is for a candidate.
 */
export async function activeExperiment(experiments: ExperimentStore, shares: readonly number[], { name, model, id }: ActiveExperiment): Promise<ExperimentView> {
  for (const number of shares.keys()) await experiments.addPolicyVersion(policyVersion(number));
  await experiments.addPolicyVersion(policyVersion(7));
  const view = await experiments.create(created(draft(shares, { name, model, endAt: null, ...(id === undefined ? {} : { id }) })));
  return experiments.change(update(view, (present) => ({ ...present, experiment: { ...present.experiment, status: "active" } }), { op: "activate" }));
}

/** Of the policy version that is meant for a candidate. */
export const CANDIDATE: { readonly id: string; readonly name: string; readonly description: null; readonly config: { readonly execution_strategy: "mlflow_model"; readonly mlflow_model: { readonly policy_version_id: string }; readonly params: Record<string, never> }; readonly at: number } = {
  id: uuid("b", 9), name: "candidate_v7", description: null, config: { execution_strategy: "mlflow_model", mlflow_model: { policy_version_id: uuid("a", 7) }, params: {} }, at: START,
};
