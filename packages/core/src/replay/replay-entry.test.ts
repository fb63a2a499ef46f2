import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { decide } from "../decision/decide.ts";
import type { Decision } from "../decision/decision.ts";
import { RULES } from "../decision/rules.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import { sealEntry } from "../ledger/seal-entry.ts";
import { verifyChain } from "../ledger/verify-chain.ts";
import { planFor } from "../plan/plan-for.ts";
import { observationOf, START } from "../testing/observation.ts";
import { replayEntry } from "./replay-entry.ts";

const observation = observationOf();
const decision = decide(observation.rollout.policy, observation);
const plan = planFor(decision, observation);

function entryWith(change: Partial<Decision>): LedgerEntry {
  return sealEntry(null, { chain: "fraud", at: START, event: { kind: "decision", observation, decision: { ...decision, ...change }, plan } });
}

const { rules: _, ...UNNUMBERED } = decision;
const first = (change: Partial<Decision> = {}): LedgerEntry => sealEntry(null, { chain: "fraud", at: START, event: { kind: "decision", observation, decision: { ...UNNUMBERED, ...change }, plan } });

test("a recorded decision is derived again from its entry alone", () => {
  expect(replayEntry(JSON.parse(JSON.stringify(entryWith({}))))).toEqual({
    decisionId: decision.id,
    chain: "fraud",
    seq: 1,
    outcome: "same",
    same: true,
    rules: { decided: RULES, replayed: RULES },
    difference: null,
    says: `decided and derived again by rules ${RULES}: equal, byte for byte`,
  });
});

test("I38: a decision that does not follow from its observation is found, with the place, and so is a single word under the same rules", () => {
  const replay = replayEntry(entryWith({ verdict: "retain" }));
  expect(replay).toMatchObject({ outcome: "different", same: false });
  expect(replay?.difference).toMatch(/recorded ….*"retain".*… derived ….*"promote"/);
  expect(replayEntry(entryWith({ sentence: `${decision.sentence}!` }))).toMatchObject({ outcome: "different", same: false });
});

test("I38: by older rules other words are told, and another verdict, reason or effect is different", () => {
  expect(replayEntry(first())).toMatchObject({ outcome: "equal", same: true, rules: { decided: 1, replayed: RULES }, says: `decided by rules 1, derived again by rules ${RULES}: equal in substance, and in every word` });
  const worded = replayEntry(first({ sentence: "It is better." }));
  expect(worded).toMatchObject({ outcome: "equal", same: true, says: expect.stringMatching(/^decided by rules 1, derived again by rules \d+: equal in substance; other words: recorded …/) as string });
  for (const change of [{ verdict: "retain" }, { reason: "manual" }, { evidenceDigest: "f".repeat(64) }] as const) {
    expect(replayEntry(first(change)), JSON.stringify(change)).toMatchObject({ outcome: "different", same: false, says: expect.stringContaining("different in substance: recorded …") as string });
  }
  const shorter = sealEntry(null, { chain: "fraud", at: START, event: { kind: "decision", observation, decision: UNNUMBERED, plan: { ...plan, effects: plan.effects.slice(1) } } });
  expect(replayEntry(shorter)).toMatchObject({ outcome: "different" });
});

test("I38: newer rules are said to be newer, and nothing is derived; what is no version is different", () => {
  const unknown = { ...observation, rollout: { ...observation.rollout, policy: { kind: "oracle" } } } as unknown as typeof observation;
  const entry = sealEntry(null, { chain: "fraud", at: START, event: { kind: "decision", observation: unknown, decision: { ...decision, rules: RULES + 1 }, plan } });
  expect(replayEntry(entry)).toMatchObject({ outcome: "newer", same: false, difference: null, says: expect.stringContaining(`decided by rules ${RULES + 1}, which this program does not know`) as string });
  for (const rules of [0, -1, 1.5, "2"]) expect(replayEntry(entryWith({ rules: rules as number }))).toMatchObject({ outcome: "different", difference: "what it names as its rules is no version of them" });
});

test("a forged digest of the look is found, whatever the rules", () => {
  if (!observation.evidence.available) throw new Error("no evidence");
  const forged = { ...observation, evidence: { ...observation.evidence, look: { ...observation.evidence.look, digest: "f".repeat(64) } } };
  for (const recorded of [decision, UNNUMBERED]) expect(replayEntry(sealEntry(null, { chain: "fraud", at: START, event: { kind: "decision", observation: forged, decision: recorded, plan } }))).toMatchObject({ outcome: "different" });
});

test("entries that decide nothing are passed over", () => {
  const entry = sealEntry(null, { chain: "fraud", at: START, event: { kind: "resume", by: "ada", reason: "done" } });
  expect(replayEntry(entry)).toBeNull();
});

describe("I38: what each version of the rules decided", () => {
  const golden = new URL("golden/", import.meta.url);
  const versions = readdirSync(golden).map((name) => Number(/^rules-(\d+)\.ndjson$/.exec(name)?.[1]));
  const ledgerOf = (rules: number) => readFileSync(new URL(`rules-${rules}.ndjson`, golden), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as LedgerEntry);

  test("is kept of every version", () => {
    expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: RULES }, (_, index) => index + 1));
  });

  test.each(versions)("rules %d: the chain verifies, and its decisions are derived again", (rules) => {
    const entries = ledgerOf(rules);
    expect(verifyChain(entries, null).broken).toBeNull();
    for (const entry of entries) {
      const replay = replayEntry(entry);
      const help = rules === RULES ? `the bytes of a decision changed: raise RULES in decision/rules.ts, then \`node scripts/golden-decisions.ts\`. ${replay?.says}` : replay?.says;
      expect(replay?.outcome, `entry ${entry.seq}: ${help}`).toBe(rules === RULES ? "same" : "equal");
    }
  });
});
