import { sharesOf } from "../allocation/shares-of.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { AbtestPolicy } from "../policy/policy.ts";
import { toNumber } from "../policy/rational.ts";
import type { Rollout } from "../policy/rollout.ts";
import { sampleRatio } from "../statistics/sample-ratio.ts";
import { sampleRatioEvidence } from "../statistics/sequential/sample-ratio-evidence.ts";
import { armsOf, liveIn, unitsIn } from "./arms.ts";
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
export function sampleRatioCheck({ mode, srmAlpha }: Pick<AbtestPolicy, "mode" | "srmAlpha">, rollout: Rollout, evidence: Evidence): CheckResult {
  const { slots, counted } = splitOf(rollout, evidence);
  const observed = slots.map(({ live }) => live);
  const intended = slots.map(({ share }) => share);
  const total = sum(observed);
  const challengers = observed.at(-1) ?? 0;
  const base = blankCheck({ id: "sample-ratio", purpose: "validity", metric: "scored", n: { champion: total - challengers, challenger: challengers } });
  const share = total === 0 ? null : challengers / total;
  const known = { ...base, estimate: share, unit: "share" as const, method: METHODS[mode].method, guarantee: METHODS[mode].guarantee, alpha: toNumber(srmAlpha) };
  if (slots.length < 2) return { ...known, status: "pass", says: "One version has everything: there is no split to test." };
  const least = (total * Math.min(...intended)) / sum(intended);
  if (least < 5) return { ...known, status: "pass", says: `Too few ${counted} to test the split yet.`, wouldChange: "more traffic" };
  const result = sampleRatio(observed, intended);
  const p = mode === "strict" ? sampleRatioEvidence(observed, intended, RATIO_CONCENTRATION).p : result.p;
  const failed = p < toNumber(srmAlpha);
  return {
    ...known,
    status: failed ? "fail" : "pass",
    pValue: p,
    reported: { chiSquare: result.chiSquare, chiSquareP: result.p },
    says: `The challenger got ${formatPercent(share)} of the ${counted}; ${formatPercent((intended.at(-1) ?? 0) / sum(intended))} was intended.`,
    wouldChange: failed ? "find out which outcomes are lost or doubled; evidence from a split that was not realised can't be trusted" : null,
  };
}

interface Split {
  /** Champion, its cohort of control where it has one, and challenger last; shares in basis points. */
  readonly slots: readonly { readonly live: number; readonly share: number }[];
  readonly counted: string;
}

/**
 * It is units that are split: where evidence counts them, as ratios do, they are tested. A unit with many outcomes would
 * make outcomes look like a split that was not realised.
 */
function splitOf(rollout: Rollout, evidence: Evidence): Split {
  const shares = sharesOf(rollout.allocation);
  const arms = armsOf(rollout, evidence);
  if (rollout.slots === undefined) {
    const slots = [
      { live: arms.champion.live, share: shares["champion"] ?? 0 },
      { live: arms.challenger.live, share: shares["challenger"] ?? 0 },
    ];
    return { slots, counted: "live outcomes" };
  }
  const clustered = evidence.find((item) => item.statistic.kind === "ratio")?.metric;
  const countIn = (slot: string) => (clustered === undefined ? liveIn(evidence, slot) : unitsIn(evidence, slot, clustered));
  const { champion, control, challenger } = rollout.slots;
  const slots = [champion, control, challenger].flatMap((slot) => {
    const share = slot === null ? 0 : (shares[slot] ?? 0);
    return slot === null || share === 0 ? [] : [{ live: countIn(slot), share }];
  });
  return { slots, counted: clustered === undefined ? "live outcomes" : "units" };
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
