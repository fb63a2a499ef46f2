import { z } from "zod";

/** What another rollout engine, a pipeline or a person waits for: one answer about the newest rollout of a model. */
export const verdictReport = z
  .object({
    model: z.string(),
    rollout: z.string(),
    champion: z.string(),
    challenger: z.string(),
    outcome: z.enum(["running", "promoted", "retained", "rolled_back"]).describe("of the rollout; a verdict whose effects are still being applied is running"),
    verdict: z.enum(["advance", "promote", "hold", "retain", "rollback"]).nullable().describe("of the newest decision; null before the first"),
    reason: z.string().nullable(),
    sentence: z.string().nullable(),
    decision: z.string().nullable(),
  })
  .meta({ id: "VerdictReport" });

export type VerdictReport = z.infer<typeof verdictReport>;
