import { expect, test } from "vitest";

import { decide } from "../decision/decide.ts";
import { observationOf } from "../testing/observation.ts";
import { slotsObservation, slotsPolicy, type SlotSituation, type SlotsSituation } from "../testing/slots-observation.ts";
import { backtestSlots } from "./backtest-slots.ts";
import type { Recorded } from "./recorded.ts";

function recordedOf(...situations: readonly SlotsSituation[]): Recorded {
  const observations = situations.map((situation, index) => ({ ...slotsObservation(situation), at: slotsObservation().at + index * 1000 }));
  const [first] = observations;
  if (first === undefined) throw new Error("no situation");
  return { rollout: first.rollout, decisions: observations.map((observation) => ({ observation, decision: decide(observation.rollout.policy, observation) })) };
}

const games = (production: number, b: number): readonly SlotSituation[] => [{ games: 100, wins: production }, { games: 100, wins: b }];

test("strict cycles under the reference's rule: it ends at its first look, by points", () => {
  const recorded = recordedOf({ slots: [{ games: 20, wins: 9 }, { games: 20, wins: 10 }] }, { slots: games(45, 55) }, { slots: games(30, 75) });
  const { happened, would, difference, turns } = backtestSlots(slotsPolicy({ mode: "compat" }), recorded);
  expect(happened).toMatchObject({ verdict: "promote", exposed: 100 });
  expect(would).toMatchObject({ verdict: "promote", at: recorded.decisions[0]?.decision.at, exposed: 20 });
  expect(difference).toMatchObject({ verdict: false, exposed: -80 });
  expect(turns.length).toBe(1);
});

test("compat cycles under strict rules: what was a swap is not proven", () => {
  const recorded = recordedOf({ policy: { mode: "compat" }, slots: games(50, 51) });
  const { would, notes } = backtestSlots(slotsPolicy(), recorded);
  expect(would).toMatchObject({ verdict: "hold", reason: "inconclusive" });
  expect(notes).toContain("The recorded evidence ends before the policy decides.");
});

test("other slots, and rollouts of another kind, are refused", () => {
  const recorded = recordedOf({});
  expect(() => backtestSlots(slotsPolicy({ slots: ["a", "b"] }), recorded)).toThrow(/was counted with the slots Production, B/);
  const other = observationOf();
  expect(() => backtestSlots(slotsPolicy(), { rollout: other.rollout, decisions: [] })).toThrow(/is of kind abtest/);
});
