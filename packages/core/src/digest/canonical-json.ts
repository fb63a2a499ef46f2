import { Failure } from "../failure/failure.ts";

/**
 * The one text of a value (RFC 8785, JSON Canonicalization Scheme): keys sorted by UTF-16 code units, no
 * white space, ECMAScript number format. Equal values give equal bytes on every machine, so that digests and
 * replays can be compared. Properties that are `undefined` are left out, as JSON.stringify does.
 *
 * @throws Failure `internal` for NaN, ±Infinity, functions, symbols, bigints and `undefined` in an array:
 * these would silently become `null` elsewhere, and missing evidence must never look like a value.
 */
export function canonicalJson(value: unknown): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "string":
      return canonicalString(value);
    case "boolean":
      return value ? "true" : "false";
    case "number":
      if (!Number.isFinite(value)) throw new Failure("internal", `${value} cannot be written as JSON`);
      return `${value}`;
    case "object":
      return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value as Record<string, unknown>);
    default:
      throw new Failure("internal", `a ${typeof value} cannot be written as JSON`);
  }
}

function canonicalArray(items: readonly unknown[]): string {
  let text = "";
  for (const item of items) text += text === "" ? canonicalJson(item) : `,${canonicalJson(item)}`;
  return `[${text}]`;
}

function canonicalObject(value: Record<string, unknown>): string {
  let text = "";
  for (const key of Object.keys(value).toSorted()) {
    const item = value[key];
    if (item !== undefined) text += `${text === "" ? "" : ","}${canonicalString(key)}:${canonicalJson(item)}`;
  }
  return `{${text}}`;
}

/** Needs no escapes: almost every key and word of a ledger, and far faster to test than to escape. */
const PLAIN = /^[ !#-[\]-~]*$/;

function canonicalString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  // A lone surrogate has no UTF-8 form: two different strings would share one digest.
  if (!text.isWellFormed()) throw new Failure("invalid_input", "the text holds a lone surrogate", { fix: "send well-formed Unicode" });
  return JSON.stringify(text);
}
