import { Failure } from "../../failure/failure.ts";
import { requireCounts, requireInside } from "../input.ts";
import type { Nothing } from "./evidence.ts";
import { pairedEvidence, type PairedNull } from "./paired-evidence.ts";

export interface StoppedPairs {
  /** Where the comparison stands: it has crossed at the last look, or its last look is over. */
  readonly wins: number;
  readonly losses: number;
  /** The numbers of discordant pairs at which it was looked at, rising; the last is that of now. */
  readonly looks: readonly number[];
  /** The comparison stops at the first look with E ≥ 1/alpha. */
  readonly alpha: number;
  readonly rule: Omit<PairedNull, "side">;
}

export interface StoppedEstimate {
  readonly kind: "estimate";
  /** Median-unbiased, up to the steps of a discrete outcome. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
  readonly guarantee: "exact" | "asymptotic";
}

/** Beyond it the exact walk takes seconds. */
const PAIRS_MAX = 5000;

/**
 * The share of wins behind a one-sided (`greater`) paired comparison that was stopped. W/(W + L) is too high after a stop on success, for
 * it stopped because it was high. Outcomes are ordered by stage (Armitage 1957; Siegmund 1978): crossing at an earlier
 * look is more, and at the same look more wins are. With P_θ(this outcome or more), computed exactly over the binomial
 * walk with its boundary, the estimate solves the mid-probability = ½, and the interval ½ ± level/2.
 *
 * Limits: exact only if the looks are the ones that were really taken and it stopped by this rule alone; a stop by a person
 * has no such order, and then the confidence sequence is what remains true. At most 5000 discordant pairs.
 */
export function stoppedPairs(stopped: StoppedPairs, level: number): StoppedEstimate | Nothing {
  const { wins, losses, looks } = stopped;
  requireCounts({ wins, losses });
  requireInside("level", level);
  const n = wins + losses;
  if (n === 0) return { kind: "nothing", because: "no pair tells the versions apart" };
  if (n > PAIRS_MAX) return { kind: "nothing", because: `the exact walk ends at ${PAIRS_MAX} discordant pairs; use the confidence sequence` };
  if (looks.at(-1) !== n || looks.some((look, i) => !Number.isSafeInteger(look) || look <= (looks[i - 1] ?? 0))) {
    throw new Failure("invalid_input", `the looks end at ${looks.at(-1)} of ${n} pairs`, { fix: "give rising numbers of discordant pairs, the last of them that of now" });
  }
  const boundary = boundaryOf(stopped);
  const above = (share: number) => orMore({ boundary, wins, n, share });
  const tail = (1 - level) / 2;
  return {
    kind: "estimate",
    value: solve((share) => (above(share).orMore + above(share).more) / 2 - 0.5),
    low: solve((share) => above(share).orMore - tail),
    high: solve((share) => above(share).more - (1 - tail)),
    level,
    guarantee: "exact",
  };
}

/** For each number of pairs before the last the least wins that stop there; none where nobody looked. */
function boundaryOf({ looks, alpha, rule }: StoppedPairs): ReadonlyMap<number, number> {
  requireInside("alpha", alpha);
  const limit = -Math.log(alpha);
  const crosses = (wins: number, n: number) => pairedEvidence({ wins, losses: n - wins }, { ...rule, side: "greater" }).logE >= limit;
  const boundary = new Map<number, number>();
  let wins = 0;
  for (const look of looks.slice(0, -1)) {
    while (wins <= look && !crosses(wins, look)) wins++;
    boundary.set(look, wins);
  }
  return boundary;
}

/** P(this outcome or more) and P(more), by walking the distribution of wins pair by pair. */
function orMore({ boundary, wins, n, share }: { readonly boundary: ReadonlyMap<number, number>; readonly wins: number; readonly n: number; readonly share: number }): { readonly orMore: number; readonly more: number } {
  let alive = new Float64Array(n + 2);
  alive[0] = 1;
  let stopped = 0;
  let top = 0;
  for (let pairs = 1; pairs <= n; pairs++) {
    for (let at = top + 1; at > 0; at--) alive[at] = (alive[at] as number) * (1 - share) + (alive[at - 1] as number) * share;
    alive[0] = (alive[0] as number) * (1 - share);
    top++;
    const limit = boundary.get(pairs);
    if (limit === undefined) continue;
    for (; top >= limit; top--) {
      stopped += alive[top] as number;
      alive[top] = 0;
    }
  }
  let more = stopped;
  for (let at = wins + 1; at <= top; at++) more += alive[at] as number;
  return { orMore: more + (wins <= top ? (alive[wins] as number) : 0), more };
}

/** The share in [0, 1] at which a rising function is 0; the end it does not reach, otherwise. */
function solve(rising: (share: number) => number): number {
  let low = 0;
  let high = 1;
  if (rising(0) >= 0) return 0;
  if (rising(1) <= 0) return 1;
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
