import { Failure } from "@gauntlet/core";
import { expect, test } from "vitest";

import { serviceErrorResponse } from "./service-error.ts";

async function told(failure: unknown): Promise<{ readonly status: number; readonly retryAfter: string | null; readonly body: unknown }> {
  const response = serviceErrorResponse(failure);
  return { status: response.status, retryAfter: response.headers.get("retry-after"), body: await response.json() };
}

test("errors are in the words of the services' clients", async () => {
  const problems = [{ pointer: "/requested_experiments/0", detail: "must be text" }];
  expect(await told(new Failure("invalid_input", "the body is malformed", { problems }))).toEqual({
    status: 400,
    retryAfter: null,
    body: { error: "validation_error", message: "the body is malformed", details: [{ field: "requested_experiments[0]", error: "invalid", detail: "must be text" }] },
  });
  expect(await told(new Failure("too_large", "m"))).toEqual({ status: 413, retryAfter: null, body: { error: "payload_too_large", message: "m" } });
  expect(await told(new Failure("rate_limited", "m"))).toEqual({ status: 429, retryAfter: "60", body: { error: "rate_limited", message: "m", retry_after: 60 } });
  expect(await told(new Failure("store_unavailable", "m"))).toEqual({ status: 503, retryAfter: "5", body: { error: "service_unavailable", message: "m", retry_after: 5 } });
  expect(await told(new Failure("unauthorized", "m"))).toMatchObject({ status: 401, body: { error: "unauthorized" } });
});

test("the inside of a fault of ours is not told", async () => {
  expect(await told(new Error("secret"))).toMatchObject({ status: 500, body: { error: "internal", message: "the server failed; its log says why" } });
});
