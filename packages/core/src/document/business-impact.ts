import type { ImpactModel } from "../policy/policy-base.ts";
import { toNumber } from "../policy/rational.ts";
import { criticalValue } from "../statistics/normal.ts";

export interface BusinessImpact {
  readonly currency: string;
  /** More positives found a month, at the policy's volume and prevalence. */
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly net: number;
  /** Of `net`, by how many labels there were; null without counts. */
  readonly interval: { readonly low: number; readonly high: number; readonly level: number } | null;
}

interface Performance {
  readonly recall: number | null;
  readonly precision: number | null;
  readonly truePositive?: number | null;
  readonly falsePositive?: number | null;
  readonly falseNegative?: number | null;
}

/**
 * What a month with the challenger instead of the champion is worth:
 * TP = V·π·R, FP = TP·(1/P − 1), net = ΔTP·value − ΔFP·cost.
 * (FP = V·(1 − P), which is often written instead, counts every request as an alarm.)
 * null when a figure is missing. Volume, prevalence, value and cost are taken as given: the interval is of chance alone.
 */
export function businessImpact(model: ImpactModel | null, champion: Performance, challenger: Performance): BusinessImpact | null {
  if (model === null) return null;
  const before = monthly(model, champion);
  const after = monthly(model, challenger);
  if (before === null || after === null) return null;
  const truePositives = after.truePositives - before.truePositives;
  const falsePositives = after.falsePositives - before.falsePositives;
  const net = truePositives * model.valuePerTruePositive - falsePositives * model.costPerFalsePositive;
  return { currency: model.currency, truePositives, falsePositives, net, interval: intervalOf(net, variance(model, champion), variance(model, challenger)) };
}

function monthly(model: ImpactModel, version: Performance): { readonly truePositives: number; readonly falsePositives: number } | null {
  if (version.recall === null || version.precision === null || version.precision === 0) return null;
  const truePositives = model.volumePerMonth * toNumber(model.prevalence) * version.recall;
  return { truePositives, falsePositives: truePositives * (1 / version.precision - 1) };
}

const LEVEL = 0.95;

/** Both versions as if of different requests: where they answered the same ones it is wider than it had to be. */
function intervalOf(net: number, champion: number | null, challenger: number | null): BusinessImpact["interval"] {
  if (champion === null || challenger === null) return null;
  const reach = criticalValue(LEVEL) * Math.sqrt(champion + challenger);
  return { low: net - reach, high: net + reach, level: LEVEL };
}

/**
 * Of what a month of one version is worth, V·π·(value·TP − cost·FP)/(TP + FN), by the delta method over Poisson counts,
 * each with a half added, so that a count of none is not taken for certainty.
 */
function variance(model: ImpactModel, { truePositive, falsePositive, falseNegative }: Performance): number | null {
  if (truePositive == null || falsePositive == null || falseNegative == null) return null;
  const [tp, fp, fn] = [truePositive + 0.5, falsePositive + 0.5, falseNegative + 0.5];
  const positives = tp + fn;
  const perPositive = (model.valuePerTruePositive * tp - model.costPerFalsePositive * fp) / positives;
  const scale = (model.volumePerMonth * toNumber(model.prevalence)) / positives;
  return scale ** 2 * (tp * (model.valuePerTruePositive - perPositive) ** 2 + fn * perPositive ** 2 + fp * model.costPerFalsePositive ** 2);
}
