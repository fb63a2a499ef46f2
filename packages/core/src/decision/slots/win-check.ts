import { binomialEvidence, concentrationFor } from "../../statistics/sequential/binomial-evidence.ts";
import { blankCheck } from "../blank-check.ts";
import type { CheckResult } from "../decision.ts";
import { formatPercent } from "../format.ts";
import type { GameCounts } from "../slots-view.ts";
import { score, type Judged } from "./judged.ts";

/**
 * Whether the challenger scores more than the champion, a tie being half a win. Every game with a winner speaks for one of them:
 * a win of the challenger's and a loss of the champion's for the challenger, the others for the champion. Each game goes to either
 * with chance ½ whatever came before, so that it speaks for the challenger with P(+) = ½·(win of the challenger) + ½·(loss of the
 * champion), and P(+) − P(−) is the difference of the two mean scores: under "no better", at most half of the games with a winner
 * speak for the challenger. That is tested by the beta-binomial mixture (`binomialEvidence`, one-sided), which holds at every look
 * together, and when strengths drift while both are equal: exact. It needs the even split, which `sample-ratio` watches.
 *
 * pass: the evidence for "better" reaches 1/alpha. fail: the evidence for "worse" does.
 */
export function winCheck({ policy, alpha }: Judged, { champion, challenger }: { readonly champion: GameCounts; readonly challenger: GameCounts }): CheckResult {
  const against = lossesOf(champion) + challenger.wins;
  const support = lossesOf(challenger) + champion.wins;
  const tested = { counts: { hits: against, misses: support }, concentration: concentrationFor(tunedAt(policy), alpha) };
  const better = binomialEvidence(tested.counts, { share: 0.5, side: "greater", concentration: tested.concentration });
  const worse = binomialEvidence(tested.counts, { share: 0.5, side: "less", concentration: tested.concentration });
  const [low, high] = [bound(tested, "greater", alpha), bound(tested, "less", alpha)];
  const limit = -Math.log(alpha);
  const status = better.logE >= limit ? "pass" : worse.logE >= limit ? "fail" : "unproven";
  const decided = against + support;
  const says = { pass: "more than half, surely", fail: "less than half, surely", unproven: "which may be chance" };
  const [first, second] = policy.slots;
  return {
    ...blankCheck({ id: "win", purpose: "promotion", metric: policy.win, n: { champion: champion.games, challenger: challenger.games } }),
    status,
    champion: score(champion),
    challenger: score(challenger),
    estimate: decided === 0 ? null : lead(against / decided),
    unit: "share",
    interval: decided === 0 ? null : { low: lead(low), high: lead(high), level: 1 - 2 * alpha },
    allowed: { low: 0, high: null },
    pValue: better.p,
    alpha,
    method: "beta-binomial evidence of the games with a winner that speak for the challenger, against a half, anytime-valid",
    guarantee: "exact",
    reported: { logE: better.logE, logEWorse: worse.logE, forChallenger: against, forChampion: support, ties: champion.ties + challenger.ties },
    says:
      decided === 0
        ? "No game has had a winner yet."
        : `${second} makes ${formatPercent(score(challenger))} of its points and ${first} ${formatPercent(score(champion))}; ${formatPercent(against / decided)} of the games with a winner speak for ${second}, ${says[status]}.`,
    wouldChange: status === "pass" ? null : status === "fail" ? "another challenger" : "more games",
  };
}

/** How much more than half of the games with a winner speak for the challenger, as a part of them: −1 to 1, and 0 where they are equal. */
function lead(share: number): number {
  return 2 * share - 1;
}

function lossesOf({ games, wins, ties }: GameCounts): number {
  return games - wins - ties;
}

/** Where the test is strongest; fixed by the policy, before any game. */
function tunedAt({ maxGames, minGames }: Judged["policy"]): number {
  return maxGames === null ? 20 * Math.max(1, minGames) : Math.max(1, maxGames / 2);
}

interface Tested {
  readonly counts: { readonly hits: number; readonly misses: number };
  readonly concentration: number;
}

/** The share up to which (greater) or from which on (less) the evidence reaches 1/alpha: what all looks together leave open lies between. */
function bound({ counts, concentration }: Tested, side: "greater" | "less", alpha: number): number {
  const limit = -Math.log(alpha);
  const refuted = (share: number) => binomialEvidence(counts, { share, side, concentration }).logE >= limit;
  const seen = Math.min(Math.max(counts.hits / (counts.hits + counts.misses || 1), 1e-9), 1 - 1e-9);
  const end = side === "greater" ? 0 : 1;
  let [outside, inside] = [end === 0 ? 1e-9 : 1 - 1e-9, seen];
  if (!refuted(outside)) return end;
  for (let step = 0; step < 50; step++) {
    const middle = (outside + inside) / 2;
    if (refuted(middle)) outside = middle;
    else inside = middle;
  }
  return outside;
}
