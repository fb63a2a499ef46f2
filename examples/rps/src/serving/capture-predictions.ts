import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { FEATURE_NAMES } from "../features/feature-names.ts";
import type { Probabilities } from "../policies/expected-value.ts";
import type { ModelType } from "../policies/bot-policy.ts";
import type { Move } from "../rules/moves.ts";
import type { ServedModel, Slot } from "./slots.ts";

/** One prediction as it was made, to be made again by other programs. */
interface CapturedPrediction {
  readonly type: ModelType;
  readonly slot: Slot;
  readonly source: string;
  readonly probabilities: Probabilities;
  readonly pick: Move;
  readonly features: Float32Array;
  readonly model: ServedModel | null;
}

export interface PredictionCapture {
  /** Writes it down, or, by chance or while too many wait for the disk, doesn't. Never waits or throws. */
  capture(prediction: CapturedPrediction): void;
  /** Until what is under way is written. */
  idle(): Promise<void>;
  /** How many could not be written. */
  lost(): number;
}

export interface CaptureOptions {
  readonly dir: string;
  /** The part of predictions that is written. */
  readonly rate: number;
  readonly now: () => number;
  readonly random: () => number;
}

/** So many wait for the disk at once; a slow one must not fill the memory. */
const WAITING_MAX = 256;

/** One JSON file a prediction, named `{time}_{type}_{alias}_{random}.json`; a file that is there is whole. */
export function capturePredictions({ dir, rate, now, random }: CaptureOptions): PredictionCapture {
  const waiting = new Set<Promise<void>>();
  let lost = 0;
  const write = async (prediction: CapturedPrediction, at: number): Promise<void> => {
    const { type, slot } = prediction;
    const stamp = new Date(at).toISOString().replaceAll(/[-:.]/g, "");
    const path = join(dir, `${stamp}_${type}_${slot}_${Math.floor(random() * 2 ** 32).toString(16).padStart(8, "0")}.json`);
    await mkdir(dir, { recursive: true });
    await writeFile(`${path}.part`, `${JSON.stringify(asJson(prediction, at))}\n`, { flag: "wx" });
    await rename(`${path}.part`, path);
  };
  return {
    capture(prediction) {
      if (random() >= rate) return;
      if (waiting.size >= WAITING_MAX) {
        lost += 1;
        return;
      }
      const writing = write(prediction, now()).catch(() => void (lost += 1)).finally(() => waiting.delete(writing));
      waiting.add(writing);
    },
    idle: async () => void (await Promise.all(waiting)),
    lost: () => lost,
  };
}

function asJson({ type, slot, source, probabilities, pick, features, model }: CapturedPrediction, at: number): object {
  return {
    timestamp: new Date(at).toISOString(),
    model_type: type,
    alias: slot,
    source,
    probabilities,
    pick,
    feature_columns: FEATURE_NAMES,
    features: [...features],
    model_metadata: model === null ? null : { version: model.version, run_id: model.runId },
  };
}
