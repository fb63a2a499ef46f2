import type { CheckRule } from "../../policy/check-rule.ts";
import type { Comparison } from "../../policy/policy-base.ts";
import { toNumber } from "../../policy/rational.ts";
import { normalQuantile } from "../../statistics/normal.ts";
import type { LogNormal, PerVersion } from "../world.ts";
import { percent, round, type Facts } from "./facts.ts";
import type { PolicyWarning } from "./warning.ts";

const POWER = 0.8;
const Z95 = 1.6448536269514722;
/** Values of each version before a mean that is watched is judged; see the check. */
const BURN_IN = 50;

type Rule = Extract<CheckRule, { kind: "mean" | "proportion" }>;

/** Can means and rates be shown to be better, no worse or equal, with what there will be? */
export function lintComparisons(facts: Facts): readonly PolicyWarning[] {
  return facts.policy.checks.flatMap((rule, index): readonly PolicyWarning[] => {
    if (rule.kind !== "mean" && rule.kind !== "proportion") return [];
    const pointer = `/checks/${index}/${rule.ask}`;
    return [...burnIn(facts, rule), ...(rule.ask === "noWorseThan" && rule.margin.parts === 0 ? [noMargin(facts, rule, pointer)] : provable(facts, rule, pointer))];
  });
}

/** Two versions that are equal show it by no amount of data, and compared as they are half of the time. */
function noMargin({ strict, alpha }: Facts, { metric }: Rule, pointer: string): PolicyWarning {
  const often = strict ? `passes in ${percent(alpha)} of the tests, however many outcomes there are` : "passes in about half of the tests";
  return { code: "margin-zero", severity: "warning", pointer, says: `a version whose ${metric} is truly the same ${often}`, fix: "allow it to be a little worse, such as 1%" };
}

function burnIn({ policy }: Facts, rule: Rule): readonly PolicyWarning[] {
  if (rule.kind !== "mean" || policy.monitoring !== "continuous" || policy.minSamples >= BURN_IN) return [];
  return [{ code: "mean-burn-in", severity: "note", pointer: "/minSamples", says: `a mean that is watched is judged from ${BURN_IN} values of each version on; minSamples is ${policy.minSamples}`, fix: `let minSamples be ${BURN_IN} or more` }];
}

/** A figure of a version, and the variance of one observation of it. */
interface Figure {
  readonly value: number;
  readonly variance: number;
}

/** What can be shown, and what it would take, by the normal approximation; strict mode alone asks for proof. */
function provable(facts: Facts, rule: Rule, pointer: string): readonly PolicyWarning[] {
  const figures = knownFigures(facts, rule);
  if (!facts.strict || figures === null || figures.champion.value === 0) return [];
  const room = roomOf(rule, figures);
  if (room <= 0) {
    const gap = Math.abs(figures.challenger.value - figures.champion.value) / (rule.basis === "relative" ? Math.abs(figures.champion.value) : 1);
    return [{ code: "improvement-out-of-reach", severity: "warning", pointer, says: `the world says that the challenger's ${rule.metric} differs by ${said(gap, rule)} from the champion's, and ${said(toNumber(rule.margin), rule)} is ${ASKED[rule.ask]}: it can't be shown`, fix: "ask for less" }];
  }
  const { champion, challenger } = facts.outcomes;
  const half = (-normalQuantile(facts.alpha) + normalQuantile(POWER)) * Math.sqrt(figures.champion.variance / champion + figures.challenger.variance / challenger);
  if (half <= room) return [];
  const factor = (half / room) ** 2;
  const when = facts.requests === null ? "with minSamples in the smaller arm" : "by the last look";
  return [
    {
      code: "comparison-unprovable",
      severity: "warning",
      pointer,
      says: `${when} there are about ${round(challenger)} outcomes of the challenger and ${round(champion)} of the champion; to show ${rule.metric} with a margin of ${said(toNumber(rule.margin), rule)} takes about ${round(Math.ceil(challenger * factor))} and ${round(Math.ceil(champion * factor))} (power 80 %)`,
      fix: facts.requests === null ? "raise minSamples, or widen the margin" : "make the window longer, widen the margin, or expect \"unproven\"",
    },
  ];
}

const ASKED: Readonly<Record<Comparison["ask"], string>> = { improveBy: "asked for", noWorseThan: "the most it may be worse by", within: "as far as it may lie away" };

/** How far the true difference lies on the good side of the nearest bound, in the metric's own unit. */
function roomOf(rule: Rule, { champion, challenger }: PerVersion<Figure>): number {
  const margin = toNumber(rule.margin) * (rule.basis === "relative" ? Math.abs(champion.value) : 1);
  const gain = (challenger.value - champion.value) * (rule.better === "higher" ? 1 : -1);
  if (rule.ask === "within") return margin - Math.abs(gain);
  return rule.ask === "improveBy" ? gain - margin : gain + margin;
}

/** null when nobody said what they are; that a margin of a rate lies below its noise is another rule's, which needs no challenger. */
function knownFigures({ known }: Facts, rule: Rule): PerVersion<Figure> | null {
  if (rule.kind === "mean") {
    const values = known.values?.[rule.metric];
    return values === undefined ? null : { champion: logNormalFigure(values.champion), challenger: logNormalFigure(values.challenger) };
  }
  const rates = known.rates?.[rule.metric];
  if (rates === undefined || (rule.ask === "noWorseThan" && rates.champion === rates.challenger)) return null;
  const figure = (value: number): Figure => ({ value, variance: value * (1 - value) });
  return { champion: figure(rates.champion), challenger: figure(rates.challenger) };
}

/** Mean p50·e^(σ²/2) and variance mean²·(e^(σ²) − 1), with σ = ln(p95/p50)/1.645. */
function logNormalFigure({ p50, p95 }: LogNormal): Figure {
  const squared = (Math.log(p95 / p50) / Z95) ** 2;
  const value = p50 * Math.exp(squared / 2);
  return { value, variance: value * value * Math.expm1(squared) };
}

function said(size: number, { kind, basis }: Rule): string {
  if (basis === "relative") return percent(size);
  return kind === "proportion" ? percent(size).replace("%", "pp") : round(size);
}
