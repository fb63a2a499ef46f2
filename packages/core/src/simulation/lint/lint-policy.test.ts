import { expect, test } from "vitest";

import type { AbtestPolicy } from "../../policy/policy.ts";
import { parseRational } from "../../policy/rational.ts";
import { abtestPolicy, DAY } from "../../testing/observation.ts";
import type { KnownWorld } from "../default-world.ts";
import { lintPolicy } from "./lint-policy.ts";

const find = (code: string, policy: AbtestPolicy, known: KnownWorld | null = null) => lintPolicy(policy, known).find((warning) => warning.code === code);
const superiority = (improveBy = "5%") => ({ kind: "superiority", metric: "recall", improveBy: parseRational(improveBy), basis: "relative" }) as const;
const rate = (metric: string, increaseMax: string) => ({ kind: "rate", metric, increaseMax: parseRational(increaseMax) }) as const;
const oneLook = { window: { minMs: 28 * DAY, maxMs: 28 * DAY } };

// facts: no true difference, n 1000 of the candidate and 9000 of the baseline, a margin of 5 %.
const planner = (checks: AbtestPolicy["checks"]) => abtestPolicy({ mode: "compat", split: { champion: 9000, challenger: 1000 }, minSamples: 1000, checks, harm: [], ...oneLook });

test("a margin of 5 % on a rate of .04 is broken by chance in 38 % of the tests, and needs 28,860 of the candidate", () => {
  const warning = find("margin-below-noise", planner([rate("validator", "0.002")]), { rates: { validator: { champion: 0.04, challenger: 0.04 } } });
  expect(warning).toMatchObject({ severity: "warning", pointer: "/checks/0/increaseMax" });
  expect(warning?.says).toContain("1,000 outcomes of the challenger and 9,000 of the champion");
  expect(warning?.says).toContain("in 38 % of the tests");
  // 28,859.13, which facts round.
  expect(warning?.fix).toContain("28,860");
});

test("the same margin on a rate of .80 is broken in 0.135 % of the tests, which nobody need hear of", () => {
  expect(find("margin-below-noise", planner([rate("rejected", "0.04")]), { rates: { rejected: { champion: 0.8, challenger: 0.8 } } })).toBeUndefined();
});

test("strict mode counts no such breach as a loss, but can't prove the margin either", () => {
  const policy = { ...planner([rate("validator", "0.002")]), mode: "strict" as const };
  expect(find("margin-below-noise", policy, { rates: { validator: { champion: 0.04, challenger: 0.04 } } })?.says).toContain("can't be shown to stay within 0.2 pp");
});

// facts: .80 → .85 at a prevalence of 1 % and a split of 80/20.
const fraud: KnownWorld = { trafficPerDay: 10_000, prevalence: 0.01, champion: { recall: 0.8, precision: 0.91 }, challenger: { recallChange: 0.0625 }, labels: { coverage: 1 } };

test("unpaired, .80 → .85 needs 580 positives of the challenger, which is 290,000 transactions", () => {
  const policy = abtestPolicy({ mode: "compat", shadow: false, checks: [superiority()], harm: [], ...oneLook });
  const warning = find("window-too-short", policy, fraud);
  expect(warning?.says).toMatch(/about 580 labelled positives of the challenger .* 290,000 requests; .* about 560$/);
  expect(warning?.fix).toContain("29d");
  expect(find("window-too-short", { ...policy, window: { minMs: 29 * DAY, maxMs: 29 * DAY } }, fraud)).toBeUndefined();
});

test("paired, with 10 % and 5 % found by one version only, it needs 469", () => {
  const known = { ...fraud, correlation: { positives: 0.07 / Math.sqrt(0.16 * 0.1275) } };
  const policy = abtestPolicy({ mode: "compat", checks: [superiority()], harm: [], window: { minMs: 4 * DAY, maxMs: 4 * DAY } });
  expect(find("window-too-short", policy, known)?.says).toMatch(/about 469 labelled positives \(power 80 %\), that is 46,900 requests; .* about 400$/);
  expect(find("window-too-short", { ...policy, window: { minMs: 5 * DAY, maxMs: 5 * DAY } }, known)).toBeUndefined();
});

test("strict mode asks for proof of the margin itself, which takes far more", () => {
  expect(find("window-too-short", abtestPolicy({ checks: [superiority()], harm: [] }), fraud)?.severity).toBe("warning");
  expect(find("window-too-short", abtestPolicy({ checks: [superiority()], harm: [] }), { ...fraud, challenger: { recallChange: 0.15 } })).toBeUndefined();
});

test("an improvement that nothing can have is named", () => {
  expect(find("improvement-out-of-reach", abtestPolicy({ checks: [superiority("30%")] }), { champion: { recall: 0.8 } })?.says).toContain("at most 25 % more");
  expect(find("improvement-out-of-reach", abtestPolicy(), { challenger: { recallChange: 0.05 } })?.pointer).toBe("/checks/0/improveBy");
});

test("±1 pp of precision at 703 and 187 alarms has a half-width of 4.6 pp", () => {
  const band = { kind: "band", metric: "precision", dropMax: parseRational("1pp"), riseMax: parseRational("1pp") } as const;
  // One-sided 2.5 % of two looks is the z of a two-sided 95 %.
  const policy = abtestPolicy({ shadow: false, minSamples: 20_000, checks: [band], harm: [] });
  const warning = find("precision-unprovable", policy, { ...fraud, trafficPerDay: 100_000 / 28 });
  expect(warning?.says).toContain("about 703 and 187 alarms");
  expect(warning?.says).toContain("4.62 pp to either side");
});

test("with equal arms it takes 6,293 alarms of each", () => {
  const band = { kind: "band", metric: "precision", dropMax: parseRational("1pp"), riseMax: parseRational("1pp") } as const;
  const policy = abtestPolicy({ shadow: false, split: { champion: 5000, challenger: 5000 }, checks: [band], harm: [] });
  expect(find("precision-unprovable", policy, { ...fraud, challenger: { recallChange: 0 } })?.says).toMatch(/That would take about 6,293 and 6,293$/);
});

test("a 99 % quantile needs more than 380 outcomes", () => {
  const quantile = { kind: "quantile", metric: "latency_ms", quantile: parseRational("99%"), atMost: 100, increaseMax: 10 } as const;
  expect(find("quantile-too-few", abtestPolicy({ minSamples: 380, checks: [quantile] }))).toMatchObject({ pointer: "/checks/0/quantile", says: expect.stringContaining("more than 380") });
  expect(find("quantile-too-few", abtestPolicy({ minSamples: 381, checks: [quantile] }))).toBeUndefined();
});

test("a harm rule over windows of a few outcomes can never act", () => {
  const harm = [{ kind: "quantile", metric: "latency_ms", quantile: parseRational("95%"), atMost: 100, windows: 3 }] as const;
  expect(find("quantile-too-few", abtestPolicy({ bucketMs: 300_000, harm }), { trafficPerDay: 10_000 })).toMatchObject({ pointer: "/harm/0/quantile", says: expect.stringContaining("6.9") });
  expect(find("quantile-too-few", abtestPolicy({ bucketMs: 300_000, harm }), { trafficPerDay: 1_000_000 })).toBeUndefined();
});

test.each<[string, Partial<AbtestPolicy>, KnownWorld | null, string, string]>([
  ["a window that never brings minSamples", { minSamples: 100_000 }, fraud, "samples-out-of-reach", "/minSamples"],
  ["no shadow", { shadow: false }, null, "unpaired", "/shadow"],
  ["recall harm without pairs", { shadow: false, harm: [{ kind: "recall", alpha: parseRational("0.001") }] }, null, "harm-blind", "/harm/0"],
  ["a margin of 0", { checks: [rate("error", "0")] }, { rates: { error: { champion: 0.01, challenger: 0.01 } } }, "margin-zero", "/checks/0/increaseMax"],
  ["labels later than the window", { window: { minMs: 7 * DAY, maxMs: 14 * DAY } }, null, "labels-after-window", "/labels/maturity"],
  ["too few labels", {}, { labels: { coverage: 0.9 } }, "coverage-out-of-reach", "/labels/coverage"],
  ["labels that come late", { labels: { maturityMs: DAY, coverageMin: parseRational("95%"), coverageGapMax: parseRational("1%") } }, { labels: { coverage: 0.97, medianMs: 5 * DAY, p95Ms: 30 * DAY } }, "maturity-too-short", "/labels/maturity"],
  ["a coverage gap that chance makes", { minSamples: 100 }, { trafficPerDay: 20, labels: { coverage: 0.97 } }, "coverage-gap-below-noise", "/labels/coverageGap"],
  ["a champion over the cap", {}, { values: { latency_ms: { champion: { p50: 100, p95: 200 }, challenger: { p50: 10, p95: 20 } } } }, "champion-over-cap", "/checks/2/atMost"],
  ["compat's two looks", { mode: "compat" }, null, "compat-peeks", "/mode"],
  ["strict's two looks", {}, null, "alpha-split", "/window"],
])("%s is found, with its place and a way to mend it", (_, change, known, code, pointer) => {
  expect(find(code, abtestPolicy(change), known)).toMatchObject({ code, pointer, says: expect.stringMatching(/./), fix: expect.stringMatching(/./) });
});

test("a policy with the traffic it needs has notes at most, and warnings come first", () => {
  const sound = abtestPolicy({ checks: [superiority(), rate("error", "0.5%")], harm: [], labels: { maturityMs: 5 * DAY, coverageMin: parseRational("95%"), coverageGapMax: parseRational("1pp") } });
  const known: KnownWorld = { trafficPerDay: 50_000, prevalence: 0.05, challenger: { recallChange: 0.15 }, rates: { error: { champion: 0.001, challenger: 0.001 } }, labels: { coverage: 0.99 } };
  expect(lintPolicy({ ...sound, minSamples: 3000 }, known).filter(({ severity }) => severity === "warning")).toEqual([]);
  const severities = lintPolicy(abtestPolicy({ mode: "compat", shadow: false }), null).map(({ severity }) => severity);
  expect(severities).toEqual([...severities].toSorted().toReversed());
});

const basket = (change: object) => ({ kind: "mean", metric: "basket", better: "higher", ask: "improveBy", margin: parseRational("2%"), basis: "relative", ...change }) as const as AbtestPolicy["checks"][number];
const baskets = (challenger: number): KnownWorld => ({ values: { basket: { champion: { p50: 20, p95: 60 }, challenger: { p50: challenger, p95: 3 * challenger } } } });
// σ = ln 3/1.645 = .668, so a mean of 25 and a standard deviation of 18.75: CV² = .5624.
test.each([
  // 5 % less the 2 % asked for leaves 3 %; (2.80/.03)²·.5624·(1.05² + 1/4) = 6,632 of the challenger.
  ["a mean that grows by less than can be shown", basket({}), baskets(21), "comparison-unprovable", "/checks/0/improveBy", /about 1,000 outcomes of the challenger and 4,000 of the champion; .* margin of 2 % takes about 6,632 and 26,526/],
  ["one that grows by enough", basket({}), baskets(24), null, "", /./],
  ["a mean of which too much is asked", basket({ margin: parseRational("10%") }), baskets(21), "improvement-out-of-reach", "/checks/0/improveBy", /differs by 5 % .* 10 % is asked for/],
  ["equality that a few outcomes can't show", basket({ ask: "within", margin: parseRational("1%") }), baskets(20), "comparison-unprovable", "/checks/0/within", /margin of 1 %/],
  ["no margin at all", basket({ ask: "noWorseThan", margin: parseRational("0") }), baskets(20), "margin-zero", "/checks/0/noWorseThan", /passes in 2.5 % of the tests/],
  ["a rate that grows by less than can be shown", { ...basket({ margin: parseRational("1pp"), basis: "absolute" }), kind: "proportion", metric: "converted" }, { rates: { converted: { champion: 0.1, challenger: 0.12 } } }, "comparison-unprovable", "/checks/0/improveBy", /margin of 1 pp/],
] as readonly (readonly [string, AbtestPolicy["checks"][number], KnownWorld, string | null, string, RegExp])[])("%s", (_, rule, known, code, pointer, says) => {
  const found = lintPolicy(abtestPolicy({ metrics: { basket: "moments", converted: "rate" }, minSamples: 1000, checks: [rule], harm: [] }), known).filter((warning) => warning.pointer.startsWith("/checks"));
  expect(found.map((warning) => warning.code)).toEqual(code === null ? [] : [code]);
  if (code !== null) expect(found[0]).toMatchObject({ pointer, says: expect.stringMatching(says), fix: expect.stringMatching(/./) });
});

test("compat mode compares points, so only a margin of nothing is said", () => {
  expect(lintPolicy(abtestPolicy({ mode: "compat", checks: [basket({}), basket({ metric: "other", ask: "noWorseThan", margin: parseRational("0") })], harm: [], ...oneLook }), baskets(21)).map(({ code, says }) => [code, /half/.test(says)])).toEqual([["margin-zero", true]]);
});

const bound = (change: object) => ({ kind: "bound", metric: "error", figure: { kind: "rate" }, atLeast: null, atMost: parseRational("0.1%"), ...change }) as AbtestPolicy["checks"][number];
test.each([
  // One-sided 2.5 %: z² = 3.84, so 3.84·.999/.001 = 3,838 outcomes without a single error.
  ["too few to show a small cap", bound({}), 1000, null, ["bound-too-few", "/checks/0", /from 3,838 on/]],
  ["enough for it", bound({}), 3838, null, null],
  ["a floor near 1", bound({ metric: "ok", atMost: null, atLeast: parseRational("99.9%") }), 1000, null, ["bound-too-few", "/checks/0", /from 3,838 on/]],
  ["a high quantile", bound({ metric: "latency_ms", figure: { kind: "quantile", quantile: parseRational("99.9%") }, atMost: parseRational("500") }), 1000, null, ["bound-too-few", "/checks/0", /from 3,838 on/]],
  ["a challenger over the cap", bound({}), 5000, { rates: { error: { champion: 0.001, challenger: 0.002 } } }, ["bound-out-of-reach", "/checks/0/atMost", /is 0.2 %, and at most 0.1 %/]],
  ["a quantile over the cap", bound({ metric: "latency_ms", figure: { kind: "quantile", quantile: parseRational("95%") }, atMost: parseRational("50") }), 5000, { values: { latency_ms: { champion: { p50: 10, p95: 20 }, challenger: { p50: 10, p95: 60 } } } }, ["bound-out-of-reach", "/checks/0/atMost", /is 60, and at most 50/]],
] as readonly (readonly [string, AbtestPolicy["checks"][number], number, KnownWorld | null, readonly [string, string, RegExp] | null])[])("a bound: %s", (_, rule, minSamples, known, expected) => {
  const found = lintPolicy(abtestPolicy({ minSamples, checks: [rule], harm: [] }), known).filter((warning) => warning.code.startsWith("bound-"));
  expect(found.map(({ code, pointer }) => [code, pointer])).toEqual(expected === null ? [] : [expected.slice(0, 2)]);
  if (expected !== null) expect(found[0]?.says).toMatch(expected[2]);
});

test("drift is said to be below its noise: of 9 degrees of freedom 16.92·(1/4n + 1/n)", () => {
  const drift = { kind: "drift", metric: "score", warnAt: parseRational("0.1"), failAt: parseRational("0.25") } as const;
  const of = (minSamples: number) => lintPolicy(abtestPolicy({ minSamples, checks: [drift], harm: [] }), null).filter(({ code }) => code === "drift-below-noise").map(({ severity, pointer }) => [severity, pointer]);
  // 0.25 at 84.6 and 0.1 at 211.5.
  expect([of(84), of(85), of(211), of(212)]).toEqual([[["warning", "/checks/0/failAt"]], [["note", "/checks/0/warnAt"]], [["note", "/checks/0/warnAt"]], []]);
});

test("a relative margin of a proportion meets the same noise", () => {
  const rule = { kind: "proportion", metric: "validator", better: "lower", ask: "noWorseThan", margin: parseRational("5%"), basis: "relative" } as const;
  const warning = find("margin-below-noise", planner([rule]), { rates: { validator: { champion: 0.04, challenger: 0.04 } } });
  expect(warning).toMatchObject({ pointer: "/checks/0/noWorseThan", says: expect.stringContaining("in 38 % of the tests"), fix: expect.stringContaining("28,860") });
});
