import { z } from "zod";

const armShare = z.object({ slot: z.string(), version: z.string(), share: z.number().describe("part of 1") });

export const rampStage = z
  .object({
    name: z.string(),
    basisPoints: z.number().int(),
    dwellMs: z.number().nullable().describe("how long it lasts at least; of the last stage: how long it is watched before the promotion, null where it is the promotion"),
    state: z.enum(["passed", "current", "ahead", "ended", "not_reached"]).describe("ended: the challenger was retained or rolled back in it"),
    epoch: z.number().int().nullable().describe("the allocation epoch its evidence is of; null before it begins"),
    since: z.number().nullable().describe("when its allocation was read back"),
    until: z.number().nullable().describe("when the next allocation was read back; null while it lasts"),
    dwellEndsAt: z.number().nullable().describe("the earliest end; null of the last stage, and before it begins"),
  })
  .meta({ id: "RampStage" });
export type RampStage = z.infer<typeof rampStage>;

/** A split that was in force from `at` on. */
const shareStep = z.object({ at: z.number(), epoch: z.number().int(), why: z.string().describe("started, or the verdict that moved it"), arms: z.array(armShare) });

/** Live outcomes of one time bucket, by arm. */
const observedBucket = z.object({ at: z.number().describe("start of the bucket"), arms: z.array(z.object({ slot: z.string(), version: z.string(), count: z.number().int() })) });

const guardrailPoint = z.object({
  at: z.number(),
  champion: z.number().nullable(),
  challenger: z.number().nullable(),
  estimate: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});

/** One check of the present stage, over time: as it would have been judged at each instant. */
export const guardrail = z
  .object({
    id: z.string(),
    metric: z.string(),
    unit: z.enum(["ratio", "share", "ms", "count", "elo", "plain"]),
    sideUnit: z.enum(["ratio", "share", "ms", "count", "elo", "plain"]),
    allowed: z.object({ low: z.number().nullable(), high: z.number().nullable() }),
    status: z.enum(["pass", "warn", "unproven", "fail", "unavailable"]).describe("as of the newest point"),
    says: z.string(),
    points: z.array(guardrailPoint),
    others: z.array(z.object({ slot: z.string(), version: z.string(), value: z.number(), n: z.number().int() })).describe("what the other arms of the experiment showed as of the newest point, in `sideUnit`; nobody is judged by them"),
  })
  .meta({ id: "Guardrail" });
export type Guardrail = z.infer<typeof guardrail>;

/** The stages of a rollout's traffic, what was intended and observed, and its guardrails at the present stage. */
export const rampSeries = z
  .object({ model: z.string(), rolloutId: z.string(), now: z.number(), stages: z.array(rampStage), intended: z.array(shareStep), observed: z.array(observedBucket), bucketMs: z.number(), guardrails: z.array(guardrail) })
  .meta({ id: "RampSeries" });
export type RampSeries = z.infer<typeof rampSeries>;
