import type { Store } from "@gauntlet/controller";
import { allocate, digestOf, shareRecords, type Experiment, type ExperimentChange, type ExperimentView } from "@gauntlet/core";
import { randomUUID } from "node:crypto";

/** The experiment of the planner's own examples. */
export const PLAN_EXP_ID = "550e8400-e29b-41d4-a716-446655440000";

/** An active experiment with two halves, `control` and `B`, each with a model version of its own; written straight to the store. */
export async function addExperiment(store: Store, some: Partial<Experiment> & Pick<Experiment, "name">, shares: Readonly<Record<string, number>> = { control: 5000, B: 5000 }): Promise<ExperimentView> {
  const id = some.id ?? randomUUID();
  const at = 1_767_225_600_000;
  const experiment: Experiment = { id, description: null, status: "active", unitType: "user", model: null, epoch: 1, startAt: null, endAt: null, createdAt: at, updatedAt: at, ...some };
  const policyId = randomUUID();
  const { arms } = allocate({ model: experiment.name, epoch: 1, seed: id, hash: "sha256", shares: Object.entries(shares).map(([slot, basisPoints]) => ({ slot, version: "v", basisPoints })), shadow: true });
  const variants: ExperimentView["variants"][number][] = [];
  for (const [position, [name, basisPoints]] of Object.entries(shares).entries()) {
    const policyVersionId = randomUUID();
    await store.experiments.addPolicyVersion({ id: policyVersionId, policyId, policyName: `policy of ${experiment.name}`, mlflowModelName: "planner_model", mlflowModelVersion: String(position + 1), configDefaults: {}, status: "active", createdAt: at });
    variants.push({
      id: randomUUID(),
      experimentId: id,
      name,
      description: null,
      role: position === 0 ? "baseline" : "arm",
      position,
      basisPoints,
      ranges: arms[position]?.ranges ?? [],
      config: { execution_strategy: "mlflow_model", mlflow_model: { policy_version_id: policyVersionId }, params: { temperature: position } },
      configError: null,
      archivedAt: null,
      createdAt: at,
    });
  }
  const view = { experiment, variants };
  return store.experiments.create({ ...view, change: changeOf(view, view, "create") });
}

/** The next epoch of an experiment. */
export async function changeExperiment(store: Store, name: string, edit: (view: ExperimentView) => ExperimentView): Promise<ExperimentView> {
  const before = await store.experiments.find(name);
  if (before === null) throw new Error(`there is no ${name}`);
  const edited = edit(before);
  const next = { ...edited, experiment: { ...edited.experiment, epoch: before.experiment.epoch + 1 } };
  return store.experiments.change({ next, change: changeOf(before, next, "allocate"), expectedEpoch: before.experiment.epoch });
}

export function withStatus(status: Experiment["status"]): (view: ExperimentView) => ExperimentView {
  return (view) => ({ ...view, experiment: { ...view.experiment, status } });
}

function changeOf(before: ExperimentView, after: ExperimentView, op: ExperimentChange["op"]): ExperimentChange {
  const { id, epoch } = after.experiment;
  const idempotencyKey = `${id} ${epoch}`;
  return { experimentId: id, epoch, op, actor: "test", reason: "a test", at: epoch, before: shareRecords(before), after: shareRecords(after), evidenceDigest: null, idempotencyKey, requestDigest: digestOf(idempotencyKey) };
}
