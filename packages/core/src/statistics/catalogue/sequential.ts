import { asymptoticMeans, asymptoticProportions, asymptoticSequence } from "../sequential/asymptotic-sequence.ts";
import { binomialEvidence } from "../sequential/binomial-evidence.ts";
import type { Evidence } from "../sequential/evidence.ts";
import { gsprt, type GsprtRule } from "../sequential/gsprt.ts";
import { pairedEvidence } from "../sequential/paired-evidence.ts";
import { quantileEvidence } from "../sequential/quantile-evidence.ts";
import { rateSequence } from "../sequential/rate-sequence.ts";
import { recallDifferenceEvidence, recallRatioEvidence } from "../sequential/recall-evidence.ts";
import { sampleRatioEvidence } from "../sequential/sample-ratio-evidence.ts";
import { scoreEvidence } from "../sequential/score-evidence.ts";
import { stoppedElo } from "../sequential/stopped-elo.ts";
import { stoppedPairs } from "../sequential/stopped-pairs.ts";
import { entry, type StatisticEntry } from "./entry.ts";
import { choice, count, counts, type Field, hits, level, number, numbers, sample, share } from "./field.ts";

const exact = { guarantee: "exact" } as const;
const asymptotic = { guarantee: "asymptotic" } as const;
const alpha: Field<number> = { ...share("chance of a false alarm, over all looks together; 0.05 if left out"), fallback: 0.05 };
const side = choice("against the null of at most (greater), at least (less), or equality", ["greater", "less", "two"]);
const cells = counts("8 counts of requests that both versions answered, at truth·4 + champion·2 + challenger");
const concentration = number("how strongly the mixture gathers around the null, in observations", 100);
const rule = { alpha, tunedAt: number("N*, where it is narrowest; fixed before the data", 5000), burnIn: count("observations before which nothing is said", 500), side: choice("two-sided, a lower bound (greater) or an upper bound (less)", ["two", "greater", "less"]), nullValue: number("the value under the null", 0) };
const games = {
  counts: counts("losses, draws, wins; or the five scores of pairs of games"),
  elo0: number("not better than this"),
  elo1: number("at least this good"),
  scale: choice("unit of Elo", ["logistic", "normalized"]),
  alpha,
  beta: { ...share("chance to fail at elo1; 0.05 if left out"), fallback: 0.05 },
  burnIn: count("results before which nothing is said", 30),
} as const;
const pairs = { wins: count("pairs that only the challenger got right"), losses: count("pairs that only the champion got right"), a: number("of the Beta(a, a) mixture", 10), winShare: { ...share("share of wins under the null; 0.5 if left out"), fallback: 0.5 } } as const;

/** Tests and intervals that hold however often one looks. logE is null where E is infinite. */
export const SEQUENTIAL: Readonly<Record<string, StatisticEntry>> = {
  "paired-evidence": entry({ ...exact, summary: "sequential McNemar: evidence that more than a share of the discordant pairs is won", source: "Robbins 1970; Howard, Ramdas, McAuliffe & Sekhon 2021", fields: { ...pairs, side }, compute: ({ wins, losses, ...hypothesis }) => told(pairedEvidence({ wins, losses }, hypothesis)) }),
  "binomial-evidence": entry({ ...exact, summary: "evidence against a rate, by the beta-binomial mixture", source: "Howard, Ramdas, McAuliffe & Sekhon 2021", fields: { proportion: hits("what was seen"), share: share("the rate under the null"), side, concentration }, compute: ({ proportion, ...hypothesis }) => (proportion.hits > proportion.of ? null : told(binomialEvidence({ hits: proportion.hits, misses: proportion.of - proportion.hits }, hypothesis))), unknown: "there are more hits than trials" }),
  "recall-ratio-evidence": entry({ ...exact, summary: "evidence that the challenger's recall is more than a number of times the champion's", source: "Waudby-Smith & Ramdas 2024, bets on a mean, mixed over stakes", fields: { cells, ratio: number("1.05 is five per cent more", 1) }, compute: (input) => told(recallRatioEvidence(input.cells, input.ratio)) }),
  "recall-difference-evidence": entry({ ...exact, summary: "evidence that the challenger's recall is more than a margin above the champion's", source: "Waudby-Smith & Ramdas 2024, bets on a mean, mixed over stakes", fields: { cells, margin: number("-0.01 is non-inferiority by a point", 0) }, compute: (input) => told(recallDifferenceEvidence(input.cells, input.margin)) }),
  "score-evidence": entry({ ...exact, summary: "evidence that a mean score is above a number", source: "Waudby-Smith & Ramdas 2024, bets on a mean, mixed over stakes", fields: { scores: numbers("values an observation can have"), counts: counts("how often each was seen"), nullMean: number("the mean under the null") }, compute: ({ nullMean, ...seen }) => told(scoreEvidence(seen, nullMean)) }),
  "rate-sequence": entry({ ...exact, summary: "confidence sequence of a rate", source: "Howard, Ramdas, McAuliffe & Sekhon 2021, beta-binomial", fields: { proportion: hits("what was seen"), alpha, tunedAt: number("N*, where it is narrowest; fixed before the data", 1000) }, compute: ({ proportion, ...tuning }) => rateSequence(proportion, tuning) }),
  "asymptotic-sequence": entry({ ...asymptotic, summary: "confidence sequence of an estimate with a standard error", source: "Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2024", fields: { value: number("the estimate"), standardError: number("its standard error now"), n: count("observations of all arms"), ...rule }, compute: ({ value, standardError, n, ...how }) => said(asymptoticSequence({ value, standardError, n }, how)) }),
  "asymptotic-means": entry({ ...asymptotic, summary: "confidence sequence of second − first, of two means", source: "Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2024", fields: { first: sample("one arm"), second: sample("the other"), ...rule }, compute: ({ first, second, ...how }) => said(asymptoticMeans(first, second, how)) }),
  "asymptotic-proportions": entry({ ...asymptotic, summary: "confidence sequence of second − first, of two proportions", source: "Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2024", fields: { first: hits("one arm"), second: hits("the other"), eventsMin: count("of the rarer outcome, in each arm, before which nothing is said", 20), ...rule }, compute: ({ first, second, eventsMin, ...how }) => said(asymptoticProportions({ first, second, eventsMin }, how)) }),
  "sample-ratio-evidence": entry({ ...exact, summary: "evidence that arms do not get their shares", source: "Lindon & Malek 2022", fields: { observed: counts("what each arm got"), expected: numbers("the share each was to get, in any unit"), concentration: number("of the Dirichlet mixture", 1000) }, compute: (input) => told(sampleRatioEvidence(input.observed, input.expected, input.concentration)) }),
  "quantile-evidence": entry({ ...exact, summary: "evidence about a quantile of two arms, from counts per value or bucket in rising order", source: "Howard & Ramdas 2022", fields: { champion: counts("per value or bucket"), challenger: counts("per value or bucket, as many"), q: share("which quantile"), side, concentration }, compute: ({ champion, challenger, ...hypothesis }) => (champion.length === challenger.length ? told(quantileEvidence(champion.map((value, i) => ({ champion: value, challenger: challenger[i] as number })), hypothesis)) : null), unknown: "the lists of counts differ in length" }),
  gsprt: entry({ ...asymptotic, summary: "sequential probability ratio test of match results", source: "Van den Bergh 2019; Wald 1945", fields: games, compute: (input) => said(gsprt(input.counts, ruleOf(input), null)) }),
  "stopped-pairs": entry({ ...exact, summary: "median-unbiased share of wins after a paired comparison was stopped", source: "stage-wise ordering, Armitage 1957, Siegmund 1978", fields: { ...pairs, looks: counts("discordant pairs at each look, the last of them now"), alpha, level: level() }, compute: ({ wins, losses, a, winShare, looks, ...rest }) => said(stoppedPairs({ wins, losses, looks, alpha: rest.alpha, rule: { a, winShare } }, rest.level)) }),
  "stopped-elo": entry({ ...asymptotic, summary: "median-unbiased Elo after a GSPRT has stopped", source: "stage-wise ordering of a Brownian motion, Siegmund 1985", fields: { ...games, level: level() }, compute: (input) => said(stoppedElo(input.counts, ruleOf(input), input.level)) }),
};

function ruleOf({ elo0, elo1, scale, alpha: error, beta, burnIn }: GsprtRule): GsprtRule {
  return { elo0, elo1, scale, alpha: error, beta, burnIn };
}

function told({ logE, p, guarantee }: Evidence): object {
  return { logE: Number.isFinite(logE) ? logE : null, p, guarantee };
}

/** Nothing, as data; everything else as it is. */
function said(answer: { readonly kind: string; readonly because?: string }): object {
  return answer.kind === "nothing" ? { result: null, because: answer.because } : answer;
}
