import type { ImpactModel } from "../policy/policy-base.ts";
import { toNumber } from "../policy/rational.ts";

export interface BusinessImpact {
  readonly currency: string;
  /** More positives found a month, at the policy's volume and prevalence. */
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly net: number;
}

interface Performance {
  readonly recall: number | null;
  readonly precision: number | null;
}

/**
 * What a month with the challenger instead of the champion is worth:
 * TP = V·π·R, FP = TP·(1/P − 1), net = ΔTP·value − ΔFP·cost.
 * (FP = V·(1 − P), which is often written instead, counts every request as an alarm.)
 * null when a figure is missing. A point estimate: no interval is claimed.
 */
export function businessImpact(model: ImpactModel | null, champion: Performance, challenger: Performance): BusinessImpact | null {
  if (model === null) return null;
  const before = monthly(model, champion);
  const after = monthly(model, challenger);
  if (before === null || after === null) return null;
  const truePositives = after.truePositives - before.truePositives;
  const falsePositives = after.falsePositives - before.falsePositives;
  return { currency: model.currency, truePositives, falsePositives, net: truePositives * model.valuePerTruePositive - falsePositives * model.costPerFalsePositive };
}

function monthly(model: ImpactModel, version: Performance): { readonly truePositives: number; readonly falsePositives: number } | null {
  if (version.recall === null || version.precision === null || version.precision === 0) return null;
  const truePositives = model.volumePerMonth * toNumber(model.prevalence) * version.recall;
  return { truePositives, falsePositives: truePositives * (1 / version.precision - 1) };
}
