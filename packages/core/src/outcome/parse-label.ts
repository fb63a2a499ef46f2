import type { Problem } from "../failure/failure.ts";
import type { Label } from "./outcome.ts";
import { describe, isRecord, readId, readInstant, readInteger, readModel, readUnknownKeys, type ParseContext } from "./read-field.ts";

const KEYS = ["requestId", "model", "revision", "truth", "source", "labelledAt"] as const;

/** A label as it comes from outside, or every problem with it; as `parseOutcome`. */
export function parseLabel(value: unknown, context: ParseContext): Label | readonly Problem[] {
  if (!isRecord(value)) return [{ pointer: "", detail: `a label is a JSON object, not ${describe(value)}` }];
  const problems: Problem[] = [];
  readUnknownKeys(value, KEYS, problems);
  const truth = value["truth"];
  if (typeof truth !== "boolean") problems.push({ pointer: "/truth", detail: `must be true or false, not ${describe(truth)}; a request without truth has no label` });
  const label: Label = {
    requestId: readId(value, "requestId", problems),
    model: readModel(value, context, problems),
    revision: readInteger({ record: value, key: "revision", min: 1 }, problems),
    truth: truth === true,
    source: readId(value, "source", problems),
    labelledAt: readInstant({ record: value, key: "labelledAt", now: context.now }, problems),
  };
  return problems.length === 0 ? label : problems;
}
