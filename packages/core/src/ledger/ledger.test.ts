import fc from "fast-check";
import { expect, test } from "vitest";

import { decide } from "../decision/decide.ts";
import { planFor, planStart } from "../plan/plan-for.ts";
import { observationOf, START } from "../testing/observation.ts";
import type { LedgerEntry, LedgerEvent, ModelState } from "./entry.ts";
import { emptyState, project } from "./project.ts";
import { GENESIS, sealEntry } from "./seal-entry.ts";
import { verifyChain } from "./verify-chain.ts";

function chainOf(events: readonly LedgerEvent[]): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const event of events) entries.push(sealEntry(entries.at(-1) ?? null, { chain: "fraud", at: START + entries.length, event }));
  return entries;
}

function stateAfter(entries: readonly LedgerEntry[]): ModelState {
  return entries.reduce(project, emptyState("fraud"));
}

/** A whole rollout: started, promoted, every effect applied. */
function promotion(): LedgerEvent[] {
  const observation = observationOf();
  const decision = decide(observation.rollout.policy, observation);
  const plan = planFor(decision, observation);
  const start = planStart(observation.rollout);
  const applied = (id: string, keys: readonly string[]): LedgerEvent[] => [...keys.map((key) => ({ kind: "effect.applied", decisionId: id, key, note: "" }) as const), { kind: "plan.applied", decisionId: id }];
  return [
    { kind: "rollout.started", rollout: observation.rollout, plan: start },
    ...applied(start.decisionId, start.effects.map((effect) => effect.key)),
    { kind: "decision", observation, decision, plan },
    ...applied(plan.decisionId, plan.effects.map((effect) => effect.key)),
  ];
}

test("a whole chain verifies, from its first entry and from any place in it", () => {
  const entries = chainOf(promotion());
  expect(entries[0]?.prev).toBe(GENESIS);
  expect(verifyChain(entries, null)).toEqual({ broken: null, head: { seq: entries.length, hash: entries.at(-1)?.hash } });
  const middle = entries[3] as LedgerEntry;
  expect(verifyChain(entries.slice(4), middle).broken).toBeNull();
});

test("I10, I2: any change of an entry, a lost, doubled or swapped entry breaks the chain there", () => {
  const entries = chainOf(promotion());
  fc.assert(
    fc.property(fc.nat({ max: entries.length - 1 }), fc.constantFrom("edit", "drop", "double", "swap", "rehash"), (index, act) => {
      const forged = structuredClone(entries) as { -readonly [K in keyof LedgerEntry]: LedgerEntry[K] }[];
      const entry = forged[index]!;
      if (act === "edit") entry.at += 1;
      if (act === "rehash") forged[index] = { ...sealEntry(forged[index - 1] ?? null, { chain: "fraud", at: entry.at + 1, event: entry.event }) };
      if (act === "drop") forged.splice(index, 1);
      if (act === "double") forged.splice(index, 0, entry);
      if (act === "swap") forged.splice(Math.max(0, index - 1), 2, ...forged.slice(Math.max(0, index - 1), index + 1).toReversed());
      // Dropping or resealing the newest entry leaves a shorter or another valid chain; the stored head and the root tell.
      const unnoticeable = index === entries.length - 1 && (act === "drop" || act === "rehash");
      expect(verifyChain(forged, null).broken === null).toBe(unnoticeable);
    }),
  );
});

test("the rollout is promoted when its plan is applied, not when it is intended", () => {
  const entries = chainOf(promotion());
  const decidedAt = entries.findIndex((entry) => entry.event.kind === "decision");
  const intended = stateAfter(entries.slice(0, decidedAt + 1));
  expect(intended.rollout?.status).toBe("running");
  expect(intended.pending?.applied).toEqual([]);
  expect(stateAfter(entries.slice(0, -1)).rollout?.status).toBe("running");
  const after = stateAfter(entries);
  expect(after.rollout?.status).toBe("promoted");
  expect(after.pending).toBeNull();
  expect(after.epoch).toBe(2);
  expect(after.epochs.map((epoch) => epoch.epoch)).toEqual([1, 2]);
});

test("a result that no plan intends is a corrupt ledger", () => {
  const [first] = chainOf(promotion());
  const stray = sealEntry(first as LedgerEntry, { chain: "fraud", at: START, event: { kind: "effect.applied", decisionId: "d-x", key: "d-x/0", note: "" } });
  expect(() => stateAfter([first as LedgerEntry, stray])).toThrow(/no pending plan intends/);
});
