import type { Problem } from "../failure/failure.ts";
import { nearest } from "../failure/nearest.ts";
import { parseInstant } from "./parse-instant.ts";

export interface ParseContext {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** The model that the call is about, if it is about one. */
  readonly model?: string;
}

/** How far a sender's clock may run ahead of ours. */
export const FUTURE_MAX_MS = 300_000;

const ID_LENGTH_MAX = 256;

type Fields = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** 1–256 characters, well-formed Unicode, no control characters; "" after a problem. */
export function readId(record: Fields, key: string, problems: Problem[]): string {
  const value = record[key];
  if (typeof value === "string" && isId(value)) return value;
  problems.push({ pointer: `/${key}`, detail: typeof value === "string" ? `must have 1–${ID_LENGTH_MAX} characters, none of them control characters or lone surrogates` : `must be text, not ${describe(value)}` });
  return "";
}

/** The model of the record, which must be the context's when that has one. */
export function readModel(record: Fields, context: ParseContext, problems: Problem[]): string {
  if (context.model === undefined) return readId(record, "model", problems);
  const value = record["model"];
  if (value !== undefined && value !== context.model) problems.push({ pointer: "/model", detail: `must be "${context.model}", which this call is about, not ${describe(value)}` });
  return context.model;
}

export function readInteger(field: { readonly record: Fields; readonly key: string; readonly min: number }, problems: Problem[]): number {
  const value = field.record[field.key];
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= field.min) return value;
  problems.push({ pointer: `/${field.key}`, detail: `must be a whole number from ${field.min} up, not ${describe(value)}` });
  return field.min;
}

/** Milliseconds since the Unix epoch, from such a number or from ISO-8601 text with a zone. */
export function readInstant(field: { readonly record: Fields; readonly key: string; readonly now: number }, problems: Problem[]): number {
  const value = field.record[field.key];
  const pointer = `/${field.key}`;
  const at = typeof value === "string" ? parseInstant(value) : value;
  if (typeof at !== "number" || !Number.isSafeInteger(at) || at < 0) {
    problems.push({ pointer, detail: `must be whole milliseconds since 1970, or ISO-8601 text with a zone such as 2026-01-31T12:00:00Z, not ${describe(value)}` });
    return 0;
  }
  if (at > field.now + FUTURE_MAX_MS) {
    const ahead = Math.ceil((at - field.now) / 1000);
    problems.push({ pointer, detail: `lies ${ahead} s after the controller's clock (${field.now}); at most ${FUTURE_MAX_MS / 1000} s are allowed: check the sender's clock and the unit, which is milliseconds` });
  }
  return at;
}

/** Only the first few are named: a record can have a million keys. */
export function readUnknownKeys(record: Fields, known: readonly string[], problems: Problem[]): void {
  for (const key in record) {
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    const hint = near === null ? `known are ${known.join(", ")}` : `did you mean "${near}"?`;
    problems.push({ pointer: `/${escapePointer(key)}`, detail: `is not known here; ${hint}` });
    if (problems.length >= UNKNOWN_MAX) return;
  }
}

const UNKNOWN_MAX = 8;

/** What a value is, for an error message; short whatever was sent. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing (it is missing)";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return value.length > 40 ? `"${value.slice(0, 40).toWellFormed()}…"` : `"${value.toWellFormed()}"`;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "an object";
}

/** RFC 6901; cut, as a key may be as long as the message that brought it. */
export function escapePointer(key: string): string {
  return key.slice(0, ID_LENGTH_MAX).toWellFormed().replaceAll("~", "~0").replaceAll("/", "~1");
}

export function isId(text: string): boolean {
  if (text.length === 0 || text.length > ID_LENGTH_MAX) return false;
  let plain = true;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return false;
    if (code >= 0xd8_00) plain = false;
  }
  return plain || text.isWellFormed();
}
