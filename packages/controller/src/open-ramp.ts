import {
  allocate,
  Failure,
  liveVariants,
  policyVersionOf,
  rampShares,
  reallocate,
  versionOf,
  type Allocation,
  type ExperimentView,
  type PolicyVersion,
  type RampPolicy,
  type Rollout,
  type RolloutSlots,
  type Variant,
} from "@gauntlet/core";

import type { Controller } from "./controller.ts";

export interface RampStart {
  readonly policy: RampPolicy;
  readonly champion: string;
  readonly challenger: string;
  readonly at: number;
}

/** What a ramp begins with: its first split, the slots of the compared arms, and what a return to before restores. */
export type RampOpening = Required<Pick<Rollout, "allocation" | "slots" | "stage">> & { readonly before: Allocation };

/** On the model's own split: a new seed, with a cohort of control where the policy asks for one. */
export function openOwnSplit({ policy, champion, challenger, at }: RampStart, base: Pick<Allocation, "model" | "epoch" | "seed">): Omit<RampOpening, "before"> {
  const slots: RolloutSlots = { champion: "champion", challenger: "challenger", control: policy.control === "equal" ? "control" : null };
  const alone = allocate({ ...base, shares: [{ slot: slots.champion, version: champion, basisPoints: 10_000 }], shadow: false });
  const shares = firstShares({ policy, champion, challenger, at }, slots, alone);
  return { allocation: allocate({ ...base, shares, shadow: false }), slots, stage: { index: 0, since: at } };
}

/**
 * On the split of an experiment: its variants are the arms, and it keeps its seed, so that units move only to the candidate.
 * @throws Failure `not_found` for an experiment, or a variant that runs the challenger, that does not exist; `conflict` for
 * one that is not active, serves another model or another baseline, or in which somebody else ramps already.
 */
export async function openExperiment(controller: Controller, start: RampStart, { current, epoch }: { readonly current: Allocation | null; readonly epoch: number }): Promise<RampOpening> {
  const { policy, champion, at } = start;
  const name = policy.experiment ?? "";
  const view = await controller.store.experiments.find(name);
  if (view === null) throw new Failure("not_found", `there is no experiment "${name}"`, { fix: "create it, or name one that exists under experiment" });
  const { experiment } = view;
  if (experiment.status !== "active") throw new Failure("conflict", `the experiment "${name}" is ${experiment.status}`, { fix: "activate it before something ramps in it" });
  if (experiment.model !== policy.model || current === null) throw new Failure("conflict", `the experiment "${name}" is of ${experiment.model ?? "no model"}, and the policy of ${policy.model}`, { fix: "give both the same model" });
  const versions = await policyVersions(controller, view);
  const slots = slotsOf(view, versions, start);
  if (!current.arms.some((arm) => arm.slot === slots.champion && arm.version === champion)) {
    throw new Failure("conflict", `the baseline of the experiment "${name}" does not run version ${champion} of ${policy.model}, which the alias "champion" names`, { fix: 'set the alias "champion" to the version of the baseline, before a rollout begins' });
  }
  return { allocation: reallocate(current, firstShares(start, slots, current), epoch), slots, stage: { index: 0, since: at }, before: await beforeCandidate(controller, { view, versions, current, challenger: slots.challenger }) };
}

function firstShares({ policy, champion, challenger }: RampStart, slots: RolloutSlots, allocation: Allocation) {
  return rampShares({ allocation, slots, champion, challenger, basisPoints: policy.stages[0]?.basisPoints ?? 0, control: policy.control });
}

async function policyVersions({ store }: Controller, view: ExperimentView): Promise<readonly PolicyVersion[]> {
  const ids = [...new Set(view.variants.flatMap((variant) => policyVersionOf(variant) ?? []))];
  const found = await Promise.all(ids.map((id) => store.experiments.policyVersion(id)));
  return found.flatMap((version) => version ?? []);
}

function slotsOf(view: ExperimentView, versions: readonly PolicyVersion[], { policy, challenger }: RampStart): RolloutSlots {
  const live = liveVariants(view);
  const { name } = view.experiment;
  const runs = (variant: Variant) => versionOf(variant, versions);
  const candidates = live.filter(({ role }) => role === "candidate");
  const own = candidates.find((variant) => runs(variant) === challenger);
  if (own === undefined) throw new Failure("not_found", `no candidate of the experiment "${name}" runs version ${challenger} of ${policy.model}`, { fix: "add the candidate to the experiment first" });
  const other = candidates.find((variant) => variant.id !== own.id && variant.basisPoints > 0);
  if (other !== undefined) throw new Failure("conflict", `the candidate "${other.name}" has ${other.basisPoints / 100} % of the experiment "${name}" already, and only one may ramp`, { fix: "roll that one back, or promote it, first" });
  const baseline = live.find(({ role }) => role === "baseline");
  if (baseline === undefined) throw new Failure("conflict", `the experiment "${name}" has no baseline`, { fix: "give one of its variants the role baseline" });
  // Cohorts of former candidates may still be there: one that runs what the baseline runs now, the candidate's own first.
  const cohorts = policy.control === "equal" ? live.filter((variant) => variant.role === "control" && runs(variant) === runs(baseline)) : [];
  const control = cohorts.find((variant) => variant.name.endsWith(own.name)) ?? cohorts[0];
  if (policy.control === "equal" && control === undefined) {
    throw new Failure("conflict", `the experiment "${name}" has no variant of role control that runs what its baseline runs`, { fix: "add one, or compare with the rest: control: rest" });
  }
  return { champion: baseline.name, challenger: own.name, control: control?.name ?? null };
}

interface Candidacy {
  readonly view: ExperimentView;
  readonly versions: readonly PolicyVersion[];
  readonly current: Allocation;
  readonly challenger: string;
}

/** The split as it was before the candidate had a share: what a rollback restores, and never computes. */
async function beforeCandidate({ store }: Controller, { view, versions, current, challenger }: Candidacy): Promise<Allocation> {
  if (!current.arms.some((arm) => arm.slot === challenger && arm.ranges.length > 0)) return current;
  const journal = await store.experiments.journal(view.experiment.id);
  const added = journal.findLast(({ op, before, after }) => op === "add_candidate" && after.some(({ name }) => name === challenger) && !before.some(({ name }) => name === challenger));
  if (added === undefined) throw new Failure("conflict", `the journal of "${view.experiment.name}" does not say what was before "${challenger}" had a share`, { fix: "take its share away, so that the rollout can give it the first one" });
  const byId = new Map(view.variants.map((variant) => [variant.id, variant]));
  const arms = added.before.flatMap(({ variantId, name, ranges }) => {
    const variant = byId.get(variantId);
    return ranges.length === 0 || variant === undefined ? [] : [{ slot: name, version: versionOf(variant, versions), ranges }];
  });
  return { ...current, arms };
}
