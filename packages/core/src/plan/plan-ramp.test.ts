import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Allocation } from "../allocation/allocation.ts";
import { checkAllocation } from "../allocation/check-allocation.ts";
import { movedUnits } from "../allocation/moved-units.ts";
import { reallocate } from "../allocation/reallocate.ts";
import { sharesOf } from "../allocation/shares-of.ts";
import { decide } from "../decision/decide.ts";
import type { Decision } from "../decision/decision.ts";
import type { Observation } from "../decision/observation.ts";
import { emptyState, project } from "../ledger/project.ts";
import { sealEntry } from "../ledger/seal-entry.ts";
import type { ModelState } from "../ledger/entry.ts";
import type { RampPolicy } from "../policy/ramp-policy.ts";
import type { Rollout } from "../policy/rollout.ts";
import { DAY, START } from "../testing/observation.ts";
import { rampObservation, rampPolicy, rampRollout } from "../testing/ramp-observation.ts";
import type { Plan } from "./plan.ts";
import { planFor, planStart } from "./plan-for.ts";
import { rampShares } from "./ramp-shares.ts";

const MODES = ["strict", "compat"] as const;

function trafficOf({ effects }: Plan): Allocation {
  const traffic = effects.find((effect) => effect.kind === "traffic");
  if (traffic === undefined) throw new Error("no traffic");
  return traffic.allocation;
}

function tagsOf({ effects }: Plan): readonly string[] {
  return effects.flatMap((effect) => (effect.kind === "registry.tag" && (effect.name === "gauntlet.lifecycle" || effect.name === "stage") ? [`${effect.version} ${effect.name}=${effect.value}`] : []));
}

function planned(observation: Observation, verdict: Decision["verdict"], reason: Decision["reason"] = "all_checks_passed"): Plan {
  return planFor({ ...decide(observation.rollout.policy, observation), verdict, reason }, observation);
}

/** The shares of a ramp from its first stage to its last but one, as its plans make them. */
function climb(policy: RampPolicy): readonly Allocation[] {
  const allocations = [rampRollout(policy).allocation];
  for (let stage = 0; stage + 2 < policy.stages.length; stage++) {
    const allocation = allocations.at(-1) as Allocation;
    const observation = rampObservation({ policy });
    const rollout: Rollout = { ...observation.rollout, allocation, stage: { index: stage, since: START } };
    allocations.push(trafficOf(planned({ ...observation, rollout, highestEpoch: allocation.epoch }, "advance")));
  }
  return allocations;
}

test("a cohort of control grows with the challenger while the champion keeps something beside it", () => {
  expect(climb(rampPolicy({ control: "equal" })).map(sharesOf)).toEqual([
    { champion: 8000, control: 1000, challenger: 1000 },
    { champion: 5000, control: 2500, challenger: 2500 },
    { champion: 5000, challenger: 5000 },
  ]);
  expect(climb(rampPolicy()).map(sharesOf)).toEqual([
    { champion: 9000, challenger: 1000 },
    { champion: 7500, challenger: 2500 },
    { champion: 5000, challenger: 5000 },
  ]);
});

test("I3: every stage partitions the space, and the fewest units move: those that the challenger gains", () => {
  const points = fc.uniqueArray(fc.integer({ min: 1001, max: 9999 }), { maxLength: 5 }).map((some) => some.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), points, fc.constantFrom("equal" as const, "rest" as const), (first, others, control) => {
      const stages = [first, ...others, 10_000].map((basisPoints, index, all) => ({ name: `s${index}`, basisPoints, dwellMs: index < all.length - 1 ? DAY : null }));
      const allocations = climb(rampPolicy({ control, stages }));
      expect(allocations.map((allocation) => sharesOf(allocation)["challenger"])).toEqual(stages.slice(0, -1).map(({ basisPoints }) => basisPoints));
      for (const [index, allocation] of allocations.entries()) {
        expect(checkAllocation(allocation)).toEqual([]);
        const before = allocations[index - 1];
        if (before === undefined) continue;
        expect(allocation.epoch).toBe(before.epoch + 1);
        expect(movedUnits(before, allocation)).toBeCloseTo((stages[index]!.basisPoints - stages[index - 1]!.basisPoints) / 10_000, 10);
      }
    }),
    { numRuns: 60 },
  );
});

describe("vectors 5 and 7: third arms give in proportion", () => {
  const slots = { champion: "control", challenger: "candidate", control: null };
  const grow = (shares: readonly number[], basisPoints: number) => {
    const names = ["control", "b", "c", "d"];
    const first = { slot: "control", version: "1", ranges: [{ from: 0, to: 100_000 }] };
    const allocation = reallocate({ model: "m", epoch: 1, seed: "s", arms: [first], shadow: false }, shares.map((points, index) => ({ slot: names[index]!, version: `v${index}`, basisPoints: points })), 2);
    return rampShares({ allocation, slots, champion: "v0", challenger: "9", basisPoints, control: "rest" }).map((share) => share.basisPoints);
  };

  test.each([
    [[5000, 5000], 1000, [4500, 4500, 1000]],
    [[5000, 5000], 2500, [3750, 3750, 2500]],
    [[3334, 3333, 3333], 1000, [3000, 3000, 3000, 1000]],
    [[4000, 2000, 2000, 2000], 500, [3800, 1900, 1900, 1900, 500]],
  ])("%j with %i for the candidate", (shares, points, expected) => {
    expect(grow(shares, points)).toEqual(expected);
  });
});

describe.each(MODES)("contradictions of document 001 that plans resolve, in %s mode", (mode) => {
  const observation = rampObservation({ policy: { mode, effects: ["registry.alias", "registry.tag", "registry.stage", "traffic"] }, stage: 2, champion: { live: 1000 } });

  test("5: a promotion is one change of shares that sum to 100 %, never two", () => {
    const plan = planned(observation, "promote");
    expect(plan.effects.filter(({ kind }) => kind === "traffic")).toHaveLength(1);
    expect(sharesOf(trafficOf(plan))).toEqual({ champion: 10_000 });
    expect(checkAllocation(trafficOf(plan))).toEqual([]);
    expect(plan.becomes).toBe("promoted");
  });

  test("6: traffic moves before the registry says so, and each effect has its key", () => {
    const { effects } = planned(observation, "promote");
    const order = effects.map(({ kind }) => kind);
    expect(order.indexOf("traffic")).toBeLessThan(order.lastIndexOf("registry.alias"));
    expect(order.indexOf("traffic")).toBeLessThan(order.indexOf("registry.tag"));
    expect(new Set(effects.map(({ key }) => key)).size).toBe(effects.length);
  });

  test("8: a rollback restores the split of before, third arms and all, and computes nothing", () => {
    const before: Allocation = { ...observation.rollout.snapshot.allocation, arms: [{ slot: "champion", version: "1", ranges: [{ from: 0, to: 60_000 }] }, { slot: "b", version: "7", ranges: [{ from: 60_000, to: 100_000 }] }] };
    const rollout = { ...observation.rollout, snapshot: { ...observation.rollout.snapshot, allocation: before } };
    for (const verdict of ["rollback", "retain"] as const) {
      expect(trafficOf(planned({ ...observation, rollout }, verdict, "worse"))).toEqual({ ...before, epoch: observation.highestEpoch + 1 });
    }
  });

  test("9: a rollback after a promotion names the predecessor production again, and says why", () => {
    const plan = planned({ ...observation, rollout: { ...observation.rollout, status: "promoted" } }, "rollback", "manual");
    expect(tagsOf(plan)).toContain("1 gauntlet.lifecycle=production");
    expect(tagsOf(plan)).toContain("2 gauntlet.lifecycle=archived");
    expect(plan.effects).toContainEqual(expect.objectContaining({ kind: "registry.stage", version: "1", stage: "Production" }));
    expect(plan.effects).toContainEqual(expect.objectContaining({ kind: "registry.tag", version: "2", name: "gauntlet.reason", value: "manual" }));
  });

  test("the winner is tagged production and its predecessor archived; compat keeps the planner's own tag too", () => {
    const own = mode === "compat";
    expect(tagsOf(planned(observation, "promote"))).toEqual(["2 gauntlet.lifecycle=production", ...(own ? ["2 stage=production"] : []), "1 gauntlet.lifecycle=archived", ...(own ? ["1 stage=archived"] : [])]);
    expect(tagsOf(planStart(observation.rollout))).toEqual(["2 gauntlet.lifecycle=candidate", ...(own ? ["2 stage=candidate"] : [])]);
  });
});

test("in an experiment the winner keeps the name of its variant", () => {
  const observation = rampObservation({ policy: { experiment: "planner_exp" }, stage: 2, champion: { live: 1000 } });
  const slots = { champion: "control", challenger: "candidate_v7", control: null };
  const arms = observation.rollout.allocation.arms.map((arm) => ({ ...arm, slot: arm.slot === "challenger" ? "candidate_v7" : "control" }));
  const rollout: Rollout = { ...observation.rollout, slots, allocation: { ...observation.rollout.allocation, arms } };
  expect(sharesOf(trafficOf(planned({ ...observation, rollout }, "promote")))).toEqual({ candidate_v7: 10_000 });
  expect(sharesOf(trafficOf(planned({ ...observation, rollout: { ...rollout, stage: { index: 0, since: START } } }, "advance")))).toEqual({ control: 7500, candidate_v7: 2500 });
});

test("I6: a stage begins when its split was read back, with an epoch of its own, and signatures are for the stage before", () => {
  const rollout = rampRollout(rampPolicy());
  const start = planStart(rollout);
  let state: ModelState = emptyState(rollout.model);
  const events = (at: number, event: Parameters<typeof sealEntry>[1]["event"]) => {
    state = project(state, sealEntry(null, { chain: rollout.model, at, event }));
  };
  events(START, { kind: "rollout.started", rollout, plan: start });
  for (const { key } of start.effects) events(START + 10, { kind: "effect.applied", decisionId: start.decisionId, key, note: "" });
  events(START + 20, { kind: "plan.applied", decisionId: start.decisionId });
  expect(state.rollout?.stage).toEqual({ index: 0, since: START + 20 });

  const observation = { ...rampObservation(), rollout: state.rollout as Rollout };
  const decision = decide(rollout.policy, observation);
  const plan = planFor(decision, observation);
  expect([decision.verdict, plan.stage, plan.becomes]).toEqual(["advance", 1, "running"]);
  events(START + 3 * DAY, { kind: "decision", observation, decision, plan });
  events(START + 3 * DAY, { kind: "approval", approval: { id: "a", by: "ada", at: 0, decisionId: decision.id, evidenceDigest: decision.evidenceDigest, comment: "" } });
  expect(state.rollout?.stage?.index).toBe(0);
  for (const { key } of plan.effects) events(START + 3 * DAY + 5, { kind: "effect.applied", decisionId: plan.decisionId, key, note: "" });
  events(START + 3 * DAY + 9, { kind: "plan.applied", decisionId: plan.decisionId });
  expect(state.rollout).toMatchObject({ status: "running", stage: { index: 1, since: START + 3 * DAY + 9 }, allocation: trafficOf(plan) });
  expect([state.approvals, state.pending]).toEqual([[], null]);
  expect(state.epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
});
