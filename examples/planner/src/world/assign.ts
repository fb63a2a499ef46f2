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

interface Evaluation {
  readonly key: string;
  readonly value?: Config;
  readonly metadata: { readonly experimentId?: string; readonly variantId?: string };
}

interface Assignments {
  readonly assignments: readonly { readonly experiment_id: string; readonly experiment_name: string; readonly variant_id: string; readonly config: Config | null }[];
}

/**
 * What a household is given in each of these experiments, now. Nothing is kept: every plan asks anew. A tenth of the
 * households asks OFREP for one flag after the other, half of the rest for all at once, the others the assignment service.
 */
export async function assign(api: Api, household: { readonly id: string; readonly index: number }, experiments: readonly string[]): Promise<ReadonlyMap<string, Given>> {
  const context = { context: { targetingKey: household.id } };
  if (household.index % 10 === 0) {
    const answers = await Promise.all(experiments.map((name) => api.post<Evaluation>(`/ofrep/v1/evaluate/flags/${name}`, context)));
    return new Map(answers.map((answer) => [answer.key, givenOf(answer)]));
  }
  if (household.index % 2 === 0) {
    const { flags } = await api.post<{ readonly flags: readonly Evaluation[] }>("/ofrep/v1/evaluate/flags", context);
    return new Map(flags.filter(({ key }) => experiments.includes(key)).map((answer) => [answer.key, givenOf(answer)]));
  }
  const { assignments } = await api.post<Assignments>("/api/v1/assignments", { unit_type: "household", unit_id: household.id, requested_experiments: experiments });
  return new Map(assignments.map((one) => [one.experiment_name, requireGiven(one.experiment_name, { experimentId: one.experiment_id, variantId: one.variant_id, config: one.config })]));
}

function givenOf({ key, value, metadata }: Evaluation): Given {
  return requireGiven(key, { experimentId: metadata.experimentId, variantId: metadata.variantId, config: value ?? null });
}

function requireGiven(key: string, { experimentId, variantId, config }: { readonly experimentId: string | undefined; readonly variantId: string | undefined; readonly config: Config | null }): Given {
  const policyVersionId = config?.mlflow_model?.policy_version_id;
  if (experimentId === undefined || variantId === undefined || policyVersionId === undefined) throw new Error(`${key} gave a household nothing that plans: ${JSON.stringify({ experimentId, variantId, config })}`);
  return { experimentId, variantId, policyVersionId };
}
