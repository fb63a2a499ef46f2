import { Failure, liveVariants, policyVersionOf, type ExperimentStatus, type ExperimentView } from "@gauntlet/core";

import { changeExperiment, type ExperimentAct, type ExperimentController, type Scene } from "./change-experiment.ts";

/** Units are split from now on, within its time; configs are frozen. @throws Failure `conflict` when it is active or completed, or a config is invalid. */
export async function activateExperiment(controller: ExperimentController, act: ExperimentAct): Promise<ExperimentView> {
  return changeExperiment(controller, { ...act, op: "activate", request: null }, ({ view }) => {
    const broken = liveVariants(view).find((variant) => variant.config === null);
    if (broken !== undefined) throw new Failure("conflict", `variant "${broken.name}" has no valid config: ${broken.configError ?? ""}`, { fix: "create the experiment anew with valid configs" });
    return { op: "activate", next: withStatus(view, "active", ["draft", "paused"]) };
  });
}

/** Nobody new is assigned; who was keeps what the ranges give. @throws Failure `conflict` unless it is active. */
export async function pauseExperiment(controller: ExperimentController, act: ExperimentAct): Promise<ExperimentView> {
  return changeExperiment(controller, { ...act, op: "pause", request: null }, ({ view }) => ({ op: "pause", next: withStatus(view, "paused", ["active"]) }));
}

/**
 * Nobody gets a variant any more, so clients fall back on the default version of the policy: that must be the baseline's.
 * @throws Failure `conflict` when it is not, or the experiment is a draft or completed.
 */
export async function completeExperiment(controller: ExperimentController, act: ExperimentAct): Promise<ExperimentView> {
  return changeExperiment(controller, { ...act, op: "complete", request: null }, (scene) => {
    requireDefault(scene);
    return { op: "complete", next: withStatus(scene.view, "completed", ["active", "paused"]) };
  });
}

function requireDefault({ view, versions }: Scene): void {
  const baseline = liveVariants(view).find((variant) => variant.role === "baseline");
  const id = baseline === undefined ? null : policyVersionOf(baseline);
  const version = versions.find((known) => known.id === id);
  if (id === null || version?.isDefault === true) return;
  throw new Failure("conflict", `the default of the policy ${version?.policyName ?? ""} is not what the baseline "${baseline?.name ?? ""}" runs, and completed experiments give no config`, { fix: "make the baseline's policy version the default first" });
}

function withStatus(view: ExperimentView, status: ExperimentStatus, from: readonly ExperimentStatus[]): ExperimentView {
  const { experiment } = view;
  if (!from.includes(experiment.status)) throw new Failure("conflict", `the experiment "${experiment.name}" is ${experiment.status}, so it can't become ${status}`, { fix: `only one that is ${from.join(" or ")} can` });
  return { ...view, experiment: { ...experiment, status } };
}
