import type { MonitorRules } from "../policy/monitor.ts";
import type { PolicyMode } from "../policy/policy-base.ts";
import { toNumber } from "../policy/rational.ts";
import { asymptoticSequence } from "../statistics/sequential/asymptotic-sequence.ts";
import { concentrationFor, logBinomialEvidence } from "../statistics/sequential/binomial-evidence.ts";
import { adaptiveDrop } from "./adaptive-drop.ts";
import type { FigureStatus, MonitorFigure, MonitorReading } from "./reading.ts";

/** What the matches of a configuration say of a version that was promoted. */
export interface RatingFacts {
  readonly board: string;
  /** By the service's Elo, of all its matches; null when there is none. */
  readonly service: { readonly elo: number; readonly games: number; readonly winRate: number } | null;
  /** What it had when it was promoted, or a number that was given; null: unknown. */
  readonly baselineElo: number | null;
  /** The rating, now, of what a rollback goes back to; null: unknown. */
  readonly previousElo: number | null;
  /** Its matches since the promotion; and of these the ones against what a rollback goes back to, with the points it made of it. */
  readonly since: { readonly games: number; readonly against: HeadToHeadPoints };
  /** Its rating less that of what a rollback goes back to, by the fit of all matches; null: unknown, or not comparable. */
  readonly difference: FittedDifference | null;
}

/** A point for a match in which it came before the other, half of one for a tie. */
interface HeadToHeadPoints {
  readonly games: number;
  readonly points: number;
}

export interface FittedDifference {
  readonly value: number;
  readonly standardError: number;
  /** Matches of the two, of which `before` were played before the promotion. */
  readonly games: number;
  readonly before: number;
}

interface Judging {
  readonly rules: MonitorRules;
  readonly mode: PolicyMode;
  readonly at: number;
}

/**
 * compat: the check of the reference, on incremental Elo, on lifetime games and win rate, by points. strict: the difference
 * by the fit with its error, and the points since the promotion, by evidence that may be looked at at every check. Only points
 * against what served before count there: who loses to stronger players than that need not go back to it.
 */
export function ratingReading(facts: RatingFacts, judging: Judging): MonitorReading {
  return judging.mode === "compat" ? asWritten(facts, judging) : soundly(facts, judging);
}

function asWritten({ board, service, baselineElo, previousElo }: RatingFacts, { rules, at }: Judging): MonitorReading {
  const baseline = baselineElo ?? previousElo;
  const drop = toNumber(rules.rating.dropMax);
  const change = service === null || baseline === null ? null : service.elo - baseline;
  // The later release adapts what is severe, and not what counts in a row.
  const severeBeyond = -(rules.rating.adaptive && service !== null ? adaptiveDrop(board, service.elo) : drop) * toNumber(rules.severeTimes);
  const status: FigureStatus = change === null ? "unknown" : change < severeBeyond ? "severe" : change < -drop ? "regressed" : "healthy";
  const rating: MonitorFigure = {
    ...blank("rating", "elo", "trend"),
    status,
    value: service?.elo ?? null,
    baseline,
    change,
    limit: -drop,
    method: "points of incremental Elo, as the reference has it",
    says: change === null ? "There is no rating to compare." : `Its Elo is ${service?.elo.toFixed(1)}, ${signed(change)} against ${baseline?.toFixed(1)}.`,
  };
  const games = service?.games ?? 0;
  const winRate = service?.winRate ?? null;
  const floor = floorOf(rules, { share: winRate, games, isSure: true, method: "all matches, by points, as the reference has it" });
  return { at, evidence: games, samples: games, figures: [rating, ...floor] };
}

function soundly(facts: RatingFacts, { rules, at }: Judging): MonitorReading {
  const { since } = facts;
  const { against } = since;
  const share = against.games === 0 ? null : against.points / against.games;
  const minimum = rules.rating.winRateMin;
  const isSure = minimum !== null && minimum.parts > 0 && minimum.parts < minimum.of && isBelow(against, toNumber(minimum), rules);
  const floor = floorOf(rules, { share, games: against.games, isSure, method: "points since the promotion against what served before, below the floor and surely so at any time (beta-binomial evidence)" });
  return { at, evidence: since.games, samples: since.games, figures: [fittedFigure(facts, rules), ...floor] };
}

const TUNED_MIN = 200;

/**
 * Beyond the drop and surely below 0; severe when it is beyond the multiple of it and surely below the drop itself. Matches
 * from before the promotion are in the fit: they were what promoted it, so that on the whole they speak for it.
 */
function fittedFigure({ board, service, difference }: RatingFacts, rules: MonitorRules): MonitorFigure {
  const drop = rules.rating.adaptive ? adaptiveDrop(board, service?.elo ?? 0) : toNumber(rules.rating.dropMax);
  const base: MonitorFigure = {
    ...blank("rating", "elo", "trend"),
    limit: -drop,
    method: "difference by the fit of all matches, beyond the drop and surely below 0 at any time (asymptotic confidence sequence)",
    guarantee: "asymptotic",
    says: "It can't be compared with what served before.",
  };
  if (difference === null) return base;
  const { value, standardError, games, before } = difference;
  const isSurelyBelow = (nullValue: number): boolean => {
    const alpha = toNumber(rules.alpha);
    const found = asymptoticSequence({ value, standardError, n: games }, { alpha, tunedAt: Math.max(TUNED_MIN, before + 10 * rules.minSamples), burnIn: rules.minSamples, side: "less", nullValue });
    return found.kind === "sequence" && found.p < alpha;
  };
  const beyond = value < -drop && isSurelyBelow(0);
  const severe = beyond && value < -drop * toNumber(rules.severeTimes) && isSurelyBelow(-drop);
  return { ...base, status: severe ? "severe" : beyond ? "regressed" : "healthy", value, baseline: 0, change: value, standardError, says: `Its rating is ${signed(value)} ± ${standardError.toFixed(1)} against what served before${beyond || value >= -drop ? "" : ", which may be chance"}.` };
}

/**
 * Points are shares of 1, not only 0 and 1. The evidence for hits stays evidence: a product of powers is at most the
 * weighted mean, by the inequality of arithmetic and geometric means, and that is what it is for hits.
 */
function isBelow({ games, points }: HeadToHeadPoints, share: number, rules: MonitorRules): boolean {
  const alpha = toNumber(rules.alpha);
  const concentration = concentrationFor(Math.max(TUNED_MIN, rules.minSamples), alpha);
  return logBinomialEvidence({ hits: points, misses: games - points }, { share, side: "less", concentration }) >= -Math.log(alpha);
}

interface Floor {
  readonly share: number | null;
  readonly games: number;
  readonly isSure: boolean;
  readonly method: string;
}

function floorOf({ rating: { winRateMin } }: MonitorRules, { share, games, isSure, method }: Floor): readonly MonitorFigure[] {
  if (winRateMin === null) return [];
  const least = toNumber(winRateMin);
  const isBroken = share !== null && share < least && isSure;
  return [
    {
      ...blank("win-rate", "win_rate", "floor"),
      status: share === null ? "unknown" : isBroken ? "severe" : "healthy",
      value: share,
      baseline: least,
      change: share === null ? null : share - least,
      method,
      says: share === null ? "It has no matches yet." : `It made ${(share * 100).toFixed(1)} % of the points of ${games} matches; ${(least * 100).toFixed(1)} % is the least.`,
    },
  ];
}

function blank(id: string, metric: string, role: MonitorFigure["role"]): MonitorFigure {
  return { id, metric, role, status: "unknown", value: null, baseline: null, change: null, standardError: null, limit: null, method: "", guarantee: role === "floor" ? "exact" : "point", says: "" };
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${value.toFixed(1)}`;
}
