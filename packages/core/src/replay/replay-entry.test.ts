import { expect, test } from "vitest";

import { decide } from "../decision/decide.ts";
import { sealEntry } from "../ledger/seal-entry.ts";
import { planFor } from "../plan/plan-for.ts";
import { observationOf, START } from "../testing/observation.ts";
import { replayEntry } from "./replay-entry.ts";

const observation = observationOf();
const decision = decide(observation.rollout.policy, observation);
const plan = planFor(decision, observation);

test("a recorded decision is derived again from its entry alone", () => {
  const entry = sealEntry(null, { chain: "fraud", at: START, event: { kind: "decision", observation, decision, plan } });
  expect(replayEntry(JSON.parse(JSON.stringify(entry)))).toEqual({ decisionId: decision.id, chain: "fraud", seq: 1, same: true, difference: null });
});

test("a decision that does not follow from its observation is found, with the place", () => {
  const forged = { ...decision, verdict: "retain" } as const;
  const entry = sealEntry(null, { chain: "fraud", at: START, event: { kind: "decision", observation, decision: forged, plan } });
  const replay = replayEntry(entry);
  expect(replay?.same).toBe(false);
  expect(replay?.difference).toMatch(/recorded ….*"retain".*… derived ….*"promote"/);
});

test("entries that decide nothing are passed over", () => {
  const entry = sealEntry(null, { chain: "fraud", at: START, event: { kind: "resume", by: "ada", reason: "done" } });
  expect(replayEntry(entry)).toBeNull();
});
