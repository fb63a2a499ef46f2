import { hookAct, hookDelivery, hookDeliveryDetail, hookList, paths } from "@gauntlet/contract";
import { testHook } from "@gauntlet/controller";

import { oneOf, wholeNumber } from "../http/query.ts";
import { write } from "../http/write.ts";
import { deliveryDetailView, deliveryView, hookListView } from "../views/hooks.ts";
import type { Operation } from "./operation.ts";

const DELIVERIES = { usual: 100, max: 1000 } as const;

export const hookRoutes: readonly Operation[] = [
  {
    method: "GET",
    path: paths.hooks,
    access: "read",
    summary: "Who is told what happens, and what they were told",
    query: { hook: "deliveries of this one", status: "pending, delivered or failed", event: "deliveries of this kind of event, as promoted", limit: `deliveries, ${DELIVERIES.usual} by default, at most ${DELIVERIES.max}` },
    answer: { type: "application/json", schema: hookList },
    handle: async (c, { store, controller, hooks }) => {
      const of = {
        hook: c.req.query("hook") ?? null,
        status: oneOf(c, "status", hookDelivery.shape.status.options),
        event: oneOf(c, "event", hookDelivery.shape.event.options),
        limit: wholeNumber(c, "limit", { fallback: DELIVERIES.usual, min: 1, max: DELIVERIES.max }),
      };
      return c.json(await hookListView({ store, hooks, now: controller.clock.now() }, of));
    },
  },
  {
    method: "GET",
    path: "/v1/hooks/deliveries/:id",
    access: "read",
    summary: "One delivery: its attempts, and what is sent",
    answer: { type: "application/json", schema: hookDeliveryDetail },
    handle: async (c, { store, hooks }) => c.json(await deliveryDetailView({ store, hooks }, c.req.param("id") ?? "")),
  },
  {
    method: "POST",
    path: "/v1/hooks/deliveries/:id/replay",
    access: "operator",
    summary: "Tells a delivery again that was settled, with the same id",
    body: hookAct,
    idempotencyKey: true,
    answer: { type: "application/json", schema: hookDelivery },
    handle: async (c, services) => {
      const id = c.req.param("id") ?? "";
      return write({ c, services, schema: hookAct, name: `hooks replay ${id}`, status: 200 }, async () => deliveryView(await services.store.deliveries.replay(id, services.controller.clock.now())));
    },
  },
  {
    method: "POST",
    path: "/v1/hooks/:hook/test",
    access: "operator",
    summary: "Tells a hook a test event now; one that was disabled is told again once it is heard",
    body: hookAct,
    idempotencyKey: true,
    answer: { type: "application/json", schema: hookDelivery },
    handle: async (c, services) => {
      const { store, hooks, controller } = services;
      const hook = c.req.param("hook") ?? "";
      return write({ c, services, schema: hookAct, name: `hooks test ${hook}`, status: 200 }, async () => deliveryView(await testHook({ store, hooks, clock: controller.clock }, hook)));
    },
  },
];
