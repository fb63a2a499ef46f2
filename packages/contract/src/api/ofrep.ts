import { z } from "zod";

/** OpenFeature's remote evaluation protocol 0.3, as far as it is served. */
export const evaluationRequest = z
  .object({ context: z.looseObject({ targetingKey: z.string().min(1).max(255).describe("the unit: id of the user, household or session") }).describe("whatever else it holds changes nothing") })
  .meta({ id: "EvaluationRequest" });

const metadata = z
  .looseObject({
    epoch: z.number().int().describe("the allocation epoch; events about this unit belong to it"),
    experimentId: z.string().optional(),
    variantId: z.string().optional(),
    unitType: z.string().optional(),
    version: z.string().optional().describe("the model version, or `variant:<name>` without a model"),
    model: z.string().optional(),
    hash: z.string().optional().describe("how the unit was bucketed: sha256 or murmur3"),
  })
  .describe("what an event about this unit has to name");

export const evaluation = z
  .object({
    key: z.string().describe("name of the experiment or model"),
    value: z.unknown().optional().describe("config of the variant, or the model version; absent: the client takes its own default"),
    reason: z.enum(["SPLIT", "STATIC", "DISABLED"]).describe("STATIC: there is one variant; DISABLED: a draft, completed, not yet or no longer open, or paused and the unit is new"),
    variant: z.string(),
    metadata,
  })
  .meta({ id: "Evaluation" });
export type Evaluation = z.infer<typeof evaluation>;

const evaluationFailure = z
  .object({ key: z.string(), errorCode: z.enum(["PARSE_ERROR", "TARGETING_KEY_MISSING", "INVALID_CONTEXT", "GENERAL", "FLAG_NOT_FOUND"]), errorDetails: z.string(), metadata: metadata.optional() })
  .meta({ id: "EvaluationFailure" });

export const bulkEvaluation = z
  .object({
    flags: z.array(z.union([evaluation, evaluationFailure])),
    metadata: z.object({ version: z.string().describe("changes whenever anybody may be given something else") }),
    eventStreams: z.array(z.object({ type: z.string(), endpoint: z.object({ requestUri: z.string() }), inactivityDelaySec: z.number().int() })),
  })
  .meta({ id: "BulkEvaluation" });
export type BulkEvaluation = z.infer<typeof bulkEvaluation>;
