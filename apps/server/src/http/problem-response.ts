import type { ProblemDetails } from "@gauntlet/contract";
import { asFailure } from "@gauntlet/controller";
import type { Failure } from "@gauntlet/core";

/** Anything thrown as an RFC 9457 answer: the only place that makes one. The inside of a fault of ours is not told. */
export function problemResponse(error: unknown, instance: string): Response {
  const failure = asFailure(error);
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  if (failure.status === 503) headers["retry-after"] = "1";
  if (failure.retryAfterMs !== null) headers["retry-after"] = String(Math.ceil(failure.retryAfterMs / 1000));
  if (failure.status === 401) headers["www-authenticate"] = "Bearer";
  return new Response(JSON.stringify(problemOf(failure, instance)), { status: failure.status, headers });
}

function problemOf(failure: Failure, instance: string): ProblemDetails {
  const hidden = failure.code === "internal";
  return {
    type: `urn:gauntlet:problem:${failure.code}`,
    title: failure.code.replaceAll("_", " "),
    status: failure.status,
    detail: hidden ? "the server failed; its log says why" : failure.message,
    instance,
    code: failure.code,
    fix: hidden ? null : failure.fix,
    errors: failure.problems.map(({ pointer, detail }) => ({ pointer, detail })),
  };
}
