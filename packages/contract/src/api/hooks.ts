import { z } from "zod";

const instant = z.number().int().describe("milliseconds since the Unix epoch");
const HOOK_EVENTS = ["regression", "at_risk", "rollback_triggered", "rollback_completed", "verdict_changed", "approval_wanted", "promoted", "rolled_back", "test"] as const;

export const hookDelivery = z
  .object({
    id: z.string(),
    hook: z.string(),
    event: z.enum(HOOK_EVENTS),
    says: z.string(),
    createdAt: instant,
    status: z.enum(["pending", "delivered", "failed"]),
    attempts: z.number().int(),
    nextAt: instant.nullable(),
    settledAt: instant.nullable(),
    detail: z.string().nullable().describe("what the last attempt came to"),
  })
  .meta({ id: "HookDelivery" });
export type HookDelivery = z.infer<typeof hookDelivery>;

export const hookList = z
  .object({
    now: instant,
    hooks: z
      .array(
        z.object({
          name: z.string(),
          events: z.array(z.string()),
          disabled: z.object({ at: instant, detail: z.string() }).nullable().describe("its other end answered 410; a test that is heard ends it"),
        }),
      )
      .describe("by name; without their addresses"),
    deliveries: z.array(hookDelivery).describe("newest first"),
  })
  .meta({ id: "Hooks" });
export type HookList = z.infer<typeof hookList>;

/** Nothing has to be said. */
export const hookAct = z.strictObject({}).meta({ id: "HookAct" });
