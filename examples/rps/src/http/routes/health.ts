import { z } from "zod";

import { API_HEADERS } from "../answers.ts";
import { operation, type Operation } from "../operation.ts";

export const healthRoutes: readonly Operation[] = [
  operation({
    method: "GET",
    path: "/healthz",
    access: "open",
    summary: "Whether requests are answered",
    answer: z.strictObject({ ok: z.literal(true) }),
    handle: async () => ({ ok: true }),
  }),
  operation({
    method: "GET",
    path: "/metrics",
    access: "open",
    summary: "Counts and gauges in Prometheus' text format",
    answer: null,
    types: ["text/plain"],
    handle: async ({ options }) => {
      const { contentType, body } = await options.metrics.page();
      return new Response(body, { headers: { ...API_HEADERS, "content-type": contentType } });
    },
  }),
];
