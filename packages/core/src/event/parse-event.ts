import { nearest } from "../failure/nearest.ts";
import { parseInstant } from "../outcome/parse-instant.ts";
import { METRICS_MAX } from "../outcome/parse-outcome.ts";
import { describe, FUTURE_MAX_MS, isRecord } from "../outcome/read-field.ts";
import type { StoredEvent, UnitType } from "../experiment/experiment.ts";
import { uuidOf } from "../experiment/uuid.ts";
import { EVENT_LIMITS, EVENT_TYPES, EVENT_UNIT_TYPES, type AcceptedEvent, type EventFlag, type EventProblem } from "./event.ts";
import { redact, type RedactRule } from "./redact.ts";

type VariantSeen = StoredEvent["experiments"][number];

export interface EventContext {
  /** When it came, milliseconds since the Unix epoch. */
  readonly now: number;
  /** The id of an event that brings none: a UUID. */
  readonly newId: () => string;
  readonly salt: RedactRule["salt"];
}

const FIELDS = ["event_id", "event_type", "unit_type", "unit_id", "experiments", "context", "metrics", "payload", "timestamp"] as const;

type Fields = Readonly<Record<string, unknown>>;

/** An event as it comes from outside, without its personal data; or every problem with it. */
export function parseEvent(value: unknown, context: EventContext): AcceptedEvent | readonly EventProblem[] {
  if (!isRecord(value)) return [{ field: "", error: "invalid", detail: `an event is a JSON object, not ${describe(value)}` }];
  const problems: EventProblem[] = [];
  refuseUnknown(value, problems);
  const timestamp = readTimestamp(value, context.now, problems);
  const experiments = readExperiments(value, problems);
  const event: AcceptedEvent = {
    id: value["event_id"] === undefined ? context.newId() : readUuid(value["event_id"], "event_id", problems),
    eventType: readEventType(value, problems),
    unitType: readUnitType(value, problems),
    unitId: readUnitId(value, problems),
    experiments,
    context: readFree(value, "context", { context, problems }) ?? {},
    metrics: readMetrics(value, problems),
    payload: readFree(value, "payload", { context, problems }),
    timestamp,
    receivedAt: context.now,
    flags: flagsOf({ timestamp, experiments }, context.now),
  };
  return problems.length === 0 ? event : problems;
}

function flagsOf({ timestamp, experiments }: Pick<AcceptedEvent, "timestamp" | "experiments">, now: number): readonly EventFlag[] {
  return [...(timestamp < now - EVENT_LIMITS.lateMs ? (["late"] as const) : []), ...(experiments.length === 0 ? (["no_experiment"] as const) : [])];
}

/** Only the first few are named: an event can have a million keys. */
function refuseUnknown(value: Fields, problems: EventProblem[]): void {
  for (const key in value) {
    if ((FIELDS as readonly string[]).includes(key)) continue;
    const near = nearest(key, FIELDS);
    problems.push({ field: key.slice(0, 100).toWellFormed(), error: "unknown", detail: near === null ? `is not known here; own fields go into context or payload` : `is not known here; did you mean "${near}"?` });
    if (problems.length >= 8) return;
  }
}

/** true, and a problem, when a required field is missing. */
function isMissing(value: Fields, field: string, problems: EventProblem[]): boolean {
  if (value[field] !== undefined && value[field] !== null) return false;
  problems.push({ field, error: "required", detail: "is required" });
  return true;
}

function readEventType(value: Fields, problems: EventProblem[]): string {
  if (isMissing(value, "event_type", problems)) return "";
  const type = value["event_type"];
  if (typeof type === "string" && (EVENT_TYPES.includes(type) || CUSTOM.test(type))) return type;
  problems.push({ field: "event_type", error: "invalid", detail: `must be one of ${EVENT_TYPES.join(", ")}, or your own type as custom.<name> of at most 100 characters, not ${describe(type)}` });
  return "";
}

const CUSTOM = /^custom\.[\w.-]{1,93}$/;

function readUnitType(value: Fields, problems: EventProblem[]): UnitType {
  if (isMissing(value, "unit_type", problems)) return "user";
  const found = EVENT_UNIT_TYPES.find((type) => type === value["unit_type"]);
  if (found === undefined) problems.push({ field: "unit_type", error: "invalid", detail: `must be ${EVENT_UNIT_TYPES.join(", ")}, not ${describe(value["unit_type"])}` });
  return found ?? "user";
}

function readUnitId(value: Fields, problems: EventProblem[]): string {
  if (isMissing(value, "unit_id", problems)) return "";
  const unit = value["unit_id"];
  if (isText(unit, 255)) return unit;
  problems.push({ field: "unit_id", error: "invalid", detail: typeof unit === "string" ? "must have 1–255 characters, none of them control characters or half a surrogate pair" : `must be text, not ${describe(unit)}` });
  return "";
}

export function isText(value: unknown, lengthMax: number): value is string {
  // oxlint-disable-next-line no-control-regex
  return typeof value === "string" && value.length > 0 && value.length <= lengthMax && value.isWellFormed() && !/[\u0000-\u001F\u007F-\u009F]/.test(value);
}

function readTimestamp(value: Fields, now: number, problems: EventProblem[]): number {
  if (isMissing(value, "timestamp", problems)) return 0;
  const given = value["timestamp"];
  const at = typeof given === "string" ? parseInstant(given) : given;
  if (typeof at !== "number" || !Number.isSafeInteger(at) || at < 0) {
    problems.push({ field: "timestamp", error: "invalid", detail: `must be ISO-8601 text with a zone such as 2026-01-31T12:00:00Z, or whole milliseconds since 1970, not ${describe(given)}` });
    return 0;
  }
  if (at > now + FUTURE_MAX_MS) problems.push({ field: "timestamp", error: "in_the_future", detail: `lies ${Math.ceil((at - now) / 1000)} s after the server's clock; at most ${FUTURE_MAX_MS / 1000} s are allowed` });
  return at;
}

function readExperiments(value: Fields, problems: EventProblem[]): readonly VariantSeen[] {
  const given = value["experiments"];
  if (given === undefined) return [];
  if (!Array.isArray(given) || given.length > EVENT_LIMITS.experiments) {
    problems.push({ field: "experiments", error: "invalid", detail: Array.isArray(given) ? `has more than ${EVENT_LIMITS.experiments} experiments` : `must be a list of {experiment_id, variant_id}, not ${describe(given)}` });
    return [];
  }
  const seen = given.map((item: unknown, index) => readVariantSeen(item, `experiments[${index}]`, problems));
  const twice = seen.findIndex(({ experimentId }, index) => experimentId !== "" && seen.findIndex((other) => other.experimentId === experimentId) < index);
  if (twice >= 0) problems.push({ field: `experiments[${twice}].experiment_id`, error: "invalid", detail: "is named twice: a unit has one variant of an experiment" });
  return seen;
}

function readVariantSeen(item: unknown, path: string, problems: EventProblem[]): VariantSeen {
  if (!isRecord(item)) {
    problems.push({ field: path, error: "invalid", detail: `must be {experiment_id, variant_id}, not ${describe(item)}` });
    return { experimentId: "", variantId: "" };
  }
  const unknown = Object.keys(item).find((key) => key !== "experiment_id" && key !== "variant_id");
  if (unknown !== undefined) problems.push({ field: `${path}.${unknown.slice(0, 100).toWellFormed()}`, error: "unknown", detail: "is not known here" });
  return { experimentId: readUuid(item["experiment_id"], `${path}.experiment_id`, problems), variantId: readUuid(item["variant_id"], `${path}.variant_id`, problems) };
}

/** In lower case: UUIDs are the same whatever their case. */
function readUuid(value: unknown, field: string, problems: EventProblem[]): string {
  const uuid = uuidOf(value);
  if (uuid !== null) return uuid;
  const missing = value === undefined || value === null;
  problems.push({ field, error: missing ? "required" : "invalid", detail: missing ? "is required" : `must be a UUID, not ${describe(value)}` });
  return "";
}

function readMetrics(value: Fields, problems: EventProblem[]): Readonly<Record<string, number>> {
  const given = value["metrics"] ?? {};
  if (!isRecord(given)) {
    problems.push({ field: "metrics", error: "invalid", detail: `must be an object of numbers, not ${describe(given)}` });
    return {};
  }
  const entries = Object.entries(given);
  if (entries.length > METRICS_MAX) problems.push({ field: "metrics", error: "invalid", detail: `has more than ${METRICS_MAX} metrics` });
  for (const [name, measured] of entries.slice(0, METRICS_MAX)) {
    if (!isText(name, 100)) problems.push({ field: "metrics", error: "invalid", detail: "has a metric whose name is empty, too long or has control characters" });
    else if (typeof measured !== "number" || !Number.isFinite(measured)) problems.push({ field: `metrics.${name}`, error: "invalid", detail: `must be a finite number, not ${describe(measured)}` });
  }
  return given as Readonly<Record<string, number>>;
}

/** An object of anything, or null when there is none. */
function readFree(value: Fields, field: "context" | "payload", { context, problems }: { readonly context: EventContext; readonly problems: EventProblem[] }): Fields | null {
  const given = value[field];
  if (given === undefined || given === null) return null;
  if (!isRecord(given)) {
    problems.push({ field, error: "invalid", detail: `must be an object, not ${describe(given)}` });
    return null;
  }
  const clean = redact(given, { salt: context.salt, depthMax: EVENT_LIMITS.depth });
  if (clean === null) problems.push({ field, error: "invalid", detail: `nests deeper than ${EVENT_LIMITS.depth} objects and lists` });
  return (clean?.value ?? null) as Fields | null;
}
