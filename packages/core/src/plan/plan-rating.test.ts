import { describe, expect, test } from "vitest";

import { decide } from "../decision/decide.ts";
import type { Observation } from "../decision/observation.ts";
import type { RatingPolicy } from "../policy/rating-policy.ts";
import { ratingObservation } from "../testing/rating-observation.ts";
import { checkAllocation } from "../allocation/check-allocation.ts";
import { planFor, planStart } from "./plan-for.ts";
import { sayEffect } from "./say-effect.ts";

const TIER = { target: "D2", minGames: 100, ladder: [{ name: "D2", elo: { parts: 1200, of: 1 } }] };

function planned(kind: "promote" | "reject" | "rollback", policy: Partial<RatingPolicy>): readonly string[] {
  const request = { id: "r-1", kind, by: "ada", at: 0, reason: "because" } as const;
  const observation = ratingObservation({ policy, observation: { operator: { approvals: [], hold: null, request } } });
  return effectsOf(observation).filter((effect) => !effect.includes("gauntlet.decision_id") && !effect.includes("gauntlet.reason"));
}

function effectsOf(observation: Observation): readonly string[] {
  const decision = decide(observation.rollout.policy, observation);
  return planFor(decision, observation).effects.map(sayEffect);
}

describe("a promotion by matches", () => {
  test("to staging leaves the champion alone", () => {
    expect(planned("promote", { promotion: "staging" })).toEqual(["alias staging → version 2", "remove alias challenger", "tag version 2: gauntlet.lifecycle = staging"]);
  });

  test("to champion names the predecessor first, and moves no traffic unless it is asked to", () => {
    const aliases = ["alias previous → version 1", "alias champion → version 2", "remove alias challenger"];
    expect(planned("promote", { promotion: "champion", effects: ["registry.alias"] })).toEqual(aliases);
    expect(planned("promote", { promotion: "production", effects: ["registry.alias", "traffic"] })).toEqual([aliases[0], "traffic: champion version 2 100 % (epoch 1)", ...aliases.slice(1)]);
  });

  test("to a tier names the tier, and nothing else changes its name", () => {
    expect(planned("promote", { promotion: "tier", tier: TIER })).toEqual(["alias tier-D2 → version 2", "tag version 2: gauntlet.tier.D2 = promoted"]);
  });

  test("back: the former version has its place, and the one that was sent away is nobody's predecessor", () => {
    expect(planned("promote", { promotion: "rollback" })).toEqual(["remove alias previous", "alias champion → version 2", "tag version 2: gauntlet.lifecycle = champion", "tag version 1: gauntlet.lifecycle = rolled_back"]);
  });

  test("in compat mode moves stages", () => {
    const effects = ["registry.stage"] as const;
    expect(planned("promote", { mode: "compat", promotion: "staging", effects })).toEqual(["stage of version 2 → Staging"]);
    expect(planned("promote", { mode: "compat", promotion: "production", effects })).toEqual(["stage of version 2 → Production"]);
    expect(planned("promote", { mode: "compat", promotion: "rollback", effects })).toEqual(["stage of version 1 → Archived", "stage of version 2 → Production"]);
    expect(planned("reject", { mode: "compat", promotion: "staging", effects })).toEqual([]);
    expect(planned("rollback", { mode: "compat", promotion: "staging", effects })).toEqual(["stage of version 1 → Production", "stage of version 2 → Staging"]);
  });
});

describe("what is not promoted", () => {
  test("is archived, but for a version that was only tried for a tier or its old place", () => {
    expect(planned("reject", {})).toEqual(["remove alias challenger", "tag version 2: gauntlet.lifecycle = archived"]);
    expect(planned("reject", { promotion: "tier", tier: TIER })).toEqual(["remove alias challenger", "tag version 2: gauntlet.tier.D2 = not_promoted"]);
    expect(planned("reject", { promotion: "rollback" })).toEqual(["remove alias challenger"]);
  });

  test("a rollback puts back the aliases of the snapshot, that of its place among them", () => {
    expect(planned("rollback", { promotion: "staging", effects: ["registry.alias"] })).toEqual(["remove alias staging", "alias champion → version 1", "remove alias challenger", "remove alias previous"]);
  });

  test("with traffic, it too is put back, under a new epoch (I3)", () => {
    const request = { id: "r-1", kind: "rollback", by: "ada", at: 0, reason: "because" } as const;
    const observation = ratingObservation({ policy: { effects: ["traffic"] }, observation: { highestEpoch: 6, operator: { approvals: [], hold: null, request } } });
    const [effect] = planFor(decide(observation.rollout.policy, observation), observation).effects;
    if (effect?.kind !== "traffic") throw new Error("traffic is moved");
    expect(effect.allocation.epoch).toBe(7);
    expect(checkAllocation(effect.allocation)).toEqual([]);
  });
});

test("a start says who is tried, and touches no traffic; a former version and one for a tier keep their names", () => {
  const start = (policy: Partial<RatingPolicy>) => planStart(ratingObservation({ policy }).rollout).effects.map(sayEffect);
  expect(start({ effects: ["registry.alias", "registry.tag", "traffic"] })).toEqual(["alias challenger → version 2", "tag version 2: gauntlet.lifecycle = challenger"]);
  expect(start({ promotion: "rollback" })).toEqual([]);
  expect(start({ promotion: "tier", tier: TIER })).toEqual([]);
});
