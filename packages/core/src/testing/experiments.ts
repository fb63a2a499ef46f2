import { allocate } from "../allocation/allocate.ts";
import type { ExperimentView, Variant } from "../experiment/experiment.ts";

/** An active experiment `planner_exp` of the facts' id, whose variants have these shares: `control` first, then `arm_1` … */
export function sampleView(shares: readonly number[]): ExperimentView {
  const id = "550e8400-e29b-41d4-a716-446655440000";
  const names = shares.map((_, index) => (index === 0 ? "control" : `arm_${index}`));
  const arms = allocate({ model: "x", epoch: 0, seed: id, shares: names.map((slot, index) => ({ slot, version: slot, basisPoints: shares[index] as number })), shadow: true }).arms;
  return {
    experiment: { id, name: "planner_exp", description: null, status: "active", unitType: "user", model: "planner_model", epoch: 2, startAt: null, endAt: null, createdAt: 1, updatedAt: 1 },
    variants: names.map(
      (name, index): Variant => ({
        id: `bbbbbbbb-0000-4000-8000-00000000000${index}`,
        experimentId: id,
        name,
        description: null,
        role: index === 0 ? "baseline" : "arm",
        position: index,
        basisPoints: shares[index] as number,
        ranges: arms[index]?.ranges ?? [],
        config: { execution_strategy: "mlflow_model", mlflow_model: { policy_version_id: `aaaaaaaa-0000-4000-8000-00000000000${index + 1}` }, params: {} },
        configError: null,
        archivedAt: null,
        createdAt: 1,
      }),
    ),
  };
}
