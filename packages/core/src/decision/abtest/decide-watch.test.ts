import { expect, test } from "vitest";

import type { Evidence } from "../../evidence/evidence.ts";
import { bucketOf } from "../../evidence/histogram.ts";
import { digestOf } from "../../digest/digest-of.ts";
import { decisionDocument } from "../../document/decision-document.ts";
import { lifecycleDocument } from "../../document/lifecycle-document.ts";
import { renderMarkdown } from "../../document/render-markdown.ts";
import { sealEntry } from "../../ledger/seal-entry.ts";
import { planFor } from "../../plan/plan-for.ts";
import type { AbtestPolicy } from "../../policy/policy.ts";
import { endsInWatch } from "../../policy/watch.ts";
import { abtestPolicy, BETTER, DAY, evidenceOf, observationOf, rolloutOf, START } from "../../testing/observation.ts";
import { championEvidence } from "../arms.ts";
import { decide } from "../decide.ts";
import type { Observation } from "../observation.ts";
import { lookOf, recentWindows } from "./look.ts";

const WATCH: Partial<AbtestPolicy> = { watchMs: 3 * DAY };
const SINCE = START + 45 * DAY;

test("a challenger that wins gets everything: the predecessor is named first, then traffic moves, and nothing else", () => {
  const observation = observationOf({ policy: WATCH });
  const decision = decide(observation.rollout.policy, observation);
  expect([decision.verdict, decision.reason]).toEqual(["advance", "all_checks_passed"]);
  expect(decision.sentence).toMatch(/^Version 2 gets all traffic, and is watched before it is promoted: every check passed/);
  const plan = planFor(decision, observation);
  expect(plan.effects.map((effect) => (effect.kind === "registry.alias" ? `${effect.alias} = ${effect.version}` : effect.kind === "document" ? effect.document : effect.kind))).toEqual(["previous = 1", "traffic", "test_decision.md", "test_decision.yaml"]);
  const traffic = plan.effects.find((effect) => effect.kind === "traffic");
  expect(traffic?.allocation).toMatchObject({ epoch: 2, shadow: false, arms: [{ slot: "challenger", version: "2", ranges: [{ from: 0 }] }] });
  expect(plan).toMatchObject({ becomes: "running", stage: 1, before: BEFORE });
});

test("it is signed for before it gets everything", () => {
  const observation = observationOf({ policy: { ...WATCH, approval: { by: 1, notBy: [] } } });
  expect(decide(observation.rollout.policy, observation)).toMatchObject({ verdict: "hold", reason: "awaiting_approval" });
});

test("a policy without a watch promotes at once, as before", () => {
  const observation = observationOf();
  expect(endsInWatch(observation.rollout.policy)).toBe(false);
  expect(decide(observation.rollout.policy, observation).verdict).toBe("promote");
});

const BEFORE = evidenceOf(BETTER);

interface Watched {
  readonly at?: number;
  readonly live?: number;
  readonly errors?: number;
  readonly latencyMs?: number;
  readonly stray?: number;
  readonly policy?: Partial<AbtestPolicy>;
  readonly observation?: Partial<Observation>;
}

/** An observation of a watch; all is well at its end unless it is said otherwise. */
function watched({ at = SINCE + 3 * DAY, live = 20_000, errors = 20, latencyMs = 41, stray = 0, policy: change = {}, observation = {} }: Watched = {}): Observation {
  const policy = abtestPolicy({ ...WATCH, ...change });
  const tested = rolloutOf(policy);
  const allocation = { ...tested.allocation, epoch: 2, shadow: false, arms: [{ slot: "challenger", version: "2", ranges: [{ from: 0, to: 100_000 }] }] };
  const rollout = { ...tested, allocation, stage: { index: 1, since: SINCE, before: BEFORE } };
  const evidence: Evidence = evidenceOf({ ...BETTER, live: [stray, live], labelled: [0, 0], paired: null, errors: [0, errors], latencyMs: [40, latencyMs] });
  const empty = lookOf(rollout, [], at);
  const cells = evidence.map((item) => ({ ...item, model: "fraud", epoch: 2, bucketStart: SINCE }));
  const base = observationOf({ policy: { ...WATCH, ...change } });
  return {
    ...base,
    at,
    rollout,
    highestEpoch: 2,
    traffic: { available: true, ...allocation },
    evidence: { available: true, soFar: evidence, look: { ...empty, evidence, digest: digestOf(evidence) }, recent: recentWindows(rollout, cells, at) },
    ...observation,
  };
}

function ruled(observation: Observation): string {
  const { verdict, reason } = decide(observation.rollout.policy, observation);
  return `${verdict}: ${reason}`;
}

test("I32: it is promoted when its time is over: the alias of the champion comes after all else that serves", () => {
  expect(ruled(watched({ at: SINCE + 3 * DAY - 1 }))).toBe("hold: min_duration");
  const observation = watched();
  expect(ruled(observation)).toBe("promote: all_checks_passed");
  const plan = planFor(decide(observation.rollout.policy, observation), observation);
  expect(plan.becomes).toBe("promoted");
  expect(plan.effects.map((effect) => (effect.kind === "registry.alias" ? `${effect.alias} = ${effect.version}` : effect.kind)).slice(0, 4)).toEqual(["previous = 1", "traffic", "champion = 2", "challenger = null"]);
});

test("I32: harm ends it at any time, against what the champion was in the test, and goes back to the snapshot", () => {
  const observation = watched({ at: SINCE + DAY, errors: 800 });
  expect(ruled(observation)).toBe("rollback: harm");
  const plan = planFor(decide(observation.rollout.policy, observation), observation);
  expect(plan.becomes).toBe("rolled_back");
  expect(plan.effects[0]).toMatchObject({ kind: "traffic", allocation: { epoch: 3, arms: [{ slot: "champion", version: "1" }] } });
  expect(plan.effects.flatMap((effect) => (effect.kind === "registry.alias" ? [`${effect.alias} = ${effect.version}`] : []))).toEqual(["champion = 1", "challenger = null", "previous = null"]);
});

test("a limit that is broken at its end ends it; too little to judge by makes it wait", () => {
  expect(ruled(watched({ latencyMs: 140 }))).toBe("rollback: worse");
  expect(ruled(watched({ at: SINCE + DAY, latencyMs: 140 }))).toBe("hold: min_duration");
  expect(ruled(watched({ live: 900, errors: 1 }))).toBe("hold: insufficient_data");
  const latency = { kind: "drift", metric: "latency_ms", warnAt: { parts: 1, of: 10 }, failAt: { parts: 1, of: 4 } } as const;
  expect(ruled(watched({ latencyMs: 40, policy: { checks: [latency] } }))).toBe("promote: all_checks_passed");
  expect(bucketOf(90)).not.toBe(bucketOf(40));
  expect(ruled(watched({ latencyMs: 90, policy: { checks: [latency] } }))).toBe("rollback: worse");
});

test("a slow challenger is rolled back in its watch by windows of its own", () => {
  const rule = { kind: "quantile", metric: "latency_ms", quantile: { parts: 19, of: 20 }, atMost: 100, windows: 1 } as const;
  expect(ruled(watched({ at: SINCE + DAY, latencyMs: 140, policy: { harm: [rule] } }))).toBe("rollback: harm");
});

test("a target that still gives the champion traffic is no evidence of anything", () => {
  expect(ruled(watched({ stray: 3 }))).toBe("promote: all_checks_passed");
  expect(ruled(watched({ stray: 4000, errors: 800 }))).toBe("hold: sample_ratio_mismatch");
});

test("I6: of what the test showed only the champion's part is compared with", () => {
  const observation = watched();
  const { policy, stage } = observation.rollout;
  if (stage === undefined) throw new Error("no watch");
  const alone = { ...observation, rollout: { ...observation.rollout, stage: { ...stage, before: championEvidence(observation.rollout, BEFORE).filter(({ version }) => version === "1") } } };
  expect(decide(policy, alone)).toEqual(decide(policy, observation));
});

test("a promotion after a watch tells what the test had shown: its shares, labels, and what a month is worth", () => {
  const impact = { currency: "EUR", volumePerMonth: 300_000, prevalence: { parts: 1, of: 100 }, valuePerTruePositive: 150, costPerFalsePositive: 25 };
  const observation = watched({ policy: { impact } });
  const decision = decide(observation.rollout.policy, observation);
  const entry = sealEntry(null, { chain: "fraud", at: observation.at, event: { kind: "decision", observation, decision, plan: planFor(decision, observation) } });
  const document = decisionDocument(entry);
  expect(document.test?.versions).toMatchObject({ champion: { intendedShare: 0.8, recall: 0.8, live: 8000 }, challenger: { intendedShare: 0.2, recall: 0.9, live: 2000 } });
  expect(document.impact?.truePositives).toBeCloseTo(300, 6);
  const text = renderMarkdown(document);
  expect(text).toContain("## The test before the watch");
  expect(text).toContain("| Recall | 80 % | 90 % |");
  expect(JSON.stringify(lifecycleDocument(entry))).toMatch(/"recall":0.9.*"traffic_split":{"baseline":0.8,"candidate":0.2},"watch":{/);
});

test("outages hold, people come first, and a hold stops the promotion alone", () => {
  expect(ruled(watched({ observation: { evidence: { available: false, code: "evidence_unavailable", detail: "gone" } } }))).toBe("hold: evidence_unavailable");
  const by = { id: "r", by: "grace", at: SINCE, reason: "no" };
  expect(ruled(watched({ at: SINCE + 1, observation: { operator: { approvals: [], hold: null, request: { ...by, kind: "rollback" } } } }))).toBe("rollback: manual");
  expect(ruled(watched({ at: SINCE + 1, observation: { operator: { approvals: [], hold: null, request: { ...by, kind: "reject" } } } }))).toBe("retain: rejected");
  const held = { approvals: [], hold: by, request: null };
  expect(ruled(watched({ observation: { operator: held } }))).toBe("hold: operator_hold");
  expect(ruled(watched({ errors: 800, observation: { operator: held } }))).toBe("rollback: harm");
});

test("who is rejected in a watch gives everything back, and the predecessor's name too", () => {
  const observation = watched({ observation: { operator: { approvals: [], hold: null, request: { id: "r", kind: "reject", by: "grace", at: SINCE, reason: "no" } } } });
  const plan = planFor(decide(observation.rollout.policy, observation), observation);
  expect(plan.effects[0]).toMatchObject({ kind: "traffic", allocation: { arms: [{ slot: "champion", version: "1" }] } });
  expect(plan.effects.flatMap((effect) => (effect.kind === "registry.alias" ? [`${effect.alias} = ${effect.version}`] : []))).toEqual(["challenger = null", "previous = null"]);
});
