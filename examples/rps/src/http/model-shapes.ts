import { z } from "zod";

import { instant, modelType, slot } from "./shapes.ts";

const yes = z.literal(true);
/** "true" or "false" of a query. */
export const flag = z.enum(["true", "false"]).transform((text) => text === "true");

/** What is in the memory of one slot; null where nothing is, and why. */
const slotInfo = z
  .strictObject({
    version: z.string(),
    run_id: z.string(),
    digest: z.string(),
    loaded_from: z.enum(["cache", "registry"]),
    loaded_at: instant,
  })
  .nullable();

const slotsInfo = z.record(slot, z.strictObject({ model: slotInfo, absence: z.strictObject({ reason: z.string(), detail: z.string() }).nullable() })).meta({ id: "SlotsInfo" });

export const modelsAnswer = z
  .record(modelType, z.strictObject({ name: z.string(), description: z.string(), loaded: z.boolean().describe("every slot has a model"), info: slotsInfo }))
  .meta({ id: "Models" });
export type ModelsAnswer = z.output<typeof modelsAnswer>;
export type SlotsInfo = z.output<typeof slotsInfo>;

export const loadAnswer = z.strictObject({ success: yes, model_type: modelType, info: slotsInfo });
export const unloadAnswer = z.strictObject({ success: yes, model_type: modelType, message: z.string() });

const sync = { minio_sync_success: z.boolean().describe("the cache near the application, a bucket or a folder, has what is served") };

export const reloadAnswer = z
  .strictObject({
    success: z.boolean(),
    ...sync,
    minio_synced: z.int(),
    minio_skipped: z.int(),
    minio_errors: z.int(),
    reloaded: z.array(z.string()).describe("xgboost@Production"),
    failed: z.array(z.string()),
    message: z.string(),
  })
  .meta({ id: "ReloadAnswer" });

export const reloadOneAnswer = z.strictObject({ success: yes, ...sync, model_type: modelType, alias: slot, info: slotInfo, message: z.string() });

export const trainingComplete = z
  .strictObject({
    model_type: modelType,
    status: z.enum(["success", "failure"]),
    duration_seconds: z.number().nonnegative().nullable().default(null),
    alias: slot.nullable().default(null),
    source: z.string().max(100).default("trainer"),
  })
  .meta({ id: "TrainingComplete" });

export const trainingCompleteAnswer = z.strictObject({
  success: yes,
  model_type: modelType,
  status: z.enum(["success", "failure"]),
  duration_seconds: z.number().nullable(),
  alias: slot.nullable(),
  source: z.string(),
  message: z.string(),
});
