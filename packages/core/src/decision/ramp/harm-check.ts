import type { RampCheck } from "../../policy/ramp-policy.ts";
import { asymptoticSequence } from "../../statistics/sequential/asymptotic-sequence.ts";
import { concentrationFor } from "../../statistics/sequential/binomial-evidence.ts";
import { histogramQuantileEvidence } from "../../statistics/sequential/quantile-evidence.ts";
import type { ArmPair } from "../arms.ts";
import { blankCheck } from "../blank-check.ts";
import { meetsComparison } from "../comparison.ts";
import type { CheckResult } from "../decision.ts";
import { formatFigure, formatP } from "../format.ts";
import { rateDifferenceSequence, type Watching } from "../sequences.ts";
import { rampCheckIdOf } from "./check-id.ts";
import { measure, type Measured } from "./figure.ts";
import { BURN_IN } from "./ratio-sequence.ts";

type Rule = Extract<RampCheck, { kind: "noWorseThan" }>;

/**
 * Harm at any time, before any minimum of data: the point is beyond the margin, and the challenger is surely worse than the
 * champion by evidence that may be looked at at every tick. Each check has the alpha of harm for itself.
 */
export function harmCheck(rule: Rule, arms: ArmPair, watching: Watching): CheckResult {
  const champion = measure(arms.champion, rule.metric, rule.figure);
  const challenger = measure(arms.challenger, rule.metric, rule.figure);
  const base: CheckResult = {
    ...blankCheck({ id: `harm-${rampCheckIdOf(rule)}`, purpose: "harm", metric: rule.metric, n: { champion: champion?.n ?? 0, challenger: challenger?.n ?? 0 } }),
    unit: rule.figure.kind === "rate" ? "share" : rule.metric.endsWith("_ms") ? "ms" : "plain",
    alpha: watching.alpha,
    ...METHODS[rule.figure.kind],
  };
  if (champion === null || challenger === null) return base;
  const none = champion.exact.parts === 0n;
  const beyond = !meetsComparison({ better: rule.better, ask: "noWorseThan", margin: none ? rule.floor : rule.margin, basis: none ? "absolute" : "relative" }, champion.exact, challenger.exact);
  const { worse, p } = beyond ? watched(rule, { champion, challenger }, watching) : { worse: false, p: null };
  return {
    ...base,
    champion: champion.value,
    challenger: challenger.value,
    estimate: challenger.value - champion.value,
    status: worse ? "fail" : "pass",
    pValue: p,
    says: `The ${rule.metric} is ${formatFigure(challenger.value)}, the champion's ${formatFigure(champion.value)}${p === null ? "" : ` (worse by chance, at any time: ${formatP(p)})`}.`,
    wouldChange: null,
  };
}

/** p is null where the sequences only say whether they lie apart. */
function watched({ better }: Rule, { champion, challenger }: { readonly champion: Measured; readonly challenger: Measured }, watching: Watching): { readonly worse: boolean; readonly p: number | null } {
  if (champion.kind === "rate" && challenger.kind === "rate") {
    const bounds = rateDifferenceSequence(champion.rate, challenger.rate, watching);
    return { worse: better === "lower" ? bounds.low > 0 : bounds.high < 0, p: null };
  }
  if (champion.kind === "quantile" && challenger.kind === "quantile") {
    const side = better === "lower" ? "greater" : "less";
    const { p } = histogramQuantileEvidence(
      { champion: champion.histogram, challenger: challenger.histogram, ratio: 1 },
      { q: champion.quantile.parts / champion.quantile.of, side, concentration: concentrationFor(watching.tunedAt, watching.alpha) },
    );
    return { worse: p < watching.alpha, p };
  }
  return means(better, { champion, challenger }, watching);
}

function means(better: Rule["better"], { champion, challenger }: { readonly champion: Measured; readonly challenger: Measured }, { alpha, tunedAt }: Watching): { readonly worse: boolean; readonly p: number | null } {
  const [a, b] = [champion, challenger].map((one) => (one.kind === "mean" ? one.summary : null));
  if (a == null || b == null || Math.min(a.n, b.n) < BURN_IN) return { worse: false, p: null };
  const sequence = asymptoticSequence(
    { value: better === "lower" ? b.mean - a.mean : a.mean - b.mean, standardError: Math.sqrt(a.variance / a.n + b.variance / b.n), n: a.n + b.n },
    { alpha, tunedAt, burnIn: 0, side: "greater", nullValue: 0 },
  );
  return sequence.kind === "nothing" ? { worse: false, p: null } : { worse: sequence.p < alpha, p: sequence.p };
}

const ASYMPTOTIC = { method: "beyond the margin, and an asymptotic confidence sequence of the difference, anytime-valid", guarantee: "asymptotic" } as const;

const METHODS = {
  rate: { method: "beyond the margin, and confidence sequences that lie apart", guarantee: "exact" },
  quantile: { method: "beyond the margin, and beta-binomial evidence at all values, anytime-valid", guarantee: "exact" },
  mean: ASYMPTOTIC,
  ratio: ASYMPTOTIC,
} as const;
