import { compareRatio, toNumber } from "../../policy/rational.ts";
import { blankCheck } from "../blank-check.ts";
import type { CheckResult } from "../decision.ts";
import { formatNumber, formatPercent } from "../format.ts";
import type { Ruling } from "../operator.ts";
import type { GameCounts, SlotsView } from "../slots-view.ts";
import type { Found, Judged } from "./judged.ts";
import { orderAsWritten } from "./order.ts";
import { telemetryOf } from "./telemetry.ts";

/**
 * The reference's rule. Counters are those of the slots' names since ever, whoever held them; a tie is no win. With too few
 * games of either nothing is said; else the challenger takes the champion's slot if its rate of wins is greater, and not if it is
 * equal. z and p are shown, and nothing goes by them. Challengers are put in order by accuracy in each case.
 */
export function ruleAsWritten(judged: Judged): Found {
  const { view, policy } = judged;
  const counts = { champion: gamesOf(view, 0), challenger: gamesOf(view, 1) };
  const enough = Math.min(counts.champion.games, counts.challenger.games) >= policy.minGames;
  const telemetry = enough ? telemetryOf(counts) : null;
  const check = rateCheck(judged, { counts, enough, telemetry });
  const candidates = view.slots.map(({ version, total }) => ({ version, counts: total }));
  return { checks: [check], ruling: RULINGS[check.status === "pass" ? "pass" : check.status === "fail" ? "fail" : "few"], judgement: { view, counts, candidates, telemetry }, order: (moved) => orderAsWritten(moved, candidates) };
}

const RULINGS: Readonly<Record<"pass" | "fail" | "few", Ruling>> = {
  pass: { verdict: "promote", reason: "all_checks_passed" },
  fail: { verdict: "retain", reason: "worse" },
  few: { verdict: "hold", reason: "insufficient_data" },
};

/** The latest swap must be among so many of the model's cycles to be found. */
const ROWS_SEARCHED = 50;

/** The reference looks for the latest swap in its newest rows only; an older one is as if there had been none. */
export function viewAsWritten(view: SlotsView): SlotsView {
  return view.cyclesBefore < ROWS_SEARCHED ? view : { ...view, baseline: null };
}

interface Compared {
  readonly counts: { readonly champion: GameCounts; readonly challenger: GameCounts };
  readonly enough: boolean;
  readonly telemetry: ReturnType<typeof telemetryOf>;
}

function rateCheck({ policy, view }: Judged, { counts: { champion, challenger }, enough, telemetry }: Compared): CheckResult {
  const [first, second] = policy.slots;
  const base: CheckResult = {
    ...blankCheck({ id: "win-rate", purpose: "promotion", metric: policy.win, n: { champion: champion.games, challenger: challenger.games } }),
    unit: "share",
    champion: champion.games === 0 ? null : champion.wins / champion.games,
    challenger: challenger.games === 0 ? null : challenger.wins / challenger.games,
    method: "rates of wins under the slots' names, compared as they are; ties are no wins",
    reported: { z: telemetry?.z ?? null, wins: challenger.wins, championWins: champion.wins },
  };
  const records = `${second} has won ${challenger.wins} of ${challenger.games}, and ${first} ${champion.wins} of ${champion.games}`;
  if (!enough) return { ...base, status: "unproven", nNeeded: policy.minGames, says: `${records}; ${policy.minGames} games of each are needed.`, wouldChange: "more games" };
  const better = compareRatio({ parts: challenger.wins, of: challenger.games }, { parts: champion.wins, of: champion.games }) > 0;
  const level = toNumber(policy.alpha);
  const annotated = telemetry === null ? "" : ` (z ${formatNumber(telemetry.z)}, p ${formatNumber(telemetry.p)}, which is ${telemetry.p < level ? "below" : "not below"} ${formatPercent(level)})`;
  return {
    ...base,
    status: better ? "pass" : "fail",
    estimate: (base.challenger ?? 0) - (base.champion ?? 0),
    allowed: { low: 0, high: null },
    pValue: telemetry?.p ?? null,
    alpha: level,
    says: `${records}${annotated}: version ${view.slots[1]?.version ?? "none"} ${better ? "takes" : "does not take"} ${first}.`,
    wouldChange: better ? null : "a rate of wins above the champion's",
  };
}

function gamesOf({ slots }: SlotsView, index: 0 | 1): GameCounts {
  const { games = 0, wins = 0, ties = 0 } = slots[index]?.total ?? {};
  return { games, wins, ties };
}
