import type { Moments, Ratio } from "../../evidence/statistic.ts";
import { wideFrom } from "../../evidence/wide-integer.ts";
import { normalCdf } from "../../statistics/normal.ts";
import { drawMultinomial } from "../draw.ts";
import type { Random } from "../random.ts";
import type { LogNormal } from "../world.ts";
import type { RampUnits } from "./ramp-world.ts";

/** How many units had each sum over their requests. */
export interface SumsSource {
  /** Σ and Σ² of the sums of `units` units. */
  draw(random: Random, units: number): { readonly sum: number; readonly squares: number };
}

/**
 * Hits of a unit's requests, each with chance `share`: beta-binomial (Skellam 1948), so that any two requests of a unit
 * correlate by `correlation`. Units are spread over the possible sums by one multinomial draw, which is exactly what drawing
 * them one by one would give.
 */
export function hitsSource(share: number, { requests, correlation }: RampUnits): SumsSource {
  if (share <= 0 || share >= 1) return fixedSource(share <= 0 ? 0 : requests);
  if (requests === 1) return tableSource([1 - share, share]);
  if (correlation === 0) return tableSource(recursion((1 - share) ** requests, requests, (j) => ((requests - j) / (j + 1)) * (share / (1 - share))));
  const a = (share * (1 - correlation)) / correlation;
  const b = ((1 - share) * (1 - correlation)) / correlation;
  let none = 1;
  for (let i = 0; i < requests; i++) none *= (b + i) / (a + b + i);
  return tableSource(recursion(none, requests, (j) => ((requests - j) * (a + j)) / ((j + 1) * (b + requests - j - 1))));
}

const TAIL = 1e-12;
const SUM_MAX = 4096;

/** Counts of a unit's requests: Poisson, or mixed by a gamma distribution between units (Greenwood & Yule 1920); cut off at a tail of 10^−12. */
export function countsSource(mean: number, { requests, correlation }: RampUnits): SumsSource {
  if (mean <= 0) return fixedSource(0);
  const total = mean * requests;
  if (correlation === 0) return tableSource(recursion(Math.exp(-total), SUM_MAX, (j) => total / (j + 1)));
  const shape = (mean * (1 - correlation)) / correlation;
  return tableSource(recursion((shape / (shape + total)) ** shape, SUM_MAX, (j) => ((shape + j) / (j + 1)) * (total / (shape + total))));
}

/** Each request of a unit counts 1 below the line. In thousandths, as evidence has it. */
export function ratioOf(units: number, { sum, squares }: { readonly sum: number; readonly squares: number }, requests: number): Ratio {
  return {
    kind: "ratio",
    n: units,
    requests: units * requests,
    numerator: wideFrom(sum * 1000),
    denominator: wideFrom(units * requests * 1000),
    numeratorSquares: wideFrom(squares * 1e6),
    denominatorSquares: wideFrom(units * requests * requests * 1e6),
    products: wideFrom(sum * requests * 1e6),
  };
}

/** Classes of log-normal values: an eighth of a deviation wide, over ±6.25 deviations of the logarithm. */
const CLASSES = 100;
const WIDTH = 0.125;
const Z95 = 1.6448536269514722;

/**
 * Moments of log-normal values. Approximate: each value is taken as the middle of its class, which makes the deviation of the
 * logarithm 0.07 % too large and the mean wrong by less than that; the number of values in each class is exact.
 */
export function momentsSource({ p50, p95 }: LogNormal): { draw(random: Random, n: number): Moments } {
  const deviation = Math.log(p95 / p50) / Z95;
  const edge = (index: number) => (index - CLASSES / 2) * WIDTH;
  const chances = Array.from({ length: CLASSES }, (_, index) => (index === CLASSES - 1 ? 1 : normalCdf(edge(index + 1))) - (index === 0 ? 0 : normalCdf(edge(index))));
  const values = chances.map((_, index) => Math.round(1000 * p50 * Math.exp(deviation * (edge(index) + WIDTH / 2))));
  const source = tableSource(chances, values);
  return {
    draw(random, n) {
      const { sum, squares } = source.draw(random, n);
      // Integers of more than 53 bits are rounded to them.
      return { kind: "moments", n, sum: wideFrom(sum), squares: wideFrom(squares) };
    },
  };
}

/** Chances of 0, 1, 2 …, each from the one before; the last has what is left. */
function recursion(none: number, last: number, ratio: (j: number) => number): readonly number[] {
  const chances = [none];
  let chance = none;
  let left = 1 - none;
  for (let j = 0; j < last && (left > TAIL || chances.length < 2); j++) {
    chance *= ratio(j);
    left -= chance;
    chances.push(chance);
  }
  return chances;
}

function tableSource(chances: readonly number[], values: readonly number[] = chances.map((_, index) => index)): SumsSource {
  const counts = new Int32Array(chances.length);
  return {
    draw(random, units) {
      drawMultinomial(random, { n: units, chances, into: counts, offset: 0 });
      let sum = 0;
      let squares = 0;
      for (const [index, count] of counts.entries()) {
        const value = values[index] as number;
        sum += count * value;
        squares += count * value * value;
      }
      return { sum, squares };
    },
  };
}

function fixedSource(value: number): SumsSource {
  return { draw: (_, units) => ({ sum: units * value, squares: units * value * value }) };
}
