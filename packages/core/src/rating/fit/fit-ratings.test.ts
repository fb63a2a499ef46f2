import fc from "fast-check";
import { expect, test } from "vitest";

import { countMatches, countPairs } from "../counts/count-matches.ts";
import { mergeCounts, type MatchCounts } from "../counts/match-counts.ts";
import type { Match } from "../match/match.ts";
import { fitRatings, refitRatings, type RatingFit } from "./fit-ratings.ts";
import { newSlope } from "./likelihood.ts";
import { edgesOf } from "./pair-likelihood.ts";
import { RATING_MODEL, type RatingModel } from "./rating-model.ts";
import { ratingLadder } from "./rating-ladder.ts";
import { ratingsDigest } from "./ratings-digest.ts";
import { stageLikelihood } from "./stage-likelihood.ts";
import { stagesOf } from "./stages.ts";
import { tiedPairLikelihood } from "./tied-pair-likelihood.ts";
import { uncertaintyOf } from "./uncertainty.ts";

let made = 0;
const match = (players: readonly string[], places: readonly number[] = players.map((_, i) => i + 1), count = 1): readonly Match[] =>
  Array.from({ length: count }, () => ({ id: `m-${made++}`, players, places, board: "square8", numPlayers: players.length, length: null, durationMs: null, at: made, origin: "n", tournament: null }));
const score = (a: string, b: string, wins: number, losses: number, ties = 0): readonly Match[] => [...match([a, b], [1, 2], wins), ...match([a, b], [2, 1], losses), ...match([a, b], [1, 1], ties)];
const model = (more: Partial<RatingModel>): RatingModel => ({ ...RATING_MODEL, ...more });
const counts = (...lists: readonly (readonly Match[])[]): MatchCounts => countMatches(lists.flat());
const near = (fit: RatingFit, wanted: readonly number[], digits = 3): void => {
  expect(fit.elo.length).toBe(wanted.length);
  for (const [i, value] of fit.elo.entries()) expect(value).toBeCloseTo(wanted[i] as number, digits);
};
const strengths = (fit: RatingFit, wanted: readonly number[]): void => {
  // Within the grid that strengths are given on.
  for (const [i, value] of wanted.entries()) expect(Math.abs(fit.parameters[i]! - value)).toBeLessThan(1e-6);
};

const FOUR = counts(score("A", "B", 2, 3), score("A", "D", 1, 4), score("B", "C", 5, 3), score("C", "D", 1, 3));

test("Bradley–Terry of four players, and the error of a difference", () => {
  const fit = fitRatings(FOUR);
  near(fit, [-77.573, 7.366, -72.232, 142.439]);
  const [a, b, c, d] = fit.parameters.subarray(0, 4).map(Math.exp) as unknown as readonly [number, number, number, number];
  expect([a, b, c, d].map((gamma) => gamma.toFixed(3))).toEqual(["0.640", "1.043", "0.660", "2.270"]);
  const known = uncertaintyOf(fit).compare("D", "A");
  expect(known).toMatchObject({ kind: "comparable", difference: expect.closeTo(220.012, 3), standardError: expect.closeTo(157.686, 3) });
  expect(known.kind === "comparable" && known.superiority).toBeCloseTo(0.918_5, 3);
});

test("choix: 0>1, 0>1, 1>2, 2>0", () => {
  strengths(fitRatings(counts(score("0", "1", 2, 0), score("1", "2", 1, 0), score("2", "0", 1, 0))), [0.419_617_624, -0.419_617_624, 0]);
});

test("Plackett–Luce: [0,1,2], [3,2,0], [1,3]", () => {
  const all = [...match(["0", "1", "2"]), ...match(["3", "2", "0"])];
  const pair = match(["1", "3"]);
  const fit = fitRatings(mergeCounts([countMatches(all), countMatches(pair)]));
  strengths(fit, [-0.443_308, 0.695_068, -0.670_61, 0.418_85]);
});

test("KataGo: 200 to 100, and a win and a loss of each against a virtual player of 0", () => {
  const virtual = counts(score("a", "b", 200, 100), score("a", "zero", 1, 1), score("b", "zero", 1, 1));
  near(fitRatings(virtual, model({ anchors: new Map([["zero", 0]]) })), [59.9833, -59.9833, 0]);
});

test("virtual games on the pair that met: half a win each way for one game", () => {
  const half = 200 * Math.log10(200.5 / 100.5);
  near(fitRatings(counts(score("a", "b", 200, 100)), model({ priorGames: 1 })), [half, -half]);
});

test("Davidson's ties in closed form: of two, √(wᵢ/wⱼ) and t/√(wᵢ·wⱼ)", () => {
  const fit = fitRatings(counts(score("a", "b", 40, 10, 25)));
  strengths(fit, [Math.log(4) / 2, -Math.log(4) / 2]);
  expect(fit.ties).toEqual([{ size: 2, logStrength: expect.closeTo(Math.log(25 / 20), 5) }]);
  near(fitRatings(counts(score("a", "b", 40, 10, 25)), model({ ties: "half" })), [200 * Math.log10(52.5 / 22.5), -200 * Math.log10(52.5 / 22.5)]);
});

test("columns of pairs have the gradient and the Hessian of their choices", () => {
  const cell = fc.record({ first: fc.nat(3), away: fc.integer({ min: 1, max: 3 }), score: fc.nat(2) });
  fc.assert(fc.property(fc.array(cell, { minLength: 1, maxLength: 30 }), fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 5, maxLength: 5 }), fc.constantFrom(0, 1.5), (games, at, priorGames) => {
    const all = countPairs({ first: Uint32Array.from(games, (g) => g.first), second: Uint32Array.from(games, (g) => (g.first + g.away) % 4), score: Uint8Array.from(games, (g) => g.score) }, ["a", "b", "c", "d"]);
    const group = new Uint32Array(4);
    const stages = stagesOf(all, group, model({ priorGames }));
    if (stages.tieSizes.length === 0) return;
    const matrices = [tiedPairLikelihood(4, edgesOf(all.pairs, group, priorGames), priorGames), stageLikelihood(stages, { nodes: 4, tieSizes: [2], seatCount: 0, seatRidge: null })].map((likelihood) => {
      const slope = newSlope(likelihood);
      likelihood.evaluate(Float64Array.from(at), slope);
      const matrix = Array.from({ length: 25 }, (_, k) => (k % 6 === 0 ? slope.diagonal[k / 6]! : 0));
      for (const [e, entry] of slope.entries.entries()) matrix[likelihood.rows[e]! * 5 + likelihood.cols[e]!]! += entry;
      return [...slope.gradient, ...matrix];
    });
    for (const [k, value] of matrices[0]!.entries()) expect(value).toBeCloseTo(matrices[1]![k]!, 9);
  }));
});

test("a seat is worth what it wins beyond strength, and a ridge holds it", () => {
  const both = counts(score("a", "b", 60, 40), score("b", "a", 60, 40));
  const fit = fitRatings(both, model({ seatRidge: 1e-6 }));
  strengths(fit, [0, 0]);
  expect((fit.seats[0] as number) - (fit.seats[1] as number)).toBeCloseTo(400 * Math.log10(1.5), 2);
  expect(fitRatings(both, model({ seatRidge: 1e6 })).seats[0]).toBeCloseTo(0, 1);
  expect(fitRatings(both).seats).toEqual([]);
});

test("anchors give the scale, and errors widen with the distance from them", () => {
  const chain = counts(score("a", "b", 60, 40), score("b", "c", 60, 40), score("c", "d", 60, 40));
  const fit = fitRatings(chain, model({ anchors: new Map([["a", 2000]]) }));
  const step = 400 * Math.log10(1.5);
  near(fit, [2000, 2000 - step, 2000 - 2 * step, 2000 - 3 * step], 2);
  const errors = uncertaintyOf(fit).standardErrors();
  expect(errors[0]).toBe(0);
  expect(errors[3]! / errors[1]!).toBeCloseTo(Math.sqrt(3), 4);
  expect(errors[1]).toBeCloseTo(400 / Math.log(10) / Math.sqrt(100 * 0.6 * 0.4), 3);
  expect(() => fitRatings(chain, model({ anchors: new Map([["aa", 1]]) }))).toThrow(/no match of "aa"/);
});

test("an anchor far from 0 moves the scale, and nothing else", () => {
  // From 0, where every result is nearly sure, there was no way to these.
  const games = counts(score("run", "stones", 53, 7), score("run", "slow", 6, 4), score("slow", "stones", 7, 3));
  const free = fitRatings(games);
  for (const elo of [-20_000, 1500, 3000]) {
    const held = fitRatings(games, model({ anchors: new Map([["stones", elo]]) }));
    const at = free.participants.indexOf("stones");
    near(held, [...free.elo].map((value) => value - free.elo[at]! + elo), 2);
  }
});

test("two anchors make two groups comparable that never met", () => {
  const apart = counts(score("a", "b", 6, 4), score("c", "d", 6, 4));
  const loose = uncertaintyOf(fitRatings(apart));
  expect(loose.compare("a", "c")).toEqual({ kind: "incomparable" });
  expect(loose.covariance(["a", "c"])[0]?.[1]).toBe(null);
  const held = uncertaintyOf(fitRatings(apart, model({ anchors: new Map([["b", 1500], ["d", 1600]]) })));
  expect(held.compare("a", "c")).toMatchObject({ kind: "comparable", difference: expect.closeTo(-100, 2) });
});

test("the ladder: the largest group first, the strongest first", () => {
  const fit = fitRatings(counts(score("a", "b", 1, 1), score("c", "d", 1, 2), score("d", "e", 2, 1), score("f", "e", 1, 0)));
  expect(ratingLadder(fit).map(({ participant, elo, standardError }) => [participant, elo !== null, standardError !== null && standardError > 0])).toEqual([
    ["d", true, true], ["c", true, true], ["e", true, true], ["a", true, true], ["b", true, true], ["f", false, false],
  ]);
  expect(ratingLadder(fitRatings(FOUR, model({ anchors: new Map([["B", 1500]]) })))[1]).toMatchObject({ participant: "B", elo: expect.closeTo(1500, 3), standardError: 0, anchored: true });
});

test("who only ever won is not comparable with who only ever lost; virtual games make it so", () => {
  const ladder = counts(score("a", "b", 3, 2), score("b", "c", 2, 2), score("a", "d", 9, 0), score("d", "e", 1, 1));
  const fit = fitRatings(ladder);
  expect([...fit.group]).toEqual([0, 0, 0, 3, 3]);
  expect(uncertaintyOf(fit).compare("a", "d")).toEqual({ kind: "incomparable" });
  near(fitRatings(counts(score("d", "e", 1, 1))), [0, 0]);
  const joined = fitRatings(ladder, model({ priorGames: 1 }));
  expect([...joined.group]).toEqual([0, 0, 0, 0, 0]);
  expect(uncertaintyOf(joined).compare("a", "d")).toMatchObject({ kind: "comparable", superiority: expect.closeTo(0.98, 1) });
});

test("a last place among several says nothing, unless it is said to be a tie", () => {
  const games = counts(match(["a", "b", "c"], [1, 2, 2], 3), match(["b", "c", "a"], [1, 2, 2], 2), match(["c", "a", "b"], [1, 2, 2], 1));
  const fit = fitRatings(games);
  // Luce: the chance to come first is the share of wins.
  for (const [i, wins] of [3, 2, 1].entries()) expect(Math.exp(fit.parameters[i]!) / fit.parameters.subarray(0, 3).reduce((sum, theta) => sum + Math.exp(theta), 0)).toBeCloseTo(wins / 6, 5);
  expect(fit.ties).toEqual([]);
  const decided = score("a", "b", 1, 1).map((game) => ({ ...game, numPlayers: 3 }));
  expect(fitRatings(mergeCounts([games, countMatches(decided)]), model({ lastPlaces: "tied" })).ties.map(({ size }) => size)).toEqual([2]);
});

test("Davidson–Luce: the fit of three players expects what was observed", () => {
  const games = counts(match(["a", "b", "c"], [1, 2, 3], 5), match(["a", "b", "c"], [1, 1, 2], 4), match(["a", "b", "c"], [2, 1, 3], 3), match(["a", "b", "c"], [3, 2, 1], 2), match(["a", "b", "c"], [1, 1, 1], 1), match(["a", "b", "c"], [2, 1, 1], 2));
  const fit = fitRatings(games, model({ lastPlaces: "tied" }));
  const slope = { gradient: new Float64Array(fit.likelihood.size), diagonal: new Float64Array(fit.likelihood.size), entries: new Float64Array(fit.likelihood.rows.length) };
  fit.likelihood.evaluate(fit.parameters, slope);
  for (const value of slope.gradient) expect(Math.abs(value)).toBeLessThan(1e-4);
  expect(fit.ties.map(({ size }) => size)).toEqual([2, 3]);
});

test("what has no finite maximum is refused", () => {
  expect(() => fitRatings(counts(score("a", "b", 0, 0, 7)))).toThrow(/no finite maximum/);
  expect(() => fitRatings(FOUR, model({ priorGames: -1 }))).toThrow(/priorGames is -1/);
  expect(() => fitRatings(FOUR, model({ seatRidge: 0 }))).toThrow(/seatRidge is 0/);
  expect(() => fitRatings(FOUR, model({ anchors: new Map([["A", Number.NaN]]) }))).toThrow(/anchor of "A" is NaN/);
  expect(() => fitRatings(counts(match(["a", "b", "c"], [1, 1, 2]), match(["c", "b", "a"])), model({ ties: "half" }))).toThrow(/several players tied/);
});

test("nobody has no ratings, and who met nobody comparable has a group of their own", () => {
  expect([...fitRatings(countMatches([])).elo]).toEqual([]);
  const fit = fitRatings(counts(score("a", "b", 1, 0)));
  expect([...fit.group]).toEqual([0, 1]);
  expect([...uncertaintyOf(fit).standardErrors()]).toEqual([0, 0]);
  expect(ratingLadder(fit)).toEqual(["a", "b"].map((participant, group) => ({ participant, elo: null, standardError: null, group, anchored: false })));
});

test("selected covariances, standard errors and comparisons agree", () => {
  const certain = uncertaintyOf(fitRatings(FOUR));
  const ids = ["A", "B", "C", "D"];
  const sigma = certain.covariance(ids) as readonly (readonly number[])[];
  const errors = certain.standardErrors();
  for (const i of [0, 1, 2, 3]) {
    expect(Math.sqrt(sigma[i]![i]!)).toBeCloseTo(errors[i]!, 6);
    expect(sigma[i]!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 6);
    for (const j of [0, 1, 2, 3]) {
      const pair = certain.compare(ids[i]!, ids[j]!);
      expect(pair.kind === "comparable" && pair.standardError ** 2).toBeCloseTo(sigma[i]![i]! + sigma[j]![j]! - 2 * sigma[i]![j]!, 5);
    }
  }
});

const NAMES = ["a", "b", "c", "d", "e", "f"];
const anyMatch = fc.tuple(fc.shuffledSubarray(NAMES, { minLength: 2, maxLength: 4 }), fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 })).map(([players, ranks]) => ({ players, places: ranks.slice(0, players.length) }));
const recordOf = ({ players, places }: { readonly players: readonly string[]; readonly places: readonly number[] }, i: number): Match => ({ id: `m${i}`, players, places, board: "square8", numPlayers: 4, length: null, durationMs: null, at: i, origin: "n", tournament: null });
const MODELS: readonly RatingModel[] = [model({ priorGames: 1 }), model({ priorGames: 0.5, seatRidge: 4 }), model({ priorGames: 2, lastPlaces: "tied" }), model({ priorGames: 0.001, seatRidge: 0.001 }), RATING_MODEL];

test("I13: equal matches give bit-equal ratings, in every order and every partition", () => {
  const parts = fc.array(anyMatch, { minLength: 2, maxLength: 25 }).chain((games) => {
    const matches = games.map(recordOf);
    return fc.record({ matches: fc.constant(matches), shuffled: fc.shuffledSubarray(matches, { minLength: matches.length }), cut: fc.nat(matches.length), which: fc.nat(MODELS.length - 1) });
  });
  fc.assert(fc.property(parts, ({ matches, shuffled, cut, which }) => {
    const wanted = attempt(() => fitRatings(countMatches(matches), MODELS[which]));
    const whole = attempt(() => fitRatings(countMatches(shuffled), MODELS[which]));
    const merged = attempt(() => fitRatings(mergeCounts([countMatches(shuffled.slice(cut)), countMatches(shuffled.slice(0, cut))]), MODELS[which]));
    expect([whole.digest, merged.digest]).toEqual([wanted.digest, wanted.digest]);
    if (wanted.fit === null || whole.fit === null) return;
    expect([...uncertaintyOf(whole.fit).standardErrors()]).toEqual([...uncertaintyOf(wanted.fit).standardErrors()]);
    // A refit from any part arrives at the same bits.
    const part = attempt(() => fitRatings(countMatches(shuffled.slice(0, Math.max(1, cut))), MODELS[which]));
    if (part.fit !== null) expect(ratingsDigest(refitRatings(part.fit, countMatches(matches)))).toBe(wanted.digest);
  }), { numRuns: 200 });
});

/** The digest of a fit, or of what is said instead: refusals must not depend on the order either. */
function attempt(work: () => RatingFit): { readonly fit: RatingFit | null; readonly digest: string } {
  try {
    const fit = work();
    return { fit, digest: ratingsDigest(fit) };
  } catch (error) {
    return { fit: null, digest: (error as Error).message };
  }
}

test("columns count as records do, by table or by cells", () => {
  const game = fc.record({ first: fc.nat(5), away: fc.integer({ min: 1, max: 5 }), score: fc.nat(2) });
  fc.assert(fc.property(fc.array(game, { maxLength: 40 }), fc.constantFrom(6, 3000), (games, n) => {
    const columns = { first: Uint32Array.from(games, (g) => g.first), second: Uint32Array.from(games, (g) => (g.first + g.away) % 6), score: Uint8Array.from(games, (g) => g.score) };
    const ids = Array.from({ length: n }, (_, i) => `p${String(i).padStart(4, "0")}`);
    const wanted = countMatches(games.map((g, i) => ({ ...recordOf({ players: [ids[columns.first[i]!]!, ids[columns.second[i]!]!], places: g.score === 1 ? [1, 1] : g.score === 2 ? [1, 2] : [2, 1] }, i) })));
    const found = mergeCounts([countPairs(columns, ids)]);
    const triples = ({ participants, pairs }: MatchCounts) => Array.from(pairs.first, (a, i) => [participants[a], participants[pairs.second[i]!], pairs.wins[i], pairs.losses[i], pairs.ties[i]]);
    expect(triples(found)).toEqual(triples(wanted));
  }));
  expect(() => countPairs({ first: Uint32Array.of(0), second: Uint32Array.of(0), score: Uint8Array.of(2) }, ["a", "b"])).toThrow(/match 0 is between 0 and 0/);
  expect(() => countPairs({ first: new Uint32Array(0), second: new Uint32Array(0), score: new Uint8Array(0) }, ["b", "a"])).toThrow(/"a" is out of order/);
});

test("configurations are not mixed", () => {
  expect(() => countMatches([recordOf({ players: ["a", "b"], places: [1, 2] }, 0), { ...recordOf({ players: ["a", "b"], places: [1, 2] }, 1), board: "hex8" }])).toThrow(/m1 is of hex8_4p, match m0 of square8_4p/);
});
