import { asFailure } from "@gauntlet/controller";

import { SECURE_HEADERS } from "./secure-headers.ts";

/** Paths whose refusals OFREP's clients read. */
export function isOfrepPath(path: string): boolean {
  return path.startsWith("/ofrep/");
}

/** OFREP's own words for what is wrong with a request. */
export type OfrepErrorCode = "PARSE_ERROR" | "TARGETING_KEY_MISSING" | "INVALID_CONTEXT" | "FLAG_NOT_FOUND" | "GENERAL";

/** A refusal as OFREP has it. Clients index key, code and details, so all are always there; a bulk evaluation has no key. */
export function ofrepError(status: number, error: { readonly key: string | null; readonly code: OfrepErrorCode; readonly details: string }, headers: Readonly<Record<string, string>> = {}): Response {
  const { key, code, details } = error;
  const body = { ...(key === null ? {} : { key: key.slice(0, 255) }), errorCode: code, errorDetails: details };
  return new Response(JSON.stringify(body), { status, headers: { ...SECURE_HEADERS, "content-type": "application/json", "cache-control": "no-store", ...headers } });
}

/** Anything thrown under /ofrep: never a problem document. OFREP knows 500 for all that is not the client's fault. */
export function ofrepFailure(error: unknown, key: string | null): Response {
  const failure = asFailure(error);
  const fault = failure.status >= 500;
  const status = fault ? 500 : failure.status === 413 ? 400 : failure.status;
  const code = failure.code === "invalid_input" || failure.code === "too_large" ? "PARSE_ERROR" : "GENERAL";
  const details = failure.code === "internal" ? "the server failed; its log says why" : failure.message;
  return ofrepError(status, { key, code, details }, status === 401 ? { "www-authenticate": "Bearer" } : {});
}
