import { evidenceSeries, fleet, modelDetail, rampSeries, ratingProgress, slotsProgress } from "@gauntlet/contract";

import { evidenceSeriesView } from "../views/evidence-series.ts";
import { modelDetailView } from "../views/model-detail.ts";
import { rampSeriesView } from "../views/ramp-series.ts";
import { ratingProgressView } from "../views/rating-progress.ts";
import { fleetView } from "../views/model-summary.ts";
import { slotsProgressView } from "../views/slots-progress.ts";
import type { Operation } from "./operation.ts";

export const modelRoutes: readonly Operation[] = [
  {
    method: "GET",
    path: "/v1/models",
    access: "read",
    summary: "Every model and where its newest rollout stands",
    answer: { type: "application/json", schema: fleet },
    handle: async (c, { controller }) => c.json(await fleetView(controller)),
  },
  {
    method: "GET",
    path: "/v1/models/:model",
    access: "read",
    summary: "One model: state, newest decision, aliases, split, documents",
    answer: { type: "application/json", schema: modelDetail },
    handle: async (c, { controller, config }) => c.json(await modelDetailView(controller, c.req.param("model") ?? "", config.targets)),
  },
  {
    method: "GET",
    path: "/v1/models/:model/evidence",
    access: "read",
    summary: "Evidence of the newest rollout over time, cumulatively",
    answer: { type: "application/json", schema: evidenceSeries },
    handle: async (c, { controller }) => c.json(await evidenceSeriesView(controller, c.req.param("model") ?? "")),
  },
  {
    method: "GET",
    path: "/v1/models/:model/ramp",
    access: "read",
    summary: "Stages of the newest rollout's traffic, intended and observed shares, guardrails of the present stage",
    answer: { type: "application/json", schema: rampSeries },
    handle: async (c, { controller }) => c.json(await rampSeriesView(controller, c.req.param("model") ?? "")),
  },
  {
    method: "GET",
    path: "/v1/models/:model/rating",
    access: "read",
    summary: "How far the newest rollout is that goes by matches: who is compared, their results, and the sequential test game by game",
    answer: { type: "application/json", schema: ratingProgress },
    handle: async (c, { controller }) => c.json(await ratingProgressView(controller, c.req.param("model") ?? "")),
  },
  {
    method: "GET",
    path: "/v1/models/:model/slots",
    access: "read",
    summary: "Where the newest cycle of slots stands: holders, counts, the test of the first two, the order of the challengers, tickers",
    answer: { type: "application/json", schema: slotsProgress },
    handle: async (c, { controller }) => c.json(await slotsProgressView(controller, c.req.param("model") ?? "")),
  },
];
