import { paths } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import { z } from "zod";

import { verifyDelivery } from "../auth/webhook-signature.ts";
import { once } from "../http/idempotent.ts";
import { parseJson, readBytes } from "../http/read-body.ts";
import type { Services } from "../services.ts";
import type { Operation, RouteContext } from "./operation.ts";

/** MLflow's envelope. What it tells of is open: releases add entities, and `data` is theirs. */
const delivery = z
  .looseObject({ entity: z.string().max(200), action: z.string().max(200), timestamp: z.string().max(100), data: z.looseObject({}) })
  .meta({ id: "MlflowWebhook", description: "What MLflow sends to a webhook" });
const aliasEvent = z.object({ entity: z.literal("model_version_alias"), data: z.object({ name: z.string().min(1) }) });
const answer = z.object({ looksAt: z.string().nullable().describe("the model whose aliases are read now; null: nothing follows from the event") }).meta({ id: "MlflowWebhookAnswer" });

/** The signature is the token: MLflow sends no other. */
export const mlflowWebhookRoutes: readonly Operation[] = [
  {
    method: "POST",
    path: paths.mlflowWebhooks,
    access: "open",
    summary: "Takes MLflow's webhooks, signed with registry.webhookSecret: a moved alias is looked at at once. Other events are taken and left alone",
    body: delivery,
    answer: { type: "application/json", schema: answer, status: 202 },
    handle: receive,
  },
];

/** A description of a model and its tags may be long. */
const BYTES_MAX = 1_000_000;

async function receive(c: RouteContext, services: Services): Promise<Response> {
  const secret = secretOf(services);
  const body = await readBytes(c, BYTES_MAX);
  const headers = { signature: c.req.header("x-mlflow-signature"), deliveryId: c.req.header("x-mlflow-delivery-id"), timestamp: c.req.header("x-mlflow-timestamp") };
  // The sender's clock is a real one, also where this server's world has a simulated one.
  const now = Date.now();
  const key = verifyDelivery({ ...headers, body }, secret, now);
  const payload = new TextDecoder().decode(body);
  const parsed = delivery.safeParse(parseJson(payload));
  if (!parsed.success) throw new Failure("invalid_input", "the body is no webhook of MLflow: it has not entity, action, timestamp and data", { fix: "send what MLflow sends" });
  const { status, body: text } = await once({ store: services.store.idempotency, key, scope: "webhook of MLflow", payload, now }, async () => {
    return { status: 202, body: JSON.stringify({ looksAt: await lookAt(parsed.data, services) }) };
  });
  return new Response(text, { status, headers: { "content-type": "application/json" } });
}

function secretOf({ config: { registry } }: Services): string {
  if (registry.kind === "mlflow" && registry.webhookSecret !== undefined) return registry.webhookSecret;
  throw new Failure("unauthorized", "webhooks of MLflow are not taken here", { fix: "set registry.webhookSecret in gauntlet.yaml, and give the webhook in MLflow the same" });
}

/** What the event says of the alias is not believed: the registry is asked. Only a model with a rollout has anything to look at. */
async function lookAt(event: z.output<typeof delivery>, { store, loop }: Services): Promise<string | null> {
  const moved = aliasEvent.safeParse(event);
  if (!moved.success) return null;
  const model = moved.data.data.name;
  const head = await store.ledger.head(model);
  if (head?.state?.rollout == null) return null;
  loop.look(model);
  return model;
}
