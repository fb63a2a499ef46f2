import { Failure } from "@gauntlet/core";
import type { MlflowClient } from "@gauntlet/server";

import type { ModelType } from "../policies/bot-policy.ts";
import { MODEL_NAMES, type Slot } from "../serving/slots.ts";
import type { ConfigEntry, TrainingConfig } from "./config/training-config.ts";
import { aliasesOf, recipeOfVersion } from "./registry/aliases.ts";
import type { TrainingTask } from "./train-tasks.ts";

export interface Planned {
  readonly tasks: readonly TrainingTask[];
  /** Aliases that can't be trained, and why. */
  readonly problems: readonly { readonly type: ModelType; readonly alias: Slot; readonly message: string }[];
}

interface Wanted {
  readonly types: readonly ModelType[];
  readonly aliases: readonly Slot[];
  /** Left alone once they point at a version. */
  readonly earned: readonly Slot[];
  readonly config: TrainingConfig;
}

/**
 * A task for each alias, by the hyperparameters of the version that it points at: each alias keeps its own, whatever others
 * have. An alias that points at nothing yet begins with the configuration's entry for it.
 */
export async function planContinuation(mlflow: MlflowClient, { types, aliases, earned, config }: Wanted): Promise<Planned> {
  const tasks: TrainingTask[] = [];
  const problems: Planned["problems"][number][] = [];
  for (const type of types) {
    const held = await aliasesOf(mlflow, type);
    for (const alias of aliases) {
      if (earned.includes(alias) && held.has(alias)) continue;
      try {
        tasks.push(await continuationOf(mlflow, { type, alias, version: held.get(alias), config }));
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== "invalid_input") throw error;
        problems.push({ type, alias, message: error.message });
      }
    }
  }
  return { tasks, problems };
}

async function continuationOf(mlflow: MlflowClient, { type, alias, version, config }: { readonly type: ModelType; readonly alias: Slot; readonly version: string | undefined; readonly config: TrainingConfig }): Promise<TrainingTask> {
  if (version !== undefined) {
    const recipe = await recipeOfVersion(mlflow, type, version);
    return { recipe, name: alias, description: `${alias}, trained as version ${version} was`, alias, stage: null, tags: { continues: version } };
  }
  const entry = config.entries.find(({ recipe, alias: wanted }) => recipe.type === type && wanted === alias);
  if (entry === undefined) throw new Failure("invalid_input", `${MODEL_NAMES[type]}@${alias} points at nothing, and the configuration has no entry for it`, { fix: `give one the promote_alias "${alias}"` });
  return taskOf(entry);
}

/** A task for each entry of a configuration. */
export function planSweep(config: TrainingConfig, types: readonly ModelType[]): readonly TrainingTask[] {
  return config.entries.filter(({ recipe }) => types.includes(recipe.type)).map(taskOf);
}

function taskOf({ id, recipe, description, alias, stage, tags }: ConfigEntry): TrainingTask {
  return { recipe, name: id, description, alias, stage, tags: { ...tags, config_id: id } };
}
