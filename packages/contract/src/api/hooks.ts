import { z } from "zod";

const instant = z.number().int().describe("milliseconds since the Unix epoch");
const HOOK_EVENTS = ["regression", "at_risk", "rollback_triggered", "rollback_completed", "verdict_changed", "approval_wanted", "promoted", "rolled_back", "test"] as const;

const hookTry = z.object({
  attempt: z.number().int().describe("1 and up; from 1 again after a replay"),
  at: instant.describe("when its answer was there"),
  tookMs: z.number().int(),
  kind: z.enum(["delivered", "retry", "failed"]),
  detail: z.string().describe("as `answered 503`, or why there was no answer"),
});
export type HookTry = z.infer<typeof hookTry>;

export const hookDelivery = z
  .object({
    id: z.string(),
    hook: z.string(),
    event: z.enum(HOOK_EVENTS),
    model: z.string().nullable().describe("of a model; null of a test, or of a participant in ratings"),
    says: z.string(),
    createdAt: instant,
    status: z.enum(["pending", "delivered", "failed"]),
    attempts: z.number().int(),
    nextAt: instant.nullable(),
    settledAt: instant.nullable(),
    detail: z.string().nullable().describe("what the last attempt came to"),
    tries: z.array(hookTry).describe("each attempt that ended, oldest first"),
  })
  .meta({ id: "HookDelivery" });
export type HookDelivery = z.infer<typeof hookDelivery>;

export const hookDeliveryDetail = hookDelivery
  .extend({
    message: z
      .object({ contentType: z.string(), body: z.string() })
      .nullable()
      .describe("what is sent, without the headers that sign it; it follows from the event and the hook's form. null when the configuration has no such hook any more"),
  })
  .meta({ id: "HookDeliveryDetail" });
export type HookDeliveryDetail = z.infer<typeof hookDeliveryDetail>;

export const hookList = z
  .object({
    now: instant,
    hooks: z
      .array(
        z.object({
          name: z.string(),
          form: z.string().describe("what it is told in, as `slack` or `webhook, cloudevents`"),
          events: z.array(z.string()),
          disabled: z.object({ at: instant, detail: z.string() }).nullable().describe("its other end answered 410; a test that is heard ends it"),
          last: hookTry.nullable().describe("its newest attempt"),
          failedInRow: z.number().int().describe("attempts since the last that was heard, of those that are kept"),
          waiting: z.number().int().describe("deliveries that are to be told yet"),
        }),
      )
      .describe("by name; without their addresses"),
    deliveries: z.array(hookDelivery).describe("newest first"),
  })
  .meta({ id: "Hooks" });
export type HookList = z.infer<typeof hookList>;

/** Nothing has to be said. */
export const hookAct = z.strictObject({}).meta({ id: "HookAct" });
