import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { BUCKETS } from "../allocation/allocation.ts";
import { movedUnits } from "../allocation/moved-units.ts";
import { sampleView } from "../testing/experiments.ts";
import { allocationOf } from "./allocation-of.ts";
import { checkExperiment } from "./check-experiment.ts";
import { donorShares } from "./donor-shares.ts";
import type { ExperimentView } from "./experiment.ts";
import { liveVariants } from "./live-variants.ts";
import { addCandidate, growTo, returnShares, shareRecords } from "./move-shares.ts";

const CANDIDATE = { id: "99999999-0000-4000-8000-000000000000", name: "candidate_v5", description: null, config: { execution_strategy: "mlflow_model", mlflow_model: { policy_version_id: "aaaaaaaa-0000-4000-8000-000000000005" }, params: {} }, at: 9 } as const;

const shares = (view: ExperimentView): readonly number[] => liveVariants(view).map((variant) => variant.basisPoints);
const rangesOf = (view: ExperimentView, name: string) => liveVariants(view).find((variant) => variant.name === name)?.ranges;
const add = (view: ExperimentView, basisPoints: number): ExperimentView => addCandidate(view, { ...CANDIDATE, basisPoints });
const numbers = (given: readonly number[], targets: Readonly<Record<string, number>>): readonly number[] => donorShares(given.map((basisPoints, index) => ({ name: `v${index}`, basisPoints })), targets).map((share) => share.basisPoints);

describe("shares after a candidate is added or grows (planner facts §11)", () => {
  test.each([
    ["4", [10_000], { c: 1000 }, [9000, 1000]],
    ["5, 10 %", [5000, 5000], { c: 1000 }, [4500, 4500, 1000]],
    ["5, 25 %", [4500, 4500, 1000], { v2: 2500 }, [3750, 3750, 2500]],
    ["5, 50 %", [3750, 3750, 2500], { v2: 5000 }, [2500, 2500, 5000]],
    ["6", [3334, 3333, 3333], { c: 1000 }, [3000, 3000, 3000, 1000]],
    ["7", [4000, 2000, 2000, 2000], { c: 500 }, [3800, 1900, 1900, 1900, 500]],
    ["7, thirds", [3334, 3333, 3333], { c: 2500 }, [2500, 2500, 2500, 2500]],
  ])("vector %s", (_, given, targets, wanted) => {
    expect(numbers(given, targets)).toEqual(wanted);
  });
  test("vector 3: a share is an integer of basis points, so that none of the 10,001 is lost", () => {
    expect(Math.trunc(0.57 * 10_000)).toBe(5699);
    const lost = Array.from({ length: 10_001 }, (_, bp) => bp).filter((bp) => Math.trunc((bp / 10_000) * 10_000) !== bp && numbers([10_000], { c: bp })[1] === bp);
    expect(lost).toHaveLength(573);
  });
  test("vector 8: a rollback of 3750/3750/2500 gives 5000/5000/0, as before the candidate was added", () => {
    const before = sampleView([5000, 5000]);
    const ramped = growTo(add(before, 1000), { candidate_v5: 2500 });
    expect(shares(ramped)).toEqual([3750, 3750, 2500]);
    expect(shares(returnShares(ramped, "candidate_v5", shareRecords(before)))).toEqual([5000, 5000, 0]);
  });
  test("vector 7: thirds that a candidate took to 2500 are 3334/3333/3333 again after a rollback", () => {
    const before = sampleView([3334, 3333, 3333]);
    const ramped = growTo(add(before, 1000), { candidate_v5: 2500 });
    expect(shares(ramped)).toEqual([2500, 2500, 2500, 2500]);
    const back = returnShares(ramped, "candidate_v5", shareRecords(before));
    expect(shareRecords(back).filter(({ name }) => name !== "candidate_v5")).toEqual(shareRecords(before));
  });
  test("vector 9: each donor gives its highest buckets, so that only 1,000 of 10,000 move, all to the candidate", () => {
    const before = sampleView([5000, 5000]);
    const after = add(before, 1000);
    expect(movedUnits(allocationOf(before, VERSIONS), allocationOf(after, VERSIONS))).toBe(0.1);
    expect(rangesOf(after, "candidate_v5")).toEqual([{ from: 45_000, to: 50_000 }, { from: 95_000, to: 100_000 }]);
    expect(rangesOf(growTo(after, { candidate_v5: 2500 }), "candidate_v5")).toEqual([{ from: 37_500, to: 50_000 }, { from: 87_500, to: 100_000 }]);
  });
  test("a candidate that would begin above 10 %, or whose name is taken, is refused", () => {
    expect(() => add(sampleView([10_000]), 1001)).toThrow(expect.objectContaining({ code: "invalid_input" }));
    expect(() => add(sampleView([10_000]), 0.5)).toThrow(expect.objectContaining({ code: "invalid_input" }));
    expect(() => add(add(sampleView([10_000]), 500), 500)).toThrow(expect.objectContaining({ code: "conflict" }));
  });
  test("what is left must have somebody to keep it", () => {
    expect(() => numbers([10_000, 0], { v0: 5000 })).toThrow(expect.objectContaining({ code: "invalid_input" }));
    expect(() => numbers([6000, 3000], { c: 1000 })).toThrow("sum to 9000");
    expect(() => numbers([10_000], { c: 10_001 })).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});

const VERSIONS = [1, 2, 3, 4, 5].map((version) => ({
  id: `aaaaaaaa-0000-4000-8000-00000000000${version}`, policyId: "p", policyName: "planner", version, mlflowModelName: "planner_model", mlflowModelVersion: `${version + 2}`, configDefaults: {}, status: "active" as const, isDefault: version === 1, createdAt: 0,
}));

/** Shares of two to four variants that sum to 10,000. */
const split = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 3 }).map((parts) => {
  const sum = parts.reduce((total, part) => total + part, 0);
  const scaled = parts.map((part) => (sum === 0 ? 0 : Math.floor((part * 9000) / Math.max(sum, 9000))));
  return [10_000 - scaled.reduce((total, part) => total + part, 0), ...scaled];
});

describe("whatever is added and however it grows", () => {
  test("shares sum to 10,000, ranges partition, units move to the candidate only, and back exactly", () => {
    fc.assert(
      fc.property(split, fc.integer({ min: 0, max: 1000 }), fc.array(fc.integer({ min: 1000, max: 10_000 }), { maxLength: 4 }), (given, first, later) => {
        const before = sampleView(given);
        let view = add(before, first);
        for (const target of later.toSorted((a, b) => a - b)) {
          const grown = growTo(view, { candidate_v5: target });
          expect(checkExperiment(grown)).toEqual([]);
          expect(shares(grown).reduce((sum, share) => sum + share, 0)).toBe(10_000);
          // Largest remainder may give a donor one basis point back, never more.
          const gained = target - (shares(view).at(-1) ?? 0);
          expect(moved(view, grown)).toBeLessThanOrEqual((gained + given.length) * 10);
          view = grown;
        }
        const back = returnShares(view, "candidate_v5", shareRecords(before));
        expect(checkExperiment(back)).toEqual([]);
        for (const record of shareRecords(back)) expect(record.basisPoints).toBe(shareRecords(before).find(({ name }) => name === record.name)?.basisPoints ?? 0);
      }),
      { numRuns: 150 },
    );
  });
});

function moved(before: ExperimentView, after: ExperimentView): number {
  return Math.round(movedUnits(allocationOf(before, VERSIONS), allocationOf(after, VERSIONS)) * BUCKETS);
}
