import type { EvidencePoint } from "@gauntlet/contract";
import { expect, test } from "vitest";

import { precisionChart, ratioChart, sideCharts } from "./evidence.ts";

const ARM = { live: 0, recall: null, precision: null, errorRate: 0, p95: null, labelled: 0 };
const POINT: EvidencePoint = { at: 2000, champion: ARM, challenger: ARM, paired: 0, onlyChallenger: 0, onlyChampion: 0, recallRatio: null, precisionDifference: null };

const chartsOf = (points: readonly EvidencePoint[]) => {
  const input = { series: { model: "m", rolloutId: "m-1", bucketMs: 1000, level: 0.95, points: [...points] }, rollout: null, decision: null };
  return { ratio: ratioChart(input), precision: precisionChart(input), sides: sideCharts(input) };
};

test("a rate that is always zero has a small axis from zero, not one up to 10,000 %", () => {
  const errors = chartsOf([POINT]).sides.find((chart) => chart.id === "errorRate");
  expect(errors?.range[0]).toBe(0);
  expect(errors?.range[1]).toBeLessThan(0.01);
});

test("a share never has an axis beyond all of it", () => {
  const precise = { ...ARM, precision: 1 };
  const chart = chartsOf([{ ...POINT, champion: precise, challenger: precise }]).sides.find(({ id }) => id === "precision");
  expect(chart?.range[1]).toBe(1);
  expect(chart?.range[0]).toBeGreaterThan(0.9);
});

test("one point spans its bucket, not years", () => {
  expect(chartsOf([POINT]).ratio.span).toEqual([1000, 2000]);
});

test("what was never measured has no chart", () => {
  expect(chartsOf([POINT]).sides.map((chart) => chart.id)).toEqual(["live", "errorRate"]);
});

test("a difference of precisions may be negative, and a bound that says nothing is left open", () => {
  const found = { ...POINT, precisionDifference: { estimate: -0.01, low: -0.03, high: 0.01, watchedLow: null, watchedHigh: 0.02 } };
  const { precision } = chartsOf([POINT, found]);
  expect(precision.lines[0]?.values).toEqual([null, -0.01]);
  expect(precision.ribbons.map(({ low, high }) => [low[1], high[1]])).toEqual([[null, 0.02], [-0.03, 0.01]]);
  expect(precision.range[0]).toBeLessThan(-0.03);
  expect(precision.range[0]).toBeGreaterThanOrEqual(-1);
});

test("the wide intervals of the beginning don't set the scale", () => {
  const wild = { ...POINT, recallRatio: { estimate: 3, low: 0, high: 400, watchedLow: null, watchedHigh: null } };
  const calm = { ...POINT, recallRatio: { estimate: 1.1, low: 1.05, high: 1.15, watchedLow: 1.03, watchedHigh: 1.17 } };
  expect(chartsOf([wild, calm, calm, calm]).ratio.range[1]).toBeLessThan(1.2);
});
