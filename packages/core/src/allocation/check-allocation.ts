import { Failure } from "../failure/failure.ts";
import type { Problem } from "../failure/failure.ts";
import { BUCKETS, BUCKETS_PER_BASIS_POINT } from "./allocation.ts";
import type { Allocation, Arm, BucketHash, Range } from "./allocation.ts";

/**
 * Everything that is wrong with an allocation, with JSON pointers into it; empty when it is sound (I3): the ranges of
 * its arms partition [0, BUCKETS), each share is a whole number of basis points, slots are unique, the seed can be used.
 * An arm may own nothing: it is then only mirrored to.
 */
export function checkAllocation(allocation: Allocation): readonly Problem[] {
  return [...headProblems(allocation), ...allocation.arms.flatMap((arm, index) => armProblems(arm, index, allocation.hash)), ...slotProblems(allocation), ...partitionProblems(allocation)];
}

/** @throws Failure `invalid_input` with the problems of an unsound allocation. */
export function requireAllocation(allocation: Allocation): void {
  const problems = checkAllocation(allocation);
  const [first] = problems;
  if (first === undefined) return;
  throw new Failure("invalid_input", `the allocation of "${allocation.model}" at epoch ${allocation.epoch} is unsound: ${first.detail}`, {
    problems,
    fix: "make the ranges of the arms cover every bucket exactly once",
  });
}

/** What is wrong with a seed, or null. */
function seedProblem(seed: string): string | null {
  if (seed === "") return "the seed is empty";
  if (seed.includes(":")) return `the seed "${seed}" holds a ":", which separates seed and unit`;
  return seed.isWellFormed() ? null : "the seed holds a lone surrogate";
}

function headProblems(allocation: Allocation): Problem[] {
  const problems: Problem[] = [];
  if (allocation.model === "") problems.push({ pointer: "/model", detail: "the model has no name" });
  if (!Number.isSafeInteger(allocation.epoch) || allocation.epoch < 0) problems.push({ pointer: "/epoch", detail: `the epoch ${allocation.epoch} is not a whole number ≥ 0` });
  const seed = seedProblem(allocation.seed);
  if (seed !== null) problems.push({ pointer: "/seed", detail: seed });
  if (allocation.hash !== undefined && allocation.hash !== "sha256") problems.push({ pointer: "/hash", detail: `the hash "${String(allocation.hash)}" is not known; there is sha256, and none for MurmurHash3` });
  if (allocation.arms.length === 0) problems.push({ pointer: "/arms", detail: "there is no arm" });
  return problems;
}

function armProblems(arm: Arm, index: number, hash: BucketHash | undefined): Problem[] {
  const pointer = `/arms/${index}`;
  const problems: Problem[] = [];
  if (arm.slot === "") problems.push({ pointer: `${pointer}/slot`, detail: "the slot has no name" });
  if (arm.version === "") problems.push({ pointer: `${pointer}/version`, detail: `slot "${arm.slot}" has no version` });
  for (const [position, range] of arm.ranges.entries()) {
    if (!isRange(range)) {
      problems.push({ pointer: `${pointer}/ranges/${position}`, detail: `[${range.from}, ${range.to}) is not a range within [0, ${BUCKETS})` });
    } else if (hash === "sha256" && (range.from % BUCKETS_PER_BASIS_POINT !== 0 || range.to % BUCKETS_PER_BASIS_POINT !== 0)) {
      // Units are in the first bucket of a basis point only: half of one would be all of it, or nothing.
      problems.push({ pointer: `${pointer}/ranges/${position}`, detail: `[${range.from}, ${range.to}) cuts a basis point, which sha256 can't divide` });
    }
  }
  const buckets = arm.ranges.reduce((sum, range) => sum + range.to - range.from, 0);
  if (buckets % BUCKETS_PER_BASIS_POINT !== 0) {
    problems.push({ pointer: `${pointer}/ranges`, detail: `slot "${arm.slot}" owns ${buckets} buckets, which is not a whole number of basis points` });
  }
  return problems;
}

function isRange(range: Range): boolean {
  return Number.isInteger(range.from) && Number.isInteger(range.to) && range.from >= 0 && range.from < range.to && range.to <= BUCKETS;
}

function slotProblems(allocation: Allocation): Problem[] {
  const seen = new Set<string>();
  return allocation.arms.flatMap((arm, index) => {
    if (!seen.has(arm.slot)) {
      seen.add(arm.slot);
      return [];
    }
    return [{ pointer: `/arms/${index}/slot`, detail: `the slot "${arm.slot}" is there twice` }];
  });
}

function partitionProblems(allocation: Allocation): Problem[] {
  const problems: Problem[] = [];
  const owned = allocation.arms.flatMap((arm, index) => arm.ranges.filter(isRange).map((range) => ({ range, index })));
  let next = 0;
  for (const { range, index } of owned.toSorted((a, b) => a.range.from - b.range.from || a.range.to - b.range.to)) {
    if (range.from > next) problems.push({ pointer: "/arms", detail: `nobody owns the buckets [${next}, ${range.from})` });
    if (range.from < next) problems.push({ pointer: `/arms/${index}/ranges`, detail: `the buckets [${range.from}, ${Math.min(next, range.to)}) have two owners` });
    next = Math.max(next, range.to);
  }
  if (next < BUCKETS) problems.push({ pointer: "/arms", detail: `nobody owns the buckets [${next}, ${BUCKETS})` });
  return problems;
}
