import { toNumber } from "../../policy/rational.ts";
import { scoresAsked } from "../../policy/scores-asked.ts";
import { offlineCheck } from "../abtest/offline-check.ts";
import type { CheckResult } from "../decision.ts";
import type { Observation } from "../observation.ts";
import type { Ruling } from "../operator.ts";
import type { HeadToHead } from "../rating-view.ts";
import { gamesCheck } from "./games-check.ts";
import { improvementCheck } from "./improvement-check.ts";
import type { Judged } from "./judged.ts";
import { levelCheck } from "./level-check.ts";
import { ratedCheck } from "./rated-check.ts";
import { signed } from "./signed.ts";
import { harmCheck, sprtCheck } from "./sprt-checks.ts";
import { winRateCheck } from "./win-rate-check.ts";

/** What strict mode looks at, by what is asked for. */
export interface StrictChecks {
  readonly rated: CheckResult;
  readonly harm: CheckResult | null;
  readonly games: readonly CheckResult[];
  /** The sequential test; null for a tier, which is no comparison. */
  readonly sprt: CheckResult | null;
  readonly improvement: CheckResult | null;
  readonly winRate: CheckResult | null;
  readonly levels: readonly CheckResult[];
  readonly offline: readonly CheckResult[];
}

export function strictChecks(judged: Judged): StrictChecks {
  const { policy, rollout, view, registry } = judged;
  const { tier, gate, harm } = policy;
  const { head } = view;
  const compared = policy.promotion !== "tier";
  return {
    rated: ratedCheck(judged),
    harm: head === null || harm === null ? null : harmCheck(judged, head, harm),
    games: gamesChecks(judged),
    sprt: compared && head !== null ? sprtCheck(judged, head) : null,
    improvement: compared ? improvementCheck(judged, head) : null,
    winRate: compared && head !== null ? winRateCheck(judged, head) : null,
    levels: [
      ...(tier === null ? [] : [levelCheck(judged, { id: "tier", name: `tier ${tier.target}`, least: thresholdOf(tier), minGames: tier.minGames })]),
      ...(gate === null ? [] : [levelCheck(judged, { id: "gate-elo", name: "the gate", least: toNumber(gate.minElo), minGames: gate.minGames })]),
    ],
    offline: scoresAsked(policy).map((rule) => offlineCheck(rule, rollout, registry)),
  };
}

function gamesChecks({ policy: { promotion, criteria, tier, gate }, view: { challenger, baseline, head } }: Judged): readonly CheckResult[] {
  const all = challenger.service?.games ?? 0;
  return [
    ...(promotion === "tier" ? [] : [gamesCheck({ id: "games", games: head?.games ?? 0, least: criteria.minGames, which: `against ${baseline?.participant ?? ""}` })]),
    ...(tier === null ? [] : [gamesCheck({ id: "tier-games", games: all, least: tier.minGames, which: "of it" })]),
    ...(gate === null ? [] : [gamesCheck({ id: "gate-games", games: all, least: gate.minGames, which: "of it" })]),
  ];
}

/** In the order they are shown. */
export function strictCheckList({ rated, harm, games, sprt, improvement, winRate, levels, offline }: StrictChecks): readonly CheckResult[] {
  return [rated, harm, sprt, improvement, winRate, ...levels, ...games, ...offline].filter((check) => check !== null);
}

/**
 * What can't be known holds; harm ends it at once; a score that is too low needs no matches to be refused. Then the sequential
 * test rules, which may be looked at at every tick, and the other criteria are asked at the moment it accepts: all of them
 * must hold together, so that none adds to the chance of a false promotion.
 */
export function ruleStrictly({ policy, view }: Judged, observation: Observation, checks: StrictChecks): Ruling {
  const { rated, harm, games, improvement, levels, offline } = checks;
  if (rated.status !== "pass") return hold("unrated");
  if (harm?.status === "fail") return { verdict: "rollback", reason: "harm" };
  if (offline.some(({ status }) => status === "unavailable")) return hold("evidence_unavailable");
  if (offline.some(({ status }) => status === "fail")) return { verdict: "retain", reason: "worse" };
  if (improvement?.status === "unavailable") return hold("incomparable");
  if (levels.some(({ status }) => status === "unavailable")) return hold(view.challenger.fitted === null ? "incomparable" : "unanchored");
  if (games.some(({ status }) => status !== "pass")) return hold("insufficient_data");
  const tested = ruleOnTest(checks, view.head, policy.criteria.maxGames);
  if (tested !== null) return tested;
  const others = [improvement, checks.winRate, ...levels].filter((check) => check !== null);
  if (others.some(({ status }) => status === "fail")) return { verdict: "retain", reason: "worse" };
  if (others.some(({ status }) => status !== "pass")) return isOver(view.head, policy.criteria.maxGames) ? { verdict: "retain", reason: "unproven" } : hold("inconclusive");
  return signed(policy, observation, view.digest);
}

/** null when the test has accepted, or none is asked for. */
function ruleOnTest({ sprt, improvement }: StrictChecks, head: HeadToHead | null, maxGames: number | null): Ruling | null {
  if (sprt === null || sprt.status === "pass") return null;
  if (sprt.status === "fail") return { verdict: "retain", reason: improvement?.status === "fail" ? "worse" : "unproven" };
  return isOver(head, maxGames) ? { verdict: "retain", reason: "unproven" } : hold("inconclusive");
}

function isOver(head: HeadToHead | null, maxGames: number | null): boolean {
  return maxGames !== null && head !== null && head.games >= maxGames;
}

function thresholdOf({ target, ladder }: NonNullable<Judged["policy"]["tier"]>): number {
  const rung = ladder.find(({ name }) => name === target);
  return rung === undefined ? Number.POSITIVE_INFINITY : toNumber(rung.elo);
}

function hold(reason: Ruling["reason"]): Ruling {
  return { verdict: "hold", reason };
}
