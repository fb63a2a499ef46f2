import { isoTime } from "../digest/iso-time.ts";
import { nearest } from "../failure/nearest.ts";
import type { FailureCode } from "../failure/failure.ts";
import type { FollowUp, Outcome } from "../outcome/outcome.ts";
import { valueProblem } from "./accumulator.ts";
import { fieldProblem, type EpochRatios } from "./epoch-ratios.ts";
import type { EpochContext, FoldContext } from "./fold-context.ts";

/** Why a record can't be counted. */
export interface RecordProblem {
  readonly code: FailureCode;
  readonly detail: string;
  readonly fix: string;
}

type RatiosOf = (epoch: EpochContext) => EpochRatios;

/** Why an outcome can't be counted; null when it can. */
export function outcomeProblem(outcome: Outcome, context: FoldContext, ratiosOf: RatiosOf): RecordProblem | null {
  if (outcome.model !== context.model) return otherModel(outcome.model, context.model);
  const epoch = Object.hasOwn(context.epochs, outcome.epoch) ? context.epochs[outcome.epoch] : undefined;
  if (epoch === undefined) {
    const known = Object.keys(context.epochs);
    return {
      code: "unknown_version",
      detail: `epoch ${outcome.epoch} is not an epoch of "${context.model}" that takes outcomes (${known.length === 0 ? "none does now" : `those are ${known.join(", ")}`})`,
      fix: "report the epoch of the allocation that served the request",
    };
  }
  if (epoch.slots !== undefined) {
    const problem = slotProblem(outcome, epoch.slots);
    if (problem !== null) return problem;
  } else if (outcome.version !== epoch.championVersion && outcome.version !== epoch.challengerVersion && epoch.otherVersions?.includes(outcome.version) !== true) {
    const [last, ...before] = [epoch.championVersion, ...(epoch.challengerVersion === null ? [] : [epoch.challengerVersion]), ...(epoch.otherVersions ?? [])].toReversed();
    const served = before.length === 0 ? last : `${before.toReversed().join(", ")} and ${last}`;
    return {
      code: "unknown_version",
      detail: `version "${outcome.version}" did not serve in epoch ${outcome.epoch}; ${served} did`,
      fix: "report the version of the allocation that served the request",
    };
  }
  if (epoch.countedFrom !== undefined && outcome.at < epoch.countedFrom) {
    return {
      code: "invalid_input",
      detail: `it was served at ${isoTime(outcome.at)}, and outcomes of epoch ${outcome.epoch} are taken from ${isoTime(epoch.countedFrom)} on: older ones may have been counted and forgotten`,
      fix: "send outcomes sooner; how long they are taken follows from the policy's window and the maturity of its labels",
    };
  }
  return metricProblem(outcome, epoch.metrics, ratiosOf(epoch));
}

function slotProblem({ slot, metrics }: Outcome, { names, win }: NonNullable<EpochContext["slots"]>): RecordProblem | null {
  if (!names.includes(slot)) {
    const near = nearest(slot, names);
    return { code: "invalid_input", detail: `"${slot}" is no slot of the policy; it has ${names.join(", ")}`, fix: near === null ? "report the slot that the version answered from" : `did you mean "${near}"?` };
  }
  const score = metrics[win];
  return score === undefined || score === 0 || score === 0.5 || score === 1 ? null : { code: "invalid_input", detail: `metric "${win}" is ${score}: a game is 1 when it was won, 0.5 when it was tied and 0 when it was lost`, fix: "send one of the three" };
}

function metricProblem(outcome: Outcome, declared: EpochContext["metrics"], { fields }: EpochRatios): RecordProblem | null {
  for (const metric in outcome.metrics) {
    const value = outcome.metrics[metric] as number;
    const spec = Object.hasOwn(declared, metric) ? declared[metric] : undefined;
    if (typeof spec === "string") {
      const problem = valueProblem(spec, value);
      if (problem !== null) return { code: "invalid_input", detail: `metric "${metric}": ${problem}`, fix: "send a value in the range of the metric's kind, or leave the metric out" };
    } else if (!fields.has(metric)) {
      return spec === undefined ? unknownMetric(metric, [...Object.keys(declared).filter((name) => typeof declared[name] === "string"), ...fields]) : sentAsRatio(metric, [...spec.numerator, ...spec.denominator]);
    }
    if (fields.has(metric)) {
      const problem = fieldProblem(value);
      if (problem !== null) return { code: "invalid_input", detail: `metric "${metric}": ${problem}`, fix: "measure it in a larger unit, and never as less than nothing" };
    }
  }
  return null;
}

/**
 * Why a follow-up can't be counted; null when it can. Its epoch is that of its outcome, which may be unknown as yet: it is
 * taken when any epoch of the model could use it.
 */
export function followUpProblem(followUp: FollowUp, context: FoldContext, ratiosOf: RatiosOf): RecordProblem | null {
  if (followUp.model !== context.model) return otherModel(followUp.model, context.model);
  const epochs = Object.values(context.epochs);
  const from = Math.min(...epochs.map((epoch) => epoch.countedFrom ?? Number.NEGATIVE_INFINITY));
  if (followUp.at < from && from !== Number.POSITIVE_INFINITY) {
    return {
      code: "invalid_input",
      detail: `it happened at ${isoTime(followUp.at)}, and follow-ups are taken from ${isoTime(from)} on: their outcomes may have been forgotten`,
      fix: "send follow-ups sooner; how long they are taken follows from the policy, and is never less than 30 days",
    };
  }
  const fields = new Set(epochs.flatMap((epoch) => [...ratiosOf(epoch).fields]));
  for (const metric in followUp.metrics) {
    if (!fields.has(metric)) return notAField(metric, epochs, fields);
    const problem = fieldProblem(followUp.metrics[metric] as number);
    if (problem !== null) return { code: "invalid_input", detail: `metric "${metric}": ${problem}`, fix: "measure it in a larger unit, and never as less than nothing" };
  }
  return null;
}

function notAField(metric: string, epochs: readonly EpochContext[], fields: ReadonlySet<string>): RecordProblem {
  const spec = epochs.map((epoch) => (Object.hasOwn(epoch.metrics, metric) ? epoch.metrics[metric] : undefined)).findLast((known) => known !== undefined);
  if (spec === undefined) return unknownMetric(metric, [...fields]);
  if (typeof spec !== "string") return sentAsRatio(metric, [...spec.numerator, ...spec.denominator]);
  return { code: "invalid_input", detail: `metric "${metric}" is a ${spec}, which only an outcome can carry; follow-ups carry the fields of ratios`, fix: "send it with the outcome, or declare a ratio that has it as a field" };
}

function unknownMetric(metric: string, known: readonly string[]): RecordProblem {
  const near = nearest(metric, known);
  return {
    code: "invalid_input",
    detail: `metric "${metric}" is not declared in the policy`,
    fix: near === null ? `declare it under metrics, or send only ${known.join(", ") || "outcomes without metrics"}` : `did you mean "${near}"?`,
  };
}

function sentAsRatio(metric: string, fields: readonly string[]): RecordProblem {
  return { code: "invalid_input", detail: `metric "${metric}" is a ratio, which Gauntlet works out itself`, fix: `send what it is made of: ${[...new Set(fields)].join(", ")}` };
}

export function otherModel(given: string, wanted: string): RecordProblem {
  return { code: "invalid_input", detail: `it is about model "${given}", but the batch is about "${wanted}"`, fix: "send one batch for each model" };
}
