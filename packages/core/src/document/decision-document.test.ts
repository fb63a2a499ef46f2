import { expect, test } from "vitest";

import { decide } from "../decision/decide.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import { sealEntry } from "../ledger/seal-entry.ts";
import { planFor } from "../plan/plan-for.ts";
import { observationOf, START } from "../testing/observation.ts";
import { rampObservation } from "../testing/ramp-observation.ts";
import { ratingObservation } from "../testing/rating-observation.ts";
import { decisionDocument } from "./decision-document.ts";
import { lifecycleDocument } from "./lifecycle-document.ts";
import { renderMarkdown } from "./render-markdown.ts";

const impact = { currency: "USD", volumePerMonth: 300_000, prevalence: { parts: 1, of: 100 }, valuePerTruePositive: 150, costPerFalsePositive: 25 };

function entryOf(model = "fraud"): LedgerEntry {
  const observation = observationOf({ policy: { impact, model } });
  const decision = decide(observation.rollout.policy, observation);
  return sealEntry(null, { chain: model, at: START, event: { kind: "decision", observation, decision, plan: planFor(decision, observation) } });
}

test("the document says what was found, on which data, of which artifacts, and where the proof is", () => {
  const entry = entryOf();
  const document = decisionDocument(entry);
  expect(document.outcome).toMatchObject({ verdict: "promote", reason: "all_checks_passed" });
  expect(document.versions.champion).toMatchObject({ version: "1", truePositive: 800, falsePositive: 80, falseNegative: 200, recall: 0.8, intendedShare: 0.8 });
  expect(document.versions.challenger).toMatchObject({ version: "2", truePositive: 900, recall: 0.9, digest: `sha256:${"2".repeat(64)}` });
  expect(document.labels).toMatchObject({ paired: 9875, championCoverage: 0.9875 });
  expect(document.window).toMatchObject({ from: "2025-01-01T00:00:00.000Z", to: "2025-01-15T00:00:00.000Z", look: "1 of 2" });
  expect(document.impact?.truePositives).toBeCloseTo(300, 9);
  expect(document.proof).toMatchObject({ seq: 1, sha256: entry.hash });
});

test("the document says which files were read, where they were", () => {
  const entry = entryOf();
  if (entry.event.kind !== "decision") throw new Error("no decision");
  const { observation } = entry.event;
  const read = { ...observation, rollout: { ...observation.rollout, challenger: { ...observation.rollout.challenger, files: `sha256:${"f".repeat(64)}` } } };
  expect(renderMarkdown(decisionDocument({ ...entry, event: { ...entry.event, observation: read } }))).toContain(`| Files | not read | \`sha256:${"f".repeat(64)}\` |`);
  expect(renderMarkdown(decisionDocument(entry))).not.toContain("| Files |");
});

test("precision is also given at the policy's prevalence (facts/fraud, vector 10: 22/30, 1/70 false → .341463 at 1 %)", () => {
  const observation = observationOf({ policy: { impact }, counts: { paired: [69, 0, 0, 1, 0, 8, 0, 22] } });
  const decision = decide(observation.rollout.policy, observation);
  const entry = sealEntry(null, { chain: "fraud", at: START, event: { kind: "decision", observation, decision, plan: planFor(decision, observation) } });
  const { champion, challenger } = decisionDocument(entry).versions;
  expect(champion.precision).toBeCloseTo(0.956522, 6);
  expect(champion.precisionAtPolicyPrevalence).toBeCloseTo(0.341463, 6);
  expect(challenger.precision).toBeCloseTo(0.967742, 6);
  expect(challenger.precisionAtPolicyPrevalence).toBeCloseTo(0.414201, 6);
});

test("exactly one version of the lifecycle is in production", () => {
  const text = JSON.stringify(lifecycleDocument(entryOf()));
  expect(text.match(/\(Production\)/g)).toHaveLength(1);
  expect(text).toContain('"fraud version 2":{"status":"Promoted (Production)"');
});

test("the text names every check, and a hostile model name is no markup", () => {
  const text = renderMarkdown(decisionDocument(entryOf("<img src=x> [a](javascript:1)")));
  expect(text).toContain("| recall-superiority | pass |");
  expect(text).not.toMatch(/<img/);
  expect(text).not.toMatch(/[^\\]\[a\]/);
  expect(text).not.toContain("undefined");
});

test("of a ramp it says the stage, the shares of its slots, and nothing of labels", () => {
  const observation = rampObservation({ stage: 2, champion: { live: 1000 } });
  const decision = decide(observation.rollout.policy, observation);
  const entry = sealEntry(null, { chain: "planner_model", at: START, event: { kind: "decision", observation, decision, plan: planFor(decision, observation) } });
  const document = decisionDocument(entry);
  expect(document.stage).toEqual({ name: "50", number: 3, of: 4, since: "2025-01-01T00:00:00.000Z" });
  expect([document.versions.champion.intendedShare, document.versions.challenger.intendedShare]).toEqual([0.5, 0.5]);
  const text = renderMarkdown(document);
  expect(text).toContain("| Stage | 3 of 4, 50, since 2025-01-01T00:00:00.000Z |");
  expect(text).toContain("| accepted | pass | 1 |");
  expect(text).not.toMatch(/Recall|Labels cover/);
});

test("of a promotion by matches the document says what they said, and nothing of traffic or labels", () => {
  const observation = ratingObservation({ policy: { promotion: "staging" } });
  const decision = decide(observation.rollout.policy, observation);
  const entry = sealEntry(null, { chain: "square8_2p", at: START, event: { kind: "decision", observation, decision, plan: planFor(decision, observation) } });
  const document = decisionDocument(entry);
  expect(document.matches).toMatchObject({ config: "square8_2p", promotion: "staging", challenger: { participant: "square8_2p@2" }, head: { games: 400 } });
  const text = renderMarkdown(document);
  expect(text).toContain("Against each other: 400 games, of which 200 pairs with seats swapped");
  expect(text).toContain("| Challenger | square8\\_2p@2 | 400 | 60 % | 1560 |");
  expect(text).not.toMatch(/Labels cover|Intended share|look 1 of 1/);
  const versions = (lifecycleDocument(entry) as { readonly model_lifecycle: Readonly<Record<string, { readonly status: string }>> }).model_lifecycle;
  expect(Object.values(versions).map(({ status }) => status)).toEqual(["Retained (Production)", "Promoted (Staging)"]);
});
