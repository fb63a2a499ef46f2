import type { ModelFiles, ModelMetadata } from "../../artifact/model-folder.ts";
import type { GameDataset } from "../data/game-dataset.ts";
import type { Recipe } from "../recipe/recipe.ts";
import type { StepProgress, TrainedFamily } from "../steps/train-family.ts";

/** One training, as a thread is told of it. */
export interface TrainingJob {
  readonly recipe: Recipe;
  /** Its arrays are shared memory, and so not copied. */
  readonly rows: GameDataset;
  readonly seed: number;
  /** What the model's folder says of itself. */
  readonly folder: Pick<ModelMetadata, "model_name" | "run_id" | "timestamp">;
}

/** What a training leaves behind; the model is in its files. */
export interface TrainedFiles extends Omit<TrainedFamily, "model"> {
  readonly files: ModelFiles;
  /** That its thread took. */
  readonly seconds: number;
}

/** What a thread says. */
export type WorkerMessage =
  | { readonly kind: "progress"; readonly progress: StepProgress }
  | { readonly kind: "trained"; readonly trained: TrainedFiles }
  | { readonly kind: "failed"; readonly message: string };
