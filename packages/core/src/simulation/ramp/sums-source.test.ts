import { expect, test } from "vitest";

import { summaryFromMoments } from "../../statistics/summary.ts";
import { summaryFromRatio } from "../../statistics/ratio-summary.ts";
import { randomStream } from "../random.ts";
import { countsSource, hitsSource, momentsSource, ratioOf, type SumsSource } from "./sums-source.ts";

const UNITS = 400_000;

function momentsOf(source: SumsSource): readonly [mean: number, variance: number] {
  const { sum, squares } = source.draw(randomStream(7, 1), UNITS);
  return [sum / UNITS, squares / UNITS - (sum / UNITS) ** 2];
}

// Each figure has an error of about a thousandth; a wrong formula is out by far more than the hundredth that is allowed.
test.each([
  [{ requests: 1, correlation: 0 }, 0.3],
  [{ requests: 6, correlation: 0 }, 0.3],
  [{ requests: 6, correlation: 0.4 }, 0.3],
  [{ requests: 20, correlation: 0.9 }, 0.8],
])("hits of units with %o at a chance of %d have the mean and the design effect of their correlation", (units, share) => {
  const [mean, variance] = momentsOf(hitsSource(share, units));
  const { requests, correlation } = units;
  expect(mean / (requests * share)).toBeCloseTo(1, 2);
  expect(variance / (requests * share * (1 - share) * (1 + (requests - 1) * correlation))).toBeCloseTo(1, 2);
});

test.each([
  [{ requests: 1, correlation: 0 }, 2],
  [{ requests: 5, correlation: 0 }, 0.4],
  [{ requests: 5, correlation: 0.3 }, 2],
])("counts of units with %o at a mean of %d are Poisson, mixed as their correlation says", (units, mean) => {
  const [found, variance] = momentsOf(countsSource(mean, units));
  const total = mean * units.requests;
  expect(found / total).toBeCloseTo(1, 2);
  expect(variance / (total + (units.requests ** 2 * units.correlation * mean) / (1 - units.correlation))).toBeCloseTo(1, 1);
});

test("a chance of 0 or 1 is certain", () => {
  const units = { requests: 3, correlation: 0.5 };
  expect(hitsSource(0, units).draw(randomStream(1, 1), 10)).toEqual({ sum: 0, squares: 0 });
  expect(hitsSource(1, units).draw(randomStream(1, 1), 10)).toEqual({ sum: 30, squares: 90 });
  expect(countsSource(0, units).draw(randomStream(1, 1), 10)).toEqual({ sum: 0, squares: 0 });
});

test("a ratio has the figure of its requests and the noise of its units", () => {
  const units = { requests: 4, correlation: 0.5 };
  const summary = summaryFromRatio(ratioOf(UNITS, hitsSource(0.8, units).draw(randomStream(2, 1), UNITS), units.requests));
  expect(summary?.n).toBe(UNITS);
  expect(summary?.mean).toBeCloseTo(0.8, 2);
  expect((summary?.variance ?? 0) / ((0.16 * (1 + 3 * 0.5)) / 4)).toBeCloseTo(1, 1);
});

test("moments of log-normal values", () => {
  const summary = summaryFromMoments(momentsSource({ p50: 2, p95: 4 }).draw(randomStream(3, 1), UNITS));
  const deviation = Math.log(2) / 1.6448536269514722;
  expect(summary.mean / (2 * Math.exp(deviation ** 2 / 2))).toBeCloseTo(1, 2);
  expect(summary.variance / (4 * Math.exp(deviation ** 2) * Math.expm1(deviation ** 2))).toBeCloseTo(1, 1);
});
