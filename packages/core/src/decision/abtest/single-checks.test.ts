import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { canonicalJson } from "../../digest/canonical-json.ts";
import type { Statistic } from "../../evidence/statistic.ts";
import type { CheckRule } from "../../policy/check-rule.ts";
import type { AbtestPolicy } from "../../policy/policy.ts";
import { randomStream } from "../../simulation/random.ts";
import { wilson } from "../../statistics/wilson.ts";
import { BETTER, evidenceOf, START } from "../../testing/observation.ts";
import { fold, measuredObservation, withScores, type Measured } from "../../testing/measured.ts";
import { decide } from "../decide.ts";
import type { CheckResult, Decision } from "../decision.ts";
import type { Observation } from "../observation.ts";

const watched = { monitoring: "continuous" } as const;
const compat = { mode: "compat" } as const;

function decided(observation: Observation): Decision {
  return decide(observation.rollout.policy, observation);
}

function promotionOf(decision: Decision): CheckResult {
  const check = decision.checks.find(({ purpose }) => purpose === "promotion");
  if (check === undefined) throw new Error("no check");
  return check;
}

function judged(rule: CheckRule, challenger: Statistic | null, policy: Partial<AbtestPolicy> = {}, champion: Statistic | null = null): CheckResult {
  return promotionOf(decided(measuredObservation(rule, { champion, challenger }, policy)));
}

const rateBound = { kind: "bound", metric: "m", figure: { kind: "rate" }, atLeast: null, atMost: { parts: 1, of: 20 } } as const;
const meanBound = { kind: "bound", metric: "m", figure: { kind: "mean" }, atLeast: { parts: -3, of: 2 }, atMost: null } as const;
const quantileBound = { kind: "bound", metric: "m", figure: { kind: "quantile", quantile: { parts: 9, of: 10 } }, atLeast: null, atMost: { parts: 100, of: 1 } } as const;

describe("bounds of the challenger alone", () => {
  test("a rate: Wilson by looks, a confidence sequence when watched, the point in compat", () => {
    const check = judged(rateBound, { kind: "rate", n: 4000, hits: 120 });
    const { low, high } = wilson({ hits: 120, of: 4000 }, 0.9);
    expect(check).toMatchObject({ id: "m-bound", status: "pass", unit: "share", challenger: 0.03, champion: null, estimate: 0.03, interval: { low, high, level: 0.9 }, allowed: { low: null, high: 0.05 }, guarantee: "asymptotic" });
    expect(judged(rateBound, { kind: "rate", n: 4000, hits: 120 }, watched)).toMatchObject({ status: "pass", guarantee: "exact", interval: { level: 0.95 } });
    expect(judged(rateBound, { kind: "rate", n: 100, hits: 4 })).toMatchObject({ status: "unproven" });
    expect(judged(rateBound, { kind: "rate", n: 100, hits: 4 }).nNeeded!).toBeGreaterThan(100);
    expect(judged(rateBound, { kind: "rate", n: 100, hits: 5 }, compat)).toMatchObject({ status: "pass", guarantee: "point" });
    expect(judged(rateBound, { kind: "rate", n: 100, hits: 6 }, compat).status).toBe("fail");
    expect(judged(rateBound, { kind: "rate", n: 4000, hits: 400 })).toMatchObject({ status: "fail", wouldChange: "a challenger whose rate of m is at most 5 %" });
  });

  test("a mean, with a floor below zero", () => {
    const values = (mean: number, n: number) => fold("moments", Array.from({ length: n }, (_, index) => mean + (index % 2 === 0 ? 1 : -1)));
    // t(9; .95) = 1.833113, s = √(10/9): −0.5 ± 0.611038.
    expect(judged(meanBound, values(-0.5, 10)).interval!.low).toBeCloseTo(-0.5 - 0.611038, 5);
    expect(judged(meanBound, values(-0.5, 10)).status).toBe("pass");
    expect(judged(meanBound, values(-0.5, 10), watched)).toMatchObject({ status: "unproven", interval: null, wouldChange: "at least 50 values" });
    expect(judged(meanBound, values(-3, 100)).status).toBe("fail");
    expect(judged(meanBound, fold("moments", [1, 1, 1]))).toMatchObject({ status: "unproven", interval: null, wouldChange: expect.stringMatching(/no variance/) });
    expect(judged(meanBound, fold("moments", [1]))).toMatchObject({ status: "unavailable", estimate: null });
    expect(judged(meanBound, fold("moments", [-1.5, -1.5]), compat).status).toBe("pass");
  });

  test("a quantile, exactly, and never from too few values", () => {
    const values = (n: number) => fold("histogram", Array.from({ length: n }, (_, index) => 1 + (100 * index) / n));
    expect(judged(quantileBound, values(2000))).toMatchObject({ id: "m-p90-bound", status: "pass", guarantee: "exact" });
    expect(judged(quantileBound, values(2000), watched)).toMatchObject({ status: "pass", guarantee: "exact" });
    expect(judged(quantileBound, values(20))).toMatchObject({ status: "unproven", interval: null, nNeeded: 29, wouldChange: expect.stringMatching(/at least 29 values/) });
    // 1 − .9²⁹ is the first chance above .95 that the largest value lies above the quantile.
    expect(judged(quantileBound, values(29)).interval).not.toBeNull();
    expect(judged({ ...quantileBound, atMost: { parts: 10, of: 1 } }, values(2000)).status).toBe("fail");
  });

  test("what is watched is wider than what is looked at once", () => {
    const statistic = fc.tuple(fc.nat({ max: 3000 }), fc.integer({ min: 2, max: 3000 })).map(([a, b]) => ({ kind: "rate", n: Math.max(a, b), hits: Math.min(a, b) }) as const);
    fc.assert(
      fc.property(statistic, (rate) => {
        const [fixed, always] = [judged(rateBound, rate), judged(rateBound, rate, watched)];
        expect(always.interval!.low).toBeLessThanOrEqual(fixed.interval!.low + 1e-12);
        expect(always.interval!.high).toBeGreaterThanOrEqual(fixed.interval!.high - 1e-12);
      }),
    );
  });
});

describe("offline scores", () => {
  const floor = { kind: "offline", metric: "roc_auc", atLeast: { parts: 9, of: 10 }, atMost: null, against: null } as const;
  const against = { kind: "offline", metric: "roc_auc", atLeast: null, atMost: null, against: { better: "higher", ask: "noWorseThan", margin: { parts: 1, of: 100 }, basis: "relative" } } as const;
  const scored = (rule: CheckRule, champion: Readonly<Record<string, number>>, challenger: Readonly<Record<string, number>>) => withScores(measuredObservation(rule, { champion: null, challenger: null }), { champion, challenger });

  test("the point decides, exactly", () => {
    expect(promotionOf(decided(scored(floor, {}, { roc_auc: 0.9 })))).toMatchObject({ id: "roc_auc-offline", status: "pass", challenger: 0.9, guarantee: "point" });
    expect(promotionOf(decided(scored(floor, {}, { roc_auc: 0.8999 }))).status).toBe("fail");
    expect(promotionOf(decided(scored(against, { roc_auc: 0.8 }, { roc_auc: 0.792 }))).status).toBe("pass");
    expect(promotionOf(decided(scored(against, { roc_auc: 0.8 }, { roc_auc: 0.7919 }))).status).toBe("fail");
    expect(promotionOf(decided(scored({ ...floor, atLeast: null, atMost: { parts: 1, of: 10_000_000 } }, {}, { roc_auc: 1e-7 }))).status).toBe("pass");
    expect(promotionOf(decided(scored({ ...against, against: { ...against.against, basis: "absolute" } }, { roc_auc: -0.5 }, { roc_auc: -0.51 }))).status).toBe("pass");
  });

  test("a score that is too low ends it before the window does; one that is missing holds, and hides no harm", () => {
    const low = scored(floor, {}, { roc_auc: 0.5 });
    expect(decided({ ...low, at: START + 1000 })).toMatchObject({ verdict: "retain", reason: "worse", sentence: expect.stringMatching(/roc_auc of the challenger's run is 0.5/) });
    for (const run of [{}, { other: 1 }, { roc_auc: Number.NaN }]) {
      const missing = decided(scored(floor, { roc_auc: 0.9 }, run));
      expect(missing).toMatchObject({ verdict: "hold", reason: "evidence_unavailable", sentence: expect.stringMatching(/run of the challenger, version 2, has no finite roc_auc/) });
      expect(promotionOf(missing)).toMatchObject({ status: "unavailable", estimate: null });
    }
    expect(decided(scored(against, {}, { roc_auc: 0.9 }))).toMatchObject({ verdict: "hold", reason: "evidence_unavailable", sentence: expect.stringMatching(/champion, version 1/) });
    expect(promotionOf(decided(scored(against, { roc_auc: 0 }, { roc_auc: 0.9 })))).toMatchObject({ status: "unavailable", wouldChange: "a margin with basis: absolute" });
    const broken = measuredObservation(floor, { champion: null, challenger: null }, { harm: [{ kind: "rate", metric: "error", increaseMax: { parts: 1, of: 50 }, alpha: { parts: 1, of: 1000 } }] });
    const evidence = evidenceOf({ ...BETTER, errors: [8, 400] });
    const view = broken.evidence.available ? { ...broken.evidence, soFar: evidence } : broken.evidence;
    expect(decided({ ...broken, evidence: view })).toMatchObject({ verdict: "rollback", reason: "harm" });
  });

  test("a name from Object.prototype is no score", () => {
    expect(promotionOf(decided(scored({ ...floor, metric: "constructor" }, {}, {}))).status).toBe("unavailable");
  });
});

describe("drift", () => {
  const drift = { kind: "drift", metric: "m", warnAt: { parts: 1, of: 10 }, failAt: { parts: 1, of: 4 } } as const;
  const random = randomStream(7, 3);
  const scores = (n: number, power: number) => fold("histogram", Array.from({ length: n }, () => random() ** power));

  test("equal distributions pass, different ones warn and fail", () => {
    const champion = scores(4000, 1);
    expect(judged(drift, scores(1000, 1), {}, champion)).toMatchObject({ id: "m-drift", status: "pass", guarantee: "point", n: { champion: 4000, challenger: 1000 } });
    expect(judged(drift, scores(1000, 1.5), {}, champion).status).toBe("warn");
    expect(judged(drift, scores(1000, 3), {}, champion)).toMatchObject({ status: "fail", wouldChange: expect.stringMatching(/nearer/) });
  });

  test("few values show nothing: their noise is above the limit", () => {
    const check = judged(drift, scores(30, 1), {}, scores(30, 1));
    // χ²₀.₉₅ with 9 degrees of freedom is 16.919: (1/30 + 1/30) times it is 1.128.
    expect(check.reported["noise"]).toBeCloseTo(1.12793, 4);
    expect(check).toMatchObject({ status: "unproven", nNeeded: 136 });
  });

  test("values that are all alike make no bins of deciles, and what lies beside them still shows", () => {
    const alike = fold("histogram", Array.from({ length: 1000 }, () => 5));
    expect(judged(drift, alike, {}, alike)).toMatchObject({ status: "pass", estimate: 0 });
    expect(judged(drift, fold("histogram", Array.from({ length: 1000 }, () => 4)), {}, alike).status).toBe("fail");
    expect(judged(drift, fold("histogram", Array.from({ length: 1000 }, () => 6)), {}, alike).status).toBe("fail");
    const zeros = fold("histogram", Array.from({ length: 1000 }, () => 0));
    expect(judged(drift, zeros, {}, zeros)).toMatchObject({ status: "pass", estimate: 0 });
    expect(judged(drift, alike, {}, zeros).status).toBe("fail");
  });
});

const comparison = { better: "higher", ask: "noWorseThan", margin: { parts: 9, of: 10 }, basis: "absolute" } as const;
const rules: readonly (readonly [CheckRule, (values: readonly number[]) => Statistic])[] = [
  [{ kind: "mean", metric: "m", ...comparison }, (values) => fold("moments", values)],
  [{ kind: "proportion", metric: "m", ...comparison }, (values) => fold("rate", values.map((value) => value % 2))],
  [rateBound, (values) => fold("rate", values.map((value) => value % 2))],
  [meanBound, (values) => fold("moments", values)],
  [quantileBound, (values) => fold("histogram", values)],
  [{ kind: "drift", metric: "m", warnAt: { parts: 1, of: 1 }, failAt: { parts: 2, of: 1 } }, (values) => fold("histogram", values)],
];
const lists = fc.array(fc.nat({ max: 90 }), { minLength: 1, maxLength: 200 });
const settings = fc.constantFrom<Partial<AbtestPolicy>>({}, watched, compat);

test.each(rules)("I7: %j never passes without evidence of the challenger, and no comparison without that of the champion", (rule, build) => {
  fc.assert(
    fc.property(lists, settings, (values, policy) => {
      const empty = build([]);
      const usual = build(values);
      const cases: readonly Measured[] = [
        { champion: usual, challenger: null },
        { champion: usual, challenger: empty },
        { champion: null, challenger: null },
        ...(rule.kind === "bound" ? [] : [{ champion: null, challenger: usual }, { champion: empty, challenger: usual }]),
      ];
      for (const measured of cases) {
        const decision = decided(measuredObservation(rule, measured, policy));
        expect(promotionOf(decision)).toMatchObject({ status: "unavailable", estimate: null, interval: null });
        expect(decision.verdict).not.toBe("promote");
      }
    }),
    { numRuns: 40 },
  );
});

test.each(rules)("I1: %j gives the same bytes after a round through JSON", (rule, build) => {
  fc.assert(
    fc.property(lists, lists, settings, (a, b, policy) => {
      const observation = measuredObservation(rule, { champion: build(a), challenger: build(b) }, policy);
      const again = JSON.parse(canonicalJson(observation)) as Observation;
      expect(canonicalJson(decided(again))).toBe(canonicalJson(decided(observation)));
    }),
    { numRuns: 60 },
  );
});

const huge = 1e15;
const size = fc.constantFrom(1, 2, 3, 60, 1e6, huge);
const rates = fc.tuple(size, fc.constantFrom(0, 1, 0.5, 1e-9)).map(([n, share]): Statistic => ({ kind: "rate", n, hits: Math.min(n, Math.ceil(n * share)) }));
const moments = fc.array(fc.constantFrom(-1e9, -1, -0.001, 0, 0.001, 1, 1e9), { minLength: 1, maxLength: 60 }).map((values) => fold("moments", values));
const histograms = fc.uniqueArray(fc.integer({ min: -900, max: 1700 }), { minLength: 1, maxLength: 5 }).chain((indexes) =>
  fc.tuple(size, fc.constantFrom(0, huge)).map(([count, zeros]): Statistic => ({ kind: "histogram", n: count * indexes.length + zeros, zeros, buckets: indexes.toSorted((a, b) => a - b).map((index) => [index, count] as const) })),
);
const extremes = { mean: moments, proportion: rates, drift: histograms } as const;

function extremesOf(rule: CheckRule): fc.Arbitrary<Statistic> {
  if (rule.kind === "bound") return { rate: rates, mean: moments, quantile: histograms }[rule.figure.kind];
  if (rule.kind === "mean" || rule.kind === "proportion" || rule.kind === "drift") return extremes[rule.kind];
  throw new Error(rule.kind);
}

const asks = rules.flatMap(([rule]): readonly CheckRule[] => (rule.kind === "mean" || rule.kind === "proportion" ? (["relative", "absolute"] as const).flatMap((basis) => (["improveBy", "within"] as const).map((ask) => ({ ...rule, basis, ask }))) : [rule]));

test.each(asks)("%j: of tiny, huge and lopsided evidence every figure is a finite number or none", (rule) => {
  fc.assert(
    fc.property(extremesOf(rule), extremesOf(rule), settings, (champion, challenger, policy) => {
      const check = promotionOf(decided(measuredObservation(rule, { champion, challenger }, policy)));
      // Refuses NaN and the infinities.
      expect(canonicalJson(check)).not.toBe("");
      expect(check.says).not.toMatch(/NaN|Infinity|undefined|null/);
      expect(`${check.wouldChange}`).not.toMatch(/NaN|Infinity|undefined/);
      expect(check.status === "pass" || check.status === "warn" || check.wouldChange !== null).toBe(true);
    }),
    { numRuns: 150 },
  );
});
