import type { Problem } from "../failure/failure.ts";
import type { FollowUp } from "./outcome.ts";
import { readMetrics } from "./parse-outcome.ts";
import { describe, isRecord, readId, readInstant, readModel, readUnknownKeys, type ParseContext } from "./read-field.ts";

const KEYS = ["id", "requestId", "model", "at", "metrics"] as const;

/** A follow-up as it comes from outside, or every problem with it; as `parseOutcome`. */
export function parseFollowUp(value: unknown, context: ParseContext): FollowUp | readonly Problem[] {
  if (!isRecord(value)) return [{ pointer: "", detail: `a follow-up is a JSON object, not ${describe(value)}` }];
  const problems: Problem[] = [];
  readUnknownKeys(value, KEYS, problems);
  const followUp: FollowUp = {
    id: readId(value, "id", problems),
    requestId: readId(value, "requestId", problems),
    model: readModel(value, context, problems),
    at: readInstant({ record: value, key: "at", now: context.now }, problems),
    metrics: readMetrics(value["metrics"], problems),
  };
  if (value["metrics"] === undefined) problems.push({ pointer: "/metrics", detail: "is missing: a follow-up says what became known, as numbers by name" });
  return problems.length === 0 ? followUp : problems;
}
