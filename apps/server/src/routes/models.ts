import { evidenceSeries, fleet, modelDetail } from "@gauntlet/contract";

import { evidenceSeriesView } from "../views/evidence-series.ts";
import { modelDetailView } from "../views/model-detail.ts";
import { fleetView } from "../views/model-summary.ts";
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
    handle: async (c, { controller }) => c.json(await modelDetailView(controller, c.req.param("model") ?? "")),
  },
  {
    method: "GET",
    path: "/v1/models/:model/evidence",
    access: "read",
    summary: "Evidence of the newest rollout over time, cumulatively",
    answer: { type: "application/json", schema: evidenceSeries },
    handle: async (c, { controller }) => c.json(await evidenceSeriesView(controller, c.req.param("model") ?? "")),
  },
];
