import { toNumber } from "../../policy/rational.ts";
import type { RatingPolicy } from "../../policy/rating-policy.ts";
import { ELO_INITIAL } from "../../rating/elo/elo-row.ts";
import { wilson } from "../../statistics/wilson.ts";
import { offlineCheck } from "../abtest/offline-check.ts";
import { blankCheck } from "../blank-check.ts";
import type { CheckResult } from "../decision.ts";
import { formatPercent } from "../format.ts";
import type { Observation } from "../observation.ts";
import type { Ruling } from "../operator.ts";
import { gamesCheck } from "./games-check.ts";
import { configOf, points, rating, type Judged } from "./judged.ts";
import { signed } from "./signed.ts";

/** A rule of the reference, and what follows, in our words and in its own, when it is the first that fails. */
export interface Rule {
  readonly check: CheckResult;
  readonly otherwise: Ruling;
  readonly words: string;
}

/** What the reference answers. */
export function wordsOf(ruling: Ruling, rules: readonly Rule[]): string {
  if (ruling.verdict === "promote") return ruling.reason === "all_checks_passed" ? "approved: Meets all criteria" : "approved";
  const missed = rules.find(({ check }) => check.status !== "pass");
  return missed?.otherwise === ruling ? `rejected: ${missed.words}` : "rejected";
}

const REJECTED: Ruling = { verdict: "retain", reason: "worse" };
const TOO_FEW: Ruling = { verdict: "hold", reason: "insufficient_data" };

/**
 * The reference's rules, one after another: the first that fails decides. Comparisons are of points, and equality passes.
 * Missing data blocks through the number of games only; a participant without matches counts as a new one, with 1500 points,
 * as its service makes it. Scores of runs are shown, and nothing goes by them: the reference names them, and never reads them.
 */
export function writtenRules(judged: Judged): readonly Rule[] {
  const { policy, view } = judged;
  switch (policy.promotion) {
    case "staging":
    case "production":
      return standardRules(judged);
    case "champion":
      return policy.gate === null ? standardRules(judged) : gateRules(judged, policy.gate);
    case "tier":
      return tierRules(judged, policy.tier);
    case "rollback":
      return [fallRule(policy, view.baseline?.service?.latest ?? [], view.baseline?.participant ?? "")];
  }
}

export function shownScores({ policy, rollout, registry }: Judged): readonly CheckResult[] {
  return policy.checks.map((rule) => {
    const check = offlineCheck(rule, rollout, registry);
    return { ...check, says: `${check.says} Compat mode goes by nothing of the sort.`, wouldChange: null };
  });
}

export function ruleAsWritten({ policy, view }: Judged, observation: Observation, rules: readonly Rule[]): Ruling {
  return rules.find(({ check }) => check.status !== "pass")?.otherwise ?? signed(policy, observation, view.digest);
}

function standardRules({ policy, view }: Judged): readonly Rule[] {
  const { criteria } = policy;
  const own = view.challenger.service;
  const improvement = own === null || view.baseline === null ? null : own.elo - (view.baseline.service?.elo ?? ELO_INITIAL);
  const rate = own?.winRate ?? null;
  return [
    { check: gamesCheck({ id: "games", games: own?.games ?? 0, least: criteria.minGames, which: `of ${view.challenger.participant}` }), otherwise: TOO_FEW, words: "Insufficient games" },
    ...(improvement === null ? [] : [{ check: improvementAsWritten(view, improvement, toNumber(criteria.minEloImprovement)), otherwise: REJECTED, words: "Insufficient Elo improvement" }]),
    ...(rate === null ? [] : [{ check: rateAsWritten(rate, own?.games ?? 0, toNumber(criteria.minWinRate)), otherwise: REJECTED, words: "Win rate too low" }]),
    ...(rate === null || !criteria.wilson || own === null || own.games === 0 ? [] : [{ check: wilsonAsWritten(rate, own.games), otherwise: REJECTED, words: "Win rate not surely above half" }]),
    ...(criteria.minElo === null || own === null ? [] : [{ check: atLeast({ id: "elo-target", value: own.elo, least: toNumber(criteria.minElo), what: `The points of ${view.challenger.participant}` }), otherwise: REJECTED, words: "Elo target not met" }]),
  ];
}

function improvementAsWritten(view: Judged["view"], improvement: number, least: number): CheckResult {
  const { baseline, challenger } = view;
  const unknown = baseline?.service == null;
  return {
    ...point("elo-improvement", "elo", { champion: baseline?.service?.games ?? 0, challenger: challenger.service?.games ?? 0 }),
    status: improvement < least ? "fail" : "pass",
    champion: baseline?.service?.elo ?? ELO_INITIAL,
    challenger: challenger.service?.elo ?? null,
    estimate: improvement,
    unit: "elo",
    allowed: { low: least, high: null },
    method: "difference of the service's Elo",
    says: `By the service's Elo on ${configOf(view)} it is ${points(improvement)} from ${baseline?.participant ?? ""}${unknown ? ", of which there is no match, so that it counts as new" : ""}; ${points(least)} is asked for.`,
  };
}

function rateAsWritten(rate: number, games: number, least: number): CheckResult {
  return {
    ...point("win-rate", "win_rate", { champion: 0, challenger: games }),
    status: rate < least ? "fail" : "pass",
    challenger: rate,
    estimate: rate,
    unit: "share",
    allowed: { low: least, high: null },
    method: "points per game, against anybody",
    says: `It made ${formatPercent(rate)} of the points of all its games; ${formatPercent(least)} is asked for.`,
  };
}

/** Of whole wins: half a point more is cut off. Its lower end is compared after rounding to four places. */
function wilsonAsWritten(rate: number, games: number): CheckResult {
  const bounds = wilson({ hits: Math.trunc(rate * games), of: games }, 0.95);
  const low = Math.round(bounds.low * 10_000) / 10_000;
  return {
    ...point("win-rate-wilson", "win_rate", { champion: 0, challenger: games }),
    status: low >= 0.5 ? "pass" : "fail",
    challenger: rate,
    estimate: low,
    unit: "share",
    interval: { ...bounds, level: 0.95 },
    allowed: { low: 0.5, high: null },
    method: "Wilson's interval, its lower end",
    guarantee: "asymptotic",
    says: `Its win rate is at least ${formatPercent(low)}, by Wilson's interval; 50 % is asked for.`,
  };
}

function gateRules({ view, rollout, registry }: Judged, gate: NonNullable<RatingPolicy["gate"]>): readonly Rule[] {
  const own = view.challenger.service;
  const accuracy = gate.accuracy === null ? null : offlineCheck({ kind: "offline", metric: gate.accuracy.metric, atLeast: gate.accuracy.atLeast, atMost: null, against: null }, rollout, registry);
  return [
    { check: gamesCheck({ id: "gate-games", games: own?.games ?? 0, least: gate.minGames, which: `of ${view.challenger.participant}` }), otherwise: TOO_FEW, words: "Insufficient games" },
    { check: atLeast({ id: "gate-elo", value: own?.elo ?? null, least: toNumber(gate.minElo), what: `The points of ${view.challenger.participant}` }), otherwise: own === null ? TOO_FEW : REJECTED, words: "Elo too low" },
    // One that nobody measured is not asked for.
    ...(accuracy === null || accuracy.status === "unavailable" ? [] : [{ check: accuracy, otherwise: REJECTED, words: "Policy accuracy too low" }]),
  ];
}

function tierRules({ view }: Judged, tier: RatingPolicy["tier"]): readonly Rule[] {
  const own = view.challenger.service;
  const rung = tier?.ladder.find(({ name }) => name === tier.target);
  return [
    { check: atLeast({ id: "tier", value: own?.elo ?? null, least: rung === undefined ? null : toNumber(rung.elo), what: `The points of ${view.challenger.participant} for tier ${tier?.target ?? ""}` }), otherwise: REJECTED, words: "Elo below the tier" },
    { check: gamesCheck({ id: "tier-games", games: own?.games ?? 0, least: tier?.minGames ?? 0, which: `of ${view.challenger.participant}` }), otherwise: REJECTED, words: "Insufficient games" },
  ];
}

/** The champion's ratings fell: then the former version gets its place. */
function fallRule({ criteria }: RatingPolicy, latest: readonly number[], participant: string): Rule {
  const most = toNumber(criteria.eloFall);
  const change = latest.length < 2 ? null : (latest.at(-1) as number) - (latest[0] as number);
  const fell = change !== null && change < most;
  const check: CheckResult = {
    ...point("elo-fall", "elo", { champion: latest.length, challenger: 0 }),
    status: fell ? "pass" : "unproven",
    champion: latest.at(-1) ?? null,
    estimate: change,
    unit: "elo",
    allowed: { low: null, high: most },
    method: "the service's Elo after the newest of its latest ten games, less that after the oldest",
    says: change === null ? `There are too few games of ${participant}.` : `Over its latest ${latest.length} games ${participant} changed by ${points(change)}; a fall below ${points(most)} is what sends it back.`,
  };
  return { check, otherwise: { verdict: "hold", reason: change === null ? "insufficient_data" : "inconclusive" }, words: "No regression" };
}

function atLeast({ id, value, least, what }: { readonly id: string; readonly value: number | null; readonly least: number | null; readonly what: string }): CheckResult {
  return {
    ...point(id, "elo", { champion: 0, challenger: 0 }),
    status: value === null || least === null ? "unavailable" : value < least ? "fail" : "pass",
    challenger: value,
    estimate: value,
    unit: "elo",
    allowed: { low: least, high: null },
    method: "the service's Elo",
    says: `${what} are ${value === null ? "unknown" : rating(value)}; ${least === null ? "no threshold is known" : `${rating(least)} are asked for`}.`,
  };
}

function point(id: string, metric: string, n: CheckResult["n"]): CheckResult {
  return { ...blankCheck({ id, purpose: "promotion", metric, n }), wouldChange: null };
}
