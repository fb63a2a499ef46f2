import type { ServiceError } from "@gauntlet/contract";
import { asFailure } from "@gauntlet/controller";
import type { FailureCode } from "@gauntlet/core";

/** Paths whose errors have the shape that clients of the assignment and event services know. */
export function isServicePath(path: string): boolean {
  return path.startsWith("/api/v1/") && !path.startsWith("/api/v1/ratings/");
}

/** Anything thrown as those clients expect it; what no client can mend is told in the log only. */
export function serviceErrorResponse(error: unknown): Response {
  const failure = asFailure(error);
  const { status, code, problems } = failure;
  const named = NAMES[code] ?? (status === 503 ? UNAVAILABLE : { error: code });
  const body: ServiceError = {
    error: named.error,
    message: status === 500 ? "the server failed; its log says why" : failure.message,
    ...(problems.length === 0 ? {} : { details: problems.map(({ pointer, detail }) => ({ field: fieldOf(pointer), error: "invalid", detail })) }),
    ...(named.retryAfterS === undefined ? {} : { retry_after: named.retryAfterS }),
  };
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (named.retryAfterS !== undefined) headers["retry-after"] = String(named.retryAfterS);
  if (status === 401) headers["www-authenticate"] = "Bearer";
  return new Response(JSON.stringify(body), { status, headers });
}

interface Name {
  readonly error: string;
  readonly retryAfterS?: number;
}

const UNAVAILABLE: Name = { error: "service_unavailable", retryAfterS: 5 };

const NAMES: Readonly<Partial<Record<FailureCode, Name>>> = {
  invalid_input: { error: "validation_error" },
  too_large: { error: "payload_too_large" },
  rate_limited: { error: "rate_limited", retryAfterS: 60 },
};

/** `/experiments/0/variant_id` as `experiments[0].variant_id`. */
function fieldOf(pointer: string): string {
  const steps = pointer.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return steps.map((step, index) => (/^\d+$/.test(step) ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}
