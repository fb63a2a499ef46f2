import { expect, test } from "vitest";

import type { RampCheck, RampPolicy } from "../../policy/ramp-policy.ts";
import { rampPolicy } from "../../testing/ramp-observation.ts";
import { DAY } from "../../testing/observation.ts";
import { completeRampWorld, usualRampEffects, withRampEffect, type RampWorld } from "./ramp-world.ts";
import { simulateRamp, summariseRamp } from "./simulate-ramp.ts";

const WORLD: RampWorld = {
  metric: "accepted",
  trafficPerDay: 10_000,
  units: { requests: 1, correlation: 0 },
  rates: { accepted: { champion: 0.8, challenger: 0.8 }, intervened: { champion: 0.2, challenger: 0.2 }, violation: { champion: 0, challenger: 0 } },
  ratios: {},
  values: { edits: { champion: { p50: 2, p95: 4 }, challenger: { p50: 2, p95: 4 } }, p50_ms: { champion: { p50: 450, p95: 700 }, challenger: { p50: 450, p95: 700 } }, latency_ms: { champion: { p50: 450, p95: 900 }, challenger: { p50: 450, p95: 900 } } },
};

const noWorse = (metric: string, better: "higher" | "lower"): RampCheck => ({ kind: "noWorseThan", metric, figure: { kind: "rate" }, better, margin: { parts: 1, of: 20 }, floor: { parts: 1, of: 200 } });

const pointOf = (policy: RampPolicy, world: RampWorld, runs: number) => summariseRamp(policy, world, simulateRamp({ policy, world, seed: 1, from: 0, to: runs }));

/** Vector 16: one stage of a tenth, 1,000 plans beside 9,000. */
function oneStage(checks: readonly RampCheck[]): RampPolicy {
  return rampPolicy({ mode: "compat", checks, minSamples: 500, stages: [{ name: "tenth", basisPoints: 1000, dwellMs: DAY }, { name: "all", basisPoints: 10_000, dwellMs: null }] });
}

test("compat mode sends an equal version back by chance, as often as vector 16 of the planner says", () => {
  const validator = { ...WORLD, metric: "intervened", rates: { ...WORLD.rates, intervened: { champion: 0.04, challenger: 0.04 } } };
  const broken = pointOf(oneStage([noWorse("intervened", "lower")]), validator, 2000);
  expect(Math.abs((broken.falseRollback?.share ?? 0) - 0.38)).toBeLessThan(4 * Math.sqrt((0.38 * 0.62) / 2000));
  const accepted = pointOf(oneStage([noWorse("accepted", "higher")]), WORLD, 2000);
  expect(accepted.falseRollback?.share).toBeLessThan(0.00135 + 4 * Math.sqrt(0.00135 / 2000));
});

test("an equal version is seldom sent back, a better one is promoted, a worse one goes back at once", () => {
  const policy = rampPolicy();
  const equal = pointOf(policy, WORLD, 40);
  expect(equal).toMatchObject({ effect: 0, deserving: true, harmless: true, falsePromotion: null });
  expect(equal.policy.rollback.share).toBeLessThan(0.1);
  const better = pointOf(policy, withRampEffect(WORLD, 0.1), 40);
  expect(better.policy.promote.low).toBeGreaterThan(0.9);
  // Fifteen days of dwell; the first stage waits two more until its margins are no finer than the noise.
  expect(better.policy.days.mean).toBeCloseTo(17, 0);
  expect(better.policy.stages?.map(({ name, reached }) => [name, reached.share])).toEqual([["10", 1], ["25", 1], ["50", 1]]);
  expect(better.policy.harmed.mean).toBe(0);
  // Worse by less than the margin: neither end would be wrong.
  expect(pointOf(policy, withRampEffect(WORLD, -0.03), 1)).toMatchObject({ deserving: true, harmless: false, falsePromotion: null, falseRollback: null });
  const worse = pointOf(policy, withRampEffect(WORLD, -0.2), 40);
  expect(worse).toMatchObject({ deserving: false, harmless: false, falseRollback: null });
  expect(worse.policy.rollback.share).toBe(1);
  expect(worse.policy.days.p90).toBe(1);
  expect(worse.policy.reasons).toEqual({ harm: 40 });
  // Only the first stage met it: a tenth of one day's traffic.
  expect(worse.policy.stages?.map(({ reached }) => reached.share)).toEqual([1, 0, 0]);
  expect(worse.policy.harmed.mean).toBe(worse.policy.exposed.mean);
  expect(Math.abs(worse.policy.exposed.mean - 1000)).toBeLessThan(30);
});

test("a watch keeps an equal version, takes three days more, and is the fourth stage", () => {
  const policy = rampPolicy({ checks: [noWorse("accepted", "higher")] });
  const watched = { ...policy, stages: policy.stages.map((stage) => ({ ...stage, dwellMs: stage.dwellMs ?? 3 * DAY })) };
  const [without, point] = [pointOf(policy, WORLD, 60), pointOf(watched, WORLD, 60)];
  expect(point.policy.stages?.map(({ name }) => name)).toEqual(["10", "25", "50", "production"]);
  expect(point.policy.rollback.share).toBeLessThan(0.1);
  expect(point.policy.promote.share).toBe(without.policy.promote.share);
  expect(point.policy.days.mean - without.policy.days.mean).toBeCloseTo(3, 0);
});

test("the naive test sends an equal version back far oftener than alpha, and the policy does not", () => {
  const { policy, naive } = pointOf(rampPolicy({ checks: [noWorse("accepted", "higher")], control: "equal", maturityMs: DAY }), WORLD, 150);
  expect(naive?.rollback.low).toBeGreaterThan(0.15);
  expect(policy.rollback.high).toBeLessThan(0.05);
});

test("an improvement that is not there is not promoted; a signature that is asked for is given", () => {
  const improve: RampCheck = { kind: "improveBy", metric: "accepted", figure: { kind: "rate" }, better: "higher", margin: { parts: 0, of: 1 } };
  const policy = rampPolicy({ checks: [noWorse("accepted", "higher"), improve], control: "equal", approval: { when: "always", by: 2, notBy: [] } });
  const equal = pointOf(policy, WORLD, 30);
  expect(equal).toMatchObject({ deserving: false, harmless: true });
  expect(equal.falsePromotion?.share).toBeLessThan(0.1);
  expect(pointOf(policy, withRampEffect(WORLD, 0.05), 30).policy.promote.share).toBeGreaterThan(0.9);
});

test("a run does not depend on what is run beside it, and a seed gives the same again", () => {
  const runs = (seed: number, from: number, to: number) => simulateRamp({ policy: rampPolicy(), world: WORLD, seed, from, to });
  expect([...runs(5, 0, 2), ...runs(5, 2, 5)]).toEqual(runs(5, 0, 5));
  expect(runs(6, 0, 5)).not.toEqual(runs(5, 0, 5));
});

test("ratios are clustered by unit: their noise is that of units, and the policy knows", () => {
  const check: RampCheck = { kind: "noWorseThan", metric: "share", figure: { kind: "ratio" }, better: "higher", margin: { parts: 1, of: 20 }, floor: { parts: 1, of: 200 } };
  const policy = rampPolicy({ checks: [check], minSamples: 100, metrics: { share: { kind: "ratio", numerator: ["accepted"], denominator: ["generated"], once: true } } });
  const world = { ...WORLD, metric: "share", trafficPerDay: 3000, ratios: { share: { champion: 0.8, challenger: 0.8 } }, units: { requests: 10, correlation: 0.5 } };
  const equal = pointOf(policy, world, 40);
  expect(equal.policy.rollback.share).toBeLessThan(0.15);
  // As many requests say less when ten of them come from one unit.
  expect(equal.policy.days.mean).toBeGreaterThan(pointOf(policy, { ...world, units: { requests: 1, correlation: 0 } }, 40).policy.days.mean);
});

test("what nobody gave is assumed, and each assumption is named", () => {
  const { world, assumed } = completeRampWorld(rampPolicy(), { trafficPerDay: 5000 }, null);
  expect(world).toMatchObject({ metric: "accepted", trafficPerDay: 5000, rates: { accepted: { champion: 0.8 }, violation: { champion: 0 } } });
  expect(assumed.map(({ pointer }) => pointer)).toEqual(["/units/requests", "/units/correlation", "/rates/accepted", "/rates/intervened", "/rates/violation", "/values/edits", "/values/p50_ms", "/values/latency_ms"]);
  expect(completeRampWorld(rampPolicy(), WORLD, null)).toEqual({ world: WORLD, assumed: [] });
  expect(usualRampEffects(rampPolicy(), world)).toEqual([-0.15, -0.1, -0.05, 0, 0.05, 0.1, 0]);
});

test.each<[string, () => unknown, string]>([
  ["a metric that no check reads", () => completeRampWorld(rampPolicy(), {}, "recall"), "no check of planner reads recall"],
  ["labels", () => completeRampWorld(rampPolicy(), { prevalence: 0.1 }, null), "no prevalence"],
  ["a rate above 1", () => pointOf(rampPolicy(), withRampEffect(WORLD, 0.5), 1), "/rates/accepted/challenger"],
  ["half a request", () => pointOf(rampPolicy(), { ...WORLD, units: { requests: 1.5, correlation: 0 } }, 1), "/units/requests"],
  ["no traffic", () => pointOf(rampPolicy(), { ...WORLD, trafficPerDay: 0 }, 1), "/trafficPerDay"],
])("%s is refused by name", (_, act, says) => {
  expect(act).toThrow(says);
});
