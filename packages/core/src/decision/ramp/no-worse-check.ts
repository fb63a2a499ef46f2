import type { Comparison } from "../../policy/policy-base.ts";
import type { RampCheck } from "../../policy/ramp-policy.ts";
import { toNumber } from "../../policy/rational.ts";
import type { ArmPair } from "../arms.ts";
import { blankCheck } from "../blank-check.ts";
import { allowedBy, meetsComparison, sayAsked, sayChange } from "../comparison.ts";
import type { CheckResult } from "../decision.ts";
import { formatFigure, formatP, formatPercent } from "../format.ts";
import type { Watching } from "../sequences.ts";
import { rampCheckIdOf } from "./check-id.ts";
import { contrastOf, type Contrast, type Pair } from "./contrast.ts";
import { measure } from "./figure.ts";
import { stageCheck, type StageCheck } from "./stage-check.ts";
import { watchedWorse } from "./watched-worse.ts";

type Rule = Extract<RampCheck, { kind: "noWorseThan" }>;

export interface Judged {
  readonly strict: boolean;
  /** The challenger has everything, and the champion is what it was before. */
  readonly watched: boolean;
  readonly arms: ArmPair;
  readonly alpha: number;
  /** Where what is watched is strongest: a number of observations that is fixed before the data. */
  readonly tunedAt: number;
}

/**
 * Is the challenger no worse than a margin allows? The point decides, exactly; strict mode also asks how sure it is:
 * pass, warn (inside the margin, and surely worse than the champion), unproven (outside, perhaps by chance; or the margin
 * is finer than the noise), fail (outside, and surely worse than the champion). Compat mode knows pass and fail.
 */
export function noWorseCheck(rule: Rule, { strict, arms, alpha, tunedAt }: Judged): StageCheck {
  const champion = measure(arms.champion, rule.metric, rule.figure);
  const challenger = measure(arms.challenger, rule.metric, rule.figure);
  const asked = champion?.exact.parts === 0n ? floorOf(rule, strict) : askedOf(rule);
  const base: CheckResult = {
    ...blankCheck({ id: rampCheckIdOf(rule), purpose: "promotion", metric: rule.metric, n: { champion: champion?.n ?? 0, challenger: challenger?.n ?? 0 } }),
    unit: asked.basis === "relative" ? "ratio" : unitOf(rule),
    sideUnit: unitOf(rule),
    allowed: allowedBy(asked),
    alpha: strict ? alpha : null,
    method: strict ? "none" : "figures compared as they are",
    says: `There is nothing to compute ${rule.metric} of both versions from yet.`,
    wouldChange: `outcomes with ${rule.metric} of both versions`,
  };
  if (champion === null || challenger === null) return stageCheck(base);
  const pair: Pair = { champion, challenger, better: rule.better };
  const estimate = asked.basis === "absolute" ? challenger.value - champion.value : 1 + (challenger.value - champion.value) / Math.abs(champion.value);
  const known = { ...base, champion: champion.value, challenger: challenger.value, estimate };
  const breached = !meetsComparison(asked, champion.exact, challenger.exact);
  if (!strict) {
    return stageCheck({ ...known, status: breached ? "fail" : "pass", says: sentence(rule, asked, known), wouldChange: breached ? `a ${rule.better} ${rule.metric}` : null }, { breached });
  }
  return strictCheck({ rule, asked, pair, known, breached }, { alpha, tunedAt });
}

interface Compared {
  readonly rule: Rule;
  readonly asked: Comparison;
  readonly pair: Pair;
  readonly known: CheckResult;
  readonly breached: boolean;
}

function strictCheck({ rule, asked, pair, known, breached }: Compared, watching: Watching): StageCheck {
  const { alpha } = watching;
  const contrast = contrastOf(pair, alpha);
  const margin = toNumber(asked.margin) * (asked.basis === "relative" ? Math.abs(pair.champion.value) : 1);
  const noisy = contrast.noise === null || contrast.noise > margin;
  // A stage that waits for data is looked at again and again; what is no noise stands at the first look already.
  const worse = breached && (noisy ? watchedWorse(pair, watching).worse : contrast.worse);
  const status: Exclude<CheckResult["status"], "unavailable"> = worse ? "fail" : breached || noisy ? "unproven" : excludesParity(contrast, { better: rule.better, alpha }) ? "warn" : "pass";
  const interval = contrast.ratio === null || asked.basis === "absolute" ? null : { ...contrast.ratio, level: 1 - alpha };
  const nNeeded = noisy && contrast.noise !== null && margin > 0 ? needed(pair.challenger.n, contrast.noise / margin) : null;
  const found = { ...known, status, interval, pValue: contrast.worseP, nNeeded, method: noisy ? `${contrast.method}; finer than the noise, the margin is broken only by evidence that holds under any peeking` : contrast.method, guarantee: contrast.guarantee };
  const blurred = status === "unproven" && noisy;
  return stageCheck({ ...found, says: `${sentence(rule, asked, found)}${blurred ? noise(nNeeded) : ""}`, wouldChange: CHANGES[status](rule, nNeeded) }, { breached, noisy: blurred });
}

/** By its interval; of a champion whose figure is 0 there is none, and the test stands for it. */
function excludesParity({ ratio, worseP }: Contrast, { better, alpha }: { readonly better: Rule["better"]; readonly alpha: number }): boolean {
  if (ratio === null) return worseP !== null && worseP < alpha / 2;
  return better === "higher" ? ratio.high < 1 : ratio.low > 1;
}

function askedOf({ better, margin }: Rule): Comparison {
  return { better, ask: "noWorseThan", margin, basis: "relative" };
}

/** A part of nothing is nothing, so that a floor in the metric's own unit stands for it; the document has none. */
function floorOf({ better, floor }: Rule, strict: boolean): Comparison {
  return { better, ask: "noWorseThan", margin: strict ? floor : { parts: 0, of: 1 }, basis: "absolute" };
}

/** Noise falls with the root of the number of observations, in both arms alike. */
function needed(n: number, times: number): number | null {
  const count = Math.ceil(n * times * times * (1 - 1e-12));
  return Number.isSafeInteger(count) ? count : null;
}

function unitOf({ metric, figure }: Rule): CheckResult["unit"] {
  if (figure.kind === "rate") return "share";
  return metric.endsWith("_ms") ? "ms" : "plain";
}

const CHANGES: Readonly<Record<Exclude<CheckResult["status"], "unavailable">, (rule: Rule, nNeeded: number | null) => string | null>> = {
  pass: () => null,
  warn: () => null,
  unproven: (_, nNeeded) => (nNeeded === null ? "more outcomes, or a wider margin" : `${nNeeded} of the challenger's, or a wider margin`),
  fail: ({ better, metric }) => `a ${better} ${metric}`,
};

function sentence(rule: Rule, asked: Comparison, { champion, challenger, estimate, interval, pValue }: CheckResult): string {
  const points = rule.figure.kind === "rate";
  const say = (value: number | null) => (points ? formatPercent(value) : formatFigure(value ?? 0));
  const name = rule.figure.kind === "quantile" ? `The ${formatPercent(toNumber(rule.figure.quantile))} quantile of ${rule.metric}` : `The ${rule.metric}`;
  const credible = interval === null ? "" : ` (${sayChange(interval.low, asked, points)} to ${sayChange(interval.high, asked, points)} at ${formatPercent(interval.level)} confidence)`;
  const chance = pValue === null ? "" : `, worse by chance: ${formatP(pValue)}`;
  return `${name} is ${say(challenger)}, the champion's ${say(champion)}: a change of ${sayChange(estimate ?? 0, asked, points)}${credible}, where ${sayAsked(asked, points)}${chance}.`;
}

function noise(nNeeded: number | null): string {
  return ` The margin is finer than the noise of so few${nNeeded === null ? "" : `; ${nNeeded} of the challenger's are needed`}.`;
}
