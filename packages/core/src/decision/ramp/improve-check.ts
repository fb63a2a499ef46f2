import type { Comparison } from "../../policy/policy-base.ts";
import type { RampCheck } from "../../policy/ramp-policy.ts";
import { toNumber } from "../../policy/rational.ts";
import { blankCheck } from "../blank-check.ts";
import { allowedBy, sayAsked, sayChange, statusOf } from "../comparison.ts";
import type { CheckResult } from "../decision.ts";
import { formatFigure, formatPercent } from "../format.ts";
import { rateRatioSequence, type Bounds, type Watching } from "../sequences.ts";
import { rampCheckIdOf } from "./check-id.ts";
import { changeOf } from "./contrast.ts";
import { ratioSequence } from "./ratio-sequence.ts";
import { measure, type Measured } from "./figure.ts";
import type { Judged } from "./no-worse-check.ts";
import { stageCheck, type StageCheck } from "./stage-check.ts";

type Rule = Extract<RampCheck, { kind: "improveBy" }>;

/**
 * Is the challenger better by a margin? Asked for before the promotion only, and then at every tick until it is shown or the
 * time is over; so that it is judged by bounds that hold at all ticks together.
 */
export function improveCheck(rule: Rule, { arms, alpha, tunedAt }: Judged): StageCheck {
  const watching = { alpha, tunedAt };
  const champion = measure(arms.champion, rule.metric, rule.figure);
  const challenger = measure(arms.challenger, rule.metric, rule.figure);
  const asked: Comparison = { better: rule.better, ask: "improveBy", margin: rule.margin, basis: "relative" };
  const rate = rule.figure.kind === "rate";
  const base: CheckResult = {
    ...blankCheck({ id: rampCheckIdOf(rule), purpose: "promotion", metric: rule.metric, n: { champion: champion?.n ?? 0, challenger: challenger?.n ?? 0 } }),
    unit: "ratio",
    sideUnit: rate ? "share" : rule.metric.endsWith("_ms") ? "ms" : "plain",
    allowed: allowedBy(asked),
    alpha: watching.alpha,
    method: rate ? "confidence sequences of both rates, anytime-valid" : "asymptotic confidence sequence of the contrast, anytime-valid",
    guarantee: rate ? "exact" : "asymptotic",
    says: `There is nothing to compute ${rule.metric} of both versions from yet.`,
    wouldChange: `outcomes with ${rule.metric} of both versions`,
  };
  if (champion === null || challenger === null || champion.exact.parts === 0n) return stageCheck(base, { atLast: true });
  const bounds = boundsOf(champion, challenger, watching);
  const interval = bounds === null || !Number.isFinite(bounds.high) ? null : { ...bounds, level: 1 - watching.alpha };
  const proven = bounds !== null && statusOf(base.allowed, bounds) === "pass";
  const known = { ...base, champion: champion.value, challenger: challenger.value, estimate: 1 + (challenger.value - champion.value) / Math.abs(champion.value), interval };
  const wouldChange = proven ? null : `more outcomes, if the gain is truly above ${formatPercent(toNumber(rule.margin))}`;
  return stageCheck({ ...known, status: proven ? "pass" : "unproven", says: sentence(rule, asked, known), wouldChange }, { atLast: true });
}

function sentence(rule: Rule, asked: Comparison, { champion, challenger, estimate, interval }: CheckResult): string {
  const rate = rule.figure.kind === "rate";
  const say = (value: number | null) => (rate ? formatPercent(value) : formatFigure(value ?? 0));
  const credible = interval === null ? "" : ` (${sayChange(interval.low, asked, rate)} to ${sayChange(interval.high, asked, rate)} at ${formatPercent(interval.level)} confidence)`;
  return `The ${rule.metric} is ${say(challenger)}, the champion's ${say(champion)}: a change of ${sayChange(estimate ?? 0, asked, rate)}${credible}, where ${sayAsked(asked, rate)}.`;
}

function boundsOf(champion: Measured, challenger: Measured, watching: Watching): Bounds | null {
  if (champion.kind === "rate" && challenger.kind === "rate") return rateRatioSequence(champion.rate, challenger.rate, watching);
  if (champion.kind !== "mean" || challenger.kind !== "mean" || champion.summary === null || challenger.summary === null) return null;
  return changeOf(champion.summary, ratioSequence(champion.summary, challenger.summary, watching));
}
