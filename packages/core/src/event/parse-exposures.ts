import { describe, FUTURE_MAX_MS, isRecord } from "../outcome/read-field.ts";
import { isText } from "./parse-event.ts";

/** A unit was shown a variant of a flag. */
export interface Exposure {
  readonly flag: string;
  readonly variant: string;
  readonly unit: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

export interface ParsedExposures {
  readonly exposures: readonly Exposure[];
  /** Log records that are no exposure. */
  readonly refused: number;
  /** Why, of each reason once. */
  readonly reasons: readonly string[];
}

/**
 * The exposures in an OTLP/JSON export of logs: its `feature_flag.evaluation` events, in the names of OpenTelemetry's
 * conventions of today and of the two before. Other records are refused and the rest is taken. Null when `value` is no export of logs.
 */
export function parseExposures(value: unknown, now: number): ParsedExposures | null {
  const records = recordsOf(value);
  if (records === null) return null;
  const exposures: Exposure[] = [];
  const reasons = new Set<string>();
  for (const record of records) {
    const parsed = exposureOf(record, now);
    if (typeof parsed === "string") reasons.add(parsed);
    else exposures.push(parsed);
  }
  return { exposures, refused: records.length - exposures.length, reasons: [...reasons] };
}

type Fields = Readonly<Record<string, unknown>>;

function recordsOf(value: unknown): readonly unknown[] | null {
  if (!isRecord(value)) return null;
  const resources = listOf(value["resourceLogs"] ?? value["resource_logs"]);
  const scopes = resources?.map((resource) => (isRecord(resource) ? listOf(resource["scopeLogs"] ?? resource["scope_logs"]) : null));
  const records = scopes?.flatMap((list) => list?.map((scope) => (isRecord(scope) ? listOf(scope["logRecords"] ?? scope["log_records"]) : null)) ?? [null]);
  if (records === undefined || records.includes(null)) return null;
  return records.flatMap((list) => list ?? []);
}

/** A list that is empty may be left out. */
function listOf(value: unknown): readonly unknown[] | null {
  return value === undefined ? [] : Array.isArray(value) ? value : null;
}

/** Or why it is none. */
function exposureOf(record: unknown, now: number): Exposure | string {
  if (!isRecord(record)) return `a log record is an object, not ${describe(record)}`;
  const attributes = attributesOf(record["attributes"]);
  const name = record["eventName"] ?? record["event_name"] ?? attributes.get("event.name");
  if (name !== "feature_flag.evaluation" && name !== "feature_flag") return "only feature_flag.evaluation events are kept here";
  const found = (keys: readonly string[]): string | null => keys.map((key) => attributes.get(key)).find((text) => isText(text, 256)) ?? null;
  const [flag, variant, unit] = [found(["feature_flag.key"]), found(["feature_flag.result.variant", "feature_flag.variant"]), found(["feature_flag.context.id"])];
  if (flag === null) return "feature_flag.key is missing";
  if (variant === null) return attributes.has("error.type") ? "the evaluation failed, so nobody was shown anything" : "feature_flag.result.variant is missing";
  if (unit === null) return "feature_flag.context.id is missing: the targeting key says who was shown the variant";
  const at = instantOf(record, now);
  if (at === null) return "timeUnixNano is no time";
  if (at > now + FUTURE_MAX_MS) return `timeUnixNano lies more than ${FUTURE_MAX_MS / 1000} s after the server's clock`;
  return { flag, variant, unit, at };
}

function attributesOf(value: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const attribute of Array.isArray(value) ? (value as readonly unknown[]) : []) {
    if (!isRecord(attribute) || typeof attribute["key"] !== "string" || !isRecord(attribute["value"])) continue;
    const text: unknown = (attribute["value"] as Fields)["stringValue"] ?? (attribute["value"] as Fields)["string_value"];
    if (typeof text === "string") found.set(attribute["key"], text);
  }
  return found;
}

/** When it happened, or else when it was seen; now when neither is said, as the convention has it for 0. */
function instantOf(record: Fields, now: number): number | null {
  for (const key of ["timeUnixNano", "time_unix_nano", "observedTimeUnixNano", "observed_time_unix_nano"]) {
    const value = record[key];
    if (value === undefined || value === 0 || value === "0" || value === "") continue;
    const nanos = typeof value === "number" && Number.isInteger(value) && value > 0 ? BigInt(value) : typeof value === "string" && /^\d{1,20}$/.test(value) ? BigInt(value) : null;
    return nanos === null ? null : Number(nanos / 1_000_000n);
  }
  return now;
}
