import { Failure, type Problem } from "@gauntlet/core";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";

import { MODEL_NAMES, SLOTS, type Slot } from "../../serving/slots.ts";
import { modelTypeOf, recipeOf, type Recipe } from "../recipe/recipe.ts";

/** Configurations to be tried, as a file has them. */
export interface TrainingConfig {
  readonly version: string;
  readonly description: string;
  readonly entries: readonly ConfigEntry[];
}

export interface ConfigEntry {
  /** "ffnn_c01" */
  readonly id: string;
  readonly recipe: Recipe;
  readonly description: string;
  readonly alias: Slot | null;
  readonly stage: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

const entry = z.strictObject({
  id: z.string().regex(/^[a-z0-9_]{1,64}$/, "small letters, digits and _"),
  description: z.string().max(500),
  promote_alias: z.enum(SLOTS).nullable(),
  promote_stage: z.enum(["None", "Staging", "Production", "Archived"]).nullable(),
  hyperparameters: z.record(z.string(), z.unknown()),
  mlflow_tags: z.strictObject({ config_family: z.string().max(200), search_index: z.union([z.string().max(200), z.number().int()]) }),
});

const file = z.strictObject({
  version: z.union([z.string(), z.number()]),
  description: z.string(),
  models: z.array(z.strictObject({ model_type: z.string(), model_name: z.string(), configs: z.array(entry).min(1).max(200) })).min(1),
});

/** The file that comes with the platform: 3 × 12 entries, of which four of each family begin under an alias. */
export const DEFAULT_CONFIG_FILE: string = fileURLToPath(new URL("../../../configs/model-hyperparameters.json", import.meta.url));

/** @throws Failure `not_found`, `invalid_input` with every wrong place. */
export async function readTrainingConfig(path: string): Promise<TrainingConfig> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new Failure("not_found", `${path} can't be read`, { fix: "give the path of a configuration file", cause });
  }
  return parseTrainingConfig(text, path);
}

/** `source` is named in errors. @throws Failure `invalid_input` with every wrong place; an unknown key is one. */
export function parseTrainingConfig(text: string, source: string): TrainingConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalid(source, [{ pointer: "", detail: `it is no JSON: ${cause instanceof Error ? cause.message : ""}` }]);
  }
  const parsed = file.safeParse(json);
  if (!parsed.success) throw invalid(source, parsed.error.issues.map(({ path, message }) => ({ pointer: path.map((step) => `/${String(step)}`).join(""), detail: message })));
  const problems: Problem[] = [];
  const entries = parsed.data.models.flatMap((model, m) => entriesOf(model, (pointer, detail) => problems.push({ pointer: `/models/${m}${pointer}`, detail })));
  for (const [at, { id, alias, recipe }] of entries.entries()) {
    const before = entries.slice(0, at);
    if (before.some((other) => other.id === id)) problems.push({ pointer: "/models", detail: `${id} is there twice` });
    if (alias !== null && before.some((other) => other.alias === alias && other.recipe.type === recipe.type)) problems.push({ pointer: "/models", detail: `${id} wants ${MODEL_NAMES[recipe.type]}@${alias}, which another entry wants too` });
  }
  if (problems.length > 0) throw invalid(source, problems);
  return { version: String(parsed.data.version), description: parsed.data.description, entries };
}

function entriesOf({ model_type, model_name, configs }: z.output<typeof file>["models"][number], wrong: (pointer: string, detail: string) => void): readonly ConfigEntry[] {
  const type = attempt(() => modelTypeOf(model_type), (failure) => wrong("/model_type", failure.message));
  if (type === null) return [];
  if (model_name !== MODEL_NAMES[type]) wrong("/model_name", `${model_type} is called ${MODEL_NAMES[type]}`);
  return configs.flatMap(({ id, description, promote_alias: alias, promote_stage: stage, hyperparameters, mlflow_tags: tags }, c): readonly ConfigEntry[] => {
    const recipe = attempt(() => recipeOf(type, hyperparameters), (failure) => {
      for (const { pointer, detail } of failure.problems) wrong(`/configs/${c}/hyperparameters${pointer}`, detail);
    });
    return recipe === null ? [] : [{ id, recipe, description, alias, stage, tags: { config_family: tags.config_family, search_index: String(tags.search_index) } }];
  });
}

function attempt<T>(work: () => T, failed: (failure: Failure) => void): T | null {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    failed(error);
    return null;
  }
}

function invalid(source: string, problems: readonly Problem[]): Failure {
  return new Failure("invalid_input", `${source} is no training configuration: ${problems.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join("; ")}`, { fix: "mend every place that is named", problems });
}
