import { expect, test } from "vitest";

import type { EvidenceCell, EvidenceItem, RatioMetric } from "../../evidence/evidence.ts";
import { parseRatio } from "../../evidence/parse-ratio.ts";
import type { HealthRules } from "../../policy/health.ts";
import { BETTER, DAY, evidenceOf, observationOf, START } from "../../testing/observation.ts";
import { decide } from "../decide.ts";
import type { CheckResult } from "../decision.ts";
import type { HealthView, Observation } from "../observation.ts";
import { arrivalsOf } from "./arrivals.ts";

const HOUR = DAY / 24;
const RULES: HealthRules = { splitGapMax: { parts: 1, of: 50 }, crossedMax: { parts: 1, of: 100 }, joinedMin: { parts: 19, of: 20 }, lagMaxMs: null, silenceMaxMs: HOUR, sourceAgeMaxMs: HOUR / 4 };
const EDITS = parseRatio("edits / generated", { once: false }) as RatioMetric;
const JOINS: HealthView["joins"] = { followUps: { n: 0, met: 0 }, labels: { n: 1000, met: 1000 } };
const ARRIVALS: HealthView["arrivals"] = [
  { slot: "champion", newestAt: START + 40 * DAY, othersSince: 0 },
  { slot: "challenger", newestAt: START + 40 * DAY, othersSince: 0 },
];

const count = (slot: "champion" | "challenger", metric: string, n: number): EvidenceItem => ({ version: slot === "champion" ? "1" : "2", slot, mode: "live", metric, statistic: { kind: "count", n } });
const ZERO = { high: 0, low: 0 };
const units = (slot: "champion" | "challenger", n: number): EvidenceItem => ({ ...count(slot, "edits", 0), statistic: { kind: "ratio", n, requests: n, numerator: ZERO, denominator: ZERO, numeratorSquares: ZERO, denominatorSquares: ZERO, products: ZERO } });
const JOINED = [count("champion", "joined_records", 8000), count("challenger", "joined_records", 2000)];

interface Change {
  readonly live?: readonly [number, number];
  readonly more?: readonly EvidenceItem[];
  readonly health?: Partial<HealthView>;
  readonly sources?: readonly { readonly name: string; readonly freshAt: number; readonly baselines: readonly [] }[];
  readonly ratios?: boolean;
  readonly harm?: boolean;
}

/** A look at which everything is promoted, unless its evidence is ill. */
function seen({ live = BETTER.live, more = JOINED, health = {}, sources, ratios = false, harm = false }: Change = {}): Observation {
  const policy = { health: RULES, ...(ratios ? { metrics: { latency_ms: "histogram", error: "rate", edits: EDITS } as const } : {}), ...(harm ? { harm: [{ kind: "rate", metric: "error", increaseMax: { parts: 1, of: 50 }, alpha: { parts: 1, of: 1000 } }] as const } : {}) };
  const base = observationOf({ policy, counts: { live, labelled: live } });
  if (!base.evidence.available) throw new Error("unreadable");
  const soFar = [...evidenceOf({ ...BETTER, live, labelled: live, ...(harm ? { errors: [8, 900] as const } : {}) }), ...more];
  return { ...base, evidence: { ...base.evidence, soFar, health: { arrivals: ARRIVALS, joins: JOINS, ...health }, ...(sources === undefined ? {} : { sources }) } };
}

function judged(change: Change, id: string): readonly [verdict: string, status: CheckResult["status"] | undefined] {
  const observation = seen(change);
  const decision = decide(observation.rollout.policy, observation);
  return [`${decision.verdict} ${decision.reason}`, decision.checks.find((check) => check.id === id)?.status];
}

test("evidence in good health holds nothing, and without the rules nothing is asked", () => {
  const observation = seen();
  const decision = decide(observation.rollout.policy, observation);
  expect([decision.verdict, decision.reason]).toEqual(["promote", "all_checks_passed"]);
  expect(decision.checks.filter(({ purpose }) => purpose === "validity").map(({ id, status }) => [id, status])).toEqual([
    ["sample-ratio", "pass"], ["label-coverage", "pass"], ["split", "pass"], ["exposure", "unavailable"], ["join-rate", "pass"], ["lag", "pass"], ["silence", "pass"], ["source", "pass"],
  ]);
  const without = observationOf();
  expect(decide(without.rollout.policy, without).checks.filter(({ purpose }) => purpose === "validity").map(({ id }) => id)).toEqual(["sample-ratio", "label-coverage"]);
});

test.each<readonly [string, Change, string, string, CheckResult["status"]]>([
  // 10,000 units: 78 % of 80 is at the limit of 2 points, 75 % surely beyond it; of 50 outcomes nobody knows.
  ["a split at its limit", { more: [...JOINED, units("champion", 7800), units("challenger", 2200)], ratios: true }, "split", "promote all_checks_passed", "pass"],
  ["a split beyond it", { more: [...JOINED, units("champion", 7500), units("challenger", 2500)], ratios: true }, "split", "hold split_off_target", "fail"],
  ["a split beyond it by a few units, which may be chance", { more: [...JOINED, units("champion", 76), units("challenger", 24)], ratios: true }, "split", "promote all_checks_passed", "unproven"],
  ["units in both slots", { more: [...JOINED, units("champion", 8000), units("challenger", 2000), count("challenger", "crossed_units", 300)], ratios: true }, "exposure", "hold multiple_exposure", "fail"],
  ["a few such units, within the limit", { more: [...JOINED, units("champion", 8000), units("challenger", 2000), count("challenger", "crossed_units", 90)], ratios: true }, "exposure", "promote all_checks_passed", "pass"],
  ["one of few units", { more: [...JOINED, units("champion", 40), units("challenger", 10), count("challenger", "crossed_units", 1)], ratios: true }, "exposure", "promote all_checks_passed", "unproven"],
  ["labels that miss their outcomes", { health: { joins: { ...JOINS, labels: { n: 1000, met: 900 } } } }, "join-rate", "hold join_rate_low", "fail"],
  ["follow-ups that do, with labels that do not", { health: { joins: { followUps: { n: 1000, met: 800 }, labels: { n: 1000, met: 1000 } } } }, "join-rate", "hold join_rate_low", "fail"],
  ["2 of 20 that miss, which may be chance", { health: { joins: { ...JOINS, labels: { n: 20, met: 18 } } } }, "join-rate", "promote all_checks_passed", "unproven"],
  ["nothing that could have met one", { health: { joins: { ...JOINS, labels: { n: 0, met: 0 } } } }, "join-rate", "promote all_checks_passed", "unavailable"],
  ["labels that are late", { more: [...JOINED, count("challenger", "late_records", 700)] }, "lag", "hold evidence_late", "fail"],
  ["one in twenty late", { more: [...JOINED, count("challenger", "late_records", 500)] }, "lag", "promote all_checks_passed", "pass"],
  ["nothing to be late", { more: [] }, "lag", "promote all_checks_passed", "unavailable"],
  ["a source behind", { sources: [{ name: "prometheus", freshAt: START + 44 * DAY - HOUR, baselines: [] }] }, "source", "hold evidence_stale", "fail"],
  ["a source at its limit", { sources: [{ name: "prometheus", freshAt: START + 44 * DAY + 1 - HOUR / 4, baselines: [] }] }, "source", "promote all_checks_passed", "pass"],
])("%s", (_, change, id, verdict, status) => {
  expect(judged(change, id)).toEqual([verdict, status]);
});

test.each([
  ["a slot that fell silent", { slot: "challenger", newestAt: START + 40 * DAY - 2 * HOUR, othersSince: 4000 }, "hold arm_silent", "fail"],
  ["one that never spoke", { slot: "challenger", newestAt: null, othersSince: 4000 }, "hold arm_silent", "fail"],
  // 20 outcomes of the others let 5 be expected.
  ["one of which little was to be expected", { slot: "challenger", newestAt: START + 40 * DAY - 2 * HOUR, othersSince: 20 }, "promote all_checks_passed", "unproven"],
  ["one that is an hour late", { slot: "challenger", newestAt: START + 40 * DAY - HOUR, othersSince: 4000 }, "promote all_checks_passed", "pass"],
] as const)("%s", (_, arrival, verdict, status) => {
  expect(judged({ health: { arrivals: [ARRIVALS[0] as HealthView["arrivals"][number], arrival] } }, "silence")).toEqual([verdict, status]);
});

test("without any outcome, or anything read of it, silence can't be told", () => {
  expect(judged({ health: { arrivals: ARRIVALS.map((arrival) => ({ ...arrival, newestAt: null })) } }, "silence")).toEqual(["promote all_checks_passed", "unavailable"]);
});

test("harm is not hidden by what is not all there (I7), and not believed when versions can't be told apart", () => {
  expect(judged({ harm: true, health: { joins: { ...JOINS, labels: { n: 1000, met: 100 } } } }, "join-rate")).toEqual(["rollback harm", "fail"]);
  expect(judged({ harm: true, ratios: true, more: [units("champion", 8000), units("challenger", 2000), count("challenger", "crossed_units", 300)] }, "exposure")).toEqual(["hold multiple_exposure", "fail"]);
});

test("the sentence names the check that holds, whatever else is amiss", () => {
  const observation = seen({ health: { joins: { ...JOINS, labels: { n: 1000, met: 100 } }, arrivals: [ARRIVALS[0] as HealthView["arrivals"][number], { slot: "challenger", newestAt: START + 40 * DAY - 3 * HOUR, othersSince: 4000 }] } });
  expect(decide(observation.rollout.policy, observation).sentence).toBe("Version 1 stays while version 2 is tested: a version has no outcomes any more. challenger has had no outcome for 180 minutes, while about 1000 were to be expected.");
});

test("an arm was heard of last at the end of its newest bucket, and the others' later outcomes are counted", () => {
  const { rollout } = observationOf();
  const cell = (slot: "champion" | "challenger", day: number, n: number, metric = "scored"): EvidenceCell => ({ ...count(slot, metric, n), model: "fraud", epoch: 1, bucketStart: START + day * DAY });
  expect(arrivalsOf(rollout, [cell("champion", 0, 80), cell("challenger", 1, 20), cell("champion", 2, 70), cell("champion", 3, 60), cell("challenger", 4, 9, "labelled")])).toEqual([
    { slot: "champion", newestAt: START + 4 * DAY, othersSince: 0 },
    { slot: "challenger", newestAt: START + 2 * DAY, othersSince: 130 },
  ]);
  expect(arrivalsOf(rollout, [])).toEqual([{ slot: "champion", newestAt: null, othersSince: 0 }, { slot: "challenger", newestAt: null, othersSince: 0 }]);
});
