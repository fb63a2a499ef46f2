import { z } from "zod";

import { decision } from "./passed-on.ts";

/** What is to be previewed: the start of a rollout, or, without a policy, the next decision on the running one. */
export const previewAct = z
  .strictObject({
    policy: z.string().max(100_000).optional().describe("the text of a policy file; left out: what would be decided now on the running rollout"),
    challenger: z.string().min(1).optional().describe("the version that wants to serve; with a policy, but one of slots"),
  })
  .meta({ id: "PreviewAct" });
export type PreviewAct = z.infer<typeof previewAct>;

const shareChange = z.object({
  slot: z.string(),
  version: z.string(),
  before: z.number().int().describe("basis points"),
  after: z.number().int().describe("basis points"),
});

/** What would happen, with nothing changed. */
export const preview = z
  .object({
    model: z.string(),
    /** null for a start. */
    decision: decision.nullable(),
    shares: z.array(shareChange).describe("of every arm, before and after; empty when no traffic moves"),
    moved: z.number().describe("part of the units, 0 to 1, that another version serves afterwards"),
    effects: z.array(z.string()).describe("what would be changed, in order"),
    stages: z.array(z.object({ name: z.string(), basisPoints: z.number().int(), dwellMs: z.number().nullable() })).describe("the stages of a ramp; empty for others"),
  })
  .meta({ id: "Preview" });
export type Preview = z.infer<typeof preview>;
