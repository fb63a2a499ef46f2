import { toNumber } from "../../policy/rational.ts";
import { sampleRatio } from "../../statistics/sample-ratio.ts";
import { sampleRatioEvidence } from "../../statistics/sequential/sample-ratio-evidence.ts";
import { blankCheck } from "../blank-check.ts";
import type { CheckResult } from "../decision.ts";
import { formatPercent } from "../format.ts";
import type { Ruling } from "../operator.ts";
import type { GameCounts } from "../slots-view.ts";
import { cycleGames, cyclePredictions, type Found, type Judged } from "./judged.ts";
import { orderSurely } from "./order.ts";
import { telemetryOf } from "./telemetry.ts";
import { winCheck } from "./win-check.ts";

/**
 * Only games of this cycle count, of the two versions that began it, each in its own slot: what a slot's name was counted for under
 * another holder says nothing of this one, and the same games can't be judged twice.
 */
export function ruleStrictly(judged: Judged): Found {
  const { policy, rollout, view } = judged;
  const counts = { champion: cycleGames(judged, 0, rollout.champion.version), challenger: cycleGames(judged, 1, rollout.challenger.version) };
  const checks = { split: splitCheck(judged, counts), games: gamesCheck(judged, counts), win: winCheck(judged, counts) };
  const candidates = view.slots.map(({ version }) => ({ version, counts: version === null ? NONE : cyclePredictions(judged, version) }));
  return {
    checks: [checks.split, checks.win, checks.games],
    ruling: rule(judged, counts, checks),
    judgement: { view, counts, candidates, telemetry: telemetryOf(counts) },
    order: (moved) => (policy.reorder === null ? moved : orderSurely(moved, candidates, policy.reorder)),
  };
}

const NONE = { predictions: 0, correct: 0 };

interface Counts {
  readonly champion: GameCounts;
  readonly challenger: GameCounts;
}

function rule({ policy }: Judged, { champion, challenger }: Counts, { split, games, win }: Readonly<Record<"split" | "games" | "win", CheckResult>>): Ruling {
  if (split.status === "fail") return { verdict: "hold", reason: "sample_ratio_mismatch" };
  if (games.status !== "pass") return { verdict: "hold", reason: "insufficient_data" };
  if (win.status === "pass") return { verdict: "promote", reason: "all_checks_passed" };
  if (win.status === "fail") return { verdict: "retain", reason: "worse" };
  return policy.maxGames !== null && champion.games + challenger.games >= policy.maxGames ? { verdict: "retain", reason: "unproven" } : { verdict: "hold", reason: "inconclusive" };
}

function gamesCheck({ policy }: Judged, { champion, challenger }: Counts): CheckResult {
  const least = Math.min(champion.games, challenger.games);
  const enough = least >= policy.minGames;
  return {
    ...blankCheck({ id: "games", purpose: "promotion", metric: "games", n: { champion: champion.games, challenger: challenger.games } }),
    status: enough ? "pass" : "unproven",
    champion: champion.games,
    challenger: challenger.games,
    unit: "count",
    allowed: { low: policy.minGames, high: null },
    nNeeded: enough ? null : policy.minGames,
    method: "counted",
    guarantee: "exact",
    says: `${policy.slots[1]} has ${challenger.games} games of this cycle and ${policy.slots[0]} ${champion.games}; ${policy.minGames} of each are needed.`,
    wouldChange: enough ? null : "more games",
  };
}

/** How much weight the test gives to splits far from the intended one: as much as so many games. */
const CONCENTRATION = 1000;

/** Games of the two slots against the intended split, whichever version played: under any peeking. */
function splitCheck({ policy, view }: Judged, { champion, challenger }: Counts): CheckResult {
  const observed = [0, 1].map((index) => view.slots[index]?.cycle.reduce((sum, { games }) => sum + games, 0) ?? 0);
  const intended = [policy.split.champion, policy.split.challenger];
  const total = (observed[0] ?? 0) + (observed[1] ?? 0);
  const share = total === 0 ? null : (observed[1] ?? 0) / total;
  const base = { ...blankCheck({ id: "sample-ratio", purpose: "validity", metric: "games", n: { champion: champion.games, challenger: challenger.games } }), estimate: share, unit: "share" as const, alpha: toNumber(policy.srmAlpha), method: "beta-binomial evidence against the intended split, anytime-valid", guarantee: "exact" as const };
  if (total === 0) return { ...base, status: "pass", says: "No game was played yet, so there is no split to test.", wouldChange: "games" };
  const { p } = sampleRatioEvidence(observed, intended, CONCENTRATION);
  const failed = p < toNumber(policy.srmAlpha);
  return {
    ...base,
    status: failed ? "fail" : "pass",
    pValue: p,
    reported: { chiSquareP: sampleRatio(observed, intended).p },
    says: `${policy.slots[1]} got ${formatPercent(share)} of the games; ${formatPercent(policy.split.challenger / 10_000)} was intended.`,
    wouldChange: failed ? "find out which games are lost or doubled; evidence from a split that was not realised can't be trusted" : null,
  };
}
