import type { Evaluation } from "@gauntlet/client";
import type { Api } from "@gauntlet/example-shared";

/** What a household was given in one experiment. */
export interface Given {
  readonly experimentId: string;
  readonly variantId: string;
  readonly policyVersionId: string;
}

interface Config {
  readonly mlflow_model?: { readonly policy_version_id: string };
}

/**
 * What a household is given in each of these experiments, now. Nothing is kept: every plan asks anew. A tenth of the
 * households asks OFREP for one flag after the other, half of the rest for all at once, the others the assignment service.
 */
export async function assign(api: Api, household: { readonly id: string; readonly index: number }, experiments: readonly string[]): Promise<ReadonlyMap<string, Given>> {
  if (household.index % 10 === 0) {
    const answers = await Promise.all(experiments.map((name) => api.assignments.evaluate(name, household.id)));
    return new Map(answers.map((answer) => [answer.key, givenOf(answer)]));
  }
  if (household.index % 2 === 0) {
    const flags = await api.assignments.evaluateAll(household.id);
    return new Map(flags.filter((flag) => "variant" in flag).filter(({ key }) => experiments.includes(key)).map((answer) => [answer.key, givenOf(answer)]));
  }
  const { assignments } = await api.assignments.assign({ unit_type: "household", unit_id: household.id, requested_experiments: experiments });
  return new Map(assignments.map((one) => [one.experiment_name, requireGiven(one.experiment_name, { experimentId: one.experiment_id, variantId: one.variant_id, config: one.config as Config | null })]));
}

function givenOf({ key, value, metadata }: Evaluation): Given {
  return requireGiven(key, { experimentId: metadata.experimentId, variantId: metadata.variantId, config: (value as Config | undefined) ?? null });
}

function requireGiven(key: string, { experimentId, variantId, config }: { readonly experimentId: string | undefined; readonly variantId: string | undefined; readonly config: Config | null }): Given {
  const policyVersionId = config?.mlflow_model?.policy_version_id;
  if (experimentId === undefined || variantId === undefined || policyVersionId === undefined) throw new Error(`${key} gave a household nothing that plans: ${JSON.stringify({ experimentId, variantId, config })}`);
  return { experimentId, variantId, policyVersionId };
}
