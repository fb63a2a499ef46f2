import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { bucketOf, HISTOGRAM_GROWTH } from "../../evidence/histogram.ts";
import { mergeStatistics } from "../../evidence/merge.ts";
import type { Histogram } from "../../evidence/statistic.ts";
import { asymptoticMeans, asymptoticProportions, asymptoticSequence, type SequenceRule } from "./asymptotic-sequence.ts";
import { binomialEvidence, concentrationFor } from "./binomial-evidence.ts";
import { likeliestWithT } from "./constrained-likelihood.ts";
import { eloOfScore, scoreOfElo } from "./elo.ts";
import { gsprt, type GsprtRule } from "./gsprt.ts";
import { logNormalMixture, normalBoundary, rhoFor } from "./normal-mixture.ts";
import { NO_RECORDS, overshootOf, recordLlr } from "./overshoot.ts";
import { pairedEvidence, pairedWalk } from "./paired-evidence.ts";
import { histogramQuantileEvidence, quantileEvidence } from "./quantile-evidence.ts";
import { rateSequence } from "./rate-sequence.ts";
import { recallDifferenceEvidence, recallRatioEvidence } from "./recall-evidence.ts";
import { sampleRatioEvidence } from "./sample-ratio-evidence.ts";
import { scoreEvidence } from "./score-evidence.ts";
import { stoppedElo } from "./stopped-elo.ts";
import { stoppedPairs } from "./stopped-pairs.ts";

const count = fc.integer({ min: 0, max: 400 });
const PAIRED = { side: "greater", a: 10, winShare: 0.5 } as const;
const RULE: SequenceRule = { alpha: 0.05, tunedAt: 5000, burnIn: 0, side: "two", nullValue: 0 };
const GAMES: GsprtRule = { elo0: 0, elo1: 10, scale: "logistic", alpha: 0.05, beta: 0.05, burnIn: 0 };

describe("an e-value is fair, not only small", () => {
  // E[E(n)] = Σ over all outcomes of P·E must be 1 at the null, and at most 1 inside it.
  const expectation = (n: number, share: number, logE: (hits: number) => number): number => {
    let sum = 0;
    let logMass = n * Math.log(1 - share);
    for (let hits = 0; hits <= n; hits++) {
      sum += Math.exp(logMass + logE(hits));
      logMass += Math.log(((n - hits) * share) / ((hits + 1) * (1 - share)));
    }
    return sum;
  };

  test.each([1, 2, 7, 30, 100])("after %i pairs", (n) => {
    for (const side of ["greater", "less", "two"] as const) {
      expect(expectation(n, 0.5, (wins) => pairedEvidence({ wins, losses: n - wins }, { ...PAIRED, side }).logE)).toBeCloseTo(1, 9);
    }
    expect(expectation(n, 0.4, (wins) => pairedEvidence({ wins, losses: n - wins }, PAIRED).logE)).toBeLessThan(1);
    for (const share of [0.01, 0.3, 0.9]) {
      expect(expectation(n, share, (hits) => binomialEvidence({ hits, misses: n - hits }, { share, side: "greater", concentration: 15 }).logE)).toBeCloseTo(1, 9);
      expect(expectation(n, share, (hits) => scoreEvidence({ scores: [0, 1], counts: [n - hits, hits] }, share).logE)).toBeCloseTo(1, 9);
      expect(expectation(n, share, (hits) => sampleRatioEvidence([hits, n - hits], [share, 1 - share], 100).logE)).toBeCloseTo(1, 9);
    }
  });

  test("the ratio of recalls exactly at its threshold, over all outcomes of six positives", () => {
    // P(both) .72, only challenger .12, only champion .08, neither .08: recalls .84 and .8.
    const shares = [0.08, 0.12, 0.08, 0.72];
    let sum = 0;
    for (let code = 0; code < 4 ** 6; code++) {
      const cells = [0, 0, 0, 0, 0, 0, 0, 0];
      let mass = 1;
      for (let i = 0, rest = code; i < 6; i++, rest = Math.floor(rest / 4)) {
        mass *= shares[rest % 4] as number;
        (cells[4 + (rest % 4)] as number)++;
      }
      sum += mass * Math.exp(recallRatioEvidence(cells, 1.05).logE);
    }
    expect(sum).toBeCloseTo(1, 12);
  });
});

describe("paired evidence", () => {
  test("is a function of counts: any order of pairs walks to the same value", () => {
    const walk = pairedWalk(10);
    const next = ({ wins, losses, e }: { wins: number; losses: number; e: number }, won: boolean) =>
      won ? { wins: wins + 1, losses, e: walk.afterWin(e, wins, wins + losses) } : { wins, losses: losses + 1, e: walk.afterLoss(e, losses, wins + losses) };
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 300 }), fc.double({ min: 0, max: 1, noNaN: true }), (pairs, turn) => {
        const end = (order: readonly boolean[]) => order.reduce(next, { wins: 0, losses: 0, e: 1 });
        const cut = Math.floor(turn * pairs.length);
        const first = end(pairs);
        const other = end([...pairs.slice(cut).toReversed(), ...pairs.slice(0, cut)]);
        const closed = Math.exp(pairedEvidence(first, PAIRED).logE);
        expect(Math.abs(first.e - closed)).toBeLessThan(1e-9 * Math.max(1, closed));
        expect(Math.abs(other.e - closed)).toBeLessThan(1e-9 * Math.max(1, closed));
      }),
      { numRuns: 200 },
    );
  });

  test("the walk stays below 1 while losses lead, and is exact again when wins come back", () => {
    const walk = pairedWalk(10);
    let e = 1;
    for (let n = 0; n < 5000; n++) {
      e = walk.afterLoss(e, n, n);
      expect(e).toBeLessThanOrEqual(1);
    }
    for (let wins = 0; wins < 5600; wins++) {
      e = walk.afterWin(e, wins, 5000 + wins);
      if (wins + 1 < 5000) expect(e).toBeLessThanOrEqual(1);
    }
    const closed = pairedEvidence({ wins: 5600, losses: 5000 }, PAIRED).logE;
    expect(closed).toBeGreaterThan(10);
    expect(Math.log(e)).toBeCloseTo(closed, 9);
  });

  test("rises with wins and falls with losses; both directions average to two-sided", () => {
    fc.assert(
      fc.property(count, count, fc.constantFrom(0.4, 0.5, 0.55), (wins, losses, winShare) => {
        const rule = { ...PAIRED, winShare };
        const at = (w: number, l: number) => pairedEvidence({ wins: w, losses: l }, rule).logE;
        expect(at(wins + 1, losses)).toBeGreaterThanOrEqual(at(wins, losses) - 1e-9);
        expect(at(wins, losses + 1)).toBeLessThanOrEqual(at(wins, losses) + 1e-9);
        const mirrored = pairedEvidence({ wins: losses, losses: wins }, { ...rule, side: "less", winShare: 1 - winShare }).logE;
        expect(Math.abs(mirrored - at(wins, losses))).toBeLessThan(1e-9 * Math.max(1, Math.abs(mirrored)));
      }),
    );
    expect(pairedEvidence({ wins: 30, losses: 10 }, { ...PAIRED, side: "two" }).logE).toBeCloseTo(binomialEvidence({ hits: 30, misses: 10 }, { share: 0.5, side: "two", concentration: 20 }).logE, 10);
  });

  test("non-inferiority asks less than superiority", () => {
    expect(pairedEvidence({ wins: 500, losses: 500 }, { ...PAIRED, winShare: 0.4 }).logE).toBeGreaterThan(10);
    expect(pairedEvidence({ wins: 500, losses: 500 }, PAIRED).p).toBe(1);
  });

  test("says nothing without discordant pairs, and never more than the data at 1e15", () => {
    expect(pairedEvidence({ wins: 0, losses: 0 }, PAIRED)).toEqual({ logE: 0, p: 1, guarantee: "exact" });
    for (const pair of [[1e15, 1e15], [1e15, 0], [0, 1e15], [5e14 + 3e9, 5e14]] as const) {
      const { logE, p } = pairedEvidence({ wins: pair[0], losses: pair[1] }, PAIRED);
      expect(Number.isFinite(logE)).toBe(true);
      expect(p).toBe(pair[0] > pair[1] ? 0 : 1);
    }
  });
});

describe("the evidence of recalls", () => {
  test("is mergeable, and monotone in what the threshold asks", () => {
    const cells = fc.tuple(...Array.from({ length: 8 }, () => count));
    fc.assert(
      fc.property(cells, cells, (a, b) => {
        const merged = mergeStatistics({ kind: "paired", cells: a as never }, { kind: "paired", cells: b as never });
        expect(recallRatioEvidence((merged as { cells: readonly number[] }).cells, 1.05).logE).toBe(recallRatioEvidence(a.map((value, i) => value + (b[i] as number)), 1.05).logE);
        expect(recallDifferenceEvidence(a, 0.05).logE).toBeLessThanOrEqual(recallDifferenceEvidence(a, -0.05).logE + Math.log(16));
      }),
    );
    expect(recallRatioEvidence([0, 0, 0, 0, 0, 0, 0, 0], 1.05)).toEqual({ logE: 0, p: 1, guarantee: "exact" });
    expect(recallRatioEvidence([9, 9, 9, 9, 50, 0, 0, 900], 1.05).p).toBe(1);
    expect(recallRatioEvidence([0, 0, 0, 0, 80, 120, 20, 780], 1.05).p).toBeLessThan(0.001);
    expect(recallDifferenceEvidence([0, 0, 0, 0, 80, 20, 20, 880], -0.05).p).toBeLessThan(0.001);
  });
});

describe("confidence sequences", () => {
  test("of a rate: hold the observed rate, grow with the level, agree with the test, and shrink by merging", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 20 }), (of, share, times) => {
        const hits = Math.round(of * share);
        const at = (alpha: number) => rateSequence({ hits, of }, { alpha, tunedAt: 500 });
        const wide = at(0.01);
        const narrow = at(0.1);
        expect(wide.low).toBeLessThanOrEqual(narrow.low);
        expect(wide.high).toBeGreaterThanOrEqual(narrow.high);
        expect(narrow.low).toBeLessThanOrEqual(hits / of);
        expect(narrow.high).toBeGreaterThanOrEqual(hits / of);
        const more = rateSequence({ hits: hits * times, of: of * times }, { alpha: 0.1, tunedAt: 500 });
        expect(more.high - more.low).toBeLessThanOrEqual(narrow.high - narrow.low + 1e-9);
        const concentration = concentrationFor(500, 0.05);
        if (narrow.low > 0.001) {
          const evidence = (p: number) => binomialEvidence({ hits, misses: of - hits }, { share: p, side: "two", concentration }).logE;
          expect(evidence(narrow.low - 1e-9)).toBeGreaterThanOrEqual(Math.log(10) - 1e-4);
          expect(evidence(narrow.low / 2)).toBeGreaterThan(evidence(narrow.low));
        }
      }),
      { numRuns: 60 },
    );
    expect(rateSequence({ hits: 0, of: 0 }, { alpha: 0.05, tunedAt: 500 })).toEqual({ low: 0, high: 1, guarantee: "exact" });
    const huge = rateSequence({ hits: 5e14, of: 1e15 }, { alpha: 0.05, tunedAt: 5000 });
    expect(huge.high - huge.low).toBeLessThan(1e-6);
    expect(huge.low).toBeLessThan(0.5);
  });

  test("asymptotic: evidence reaches 1/α exactly where the interval leaves the null", () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), fc.integer({ min: 10, max: 1e6 }), fc.constantFrom("two", "greater", "less" as const), (z, n, side) => {
        const result = asymptoticSequence({ value: z * 0.1, standardError: 0.1, n }, { ...RULE, side });
        if (result.kind === "nothing") throw new Error(result.because);
        const outside = (result.low !== null && result.low > 1e-9) || (result.high !== null && result.high < -1e-9);
        const inside = (result.low === null || result.low < -1e-9) && (result.high === null || result.high > 1e-9);
        if (outside) expect(result.p).toBeLessThanOrEqual(0.05 + 1e-9);
        if (inside) expect(result.p).toBeGreaterThan(0.05 - 1e-9);
      }),
    );
  });

  test("the one-sided bound lies below the paper's closed form and below the two-sided one, never by much", () => {
    for (const n of [100, 5000, 1e6]) {
      const rho2 = 1 / rhoFor(5000, 0.05, 1);
      const closed = Math.sqrt(((2 * (n * rho2 + 1)) / rho2) * Math.log1p(Math.sqrt(n * rho2 + 1) / 0.1));
      const bound = normalBoundary({ rho: 1 / rho2, sides: 1 }, n, 0.05);
      expect(bound).toBeLessThanOrEqual(closed);
      expect(bound).toBeGreaterThan(0.9 * closed);
      expect(logNormalMixture({ rho: 1 / rho2, sides: 1 }, bound, n)).toBeCloseTo(Math.log(20), 10);
    }
  });

  test("asymptotic: nothing is said in the burn-in, without variance, or of an empty arm", () => {
    expect(asymptoticSequence({ value: 1, standardError: 1, n: 99 }, { ...RULE, burnIn: 100 })).toMatchObject({ kind: "nothing" });
    expect(asymptoticMeans({ mean: 1, variance: 0, n: 500 }, { mean: 2, variance: 0, n: 500 }, RULE)).toMatchObject({ kind: "nothing" });
    expect(asymptoticMeans({ mean: 1, variance: 1, n: 0 }, { mean: 2, variance: 1, n: 500 }, RULE)).toMatchObject({ kind: "nothing", because: "an arm is empty" });
    expect(asymptoticProportions({ first: { hits: 0, of: 500 }, second: { hits: 0, of: 500 }, eventsMin: 0 }, RULE)).toMatchObject({ kind: "nothing" });
    expect(asymptoticProportions({ first: { hits: 500, of: 500 }, second: { hits: 9, of: 500 }, eventsMin: 0 }, RULE)).toMatchObject({ kind: "nothing" });
    expect(asymptoticProportions({ first: { hits: 5e14, of: 1e15 }, second: { hits: 5e14 + 1e9, of: 1e15 }, eventsMin: 0 }, RULE)).toMatchObject({ kind: "sequence", p: 0 });
  });
});

describe("sample ratio", () => {
  test("is order-free over arms, and e = 1 on nothing", () => {
    fc.assert(
      fc.property(count, count, count, (a, b, c) => {
        const one = sampleRatioEvidence([a, b, c], [5, 3, 2], 500).logE;
        expect(Math.abs(sampleRatioEvidence([c, a, b], [2, 5, 3], 500).logE - one)).toBeLessThan(1e-8 * Math.max(1, Math.abs(one)));
      }),
    );
    expect(sampleRatioEvidence([0, 0], [1, 1], 100)).toEqual({ logE: 0, p: 1, guarantee: "exact" });
    expect(sampleRatioEvidence([10, 0], [1, 0], 100)).toEqual({ logE: 0, p: 1, guarantee: "exact" });
    expect(sampleRatioEvidence([10, 1], [1, 0], 100)).toEqual({ logE: Number.POSITIVE_INFINITY, p: 0, guarantee: "exact" });
    expect(sampleRatioEvidence([1000, 1200], [1, 1], 1000).p).toBeLessThan(0.01);
  });
});

describe("quantiles", () => {
  const histogram = (values: readonly number[]): Histogram => {
    const buckets = new Map<number, number>();
    let zeros = 0;
    for (const value of values) {
      const index = bucketOf(value);
      if (index === null) zeros++;
      else buckets.set(index, (buckets.get(index) ?? 0) + 1);
    }
    return { kind: "histogram", n: values.length, zeros, buckets: [...buckets].toSorted(([a], [b]) => a - b) };
  };
  const latencies = fc.array(fc.double({ min: 1, max: 500, noNaN: true }), { minLength: 1, maxLength: 400 });

  test("buckets never say more than the values themselves", () => {
    fc.assert(
      fc.property(latencies, latencies, fc.constantFrom(0.5, 0.9), fc.constantFrom("two", "greater", "less" as const), (a, b, q, side) => {
        const hypothesis = { q, side, concentration: concentrationFor(200, 0.05) };
        const all = [...new Set([...a, ...b])].toSorted((x, y) => x - y);
        const tally = (values: readonly number[]) => {
          const counts = new Map<number, number>();
          for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
          return counts;
        };
        const [first, second] = [tally(a), tally(b)];
        const exact = quantileEvidence(all.map((value) => ({ champion: first.get(value) ?? 0, challenger: second.get(value) ?? 0 })), hypothesis).logE;
        expect(histogramQuantileEvidence({ champion: histogram(a), challenger: histogram(b), ratio: 1 }, hypothesis).logE).toBeLessThanOrEqual(exact + 1e-9);
      }),
      { numRuns: 60 },
    );
  });

  test("a rise within the allowed ratio is proven to be one, and a larger one is found", () => {
    const champion = histogram(Array.from({ length: 4000 }, (_, i) => 50 + (i % 100)));
    const challenger = histogram(Array.from({ length: 4000 }, (_, i) => (50 + (i % 100)) * HISTOGRAM_GROWTH ** 2));
    const hypothesis = { q: 0.9, concentration: concentrationFor(4000, 0.05) };
    expect(histogramQuantileEvidence({ champion, challenger, ratio: 1.25 }, { ...hypothesis, side: "less" }).p).toBeLessThan(0.001);
    expect(histogramQuantileEvidence({ champion, challenger, ratio: 1.02 }, { ...hypothesis, side: "less" }).p).toBe(1);
    expect(histogramQuantileEvidence({ champion, challenger: histogram(Array.from({ length: 4000 }, (_, i) => 80 + (i % 100))), ratio: 1.1 }, { ...hypothesis, side: "greater" }).p).toBeLessThan(0.001);
    expect(histogramQuantileEvidence({ champion, challenger: champion, ratio: 1 }, { ...hypothesis, side: "two" }).p).toBe(1);
    expect(histogramQuantileEvidence({ champion, challenger: histogram([]), ratio: 1 }, { ...hypothesis, side: "two" })).toEqual({ logE: 0, p: 1, guarantee: "exact" });
  });
});

describe("GSPRT", () => {
  test("more wins, more LLR; draws alone, no games and the burn-in say nothing", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 400 }), fc.constantFrom("logistic", "normalized" as const), (l, d, w, scale) => {
        const llr = (counts: readonly number[]) => {
          const result = gsprt(counts, { ...GAMES, scale }, null);
          if (result.kind === "nothing") throw new Error(result.because);
          return result.llr;
        };
        expect(llr([l - 1, d, w + 1])).toBeGreaterThan(llr([l, d, w]));
      }),
    );
    for (const counts of [[0, 0, 0], [0, 900, 0], [0, 0, 900], [0, 0, 0, 0, 0]]) expect(gsprt(counts, GAMES, null)).toMatchObject({ kind: "nothing" });
    expect(gsprt([5, 5, 9], { ...GAMES, burnIn: 20 }, null)).toMatchObject({ kind: "nothing" });
    expect(gsprt([1e15, 2e15, 1.1e15], GAMES, null)).toMatchObject({ status: "pass" });
  });

  test("overshoot moves the bounds inwards, by half the mean square jump over the mean", () => {
    const record = [0.1, 0.3, 0.2, 0.5, -0.4].reduce(recordLlr, NO_RECORDS);
    expect(overshootOf(record).upper).toBeCloseTo((0.01 + 0.04 + 0.04) / 0.5 / 2, 12);
    expect(overshootOf(record).lower).toBeCloseTo(0.2, 12);
    const wald = gsprt([100, 200, 120], GAMES, null);
    const moved = gsprt([100, 200, 120], GAMES, overshootOf(record));
    if (wald.kind === "nothing" || moved.kind === "nothing") throw new Error("unexpected");
    expect(moved.upper).toBeCloseTo(wald.upper - 0.09, 12);
    expect(moved.lower).toBeCloseTo(wald.lower + 0.2, 12);
    expect(overshootOf(NO_RECORDS)).toEqual({ lower: 0, upper: 0 });
  });

  test("results far from both hypotheses settle, or are refused in words", () => {
    const counts = fc.tuple(...Array.from({ length: 3 }, () => fc.integer({ min: 0, max: 200 }))).filter((each) => each.filter((value) => value > 0).length > 1);
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 200 }), (each, elo1) => {
        let llr = Number.NaN;
        try {
          const result = gsprt(each, { ...GAMES, elo1, scale: "normalized" }, null);
          if (result.kind === "nothing") throw new Error(result.because);
          llr = result.llr;
        } catch (error) {
          // The steps don't settle for every result; then nothing is said, rather than a number that looks like an answer.
          expect(String(error)).toMatch(/no distribution near these results/);
          return;
        }
        expect(Number.isFinite(llr)).toBe(true);
      }),
      { numRuns: 500 },
    );
    // Of four million means the likeliest distribution with t = .4317 has this log-likelihood.
    const seen = [22, 38, 0.001];
    const found = likeliestWithT({ scores: [0, 0.5, 1], shares: seen.map((value) => value / 60.001) }, (150 * Math.LN10) / 800);
    expect(seen.reduce((sum, value, i) => sum + value * Math.log(found[i] as number), 0)).toBeCloseTo(-74.90691367, 7);
  });

  test("Elo and score are inverse", () => {
    for (const elo of [-300, 0, 12.5]) expect(eloOfScore(scoreOfElo(elo))).toBeCloseTo(elo, 9);
    expect(eloOfScore(1)).toBeNull();
  });
});

describe("estimates at stopping", () => {
  test("half of them lie above the truth, where the naive share is too high in most runs", () => {
    const looks = [40, 80, 120, 160, 200];
    const rule = { a: 10, winShare: 0.5 };
    const limit = Math.log(20);
    const random = generator(7);
    const truth = 0.6;
    let above = 0;
    let naive = 0;
    let covered = 0;
    const runs = 1200;
    const known = new Map<string, { readonly value: number; readonly low: number; readonly high: number }>();
    for (let run = 0; run < runs; run++) {
      let wins = 0;
      let n = 0;
      for (const look of looks) {
        for (; n < look; n++) if (random() < truth) wins++;
        if (pairedEvidence({ wins, losses: n - wins }, { ...rule, side: "greater" }).logE >= limit) break;
      }
      const key = `${wins}/${n}`;
      const estimate = known.get(key) ?? stoppedPairs({ wins, losses: n - wins, looks: looks.slice(0, looks.indexOf(n) + 1), alpha: 0.05, rule }, 0.9);
      if (!("value" in estimate)) throw new Error("unexpected");
      known.set(key, estimate);
      if (estimate.value > truth) above++;
      if (wins / n > truth) naive++;
      if (estimate.low <= truth && truth <= estimate.high) covered++;
    }
    expect(above / runs).toBeGreaterThan(0.45);
    expect(above / runs).toBeLessThan(0.55);
    expect(naive / runs).toBeGreaterThan(above / runs);
    expect(covered / runs).toBeGreaterThan(0.88);
  });

  test("nothing is estimated without a stop, without pairs, or beyond what can be walked", () => {
    const rule = { a: 10, winShare: 0.5 };
    expect(stoppedPairs({ wins: 0, losses: 0, looks: [], alpha: 0.05, rule }, 0.95)).toMatchObject({ kind: "nothing" });
    expect(stoppedPairs({ wins: 4000, losses: 4000, looks: [8000], alpha: 0.05, rule }, 0.95)).toMatchObject({ kind: "nothing" });
    expect(stoppedElo([100, 200, 104], GAMES, 0.95)).toMatchObject({ kind: "nothing", because: "the test has not stopped" });
    expect(() => stoppedPairs({ wins: 5, losses: 5, looks: [4, 9], alpha: 0.05, rule }, 0.95)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});

test.each<[string, () => unknown]>([
  ["a negative count", () => pairedEvidence({ wins: -1, losses: 0 }, PAIRED)],
  ["half a pair", () => pairedEvidence({ wins: 0.5, losses: 0 }, PAIRED)],
  ["NaN", () => pairedEvidence({ wins: Number.NaN, losses: 0 }, PAIRED)],
  ["a null share of 1", () => pairedEvidence({ wins: 1, losses: 0 }, { ...PAIRED, winShare: 1 })],
  ["a mixture of nothing", () => pairedEvidence({ wins: 1, losses: 0 }, { ...PAIRED, a: 0 })],
  ["a walk of NaN", () => pairedWalk(Number.NaN)],
  ["more hits than trials", () => rateSequence({ hits: 2, of: 1 }, { alpha: 0.05, tunedAt: 100 })],
  ["alpha 0", () => rateSequence({ hits: 1, of: 1 }, { alpha: 0, tunedAt: 100 })],
  ["tuned at ∞", () => rateSequence({ hits: 1, of: 1 }, { alpha: 0.05, tunedAt: Number.POSITIVE_INFINITY })],
  ["an infinite value", () => asymptoticSequence({ value: Number.POSITIVE_INFINITY, standardError: 1, n: 10 }, RULE)],
  ["a negative error", () => asymptoticSequence({ value: 1, standardError: -1, n: 10 }, RULE)],
  ["a negative variance", () => asymptoticMeans({ mean: 0, variance: -1, n: 5 }, { mean: 0, variance: 0, n: 5 }, RULE)],
  ["alpha of 0.6 one-sided", () => asymptoticSequence({ value: 1, standardError: 1, n: 10 }, { ...RULE, alpha: 0.6, side: "greater" })],
  ["negative time", () => logNormalMixture({ rho: 1, sides: 2 }, 0, -1)],
  ["ρ of 0", () => normalBoundary({ rho: 0, sides: 2 }, 1, 0.05)],
  ["shares without parts", () => sampleRatioEvidence([1, 1], [0, 0], 100)],
  ["a count too few", () => sampleRatioEvidence([1], [1, 1], 100)],
  ["a mean no score exceeds", () => scoreEvidence({ scores: [0, 1], counts: [1, 1] }, 1)],
  ["a NaN score", () => scoreEvidence({ scores: [0, Number.NaN], counts: [1, 1] }, 0.5)],
  ["half a value", () => quantileEvidence([{ champion: 0.5, challenger: 1 }], { q: 0.5, side: "two", concentration: 10 })],
  ["quantile 1", () => quantileEvidence([{ champion: 1, challenger: 1 }], { q: 1, side: "two", concentration: 10 })],
  ["four results", () => gsprt([1, 2, 3, 4], GAMES, null)],
  ["elo1 below elo0", () => gsprt([1, 2, 3], { ...GAMES, elo1: -1 }, null)],
  ["α + β of 1", () => gsprt([1, 2, 3], { ...GAMES, alpha: 0.5, beta: 0.5 }, null)],
  ["a mean at the edge of the scores", () => scoreEvidence({ scores: [0, 1], counts: [5, 9] }, 5e-324)],
  ["a concentration of nearly nothing", () => sampleRatioEvidence([5, 5], [1, 1], 5e-324)],
  ["an LLR of NaN", () => recordLlr(NO_RECORDS, Number.NaN)],
  ["a score above 1", () => eloOfScore(1.5)],
  ["an Elo of NaN", () => scoreOfElo(Number.NaN)],
])("%s is refused by name", (_, call) => {
  expect(call).toThrow(expect.objectContaining({ code: "invalid_input" }));
});

/** Mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
