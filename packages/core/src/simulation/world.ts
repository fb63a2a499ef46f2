import { Failure, type Problem } from "../failure/failure.ts";

/**
 * A world in which a policy is tried: what arrives, how good both versions truly are, and when the truth becomes known.
 * All shares are of 1. Precision stands for the false alarms that it implies at this prevalence and recall.
 */
export interface World {
  readonly trafficPerDay: number;
  /** Share of requests that are positive. */
  readonly prevalence: number;
  readonly champion: { readonly recall: number; readonly precision: number };
  /** `recallChange` is relative (0.05: 5 % more of the positives), `precisionChange` absolute (0.01: one percentage point). */
  readonly challenger: { readonly recallChange: number; readonly precisionChange: number };
  /** Of the two versions' answers to the same request (φ, Yule 1912), for positives and for negatives; cut to what the shares allow. */
  readonly correlation: { readonly positives: number; readonly negatives: number };
  /** Metrics that are rates, such as `error`. */
  readonly rates: Readonly<Record<string, PerVersion<number>>>;
  /** Metrics with values, such as `latency_ms`; log-normal. */
  readonly values: Readonly<Record<string, PerVersion<LogNormal>>>;
  /** Log-normal delay of the label after the outcome, and the share of requests that ever get one. */
  readonly labels: { readonly medianMs: number; readonly p95Ms: number; readonly coverage: number };
}

export interface PerVersion<T> {
  readonly champion: T;
  readonly challenger: T;
}

export interface LogNormal {
  readonly p50: number;
  readonly p95: number;
}

/** The truth about both versions, as shares of positives found and of negatives flagged. */
export interface Truth {
  readonly recall: PerVersion<number>;
  readonly falseAlarms: PerVersion<number>;
  readonly precision: PerVersion<number>;
}

/** @throws Failure `invalid_input` when the figures don't fit each other, with each place that is wrong. */
export function truthOf(world: World): Truth {
  requireWorld(world);
  const { champion, challenger, prevalence } = world;
  const recall = { champion: champion.recall, challenger: champion.recall * (1 + challenger.recallChange) };
  const precision = { champion: champion.precision, challenger: champion.precision + challenger.precisionChange };
  requireThat(recall.challenger <= 1, "/challenger/recallChange", `a recall of ${round(champion.recall)} can't rise by ${percent(challenger.recallChange)}: it would be above 1`);
  requireThat(precision.challenger > 0 && precision.challenger <= 1, "/challenger/precisionChange", `a precision of ${round(champion.precision)} can't change by ${percent(challenger.precisionChange)} points`);
  const alarms = (version: "champion" | "challenger") => (prevalence * recall[version] * (1 / precision[version] - 1)) / (1 - prevalence);
  const falseAlarms = { champion: alarms("champion"), challenger: alarms("challenger") };
  for (const version of ["champion", "challenger"] as const) {
    requireThat(falseAlarms[version] <= 1, `/${version}`, `a precision of ${round(precision[version])} at a recall of ${round(recall[version])} would need more false alarms than there are negatives`);
  }
  return { recall, falseAlarms, precision };
}

/**
 * Chances of the eight kinds of request, indexed truth·4 + champion·2 + challenger: with both answers correlated by φ,
 * P(both) = p₁p₂ + φ·√(p₁q₁p₂q₂), kept within what both shares allow (Fréchet 1951).
 */
export function jointChances(world: World): readonly number[] {
  const { recall, falseAlarms } = truthOf(world);
  const { prevalence, correlation } = world;
  const negatives = agree(falseAlarms, correlation.negatives).map((chance) => chance * (1 - prevalence));
  const positives = agree(recall, correlation.positives).map((chance) => chance * prevalence);
  return [...negatives, ...positives];
}

function agree({ champion, challenger }: PerVersion<number>, phi: number): readonly number[] {
  const wanted = champion * challenger + phi * Math.sqrt(champion * (1 - champion) * challenger * (1 - challenger));
  const both = Math.min(Math.max(wanted, 0, champion + challenger - 1), champion, challenger);
  return [Math.max(0, 1 - champion - challenger + both), challenger - both, champion - both, both];
}

function requireWorld(world: World): void {
  const { trafficPerDay, prevalence, champion, correlation, rates, values, labels } = world;
  const problems: Problem[] = [];
  const share = (pointer: string, value: number, open: boolean) => {
    if (!(open ? value > 0 && value < 1 : value >= 0 && value <= 1)) problems.push({ pointer, detail: `must lie ${open ? "between" : "from"} 0 ${open ? "and" : "to"} 1, not at ${value}` });
  };
  if (!(trafficPerDay > 0 && trafficPerDay <= 1e9)) problems.push({ pointer: "/trafficPerDay", detail: `must be above 0 and at most 1e9, not ${trafficPerDay}` });
  share("/prevalence", prevalence, true);
  share("/champion/recall", 1 - champion.recall, false);
  if (!(champion.recall > 0)) problems.push({ pointer: "/champion/recall", detail: "must be above 0: there is nothing to improve on" });
  if (!(champion.precision > 0 && champion.precision <= 1)) problems.push({ pointer: "/champion/precision", detail: `must be above 0 and at most 1, not ${champion.precision}` });
  for (const kind of ["positives", "negatives"] as const) {
    if (!(Math.abs(correlation[kind]) <= 1)) problems.push({ pointer: `/correlation/${kind}`, detail: `must lie from −1 to 1, not at ${correlation[kind]}` });
  }
  share("/labels/coverage", labels.coverage, false);
  problems.push(...spread("/labels", { p50: labels.medianMs, p95: labels.p95Ms }));
  for (const [metric, rate] of Object.entries(rates)) for (const version of VERSIONS) share(`/rates/${metric}/${version}`, rate[version], false);
  for (const [metric, value] of Object.entries(values)) for (const version of VERSIONS) problems.push(...spread(`/values/${metric}/${version}`, value[version]));
  if (problems.length > 0) throw wrong(problems);
}

const VERSIONS = ["champion", "challenger"] as const;

function spread(pointer: string, { p50, p95 }: LogNormal): readonly Problem[] {
  return p50 > 0 && p95 > p50 && p95 < 1e12 ? [] : [{ pointer, detail: `the median ${p50} must be above 0 and the 95 % quantile ${p95} above it` }];
}

function requireThat(holds: boolean, pointer: string, detail: string): void {
  if (!holds) throw wrong([{ pointer, detail }]);
}

function wrong(problems: readonly Problem[]): Failure {
  const [first] = problems;
  return new Failure("invalid_input", `this world can't be: ${first?.pointer ?? ""} ${first?.detail ?? ""}`, { problems, fix: "change the figures of the world, or leave out effects that it can't have" });
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

function percent(value: number): string {
  return `${Number((value * 100).toPrecision(4))} %`;
}
