import { Failure } from "@gauntlet/core";

/** The RFC 9457 response of an error. What is not a Failure is `internal`, and says nothing of its inside. */
export function problemResponse(error: unknown, instance: string): Response {
  const failure = error instanceof Failure ? error : new Failure("internal", "the gateway failed; its log has the details");
  const body = {
    type: "about:blank",
    title: failure.code.replaceAll("_", " "),
    status: failure.status,
    detail: failure.message,
    instance,
    code: failure.code,
    fix: failure.fix,
    errors: failure.problems,
  };
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  if (failure.retryable && failure.status === 503) headers["retry-after"] = "1";
  return new Response(JSON.stringify(body), { status: failure.status, headers });
}
