import { paths } from "@gauntlet/contract";
import { recordExposures } from "@gauntlet/controller";
import { EVENT_LIMITS, Failure, isJson, parseExposures, type FailureCode } from "@gauntlet/core";
import { z } from "zod";

import { parseJson, readCompressed } from "../http/read-body.ts";
import type { Services } from "../services.ts";
import type { Operation, RouteContext } from "./operation.ts";

const logsExport = z.looseObject({ resourceLogs: z.array(z.looseObject({})).optional() }).meta({ id: "OtlpLogs", description: "ExportLogsServiceRequest of OTLP, in JSON; its feature_flag.evaluation events are kept as exposures" });
const logsAnswer = z
  .object({ partialSuccess: z.object({ rejectedLogRecords: z.string().describe("how many, as 64-bit integers are written in JSON"), errorMessage: z.string() }).optional() })
  .meta({ id: "OtlpLogsAnswer" });

export const otlpRoutes: readonly Operation[] = [
  {
    method: "POST",
    path: paths.otlpLogs,
    access: "ingest",
    summary: "Records which variant units were shown, from OpenTelemetry's feature_flag.evaluation events",
    body: logsExport,
    answer: { type: "application/json", schema: logsAnswer },
    handle: record,
  },
];

async function record(c: RouteContext, services: Services): Promise<Response> {
  const contentType = c.req.header("content-type") ?? "";
  if (!isJson(contentType)) {
    throw new Failure("unsupported_media_type", `logs of the type ${contentType === "" ? "(none)" : contentType.slice(0, 100)} are not read here: only OTLP/JSON is`, {
      fix: "send application/json: set OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=http/json, or `encoding: json` in a collector's otlphttp exporter",
    });
  }
  const parsed = parseExposures(parseJson(await readCompressed(c, EVENT_LIMITS.batchBytes)), services.controller.clock.now());
  if (parsed === null) throw new Failure("invalid_input", "the body is no export of logs", { fix: "send ExportLogsServiceRequest as OTLP/JSON: resourceLogs, scopeLogs, logRecords" });
  const recorded = await recordExposures(services.controller, parsed.exposures);
  const rejected = parsed.refused + recorded.refused;
  services.metrics.exposures({ accepted: parsed.exposures.length - recorded.refused, rejected });
  if (rejected === 0) return c.json({});
  return c.json({ partialSuccess: { rejectedLogRecords: String(rejected), errorMessage: [...parsed.reasons, ...recorded.reasons].slice(0, 10).join("; ").slice(0, 1000) } });
}

/** Anything thrown as OTLP has it: a google.rpc.Status. */
export function otlpFailure(failure: Failure): Response {
  const { status, retryable, code } = failure;
  const message = code === "internal" ? "the server failed; its log says why" : failure.fix === null ? failure.message : `${failure.message}: ${failure.fix}`;
  const headers: Record<string, string> = { "content-type": "application/json" };
  // 429, 502, 503 and 504 are those that an exporter sends again.
  if (retryable) headers["retry-after"] = "5";
  if (status === 401) headers["www-authenticate"] = "Bearer";
  return new Response(JSON.stringify({ code: RPC_CODES[code] ?? (status < 500 ? 3 : status === 503 ? 14 : 13), message }), { status, headers });
}

const RPC_CODES: Readonly<Partial<Record<FailureCode, number>>> = { unauthorized: 16, forbidden: 7, not_found: 5, rate_limited: 8 };
