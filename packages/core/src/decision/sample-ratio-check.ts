import { sharesOf } from "../allocation/shares-of.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { Policy } from "../policy/policy.ts";
import { toNumber } from "../policy/rational.ts";
import type { Rollout } from "../policy/rollout.ts";
import { sampleRatio } from "../statistics/sample-ratio.ts";
import { sampleRatioEvidence } from "../statistics/sequential/sample-ratio-evidence.ts";
import { armsOf, liveIn } from "./arms.ts";
import { blankCheck } from "./blank-check.ts";
import type { CheckResult } from "./decision.ts";
import { formatPercent } from "./format.ts";
import type { Ruling } from "./operator.ts";

/** How much weight the sequential test gives to splits far from the intended one: as much as so many outcomes. */
const RATIO_CONCENTRATION = 1000;

/**
 * Live outcomes against the intended shares. It is looked at at every tick, so strict mode uses evidence that holds under
 * any peeking; χ², which does not, is reported, and decides in compat mode. With an expected count below 5 nothing is said.
 */
export function sampleRatioCheck({ mode, srmAlpha }: Pick<Policy, "mode" | "srmAlpha">, rollout: Rollout, evidence: Evidence): CheckResult {
  const slots = splitOf(rollout, evidence);
  const observed = slots.map(({ live }) => live);
  const intended = slots.map(({ share }) => share);
  const total = sum(observed);
  const challengers = observed.at(-1) ?? 0;
  const base = blankCheck({ id: "sample-ratio", purpose: "validity", metric: "scored", n: { champion: total - challengers, challenger: challengers } });
  const share = total === 0 ? null : challengers / total;
  const known = { ...base, estimate: share, unit: "share" as const, method: METHODS[mode].method, guarantee: METHODS[mode].guarantee, alpha: toNumber(srmAlpha) };
  const least = (total * Math.min(...intended)) / sum(intended);
  if (least < 5) return { ...known, status: "pass", says: "Too few live outcomes to test the split yet.", wouldChange: "more traffic" };
  const result = sampleRatio(observed, intended);
  const p = mode === "strict" ? sampleRatioEvidence(observed, intended, RATIO_CONCENTRATION).p : result.p;
  const failed = p < toNumber(srmAlpha);
  return {
    ...known,
    status: failed ? "fail" : "pass",
    pValue: p,
    reported: { chiSquare: result.chiSquare, chiSquareP: result.p },
    says: `The challenger got ${formatPercent(share)} of the live outcomes; ${formatPercent((intended.at(-1) ?? 0) / sum(intended))} was intended.`,
    wouldChange: failed ? "find out which outcomes are lost or doubled; evidence from a split that was not realised can't be trusted" : null,
  };
}

/** Champion, its cohort of control where it has one, and challenger last; shares in basis points. */
function splitOf(rollout: Rollout, evidence: Evidence): readonly { readonly live: number; readonly share: number }[] {
  const shares = sharesOf(rollout.allocation);
  const arms = armsOf(rollout, evidence);
  if (rollout.slots === undefined) {
    return [
      { live: arms.champion.live, share: shares["champion"] ?? 0 },
      { live: arms.challenger.live, share: shares["challenger"] ?? 0 },
    ];
  }
  const { champion, control, challenger } = rollout.slots;
  return [champion, control, challenger].flatMap((slot) => {
    const share = slot === null ? 0 : (shares[slot] ?? 0);
    return slot === null || share === 0 ? [] : [{ live: liveIn(evidence, slot), share }];
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const METHODS = {
  strict: { method: "Dirichlet-multinomial evidence against the intended split, anytime-valid", guarantee: "exact" },
  compat: { method: "χ² goodness of fit against the intended split", guarantee: "asymptotic" },
} as const;

export function sampleRatioRuling(checks: readonly CheckResult[]): Ruling | null {
  const ratio = checks.find((check) => check.id === "sample-ratio");
  return ratio?.status === "fail" ? { verdict: "hold", reason: "sample_ratio_mismatch" } : null;
}
