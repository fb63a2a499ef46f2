import { Failure } from "@gauntlet/core";
import type { Problem } from "@gauntlet/core";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";

import type { Gateway, GatewayRequest, LiveAnswer } from "../gateway.ts";
import { idProblems } from "../id-problems.ts";
import { problemResponse } from "./problem.ts";

/** A request body; larger ones are refused with 413. */
const BODY_BYTES_MAX = 1_048_576;
/** Nesting of a payload: deeper than any feature vector, and not deep enough to overflow a stack. */
const DEPTH_MAX = 64;

/**
 * `POST /v1/models/:model/predict` with `{requestId?, unit, payload}` answers `{requestId, version, slot, epoch, output,
 * prediction, score, fallbackFor}`, and version, slot and epoch in the headers `x-gauntlet-version`, `-slot`, `-epoch`.
 * Errors are problem+json: 400 malformed, 404 unknown model, 413 too large, 502 and 504 the version failed or hung,
 * 503 nobody serves. A caller who goes away is not the version's fault: its answer is awaited and recorded all the same.
 */
export function gatewayRoutes(gateways: (model: string) => Gateway | null): Hono {
  const app = new Hono();
  app.post(
    "/v1/models/:model/predict",
    bodyLimit({ maxSize: BODY_BYTES_MAX, onError: (c) => problemResponse(tooLarge(), c.req.path) }),
    async (c) => {
      const model = c.req.param("model");
      const gateway = gateways(model);
      if (gateway === null) throw new Failure("not_found", `there is no model "${model}" here`, { fix: "check the name of the model" });
      const answer = await gateway.handle(parseRequest(await c.req.text()));
      return c.json(answer, 200, answerHeaders(answer));
    },
  );
  app.onError((error, c) => problemResponse(error, c.req.path));
  return app;
}

function tooLarge(): Failure {
  return new Failure("too_large", `the body is larger than ${BODY_BYTES_MAX} bytes`, { fix: "send a smaller payload, or a reference to it" });
}

function parseRequest(text: string): GatewayRequest {
  const body = parseJson(text);
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw malformed([{ pointer: "", detail: "the body is not an object" }]);
  const { requestId = null, unit, payload, ...unknown } = body as Record<string, unknown>;
  const problems: Problem[] = Object.keys(unknown).map((key) => ({ pointer: `/${pointerStep(key)}`, detail: `"${key}" is not a field of a request` }));
  if (requestId !== null) problems.push(...idProblems("requestId", requestId));
  problems.push(...idProblems("unit", unit));
  if (payload === undefined) problems.push({ pointer: "/payload", detail: "there is no payload" });
  else if (!isShallow(payload, DEPTH_MAX)) problems.push({ pointer: "/payload", detail: `the payload is nested deeper than ${DEPTH_MAX} levels` });
  if (problems.length > 0) throw malformed(problems);
  return { requestId: requestId as string | null, unit: unit as string, payload };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure("invalid_input", `the body is not JSON: ${(error as Error).message}`, { cause: error, fix: "send a JSON object" });
  }
}

function malformed(problems: readonly Problem[]): Failure {
  return new Failure("invalid_input", `the request is malformed: ${problems[0]?.detail ?? ""}`, { problems, fix: 'send {"unit": "…", "payload": …}, and "requestId" if you have one' });
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1));
}

/** One step of an RFC 6901 pointer. */
function pointerStep(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

function answerHeaders(answer: LiveAnswer): Record<string, string> {
  return {
    "x-gauntlet-version": headerText(answer.version),
    "x-gauntlet-slot": headerText(answer.slot),
    "x-gauntlet-epoch": String(answer.epoch),
  };
}

/** A header holds visible ASCII; anything else is percent-encoded. */
function headerText(text: string): string {
  return /^[!-~]+$/.test(text) ? text : encodeURIComponent(text);
}
