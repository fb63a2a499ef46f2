import { BUCKETS_PER_BASIS_POINT } from "../allocation/allocation.ts";
import { checkAllocation } from "../allocation/check-allocation.ts";
import { bucketsOf } from "../allocation/share.ts";
import { Failure } from "../failure/failure.ts";
import type { Problem } from "../failure/failure.ts";
import type { ExperimentView, Variant } from "./experiment.ts";
import { liveVariants } from "./live-variants.ts";
import { uuidOf } from "./uuid.ts";
import { nameProblem } from "./variant-name.ts";

/**
 * Everything that is wrong with an experiment, with JSON pointers; empty when it is sound: ids are UUIDs, names can be used
 * and are free among live variants, exactly one live variant is the baseline, ranges partition the buckets in whole basis
 * points and shares say what they hold, archived variants own nothing.
 */
export function checkExperiment(view: ExperimentView): readonly Problem[] {
  const live = liveVariants(view);
  return [...headProblems(view), ...view.variants.flatMap((variant, index) => variantProblems(view, variant, index)), ...liveProblems(live), ...partitionProblems(view, live)];
}

/** @throws Failure `invalid_input` with the problems of an unsound experiment. */
export function requireExperiment(view: ExperimentView): void {
  const problems = checkExperiment(view);
  const [first] = problems;
  if (first !== undefined) throw new Failure("invalid_input", `the experiment "${view.experiment.name.slice(0, 100)}" is unsound: ${first.detail}`, { problems, fix: "give one baseline, and shares that sum to 10,000 basis points over ranges that partition the buckets" });
}

function headProblems({ experiment }: ExperimentView): Problem[] {
  const problems: Problem[] = [];
  const name = nameProblem(experiment.name);
  if (uuidOf(experiment.id) !== experiment.id) problems.push({ pointer: "/experiment/id", detail: "the id is not a UUID in lower case" });
  if (name !== null) problems.push({ pointer: "/experiment/name", detail: name });
  if (!Number.isSafeInteger(experiment.epoch) || experiment.epoch < 0) problems.push({ pointer: "/experiment/epoch", detail: `the epoch ${experiment.epoch} is not a whole number ≥ 0` });
  if (experiment.startAt !== null && experiment.endAt !== null && experiment.startAt >= experiment.endAt) problems.push({ pointer: "/experiment/endAt", detail: "it ends before it starts" });
  return problems;
}

function variantProblems({ experiment }: ExperimentView, variant: Variant, index: number): Problem[] {
  const pointer = `/variants/${index}`;
  const problems: Problem[] = [];
  const name = nameProblem(variant.name);
  if (uuidOf(variant.id) !== variant.id) problems.push({ pointer: `${pointer}/id`, detail: "the id is not a UUID in lower case" });
  if (variant.experimentId !== experiment.id) problems.push({ pointer: `${pointer}/experimentId`, detail: "is of another experiment" });
  if (name !== null) problems.push({ pointer: `${pointer}/name`, detail: name });
  if (bucketsOf({ slot: variant.name, version: "", ranges: variant.ranges }) !== variant.basisPoints * BUCKETS_PER_BASIS_POINT) {
    problems.push({ pointer: `${pointer}/basisPoints`, detail: `variant "${variant.name}" has ${variant.basisPoints} basis points and other ranges` });
  }
  if (variant.archivedAt !== null && (variant.basisPoints !== 0 || variant.ranges.length > 0)) problems.push({ pointer: `${pointer}/ranges`, detail: `variant "${variant.name}" is archived and owns buckets` });
  if (variant.ranges.some(({ from, to }) => from % BUCKETS_PER_BASIS_POINT !== 0 || to % BUCKETS_PER_BASIS_POINT !== 0)) {
    problems.push({ pointer: `${pointer}/ranges`, detail: `a range of variant "${variant.name}" splits a basis point` });
  }
  return problems;
}

function liveProblems(live: readonly Variant[]): Problem[] {
  const problems: Problem[] = [];
  const baselines = live.filter((variant) => variant.role === "baseline").length;
  if (baselines !== 1) problems.push({ pointer: "/variants", detail: `${baselines} live variants are the baseline, which exactly one must be` });
  for (const [index, { name }] of live.entries()) {
    if (live.findIndex((other) => other.name === name) !== index) problems.push({ pointer: "/variants", detail: `the name "${name}" is there twice` });
  }
  return problems;
}

function partitionProblems({ experiment }: ExperimentView, live: readonly Variant[]): readonly Problem[] {
  const arms = live.map(({ name, id, ranges }) => ({ slot: id, version: name === "" ? id : name, ranges }));
  return checkAllocation({ model: "x", epoch: 0, seed: experiment.id, arms, shadow: false })
    .filter(({ pointer }) => pointer.startsWith("/arms"))
    .map(({ detail }) => ({ pointer: "/variants", detail }));
}
