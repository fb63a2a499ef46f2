import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Allocation } from "../allocation/allocation.ts";
import { checkAllocation } from "../allocation/check-allocation.ts";
import { canonicalJson } from "../digest/canonical-json.ts";
import { decide } from "../decision/decide.ts";
import type { Observation } from "../decision/observation.ts";
import { observationOf, START } from "../testing/observation.ts";
import type { Effect } from "./effect.ts";
import { planFor, planStart } from "./plan-for.ts";
import type { Plan } from "./plan.ts";

function planOf(observation: Observation): Plan {
  return planFor(decide(observation.rollout.policy, observation), observation);
}

function said(effect: Effect): string {
  switch (effect.kind) {
    case "registry.alias":
      return `alias ${effect.alias} ${effect.version ?? "gone"}`;
    case "registry.tag":
      return `tag ${effect.version} ${effect.name} ${effect.value}`;
    case "registry.stage":
      return `stage ${effect.version} ${effect.stage}`;
    case "traffic":
      return `traffic ${effect.allocation.arms.map((arm) => `${arm.slot}=${arm.version}`).join(" ")} epoch ${effect.allocation.epoch}`;
    case "document":
      return `document ${effect.document}`;
  }
}

function manual(kind: "promote" | "reject" | "rollback", change: Partial<Observation> = {}): Observation {
  return observationOf({ observation: { operator: { approvals: [], hold: null, request: { id: "r-1", kind, by: "ada", at: START, reason: "because" } }, ...change } });
}

describe("a promotion", () => {
  test("names the predecessor, shifts traffic, and only then moves the alias", () => {
    const plan = planOf(observationOf());
    expect(plan.becomes).toBe("promoted");
    expect(plan.effects.map(said)).toEqual([
      "alias previous 1",
      "traffic champion=2 epoch 2",
      "alias champion 2",
      "alias challenger gone",
      "tag 2 gauntlet.lifecycle champion",
      `tag 2 gauntlet.decision_id ${plan.decisionId}`,
      "tag 2 gauntlet.reason all_checks_passed",
      "tag 1 gauntlet.lifecycle previous",
      `tag 1 gauntlet.decision_id ${plan.decisionId}`,
      "tag 1 gauntlet.reason all_checks_passed",
      "document decision.md",
      "document decision.yaml",
      "document model_lifecycle.yaml",
    ]);
  });

  test("the champion's alias moves only from the version that was tested against", () => {
    const alias = planOf(observationOf()).effects.find((effect) => effect.kind === "registry.alias" && effect.alias === "champion");
    expect(alias).toMatchObject({ expect: ["1"], onForeign: "stop" });
  });

  test("stages are written where the policy asks for them", () => {
    const plan = planOf(observationOf({ policy: { mode: "compat", effects: ["registry.stage"] } }));
    expect(plan.effects.map(said)).toEqual(["stage 2 Production"]);
  });
});

test("retaining gives the champion everything and leaves its alias alone", () => {
  const plan = planOf(manual("reject"));
  expect(plan.effects.slice(0, 2).map(said)).toEqual(["traffic champion=1 epoch 2", "alias challenger gone"]);
  expect(plan.becomes).toBe("retained");
});

test("a rollback restores the snapshot, traffic first, under a new epoch", () => {
  const observation = manual("rollback", { highestEpoch: 7 });
  const plan = planOf(observation);
  expect(plan.effects.slice(0, 4).map(said)).toEqual(["traffic champion=1 epoch 8", "alias champion 1", "alias challenger gone", "alias previous gone"]);
  const traffic = plan.effects[0] as Extract<Effect, { kind: "traffic" }>;
  expect({ ...traffic.allocation, epoch: 0 }).toEqual(observation.rollout.snapshot.allocation);
});

test("a rollback that a person asked for overwrites foreign moves, an automatic one leaves them", () => {
  const automatic = planOf(observationOf({ counts: { errors: [8, 200] } }));
  const onForeign = (plan: Plan) => new Set(plan.effects.flatMap((effect) => (effect.kind === "registry.alias" ? [effect.onForeign] : [])));
  expect(onForeign(automatic)).toEqual(new Set(["leave"]));
  expect(onForeign(planOf(manual("rollback")))).toEqual(new Set(["overwrite"]));
});

test("a hold does nothing and changes nothing", () => {
  const plan = planOf(observationOf({ observation: { at: START } }));
  expect(plan).toMatchObject({ effects: [], becomes: "running" });
});

test("keys are the decision's id and the effect's index", () => {
  const plan = planOf(observationOf());
  expect(plan.effects.map((effect) => effect.key)).toEqual(plan.effects.map((_, index) => `${plan.decisionId}/${index}`));
  expect(new Set(planStart(observationOf().rollout).effects.map((effect) => effect.key)).size).toBe(3);
});

test("I1, I3: plans are the same bytes again, and every allocation in them covers everyone exactly once", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9999 }), fc.constantFrom("promote", "reject", "rollback"), fc.integer({ min: 1, max: 1e6 }), (challenger, kind, epoch) => {
      const base = manual(kind, { highestEpoch: epoch });
      const split = { champion: 10_000 - challenger, challenger };
      const observation = { ...observationOf({ policy: { split } }), operator: base.operator, highestEpoch: epoch };
      const plan = planOf(observation);
      expect(canonicalJson(planOf(JSON.parse(canonicalJson(observation)) as Observation))).toBe(canonicalJson(plan));
      const allocations = plan.effects.flatMap((effect): Allocation[] => (effect.kind === "traffic" ? [effect.allocation] : []));
      for (const allocation of [...allocations, observation.rollout.allocation]) expect(checkAllocation(allocation)).toEqual([]);
      for (const allocation of allocations) expect(allocation.epoch).toBeGreaterThan(epoch);
    }),
  );
});
