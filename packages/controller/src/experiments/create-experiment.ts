import { allocate, digestOf, Failure, nameProblem, normaliseConfig, shareRecords, uuidFrom, uuidOf, type ExperimentView, type UnitType, type Variant, type VariantRole } from "@gauntlet/core";

import type { Controller } from "../controller.ts";

export interface CreateExperiment {
  /** Left out: made from the request. Given, to go on bucketing units as another service did with this id. */
  readonly id?: string;
  readonly name: string;
  readonly description: string | null;
  readonly unitType: UnitType;
  readonly model: string | null;
  readonly startAt: number | null;
  readonly endAt: number | null;
  /** Contiguous ranges in this order. */
  readonly variants: readonly NewVariant[];
  readonly actor: string;
  readonly idempotencyKey: string;
}

export interface NewVariant {
  readonly name: string;
  readonly description: string | null;
  readonly role: VariantRole;
  readonly basisPoints: number;
  /** In either form. */
  readonly config: unknown;
}

/**
 * A draft: nobody is split by it before it is activated.
 * @throws Failure `invalid_input` for configs in neither form, names, shares that do not sum to 10,000, no or two baselines;
 * `not_found` for a policy version that does not exist; `conflict` for a name or model that is taken.
 */
export async function createExperiment(controller: Pick<Controller, "store" | "clock">, request: CreateExperiment): Promise<ExperimentView> {
  const { name, description, unitType, model, startAt, endAt, actor, idempotencyKey } = request;
  const at = controller.clock.now();
  const problem = nameProblem(name);
  if (problem !== null) throw new Failure("invalid_input", problem, { fix: "name it like planner_exp" });
  const id = request.id === undefined ? uuidFrom(digestOf(["experiment", name, idempotencyKey])) : uuidOf(request.id);
  if (id === null) throw new Failure("invalid_input", `the id "${request.id ?? ""}" is not a UUID`, { fix: "leave it out, or give a UUID" });
  const variants = variantsOf(request, id, at);
  for (const variant of variants) await requirePolicyVersion(controller, variant, model);
  const view: ExperimentView = { experiment: { id, name, description, status: "draft", unitType, model, epoch: 1, startAt, endAt, createdAt: at, updatedAt: at }, variants };
  return controller.store.experiments.create({
    ...view,
    change: {
      experimentId: id, epoch: 1, op: "create", actor, reason: "created", at, before: [], after: shareRecords(view), evidenceDigest: null, idempotencyKey,
      requestDigest: digestOf({ name, description, unitType, model, startAt, endAt, variants: request.variants }),
    },
  });
}

function variantsOf({ variants }: CreateExperiment, id: string, at: number): readonly Variant[] {
  for (const { name } of variants) {
    const problem = nameProblem(name);
    if (problem !== null) throw new Failure("invalid_input", problem, { fix: "name variants like control and candidate_v7" });
  }
  const shares = variants.map(({ name, basisPoints }) => ({ slot: name, version: name, basisPoints }));
  const { arms } = allocate({ model: "of variants", epoch: 0, seed: id, shares, shadow: true });
  return variants.map(({ name, description, role, basisPoints, config }, position) => ({
    id: uuidFrom(digestOf(["variant", id, name])),
    experimentId: id, name, description, role, position, basisPoints,
    ranges: arms[position]?.ranges ?? [],
    config: normaliseConfig(config),
    configError: null, archivedAt: null, createdAt: at,
  }));
}

async function requirePolicyVersion(controller: Pick<Controller, "store">, variant: Variant, model: string | null): Promise<void> {
  const id = variant.config?.mlflow_model?.policy_version_id;
  if (id === undefined) return;
  const version = await controller.store.experiments.policyVersion(id);
  if (version === null) throw new Failure("not_found", `variant "${variant.name}" names the policy version ${id}, which does not exist`, { fix: "add the policy version first" });
  if (model !== null && version.mlflowModelName !== model) throw new Failure("invalid_input", `variant "${variant.name}" runs ${version.mlflowModelName}, and the experiment is of ${model}`, { fix: "name a policy version of that model" });
}
