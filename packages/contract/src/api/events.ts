import { EVENT_LIMITS } from "@gauntlet/core";
import { z } from "zod";

/** What the services under /api/v1 answer when something is wrong. */
export const serviceError = z
  .object({
    error: z.string().describe("one word, such as validation_error, payload_too_large, rate_limited or service_unavailable"),
    message: z.string(),
    details: z.array(z.object({ field: z.string(), error: z.string().describe("one word, such as required or invalid"), detail: z.string().optional() })).optional().describe("each field that is wrong"),
    retry_after: z.number().int().optional().describe("seconds"),
  })
  .meta({ id: "ServiceError" });
export type ServiceError = z.infer<typeof serviceError>;

const uuid = z.string().regex(/^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/).describe("a UUID");

export const productEvent = z
  .strictObject({
    event_id: uuid.optional().describe("the sender's own: an event that is sent again with it counts once. Left out: it gets one, and a retry is another event"),
    event_type: z.string().describe("plan_generated, plan_accepted, plan_rejected, meal_swapped, edit_applied, validator_intervention, conversation_started, message_sent, flow_completed, user_dropped_off, or custom.<name>"),
    unit_type: z.enum(["user", "household", "session"]),
    unit_id: z.string().min(1).max(255),
    experiments: z.array(z.strictObject({ experiment_id: uuid, variant_id: uuid })).max(EVENT_LIMITS.experiments).optional().describe("which variants the unit had"),
    context: z.record(z.string(), z.unknown()).nullable().optional(),
    metrics: z.record(z.string(), z.number()).nullable().optional().describe("numbers, such as latency_ms, token_count, cost_usd"),
    payload: z.record(z.string(), z.unknown()).nullable().optional().describe("payload.plan_id joins a plan with what happens to it later"),
    timestamp: z.union([z.string(), z.number().int()]).describe("ISO-8601 with a zone, or milliseconds since the Unix epoch; at most five minutes ahead"),
  })
  .meta({ id: "ProductEvent" });
export type ProductEvent = z.input<typeof productEvent>;

export const productEventBatch = z.strictObject({ events: z.array(productEvent).max(EVENT_LIMITS.batchEvents) }).meta({ id: "ProductEventBatch" });

export const productEventAnswer = z.object({ event_id: z.string(), status: z.literal("accepted") }).meta({ id: "ProductEventAnswer" });
export type ProductEventAnswer = z.infer<typeof productEventAnswer>;

export const productEventBatchAnswer = z
  .object({
    accepted: z.number().int(),
    rejected: z.number().int(),
    event_ids: z.array(z.string()).describe("of those accepted, in their order"),
    errors: z
      .array(z.object({ index: z.number().int().describe("place in the batch, from 0"), error: z.string().describe("such as missing_timestamp or invalid_experiment_id"), message: z.string() }))
      .optional()
      .describe("of those rejected"),
  })
  .meta({ id: "ProductEventBatchAnswer" });
export type ProductEventBatchAnswer = z.infer<typeof productEventBatchAnswer>;
