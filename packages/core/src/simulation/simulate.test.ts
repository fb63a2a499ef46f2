import { expect, test } from "vitest";

import { decide } from "../decision/decide.ts";
import { histogramQuantile } from "../evidence/histogram.ts";
import { abtestPolicy, DAY, observationOf, START } from "../testing/observation.ts";
import { completeWorld } from "./default-world.ts";
import { designOf } from "./design.ts";
import { histogramSource, logNormalQuantile } from "./log-normal.ts";
import { randomStream } from "./random.ts";
import { simulate, withEffect } from "./simulate.ts";
import { streamOf } from "./stream.ts";
import { summarise } from "./summarise.ts";
import { jointChances, truthOf, type World } from "./world.ts";

const WORLD: World = {
  trafficPerDay: 2000,
  prevalence: 0.1,
  champion: { recall: 0.8, precision: 0.9 },
  challenger: { recallChange: 0.05, precisionChange: 0.03 },
  correlation: { positives: 0.5, negatives: 0.3 },
  rates: { error: { champion: 0, challenger: 0 } },
  values: { latency_ms: { champion: { p50: 20, p95: 50 }, challenger: { p50: 20, p95: 50 } } },
  labels: { medianMs: DAY, p95Ms: 4 * DAY, coverage: 0.99 },
};
const POLICY = abtestPolicy({ labels: { maturityMs: 5 * DAY, coverageMin: { parts: 19, of: 20 }, coverageGapMax: { parts: 1, of: 50 } } });

const pointOf = (world: World, runs: number, policy = POLICY) => summarise(designOf(policy, world), simulate({ policy, world, seed: 1, from: 0, to: runs }));

test("the joint chances have the marginals of the world, and sum to 1", () => {
  const joint = jointChances(WORLD);
  const { recall, falseAlarms, precision } = truthOf(WORLD);
  const sum = (...kinds: readonly number[]) => kinds.reduce((total, kind) => total + joint[kind]!, 0);
  expect(sum(0, 1, 2, 3, 4, 5, 6, 7)).toBeCloseTo(1, 14);
  expect(sum(6, 7) / WORLD.prevalence).toBeCloseTo(recall.champion, 12);
  expect(sum(5, 7) / WORLD.prevalence).toBeCloseTo(0.84, 12);
  expect(sum(1, 3) / (1 - WORLD.prevalence)).toBeCloseTo(falseAlarms.challenger, 12);
  expect(sum(5, 7) / sum(1, 3, 5, 7)).toBeCloseTo(precision.challenger, 12);
});

test.each<[string, Partial<World>, string]>([
  ["a recall above 1", { challenger: { recallChange: 0.3, precisionChange: 0 } }, "/challenger/recallChange"],
  ["a precision above 1", { challenger: { recallChange: 0, precisionChange: 0.2 } }, "/challenger/precisionChange"],
  ["a prevalence of 0", { prevalence: 0 }, "/prevalence"],
  ["no traffic", { trafficPerDay: 0 }, "/trafficPerDay"],
  ["a NaN", { correlation: { positives: Number.NaN, negatives: 0 } }, "/correlation/positives"],
  ["a p95 below the median", { labels: { medianMs: 5, p95Ms: 4, coverage: 1 } }, "/labels"],
])("%s is refused, with its place", (_, change, pointer) => {
  expect(() => designOf(POLICY, { ...WORLD, ...change })).toThrow(expect.objectContaining({ code: "invalid_input", problems: [expect.objectContaining({ pointer })] }));
});

test("a metric that the policy reads and the world does not have is named", () => {
  expect(() => designOf(POLICY, { ...WORLD, rates: {} })).toThrow(/error/);
});

test("a stream has the counts of its world, and labels come as late as it says", () => {
  const design = designOf(POLICY, WORLD);
  const stream = streamOf(design, randomStream(3, 0));
  for (let day = 1; day <= 20; day++) stream.goTo(day * DAY);
  const [champion, challenger] = stream.live(20);
  expect(Math.abs(champion + challenger - 40_000)).toBeLessThan(5 * 200);
  expect(Math.abs(challenger - 8000)).toBeLessThan(5 * Math.sqrt(8000));
  const share = (buckets: number) => stream.labelled(buckets).reduce((a, b) => a + b, 0) / stream.live(buckets).reduce((a, b) => a + b, 0);
  // Outcomes of the first ten days are 10 to 20 days old: nearly all labels that will come are there; never more than come.
  expect(share(10)).toBeGreaterThan(0.98);
  expect(share(10)).toBeLessThan(0.9935);
  expect(share(20)).toBeLessThan(0.95);
  const paired = stream.evidence(20).find((item) => item.metric === "paired")?.statistic;
  const labelled = stream.evidence(20).filter((item) => item.metric === "labelled").reduce((sum, item) => sum + (item.statistic as { n: number }).n, 0);
  expect(paired?.kind === "paired" && paired.cells.reduce((a, b) => a + b, 0)).toBe(labelled);
});

test.each([200, 50_000])("a histogram of %d log-normal values has their quantiles", (n) => {
  const values = { p50: 20, p95: 50 };
  const histogram = histogramSource(values).draw(randomStream(4, n), n);
  expect(histogram.n).toBe(n);
  expect(histogram.buckets.reduce((sum, [, count]) => sum + count, 0)).toBe(n);
  for (const q of [0.5, 0.95]) expect(Math.abs(histogramQuantile(histogram, q) / logNormalQuantile(values, q) - 1)).toBeLessThan(0.02 + 8 / Math.sqrt(n));
});

test("before a look is due nothing in it can rule, which is why the simulation leaves it empty", () => {
  for (const counts of [{}, { paired: null }, { live: [9, 2] as const, labelled: [0, 0] as const }]) {
    const full = observationOf({ counts });
    for (const day of [1, 14, 43]) {
      const at = START + day * DAY;
      if (!full.evidence.available) throw new Error("no evidence");
      const empty = { ...full, at, evidence: { ...full.evidence, look: { ...full.evidence.look, evidence: [] } } };
      const { verdict, reason } = decide(full.rollout.policy, { ...full, at });
      expect(decide(full.rollout.policy, empty)).toMatchObject({ verdict, reason });
    }
  }
});

test("a run does not depend on what is run beside it", () => {
  const together = simulate({ policy: POLICY, world: WORLD, seed: 5, from: 0, to: 6 });
  const apart = [...simulate({ policy: POLICY, world: WORLD, seed: 5, from: 0, to: 2 }), ...simulate({ policy: POLICY, world: WORLD, seed: 5, from: 2, to: 6 })];
  expect(apart).toEqual(together);
  expect(simulate({ policy: POLICY, world: WORLD, seed: 6, from: 0, to: 6 })).not.toEqual(together);
});

test("exactly at the threshold a strict policy promotes less often than alpha, and naive looking far more often", () => {
  const point = pointOf(WORLD, 150);
  expect(point).toMatchObject({ effect: 0.05, runs: 150, deserving: false, harmless: true });
  expect(point.policy.promote.low).toBeLessThan(0.05);
  expect(point.naive?.promote.low).toBeGreaterThan(0.9);
  expect(point.policy.rollback.share).toBeLessThan(0.02);
});

test("twice the threshold is promoted, at the first look already", () => {
  const { policy, deserving } = pointOf(withEffect(WORLD, 0.12), 60);
  expect(deserving).toBe(true);
  expect(policy.promote.low).toBeGreaterThan(0.9);
  expect(policy.days.mean).toBeLessThan(25);
  expect(policy.exposed.mean).toBeCloseTo(0.2 * policy.samples.mean, -2);
  expect(policy.harmed.mean).toBe(0);
});

test("a much worse version is rolled back within days, and the harm is counted", () => {
  const { policy, harmless } = pointOf(withEffect(WORLD, -0.4), 60);
  expect(harmless).toBe(false);
  expect(policy.rollback.low).toBeGreaterThan(0.9);
  expect(policy.days.p90).toBeLessThan(6);
  // 8 % of requests are found by the champion and 4.8 % by the challenger; fewer alarms are no harm.
  expect(policy.harmed.mean / policy.exposed.mean).toBeCloseTo(0.032, 3);
});

test("a signature that is asked for is given at once", () => {
  const policy = { ...POLICY, approval: { by: 2, notBy: ["ada"] } };
  expect(pointOf(withEffect(WORLD, 0.12), 20, policy).policy.promote.share).toBeGreaterThan(0.8);
});

test("labels that never come enough leave the run on hold, and the simulation ends", () => {
  const { policy } = pointOf({ ...WORLD, labels: { ...WORLD.labels, coverage: 0.5 } }, 5);
  expect(policy.hold.share).toBe(1);
  expect(policy.reasons).toEqual({ labels_immature: 5 });
});

test("values over the cap in consecutive windows are harm", () => {
  const harm = [{ kind: "quantile", metric: "latency_ms", quantile: { parts: 19, of: 20 }, atMost: 100, windows: 3 }] as const;
  const slow = { latency_ms: { champion: { p50: 20, p95: 50 }, challenger: { p50: 150, p95: 400 } } };
  const hourly = { ...POLICY, harm, bucketMs: DAY / 24 };
  const { policy } = pointOf({ ...WORLD, values: slow, trafficPerDay: 20_000 }, 10, hourly);
  expect(policy.rollback.share).toBe(1);
  expect(policy.days.p90).toBe(1);
  // With 17 outcomes an hour nothing can be said about a 95 % quantile, however slow it is.
  expect(pointOf({ ...WORLD, values: slow }, 10, hourly).policy.rollback.share).toBe(0);
});

test("what nobody gave is assumed, and each assumption is named", () => {
  const { world, assumed } = completeWorld(POLICY, { trafficPerDay: 500, champion: { recall: 0.7 } });
  expect(world).toMatchObject({ trafficPerDay: 500, prevalence: 0.01, champion: { recall: 0.7, precision: 0.9 } });
  const pointers = assumed.map(({ pointer }) => pointer);
  expect(pointers).toContain("/champion/precision");
  expect(pointers).toContain("/values/latency_ms");
  expect(pointers).not.toContain("/champion/recall");
  expect(completeWorld(POLICY, world)).toEqual({ world, assumed: [] });
  expect(() => designOf(POLICY, world)).not.toThrow();
});

test("offline scores are settled before traffic; a rule whose evidence can't be made is named", () => {
  const offline = { kind: "offline", metric: "auc", atLeast: { parts: 9, of: 10 }, atMost: null, against: null } as const;
  expect(designOf({ ...POLICY, checks: [...POLICY.checks, offline] }, WORLD).policy.checks).toEqual(POLICY.checks);
  const drift = { kind: "drift", metric: "latency_ms", warnAt: { parts: 1, of: 10 }, failAt: { parts: 1, of: 4 } } as const;
  expect(() => designOf({ ...POLICY, checks: [drift] }, WORLD)).toThrow(/kind drift/);
});

test("a watch is not simulated: who gets everything counts as promoted", () => {
  expect(pointOf(WORLD, 10, { ...POLICY, watchMs: 3 * DAY })).toEqual(pointOf(WORLD, 10));
});
