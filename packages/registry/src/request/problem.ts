import { Failure } from "@gauntlet/core";
import type { FailureCode } from "@gauntlet/core";

/** A request that MLflow answers with 400 INVALID_PARAMETER_VALUE. */
export function invalid(message: string): Failure {
  return new Failure("invalid_input", message);
}

/** 404 RESOURCE_DOES_NOT_EXIST. */
export function absent(message: string): Failure {
  return new Failure("not_found", message);
}

/** 400 RESOURCE_ALREADY_EXISTS. */
export function taken(message: string): Failure {
  return new Failure("conflict", message);
}

/** MLflow's own statuses: a name that is taken is 400 there, not 409. */
const ANSWERS: Readonly<Partial<Record<FailureCode, readonly [status: number, code: string]>>> = {
  invalid_input: [400, "INVALID_PARAMETER_VALUE"],
  not_found: [404, "RESOURCE_DOES_NOT_EXIST"],
  conflict: [400, "RESOURCE_ALREADY_EXISTS"],
  unauthorized: [401, "UNAUTHENTICATED"],
  forbidden: [403, "PERMISSION_DENIED"],
  too_large: [413, "BAD_REQUEST"],
  store_unavailable: [503, "TEMPORARILY_UNAVAILABLE"],
};

/** The only shape of an error here: `{"error_code","message"}`, never problem+json. */
export function problemResponse(error: unknown): Response {
  // What went wrong inside is not for a caller's eyes: a message of SQLite or of the file system names our files.
  if (!(error instanceof Failure)) return errorResponse(500, "INTERNAL_ERROR", "The registry failed to answer; its log says why.");
  const [status, code] = ANSWERS[error.code] ?? [500, "INTERNAL_ERROR"];
  return errorResponse(status, code, error.message);
}

export function errorResponse(status: number, code: string, message: string): Response {
  return Response.json({ error_code: code, message }, { status });
}
