import { canonicalJson } from "../digest/canonical-json.ts";
import { sha256 } from "../digest/sha256.ts";
import type { Problem } from "../failure/failure.ts";
import { describe, isRecord } from "../outcome/read-field.ts";

/** An envelope of CloudEvents 1.0, whichever way it came. `source` and `id` together name it for good. */
export interface CloudEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** When it happened, as it came; null when it is not said. */
  readonly time: string | null;
  readonly data: unknown;
}

/** Decodes base64; null when it is none. */
export type Base64 = (text: string) => string | null;

/** An event in JSON format (structured mode), or every problem with it. Extensions are let pass. */
export function parseCloudEvent(value: unknown, base64: Base64): CloudEvent | readonly Problem[] {
  if (!isRecord(value)) return [{ pointer: "", detail: `a CloudEvent is a JSON object, not ${describe(value)}` }];
  const problems: Problem[] = [];
  const event = { ...readAttributes(value, problems), data: readData(value, { base64, problems }) };
  return problems.length === 0 ? event : problems;
}

/** An event whose attributes are headers (binary mode), by their names without `ce-`; `data` is the body. */
export function cloudEventOfHeaders(attributes: Readonly<Record<string, string>>, data: unknown): CloudEvent | readonly Problem[] {
  const problems: Problem[] = [];
  const decoded = Object.fromEntries(Object.entries(attributes).map(([name, text]) => [name, percentDecoded(text)]));
  const event = { ...readAttributes(decoded, problems), data };
  return problems.length === 0 ? event : problems;
}

/** Some senders don't encode: what is not encoded right is taken as it stands. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The same for the same source and id, whatever else the event says; a UUID of version 8. */
export function uuidOfCloudEvent({ source, id }: Pick<CloudEvent, "source" | "id">): string {
  const hex = sha256(canonicalJson([source, id]));
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

type Fields = Readonly<Record<string, unknown>>;

function readAttributes(value: Fields, problems: Problem[]): Omit<CloudEvent, "data"> {
  if (value["specversion"] !== "1.0") problems.push({ pointer: "/specversion", detail: `must be "1.0", not ${describe(value["specversion"])}` });
  const attributes = { id: readText(value, "id", problems), source: readText(value, "source", problems), type: readText(value, "type", problems) };
  const contentType = value["datacontenttype"];
  if (contentType !== undefined && contentType !== null && !(typeof contentType === "string" && isJson(contentType))) {
    problems.push({ pointer: "/datacontenttype", detail: `must be application/json, which is all that is read here, not ${describe(contentType)}` });
  }
  const time = value["time"] ?? null;
  if (time !== null && typeof time !== "string") problems.push({ pointer: "/time", detail: `must be a time as text, such as 2026-01-31T12:00:00Z, not ${describe(time)}` });
  return { ...attributes, time: typeof time === "string" ? time : null };
}

function readText(value: Fields, key: string, problems: Problem[]): string {
  const text = value[key];
  if (typeof text === "string" && text.length > 0 && text.length <= ATTRIBUTE_LENGTH_MAX && text.isWellFormed()) return text;
  problems.push({ pointer: `/${key}`, detail: `must be text of 1–${ATTRIBUTE_LENGTH_MAX} characters, not ${typeof text === "string" ? "so short or long a one" : describe(text)}` });
  return "";
}

const ATTRIBUTE_LENGTH_MAX = 2048;

export function isJson(contentType: string): boolean {
  return /^[\w.+-]+\/(?:[\w.+-]+\+)?json\s*(?:;.*)?$/i.test(contentType.trim());
}

function readData(value: Fields, { base64, problems }: { readonly base64: Base64; readonly problems: Problem[] }): unknown {
  const encoded = value["data_base64"];
  if (encoded === undefined) {
    if (value["data"] === undefined) problems.push({ pointer: "/data", detail: "is missing" });
    return value["data"];
  }
  if (value["data"] !== undefined) problems.push({ pointer: "/data_base64", detail: "stands beside data; an event has one of them" });
  const text = typeof encoded === "string" ? base64(encoded) : null;
  try {
    return JSON.parse(text ?? "");
  } catch {
    problems.push({ pointer: "/data_base64", detail: "is not JSON in base64" });
    return undefined;
  }
}
