import type { Problem } from "../failure/failure.ts";
import type { Outcome } from "./outcome.ts";
import { describe, escapePointer, isRecord, readId, readInstant, readInteger, readModel, readUnknownKeys, type ParseContext } from "./read-field.ts";

/** Metrics one outcome may carry. */
export const METRICS_MAX = 64;

const KEYS = ["requestId", "at", "model", "version", "slot", "mode", "epoch", "unit", "prediction", "metrics"] as const;

/**
 * An outcome as it comes from outside, or every problem with it, with pointers from the outcome's own root.
 * `at` may be milliseconds since the Unix epoch or ISO-8601 with a zone, and at most five minutes after `now`.
 * `model` may be left out when the context names it; `metrics` may be left out when there are none.
 * Written by hand, not with a schema: it is called for every request of every model.
 */
export function parseOutcome(value: unknown, context: ParseContext): Outcome | readonly Problem[] {
  if (!isRecord(value)) return [{ pointer: "", detail: `an outcome is a JSON object, not ${describe(value)}` }];
  const problems: Problem[] = [];
  readUnknownKeys(value, KEYS, problems);
  const outcome: Outcome = {
    requestId: readId(value, "requestId", problems),
    at: readInstant({ record: value, key: "at", now: context.now }, problems),
    model: readModel(value, context, problems),
    version: readId(value, "version", problems),
    slot: readId(value, "slot", problems),
    mode: value["mode"] === "shadow" ? "shadow" : "live",
    epoch: readInteger({ record: value, key: "epoch", min: 0 }, problems),
    unit: readId(value, "unit", problems),
    prediction: readPrediction(value["prediction"], problems),
    metrics: readMetrics(value["metrics"], problems),
  };
  if (value["mode"] !== "live" && value["mode"] !== "shadow") problems.push({ pointer: "/mode", detail: `must be "live" or "shadow", not ${describe(value["mode"])}` });
  return problems.length === 0 ? outcome : problems;
}

function readPrediction(value: unknown, problems: Problem[]): boolean | null {
  if (typeof value === "boolean" || value === null) return value;
  problems.push({ pointer: "/prediction", detail: `must be true, false, or null when there was no answer, not ${describe(value)}` });
  return null;
}

/** The object is kept, not copied: it was made for us by a JSON parser. */
export function readMetrics(value: unknown, problems: Problem[]): Readonly<Record<string, number>> {
  if (value === undefined) return NO_METRICS;
  if (!isRecord(value)) {
    problems.push({ pointer: "/metrics", detail: `must be an object of numbers, not ${describe(value)}` });
    return NO_METRICS;
  }
  let count = 0;
  for (const name in value) {
    count++;
    if (count > METRICS_MAX) {
      problems.push({ pointer: "/metrics", detail: `has more than ${METRICS_MAX} metrics` });
      break;
    }
    const measured = value[name];
    if (typeof measured !== "number" || !Number.isFinite(measured)) {
      problems.push({ pointer: `/metrics/${escapePointer(name)}`, detail: `must be a finite number, not ${describe(measured)}` });
    }
  }
  return value as Readonly<Record<string, number>>;
}

const NO_METRICS: Readonly<Record<string, number>> = Object.freeze({});
