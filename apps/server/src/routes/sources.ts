import { sourceReport } from "@gauntlet/contract";

import { sourceStatusView } from "../views/source-status.ts";
import type { Operation } from "./operation.ts";

export const sourceRoutes: readonly Operation[] = [
  {
    method: "GET",
    path: "/v1/sources",
    access: "read",
    summary: "Every source of evidence: whether it answers, and how fresh its data are",
    answer: { type: "application/json", schema: sourceReport },
    handle: async (c, { controller }) => c.json(await sourceStatusView(controller)),
  },
];
