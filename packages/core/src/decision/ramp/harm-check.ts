import type { RampCheck } from "../../policy/ramp-policy.ts";
import type { ArmPair } from "../arms.ts";
import { blankCheck } from "../blank-check.ts";
import { meetsComparison } from "../comparison.ts";
import type { CheckResult } from "../decision.ts";
import { formatFigure, formatP } from "../format.ts";
import type { Watching } from "../sequences.ts";
import { rampCheckIdOf } from "./check-id.ts";
import { measure } from "./figure.ts";
import { watchedWorse } from "./watched-worse.ts";

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
  const { worse, p } = beyond ? watchedWorse({ champion, challenger, better: rule.better }, watching) : { worse: false, p: null };
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

const ASYMPTOTIC = { method: "beyond the margin, and an asymptotic confidence sequence of the difference, anytime-valid", guarantee: "asymptotic" } as const;

const METHODS = {
  rate: { method: "beyond the margin, and confidence sequences that lie apart", guarantee: "exact" },
  quantile: { method: "beyond the margin, and beta-binomial evidence at all values, anytime-valid", guarantee: "exact" },
  mean: ASYMPTOTIC,
  ratio: ASYMPTOTIC,
} as const;
