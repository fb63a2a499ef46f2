import type { MetricSpec, RatioMetric } from "./evidence.ts";

/** The ratios that a policy declares, and what they are made of. */
export interface EpochRatios {
  readonly ratios: readonly (readonly [name: string, ratio: RatioMetric])[];
  /** The names of the numbers that outcomes and follow-ups carry for them. */
  readonly fields: ReadonlySet<string>;
}

const NO_RATIOS: EpochRatios = { ratios: [], fields: new Set() };

export function epochRatios(metrics: Readonly<Record<string, MetricSpec>>): EpochRatios {
  if (!hasRatios(metrics)) return NO_RATIOS;
  const ratios = Object.entries(metrics).flatMap(([name, spec]) => (typeof spec === "string" ? [] : [[name, spec] as const]));
  return { ratios, fields: new Set(ratios.flatMap(([, { numerator, denominator }]) => [...numerator, ...denominator])) };
}

/** Whether follow-ups and totals of units may matter to evidence of these metrics. */
export function hasRatios(metrics: Readonly<Record<string, MetricSpec>>): boolean {
  for (const name in metrics) if (typeof metrics[name] !== "string") return true;
  return false;
}

/** The largest value of a field in its unit: the squares of millions of such fit a WideInteger. */
const RATIO_FIELD_MAX = 1_000_000;

/** Why `value` can't be a field of a ratio; null when it can. */
export function fieldProblem(value: number): string | null {
  return value >= 0 && value <= RATIO_FIELD_MAX ? null : `a field of a ratio takes 0 … ${RATIO_FIELD_MAX}, not ${value}`;
}

/** The fields among some measurements, in thousandths. */
export function fieldsOf(metrics: Readonly<Record<string, number>>, { fields }: EpochRatios): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const name in metrics) if (fields.has(name)) found[name] = Math.round((metrics[name] as number) * 1000);
  return found;
}
