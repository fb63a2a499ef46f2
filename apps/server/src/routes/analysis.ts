import { failureAnalysis } from "@gauntlet/contract";
import { analyseDecision, newestDecisionOf } from "@gauntlet/controller";
import { drawAnalysis, Failure, renderAnalysis } from "@gauntlet/core";

import type { Services } from "../services.ts";
import type { Operation, RouteContext } from "./operation.ts";

export const analysisRoutes: readonly Operation[] = [
  {
    method: "GET",
    path: "/v1/models/:model/analysis",
    access: "read",
    summary: "Why a rollout ended as it did: findings, primary cause, next steps",
    query: { rollout: "its id; left out: the newest", format: "json (default), md or svg" },
    answer: { type: "application/json", schema: failureAnalysis },
    handle: analysis,
  },
];

const FORMATS = ["json", "md", "svg"] as const;

async function analysis(c: RouteContext, { store, controller }: Services): Promise<Response> {
  const model = c.req.param("model") ?? "";
  const asked = c.req.query("format") ?? "json";
  const format = FORMATS.find((known) => known === asked);
  if (format === undefined) throw new Failure("invalid_input", `there is no analysis as "${asked.slice(0, 40)}"`, { fix: "ask for json, md or svg" });
  const rollout = c.req.query("rollout") ?? (await store.ledger.head(model))?.state?.rollout?.id;
  if (rollout === undefined) throw new Failure("not_found", `${model} has no rollout`, { fix: "start one" });
  const report = await analyseDecision(controller, await newestDecisionOf(store, model, rollout));
  if (format === "json") return c.json(report);
  if (format === "md") return new Response(renderAnalysis(report), { headers: { "content-type": "text/markdown; charset=utf-8" } });
  return new Response(drawAnalysis(report), { headers: { "content-type": "image/svg+xml" } });
}
