import { expect, test } from "vitest";

import { randomStream } from "../../simulation/random.ts";
import { countPairs } from "../counts/count-matches.ts";
import { mergeCounts, type MatchCounts } from "../counts/match-counts.ts";
import { fitRatings, refitRatings, type RatingFit } from "./fit-ratings.ts";
import { newSlope } from "./likelihood.ts";
import { RATING_MODEL, type RatingModel } from "./rating-model.ts";
import { ratingsDigest } from "./ratings-digest.ts";
import { uncertaintyOf } from "./uncertainty.ts";

/** Matches between participants at most `reach` apart, the later ones being stronger. */
function ladder(participants: number, reach: number, matches: number): MatchCounts {
  const random = randomStream(participants * reach + matches, 1);
  const below = (n: number): number => Math.floor(random() * n);
  const first = new Uint32Array(matches);
  const second = new Uint32Array(matches);
  const score = new Uint8Array(matches);
  for (let i = 0; i < matches; i++) {
    const low = below(participants - 1);
    const high = Math.min(participants - 1, low + 1 + below(reach));
    const turned = random() < 0.5;
    first[i] = turned ? high : low;
    second[i] = turned ? low : high;
    const highWins = random() < 1 / (1 + Math.exp((low - high) / (4 * reach)));
    score[i] = highWins === turned ? 2 : 0;
  }
  return countPairs({ first, second, score }, Array.from({ length: participants }, (_, i) => `v${String(i).padStart(5, "0")}`));
}

/** The largest gradient, in standard deviations of what it sums. */
function distance(fit: RatingFit): number {
  const slope = newSlope(fit.likelihood);
  fit.likelihood.evaluate(fit.parameters, slope);
  return Math.max(...slope.gradient.map((value, i) => Math.abs(value) / Math.sqrt(slope.diagonal[i]!)));
}

test("a ladder of 1000 versions: at the maximum, comparable from end to end, and as strong as it was made", () => {
  const fit = fitRatings(ladder(1000, 8, 200_000));
  expect(new Set(fit.group).size).toBe(1);
  expect(distance(fit)).toBeLessThan(1e-4);
  const { standardErrors, compare } = uncertaintyOf(fit);
  const ends = compare("v00999", "v00000");
  if (ends.kind !== "comparable") throw new Error("the ladder is cut");
  const truth = (999 / 32) * (400 / Math.LN10);
  expect(Math.abs(ends.difference - truth) / ends.standardError).toBeLessThan(3);
  // An end is known less well than the middle.
  const errors = standardErrors();
  expect(errors[0]).toBeGreaterThan(1.5 * errors[500]!);
  expect(errors[0]! ** 2 + errors[999]! ** 2).toBeLessThan(ends.standardError ** 2);
});

test("a graph too dense for a factor arrives at the maximum as well", () => {
  expect(distance(fitRatings(ladder(450, 449, 400_000)))).toBeLessThan(1e-4);
});

test("standard errors are the diagonal of the covariance, on a graph with shortcuts", () => {
  const counts = mergeCounts([ladder(60, 3, 3000), ladder(60, 50, 60)]);
  const certain = uncertaintyOf(fitRatings(counts));
  const sigma = certain.covariance(counts.participants);
  for (const [i, error] of certain.standardErrors().entries()) expect(error).toBeCloseTo(Math.sqrt(sigma[i]?.[i] ?? Number.NaN), 6);
});

test.each<[string, RatingModel]>([
  ["pairs", RATING_MODEL],
  ["seats", { ...RATING_MODEL, seatRidge: 10 }],
  ["anchors", { ...RATING_MODEL, anchors: new Map([["v00010", 1500], ["v00090", 1800]]) }],
])("I13: fifty refits, match after match, keep the bits of a fit from 0 (%s)", (_, model) => {
  let counts = ladder(100, 6, 4000);
  let fit = fitRatings(counts, model);
  for (let turn = 0; turn < 50; turn++) {
    const one = countPairs({ first: Uint32Array.of((turn * 37) % 100), second: Uint32Array.of((turn * 37 + 1 + (turn % 5)) % 100), score: Uint8Array.of(turn % 2 === 0 ? 2 : 0) }, counts.participants);
    counts = mergeCounts([counts, one]);
    fit = refitRatings(fit, counts);
    if (turn % 10 === 9) expect(ratingsDigest(fit)).toBe(ratingsDigest(fitRatings(counts, model)));
  }
});

test("of 1000 made tournaments, 95 % of the intervals of a difference hold the truth", () => {
  const random = randomStream(8, 1);
  const truth = [0, 0.2, 0.5, 0.5, 0.9, 1.4];
  const ids = truth.map((_, i) => `p${i}`);
  let held = 0;
  let superior = 0;
  for (let run = 0; run < 1000; run++) {
    const first = new Uint32Array(300).map(() => Math.floor(random() * 6));
    const second = first.map((a) => (a + 1 + Math.floor(random() * 5)) % 6);
    const score = Uint8Array.from(first, (a, i) => {
      const strength = Math.exp(truth[a]! - truth[second[i]!]!);
      const tie = 0.6 * Math.sqrt(strength);
      const drawn = random() * (strength + tie + 1);
      return drawn < strength ? 2 : drawn < strength + tie ? 1 : 0;
    });
    const pair = uncertaintyOf(fitRatings(countPairs({ first, second, score }, ids))).compare("p4", "p1");
    if (pair.kind !== "comparable") throw new Error("not comparable");
    if (Math.abs(pair.difference - 0.7 * (400 / Math.LN10)) < 1.959_964 * pair.standardError) held++;
    if (pair.superiority > 0.5) superior++;
  }
  expect(held).toBeGreaterThan(930);
  expect(held).toBeLessThan(970);
  expect(superior).toBeGreaterThan(970);
});
