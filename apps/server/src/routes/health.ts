import { healthReport } from "@gauntlet/contract";
import { asFailure } from "@gauntlet/controller";
import { ROOT_CHAIN } from "@gauntlet/core";
import { z } from "zod";

import type { Services } from "../services.ts";
import { healthView, ledgerWord } from "../views/rollout-health.ts";
import type { Operation, RouteContext } from "./operation.ts";

const status = z.object({ status: z.string() });
const readiness = z.object({ status: z.enum(["ready", "not ready"]), store: z.string(), ledger: z.string() });

export const healthRoutes: readonly Operation[] = [
  {
    method: "GET",
    path: "/healthz",
    access: "open",
    summary: "The process answers",
    answer: { type: "application/json", schema: status },
    handle: async (c) => c.json({ status: "ok" }),
  },
  {
    method: "GET",
    path: "/readyz",
    access: "open",
    summary: "The store is reachable and the ledger verifies",
    answer: { type: "application/json", schema: readiness, also: { 503: "Not ready" } },
    handle: ready,
  },
  {
    method: "GET",
    path: "/v1/health/rollouts",
    access: "read",
    summary: "The health of the evidence of every rollout that runs: each check, what it holds, and since when",
    answer: { type: "application/json", schema: healthReport },
    handle: async (c, { controller, guard }) => c.json(await healthView(controller, ledgerWord(guard))),
  },
  {
    method: "GET",
    path: "/metrics",
    access: "read",
    summary: "Metrics in the Prometheus text format, with the state of decisions",
    answer: { type: "text/plain" },
    handle: async (_, { metrics }) => {
      const { type, text } = await metrics.render();
      return new Response(text, { headers: { "content-type": type } });
    },
  },
];

async function ready(c: RouteContext, services: Services): Promise<Response> {
  const store = await storeStatus(services);
  const ledger = services.guard.status();
  const isReady = store === "reachable" && ledger === "verified";
  return c.json({ status: isReady ? "ready" : "not ready", store, ledger }, isReady ? 200 : 503);
}

async function storeStatus({ store }: Services): Promise<string> {
  try {
    await store.ledger.head(ROOT_CHAIN);
    return "reachable";
  } catch (error) {
    return asFailure(error).code;
  }
}
