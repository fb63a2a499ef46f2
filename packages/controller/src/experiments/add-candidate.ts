import { addCandidate, candidateName, digestOf, Failure, liveVariants, normaliseConfig, policyVersionOf, uuidFrom, type ExperimentView, type PolicyVersion } from "@gauntlet/core";

import { unknownPolicyVersion } from "../store-rules/check-experiment.ts";
import { changeExperiment, type ExperimentAct, type ExperimentController, type Scene } from "./change-experiment.ts";
import { isTagged, registeredVersion } from "./registry-tags.ts";

export interface AddCandidate extends ExperimentAct {
  readonly policyVersionId: string;
  /** At most 1,000; 0 when a ramp is to open it. */
  readonly initialBasisPoints: number;
  /** Laid over the defaults of the policy version. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Adds a cohort of the baseline too, for a ramp to make as large as the candidate's. */
  readonly control?: boolean;
}

/**
 * Adds `candidate_v<version of the policy>`. The journal row's `before` is the snapshot that a rollback restores.
 * @throws Failure `conflict` when the experiment is over or paused, the policy version is not active, its model version is
 * not tagged as a candidate, no replay passed against the present baseline, or the name is taken; `invalid_input` beyond 10 %.
 */
export async function addExperimentCandidate(controller: ExperimentController, request: AddCandidate): Promise<ExperimentView> {
  const { policyVersionId, initialBasisPoints, params = {}, control = false } = request;
  const wanted = { policyVersionId, initialBasisPoints, params, control };
  return changeExperiment(controller, { ...request, op: "add_candidate", request: wanted }, async (scene) => {
    const { view, at } = scene;
    const { id, name, status, model } = view.experiment;
    if (status !== "draft" && status !== "active") throw new Failure("conflict", `the experiment "${name}" is ${status}`, { fix: "activate it first" });
    const version = await controller.store.experiments.policyVersion(policyVersionId);
    if (version === null) throw unknownPolicyVersion(policyVersionId);
    if (version.status !== "active") throw new Failure("conflict", `version ${version.version} of the policy ${version.policyName} is ${version.status}`, { fix: "add a new version of the policy" });
    if (model !== null && version.mlflowModelName !== model) throw new Failure("invalid_input", `the policy version runs ${version.mlflowModelName}, and the experiment is of ${model}`, { fix: "name a policy version of that model" });
    await requireAdmitted(controller, scene, version);
    const config = normaliseConfig({ execution_strategy: "mlflow_model", mlflow_model: { policy_version_id: policyVersionId, model_name: version.mlflowModelName }, params });
    const candidate = candidateName(version.version);
    const variantId = (role: string): string => uuidFrom(digestOf([role, id, candidate, view.experiment.epoch]));
    const added = addCandidate(view, { id: variantId("candidate"), name: candidate, description: null, config, basisPoints: initialBasisPoints, at });
    return { op: "add_candidate", next: control ? withCohort(added, { id: variantId("control"), name: `control_${candidate}`, at }) : added };
  });
}

async function requireAdmitted(controller: ExperimentController, { view, versions }: Scene, version: PolicyVersion): Promise<void> {
  const { mlflowModelName, mlflowModelVersion } = version;
  const baseline = liveVariants(view).find((variant) => variant.role === "baseline");
  const baselineVersion = versions.find((known) => baseline !== undefined && known.id === policyVersionOf(baseline))?.mlflowModelVersion ?? null;
  if (!isTagged(await registeredVersion(controller, mlflowModelName, mlflowModelVersion), "candidate")) {
    throw new Failure("conflict", `version ${mlflowModelVersion} of ${mlflowModelName} is not tagged as a candidate`, { fix: "record an offline replay that passes; it sets the tag" });
  }
  const replays = await controller.store.experiments.replays({ mlflowModelName, mlflowModelVersion });
  const passed = replays.some((replay) => replay.status === "completed" && replay.isBetterThanBaseline === true && replay.baselineModelVersion === baselineVersion);
  if (!passed) throw new Failure("conflict", `version ${mlflowModelVersion} of ${mlflowModelName} passed no offline replay against the present baseline, version ${baselineVersion ?? "none"}`, { fix: "replay it against that baseline first" });
}

/** Runs what the baseline runs, and owns nothing yet. */
function withCohort(view: ExperimentView, { id, name, at }: { readonly id: string; readonly name: string; readonly at: number }): ExperimentView {
  const baseline = liveVariants(view).find((variant) => variant.role === "baseline");
  if (baseline === undefined) return view;
  const position = 1 + Math.max(...view.variants.map((variant) => variant.position));
  return { ...view, variants: [...view.variants, { ...baseline, id, name, description: `cohort of ${baseline.name}`, role: "control", position, basisPoints: 0, ranges: [], createdAt: at }] };
}
