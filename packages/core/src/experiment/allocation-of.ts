import type { Allocation } from "../allocation/allocation.ts";
import { Failure } from "../failure/failure.ts";
import type { ExperimentView, PolicyVersion, Variant } from "./experiment.ts";
import { liveVariants } from "./live-variants.ts";

/**
 * The split of an experiment as an allocation: an arm for each variant that owns buckets, with the model version that its
 * policy version runs. `versions` must hold every policy version that a config names.
 *
 * @throws Failure `not_found` when one is missing.
 */
export function allocationOf(view: ExperimentView, versions: readonly PolicyVersion[]): Allocation {
  const { id, name, model, epoch } = view.experiment;
  const arms = liveVariants(view)
    .filter((variant) => variant.ranges.length > 0)
    .map((variant) => ({ slot: variant.name, version: versionOf(variant, versions), ranges: variant.ranges }));
  return { model: model ?? name, epoch, seed: id, hash: "sha256", arms, shadow: false };
}

/** The model version that a variant runs; `variant:<name>` when it runs none. @throws Failure `not_found`. */
export function versionOf(variant: Variant, versions: readonly PolicyVersion[]): string {
  const wanted = policyVersionOf(variant);
  if (wanted === null) return `variant:${variant.name}`;
  const found = versions.find((version) => version.id === wanted);
  if (found === undefined) throw new Failure("not_found", `variant "${variant.name}" names the policy version ${wanted}, which does not exist`, { fix: "add the policy version, or correct the config of the variant" });
  return found.mlflowModelVersion;
}

/** The id of the policy version that a variant runs, whichever form its config was written in; null when it runs none. */
export function policyVersionOf(variant: Variant): string | null {
  return variant.config?.mlflow_model?.policy_version_id ?? null;
}
