import { bulkEvaluation, evaluation, evaluationRequest } from "@gauntlet/contract";
import { hash } from "node:crypto";

import { FLAG_KEY, type Flag } from "../assignment/flag.ts";
import { CLIENT_MAX_AGE_S, type FlagSnapshot } from "../assignment/flag-table.ts";
import { unitProblem, type Given } from "../assignment/give.ts";
import { measured } from "../assignment/measured.ts";
import { ofrepError, ofrepFailure } from "../http/ofrep-response.ts";
import { readText } from "../http/read-body.ts";
import { SECURE_HEADERS } from "../http/secure-headers.ts";
import type { Services } from "../services.ts";
import type { Operation, RouteContext } from "./operation.ts";

/** Where units are evaluated. */
export const EVALUATE = "/ofrep/v1/evaluate/flags";
const STREAM = "/ofrep/v1/events";
const BODY_MAX = 100_000;
/** Proxies close a connection that is silent for a minute or so. */
const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 2000;

/** OpenFeature's remote evaluation protocol 0.3: what every OpenFeature SDK speaks. */
export const ofrepRoutes: readonly Operation[] = [
  {
    method: "POST",
    path: `${EVALUATE}/:key`,
    access: "read",
    summary: "OFREP 0.3: what the unit `targetingKey` is given under a flag, which is an experiment or a model",
    body: evaluationRequest,
    answer: { type: "application/json", schema: evaluation },
    handle: measured(evaluateOne),
  },
  {
    method: "POST",
    path: EVALUATE,
    access: "read",
    summary: "OFREP 0.3: what the unit `targetingKey` is given under every flag. 304 when If-None-Match names the ETag of that",
    body: evaluationRequest,
    answer: { type: "application/json", schema: bulkEvaluation },
    handle: measured(evaluateAll),
  },
  {
    method: "GET",
    path: STREAM,
    access: "open",
    summary: 'Server-sent events of OFREP: {"type":"refetchEvaluation","etag","lastModified"} whenever anybody may be given something else. `ticket`, from `eventStreams`, stands for the token',
    query: { ticket: "instead of a header, which an EventSource can't send" },
    answer: { type: "text/event-stream" },
    handle: stream,
  },
];

async function evaluateOne(c: RouteContext, services: Services): Promise<Response> {
  const key = c.req.param("key") ?? "";
  try {
    const asked = await contextOf(c, key);
    if (asked instanceof Response) return asked;
    const limited = tooMany(c, services, { key, unit: asked.unit });
    if (limited !== null) return limited;
    const { flags } = await services.flags.table.current();
    const flag = FLAG_KEY.test(key) ? flags.get(key) : undefined;
    if (flag === undefined) return ofrepError(404, { key, code: "FLAG_NOT_FOUND", details: FLAG_KEY.test(key) ? `there is no experiment and no model "${key}"` : "a flag's key has letters, digits and . _ - only" });
    if (flag.problem !== null) return ofrepError(400, { key, code: "PARSE_ERROR", details: flag.problem });
    const given = await services.flags.give(flag, { type: null, id: asked.unit });
    return new Response(textOf(flag, given), { status: given !== null && given.config === null && given.configError !== null ? 400 : 200, headers: JSON_HEADERS });
  } catch (error) {
    return logged(services, ofrepFailure(error, key), error);
  }
}

async function evaluateAll(c: RouteContext, services: Services): Promise<Response> {
  try {
    const asked = await contextOf(c, null);
    if (asked instanceof Response) return asked;
    const limited = tooMany(c, services, { key: null, unit: asked.unit });
    if (limited !== null) return limited;
    const snapshot = await currentFor(c, services);
    const evaluations: string[] = [];
    for (const flag of snapshot.flags.values()) {
      if (!FLAG_KEY.test(flag.key)) continue;
      if (flag.problem !== null) evaluations.push(JSON.stringify({ key: flag.key, errorCode: "PARSE_ERROR", errorDetails: flag.problem }));
      else evaluations.push(textOf(flag, await services.flags.give(flag, { type: null, id: asked.unit })));
    }
    const flags = evaluations.join(",");
    // The context too: an answer for one unit must never be taken for another's.
    const etag = `"${hash("sha256", `${asked.text}\n${flags}`, "base64url").slice(0, 27)}"`;
    if (names(c.req.header("if-none-match"), etag)) return new Response(null, { status: 304, headers: { ...SECURE_HEADERS, ...CACHE, etag } });
    const streams = JSON.stringify([{ type: "sse", endpoint: { requestUri: await streamPath(c, services) }, inactivityDelaySec: 120 }]);
    return new Response(`{"flags":[${flags}],"metadata":{"version":"${snapshot.version}"},"eventStreams":${streams}}`, { status: 200, headers: { ...JSON_HEADERS, etag } });
  } catch (error) {
    return logged(services, ofrepFailure(error, null), error);
  }
}

/** What a client is told of a change that another replica saw first must not be hidden by what this one still remembers. */
async function currentFor(c: RouteContext, { flags: { table } }: Services): Promise<FlagSnapshot> {
  const snapshot = await table.current();
  const told = c.req.query("flagConfigEtag");
  if (told === undefined || told === snapshot.version) return snapshot;
  table.nudge();
  return table.current();
}

const CACHE: Readonly<Record<string, string>> = { "cache-control": `private, max-age=${CLIENT_MAX_AGE_S}` };
const JSON_HEADERS: Readonly<Record<string, string>> = { ...SECURE_HEADERS, ...CACHE, "content-type": "application/json" };

/** Without a value the client takes the default of its code. The variant is named even so, as Python's provider reads it. */
function textOf(flag: Flag, given: Given): string {
  if (given !== null) return given.evaluation;
  const { experiment, epoch } = flag;
  return JSON.stringify({ key: flag.key, reason: "DISABLED", variant: "", metadata: { ...(experiment === null ? {} : { experimentId: experiment.id }), epoch } });
}

interface Asked {
  readonly unit: string;
  /** The context as one text. */
  readonly text: string;
}

async function contextOf(c: RouteContext, key: string | null): Promise<Asked | Response> {
  let body: unknown;
  const text = await readText(c, BODY_MAX);
  try {
    body = JSON.parse(text);
  } catch {
    return ofrepError(400, { key, code: "PARSE_ERROR", details: "the body is not JSON" });
  }
  const context = isObject(body) ? (body["context"] ?? {}) : null;
  if (!isObject(context)) return ofrepError(400, { key, code: "INVALID_CONTEXT", details: 'the body is not {"context": { … }}' });
  const unit = context["targetingKey"];
  if (unit === undefined || unit === "") return ofrepError(400, { key, code: "TARGETING_KEY_MISSING", details: "the context has no targetingKey: the id of the user, household or session that is to be given something" });
  if (typeof unit !== "string") return ofrepError(400, { key, code: "INVALID_CONTEXT", details: "targetingKey is not a text" });
  const problem = unitProblem(unit);
  if (problem !== null) return ofrepError(400, { key, code: "INVALID_CONTEXT", details: `targetingKey ${problem}` });
  return { unit, text: key === null ? JSON.stringify(context) : "" };
}

function tooMany(c: RouteContext, { flags: { limits } }: Services, { key, unit }: { readonly key: string | null; readonly unit: string }): Response | null {
  if (limits.evaluationsPerUnit.take(unit) && limits.evaluationsPerToken.take(c.get("principal")?.tokenId ?? "")) return null;
  return ofrepError(429, { key, code: "GENERAL", details: "too many evaluations within a minute" }, { "retry-after": "60" });
}

/** The value of If-None-Match may be a list, and a proxy may have made the tag a weak one. */
function names(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === "*" || header.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function logged({ log }: Services, response: Response, error: unknown): Response {
  if (response.status >= 500) log({ level: "error", message: `OFREP: ${error instanceof Error ? error.message : String(error)}` });
  return response;
}

async function streamPath(c: RouteContext, { authenticator }: Services): Promise<string> {
  const principal = c.get("principal");
  const ticket = principal === null ? null : await authenticator.ticketOf(principal);
  return ticket === null ? STREAM : `${STREAM}?ticket=${ticket}`;
}

async function stream(c: RouteContext, services: Services): Promise<Response> {
  try {
    const ticket = c.req.query("ticket");
    if (ticket === undefined) await services.authenticator.require(credentialsOf(c), "read");
    else await services.authenticator.requireTicket(ticket);
    if (services.flags.table.full()) return ofrepError(429, { key: null, code: "GENERAL", details: "too many streams are open here" }, { "retry-after": "60" });
    const snapshot = await services.flags.table.current();
    return new Response(changes(services, { seen: c.req.header("last-event-id") ?? null, snapshot }), { headers: { ...SECURE_HEADERS, "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" } });
  } catch (error) {
    return logged(services, ofrepFailure(error, null), error);
  }
}

/** Begins with the present version, unless the client has seen it: something may have changed between its evaluation and this. */
function changes({ flags: { table } }: Services, { seen, snapshot }: { readonly seen: string | null; readonly snapshot: FlagSnapshot }): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let end: () => void = () => undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string) => controller.enqueue(encoder.encode(text));
      const tell = ({ version }: FlagSnapshot) => write(`id: ${version}\ndata: ${JSON.stringify({ type: "refetchEvaluation", etag: version, lastModified: Math.floor(Date.now() / 1000) })}\n\n`);
      write(`retry: ${RECONNECT_MS}\n\n`);
      if (seen !== snapshot.version) tell(snapshot);
      const heartbeat = setInterval(() => write(": still here\n\n"), HEARTBEAT_MS);
      const unsubscribe = table.subscribe(tell, () => {
        clearInterval(heartbeat);
        controller.close();
      });
      end = () => {
        clearInterval(heartbeat);
        unsubscribe();
      };
    },
    cancel: () => end(),
  });
}

/** The token of a request, in either of the headers that OFREP's clients send. */
export function credentialsOf(c: RouteContext): string | null {
  const authorization = c.req.header("authorization");
  if (authorization !== undefined) return authorization;
  const apiKey = c.req.header("x-api-key");
  return apiKey === undefined ? null : `Bearer ${apiKey}`;
}
