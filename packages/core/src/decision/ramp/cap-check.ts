import type { RampCheck } from "../../policy/ramp-policy.ts";
import { toNumber } from "../../policy/rational.ts";
import { blankCheck } from "../blank-check.ts";
import type { CheckResult } from "../decision.ts";
import { formatFigure, formatPercent } from "../format.ts";
import { rampCheckIdOf } from "./check-id.ts";
import { measureQuantile } from "./figure.ts";
import type { Judged } from "./no-worse-check.ts";
import { stageCheck, type StageCheck } from "./stage-check.ts";

type Rule = Extract<RampCheck, { kind: "cap" }>;

/**
 * A quantile against an absolute limit. Above it the challenger loses if the champion keeps it; when the champion is above it
 * too, strict mode holds nothing against the challenger, and promotes nothing either.
 */
export function capCheck(rule: Rule, { strict, arms }: Pick<Judged, "strict" | "arms">): StageCheck {
  const champion = measureQuantile(arms.champion.histogram(rule.metric), rule.quantile);
  const challenger = measureQuantile(arms.challenger.histogram(rule.metric), rule.quantile);
  const q = formatPercent(toNumber(rule.quantile));
  const base: CheckResult = {
    ...blankCheck({ id: rampCheckIdOf(rule), purpose: "promotion", metric: rule.metric, n: { champion: champion?.n ?? 0, challenger: challenger?.n ?? 0 } }),
    unit: rule.metric.endsWith("_ms") ? "ms" : "plain",
    allowed: { low: null, high: rule.atMost },
    method: `${q} quantile, within 2 % above the true one`,
    says: `There is no ${rule.metric} of both versions yet.`,
    wouldChange: `outcomes with ${rule.metric} of both versions`,
  };
  if (champion === null || challenger === null) return stageCheck(base);
  const breached = challenger.value > rule.atMost;
  const championOver = champion.value > rule.atMost;
  const excused = strict && breached && championOver;
  return stageCheck(
    {
      ...base,
      champion: champion.value,
      challenger: challenger.value,
      estimate: challenger.value,
      status: !breached ? "pass" : excused ? "unproven" : "fail",
      says: `The ${q} quantile of ${rule.metric} is ${formatFigure(challenger.value)}, the champion's ${formatFigure(champion.value)}, the limit ${formatFigure(rule.atMost)}.`,
      wouldChange: breached ? (excused ? "a champion that keeps the limit, or a challenger that does" : "a challenger that keeps the limit") : null,
    },
    { breached, championOver: excused },
  );
}
