import { predictCall, predicted } from "@gauntlet/contract";
import { gatewayRoutes } from "@gauntlet/gateway";

import type { Services } from "../services.ts";
import type { Operation } from "./operation.ts";

/** The inference gateway of this process, behind the same guard as everything else. */
export function predictRoute({ gateway }: Pick<Services, "gateway">): Operation {
  const routes = gatewayRoutes(gateway);
  return {
    method: "POST",
    path: "/v1/models/:model/predict",
    access: "ingest",
    summary: "Answers one request with the version its unit is assigned to, and records what was observed",
    body: predictCall,
    answer: { type: "application/json", schema: predicted },
    handle: async (c) => routes.fetch(c.req.raw),
  };
}
