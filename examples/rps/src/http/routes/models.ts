import { Failure } from "@gauntlet/core";
import { z } from "zod";

import { BOT_POLICIES, type ModelType } from "../../policies/bot-policy.ts";
import type { LoadedModel, ModelSlot, ReloadReport } from "../../serving/manager/model-manager.ts";
import { MODEL_NAMES, SLOTS, type Slot } from "../../serving/slots.ts";
import { flag, loadAnswer, modelsAnswer, reloadAnswer, reloadOneAnswer, trainingComplete, trainingCompleteAnswer, unloadAnswer, type ModelsAnswer, type SlotsInfo } from "../model-shapes.ts";
import { operation, type Operation } from "../operation.ts";

const MODEL_TYPES: readonly ModelType[] = BOT_POLICIES.map(({ model }) => model);

const DESCRIPTIONS: Readonly<Record<ModelType, string>> = {
  feedforward_nn: "A feed-forward network, which brian plays by",
  xgboost: "Boosted trees, which forrest plays by",
  multinomial_logistic: "A multinomial logistic regression, which logan plays by",
};

const syncQuery = z.strictObject({ sync_minio: flag.optional().describe("the cache always follows what is served; false is taken for the sake of old callers, and changes nothing") });

export const modelRoutes: readonly Operation[] = [
  operation({
    method: "GET",
    path: "/models",
    access: "open",
    summary: "The families, and which version each slot serves now",
    answer: modelsAnswer,
    handle: async ({ options: { models } }): Promise<ModelsAnswer> => {
      const slots = models.slots();
      const family = (type: ModelType) => {
        const own = slots.filter((one) => one.type === type);
        return { name: MODEL_NAMES[type], description: DESCRIPTIONS[type], loaded: own.length > 0 && own.every(({ model }) => model !== null), info: slotsInfo(own) };
      };
      return { feedforward_nn: family("feedforward_nn"), xgboost: family("xgboost"), multinomial_logistic: family("multinomial_logistic") };
    },
  }),
  operation({
    method: "POST",
    path: "/models/reload",
    access: "internal",
    summary: "Reads the registry's aliases now, and the files of every slot again",
    query: syncQuery,
    answer: reloadAnswer,
    handle: async ({ options: { models } }) => reloadAnswerOf(await models.reload({})),
  }),
  operation({
    method: "POST",
    path: "/models/reload/:type/:alias",
    access: "internal",
    summary: "The same for one slot",
    query: syncQuery,
    answer: reloadOneAnswer,
    handle: async ({ param, options: { models } }) => {
      const type = modelTypeOf(param("type"));
      const slot = slotOf(param("alias"));
      const report = await models.reload({ type, slot });
      requireLoaded(report, `${type}@${slot}`);
      const model = models.slots().find((one) => one.type === type && one.slot === slot)?.model ?? null;
      return { success: true, minio_sync_success: report.cache.errors.length === 0, model_type: type, alias: slot, info: infoOf(model), message: `${type}@${slot} serves ${model === null ? "nothing" : `version ${model.version}`}` };
    },
  }),
  operation({
    method: "POST",
    path: "/models/:type/load",
    access: "internal",
    summary: "Loads the four slots of a family",
    query: z.strictObject({ force_reload: flag.default(false) }),
    answer: loadAnswer,
    handle: async ({ param, query, options: { models } }) => {
      const type = modelTypeOf(param("type"));
      const isLoaded = () => slotsOf(models.slots(), type).every(({ model }) => model !== null);
      if (query.force_reload || !isLoaded()) requireLoaded(await models.reload({ type }), type);
      return { success: true, model_type: type, info: slotsInfo(slotsOf(models.slots(), type)) };
    },
  }),
  operation({
    method: "DELETE",
    path: "/models/:type",
    access: "internal",
    summary: "Frees the memory of a family, until it is loaded again; its bot plays on without a model",
    answer: unloadAnswer,
    handle: async ({ param, options: { models } }) => {
      const type = modelTypeOf(param("type"));
      const emptied = models.unload(type);
      if (emptied === 0) throw new Failure("not_found", `nothing of ${type} is loaded`, { fix: `load it with POST /models/${type}/load` });
      return { success: true, model_type: type, message: `${emptied} slots of ${type} are empty now` };
    },
  }),
  operation({
    method: "POST",
    path: "/internal/training/complete",
    access: "internal",
    summary: "Told by a trainer when it is done",
    body: trainingComplete,
    answer: trainingCompleteAnswer,
    handle: async ({ body, options: { metrics } }) => {
      metrics.trainingCompleted({ modelType: body.model_type, status: body.status, durationSeconds: body.duration_seconds });
      return { success: true, ...body, message: "noted" };
    },
  }),
];

function slotsOf(slots: readonly ModelSlot[], type: ModelType): readonly ModelSlot[] {
  return slots.filter((one) => one.type === type);
}

function slotsInfo(slots: readonly ModelSlot[]): SlotsInfo {
  const of = (slot: Slot): SlotsInfo[Slot] => {
    const found = slots.find((one) => one.slot === slot);
    return { model: infoOf(found?.model ?? null), absence: found?.absence ?? null };
  };
  return { Production: of("Production"), B: of("B"), shadow1: of("shadow1"), shadow2: of("shadow2") };
}

function infoOf(model: LoadedModel | null) {
  return model === null ? null : { version: model.version, run_id: model.runId, digest: model.digest, loaded_from: model.loadedFrom, loaded_at: new Date(model.loadedAt).toISOString() };
}

function reloadAnswerOf({ isCurrent, reloaded, failed, cache }: ReloadReport): z.output<typeof reloadAnswer> {
  const name = ({ type, slot }: { readonly type: ModelType; readonly slot: Slot }): string => `${type}@${slot}`;
  const isSynced = cache.errors.length === 0;
  const problems = [...(isCurrent ? [] : ["the registry did not answer for every model"]), ...failed.map((one) => `${name(one)}: ${one.detail}`), ...cache.errors];
  return {
    success: isCurrent && failed.length === 0 && isSynced,
    minio_sync_success: isSynced,
    minio_synced: cache.synced,
    minio_skipped: cache.skipped,
    minio_errors: cache.errors.length,
    reloaded: reloaded.map(name),
    failed: failed.map(name),
    message: problems.length === 0 ? `${reloaded.length} slots changed` : problems.join("; "),
  };
}

function requireLoaded({ isCurrent, failed }: ReloadReport, what: string): void {
  if (failed.length === 0 && isCurrent) return;
  throw new Failure("registry_unavailable", `${what} was not loaded: ${failed[0]?.detail ?? "the registry does not answer"}`, { fix: "see GET /models for each slot, and try again when the registry has the version" });
}

function modelTypeOf(text: string): ModelType {
  const type = MODEL_TYPES.find((known) => known === text);
  if (type === undefined) throw new Failure("invalid_input", `there is no model type "${text.slice(0, 64)}"`, { fix: `use ${MODEL_TYPES.join(", ")}` });
  return type;
}

function slotOf(text: string): Slot {
  const slot = SLOTS.find((known) => known === text);
  if (slot === undefined) throw new Failure("invalid_input", `there is no alias "${text.slice(0, 64)}"`, { fix: `use ${SLOTS.join(", ")}` });
  return slot;
}
