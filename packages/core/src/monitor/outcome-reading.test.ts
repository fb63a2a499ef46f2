import { describe, expect, it } from "vitest";

import type { Evidence, EvidenceItem } from "../evidence/evidence.ts";
import type { Statistic } from "../evidence/statistic.ts";
import type { MonitorRules } from "../policy/monitor.ts";
import type { AbtestPolicy } from "../policy/policy.ts";
import { abtestPolicy, BETTER, evidenceOf, rolloutOf, START } from "../testing/observation.ts";
import { CHALLENGER, itemsOf, momentsOf, rampObservation, rampPolicy, type ArmCounts } from "../testing/ramp-observation.ts";
import { outcomeReading } from "./outcome-reading.ts";
import { watchedRules } from "./watched-rules.ts";

const RULES: MonitorRules = {
  mode: "rollback",
  watchMs: null,
  everyMs: 0,
  windowMs: 3_600_000,
  consecutive: 3,
  minSamples: 100,
  alpha: { parts: 1, of: 100 },
  severeTimes: { parts: 2, of: 1 },
  rating: { dropMax: { parts: 30, of: 1 }, winRateMin: null, adaptive: false },
  cooldownMs: 0,
  perDayMax: null,
  escalation: false,
};

/** What version 2 showed in the champion's place, after an A/B test of the usual evidence. */
function readAbtest(since: Evidence, { policy = {}, before = evidenceOf(BETTER), mature = since }: { readonly policy?: Partial<AbtestPolicy>; readonly before?: Evidence; readonly mature?: Evidence } = {}) {
  const reading = outcomeReading({ rollout: rolloutOf(abtestPolicy(policy)), before, since, mature }, { rules: RULES, at: START });
  return { ...reading, status: Object.fromEntries(reading.figures.map(({ id, status }) => [id, status])) };
}

const live = (metric: string, statistic: Statistic, version = "2"): EvidenceItem => ({ version, slot: "champion", mode: "live", metric, statistic });
const errors = (hits: number, n: number): Evidence => [live("scored", { kind: "count", n }), live("error", { kind: "rate", hits, n })];

describe("an A/B test, after its promotion", () => {
  it("watches what promoted it: harm first, then the checks that have evidence of their own", () => {
    expect(watchedRules(abtestPolicy()).map(({ id, kind }) => `${id} ${kind}`)).toEqual(["error-rate compare", "recall compare", "precision compare", "latency_ms-p95 compare", "latency_ms-p95-bound bound"]);
  });

  it("a rate is held against the champion's, whatever slot it now has, with the margin of the policy", () => {
    // The champion had 8 of 8000; two points more are allowed, and four are severe.
    expect(readAbtest(errors(2, 2000)).status["error-rate"]).toBe("healthy");
    expect(readAbtest(errors(38, 2000)).status["error-rate"]).toBe("healthy");
    expect(readAbtest(errors(60, 2000)).status["error-rate"]).toBe("regressed");
    expect(readAbtest(errors(100, 2000)).status["error-rate"]).toBe("severe");
  });

  it("few outcomes may be chance, and none say nothing", () => {
    expect(readAbtest(errors(1, 20)).status["error-rate"]).toBe("healthy");
    expect(readAbtest([]).figures.every(({ status }) => status === "unknown")).toBe(true);
    expect(readAbtest(errors(100, 2000), { before: [] }).status["error-rate"]).toBe("unknown");
  });

  it("recall and precision come from mature labels", () => {
    const confusion = (version: string, [truePositive, falseNegative, falsePositive]: readonly [number, number, number]) => live("confusion", { kind: "confusion", truePositive, falseNegative, falsePositive, trueNegative: 9000 }, version);
    const before = [...evidenceOf(BETTER), { ...confusion("1", [800, 200, 80]), slot: "champion" }];
    const bad = [...errors(0, 4000), confusion("2", [600, 400, 300])];
    const { status } = readAbtest(bad, { before });
    expect([status["recall"], status["precision"]]).toEqual(["regressed", "severe"]);
    const early = readAbtest(bad, { before, mature: errors(0, 4000) }).status;
    expect([early["recall"], early["precision"]]).toEqual(["unknown", "unknown"]);
  });

  it("evidence grows with whatever was counted, and only live outcomes of the version count", () => {
    const more: Evidence = [...errors(0, 500), live("labelled", { kind: "count", n: 3 }), live("scored", { kind: "count", n: 70 }, "1"), { ...live("scored", { kind: "count", n: 70 }), mode: "shadow" }];
    expect(readAbtest(errors(0, 500))).toMatchObject({ evidence: 1000, samples: 500 });
    expect(readAbtest(more)).toMatchObject({ evidence: 1003, samples: 500 });
  });

  it("a mean that had to improve may not be worse", () => {
    const policy = { metrics: { edits: "moments" }, harm: [], checks: [{ kind: "mean", metric: "edits", better: "lower", ask: "improveBy", margin: { parts: 1, of: 10 }, basis: "relative" }] } satisfies Partial<AbtestPolicy>;
    const edits = (version: string, n: number, mean: number): EvidenceItem => ({ ...live("edits", momentsOf(n, [mean, 1]), version), slot: version === "1" ? "champion" : "champion" });
    const at = (mean: number, n = 5000) => readAbtest([live("scored", { kind: "count", n }), edits("2", n, mean)], { policy, before: [edits("1", 5000, 2)] });
    expect([at(1.9), at(2.02), at(2.2), at(2.6), at(9, 50)].map(({ status }) => status["edits-mean"])).toEqual(["healthy", "healthy", "regressed", "regressed", "healthy"]);
    expect(at(2.2).figures[0]).toMatchObject({ guarantee: "asymptotic", baseline: 2, value: 2.2 });
  });
});

describe("a ramp, after its promotion", () => {
  const observation = rampObservation({ stage: 2 });
  const before = observation.evidence.available ? observation.evidence.look.evidence : [];
  const read = (counts: Partial<ArmCounts>) => {
    const since = itemsOf({ ...CHALLENGER, live: 5000, accepted: [4000, 5000], intervened: [20_000, 500_000], ...counts }, "2", "challenger");
    return Object.fromEntries(outcomeReading({ rollout: observation.rollout, before, since, mature: since }, { rules: RULES, at: START }).figures.map(({ id, status }) => [id, status]));
  };

  it("all is well", () => {
    expect(new Set(Object.values(read({})))).toEqual(new Set(["healthy"]));
    expect(watchedRules(rampPolicy()).map(({ id }) => id)).toEqual(["accepted-rate", "edits-mean", "intervened-rate", "p50_ms-mean", "latency_ms-p99-bound", "violation-never"]);
  });

  it("each figure by its own rule", () => {
    expect(read({ accepted: [3600, 5000] })["accepted-rate"]).toBe("regressed");
    expect(read({ accepted: [3000, 5000] })["accepted-rate"]).toBe("severe");
    expect(read({ edits: [2.4, 1.5] })["edits-mean"]).toBe("regressed");
    expect(read({ p99: 4000 })["latency_ms-p99-bound"]).toBe("regressed");
    expect(read({ violations: 1 })["violation-never"]).toBe("severe");
    expect(read({ violations: null })["violation-never"]).toBe("unknown");
  });

  it("a limit that what served before broke too is held against nobody", () => {
    const over = rampObservation({ stage: 2, champion: { p99: 4000 } });
    const since = itemsOf({ ...CHALLENGER, live: 5000, p99: 4000 }, "2", "challenger");
    const figures = outcomeReading({ rollout: over.rollout, before: over.evidence.available ? over.evidence.look.evidence : [], since, mature: since }, { rules: RULES, at: START }).figures;
    expect(figures.find(({ id }) => id === "latency_ms-p99-bound")).toMatchObject({ status: "healthy" });
  });
});
