import { join } from "node:path";

import { capturePredictions, type PredictionCapture } from "./capture-predictions.ts";
import { directoryCache } from "./cache/directory-cache.ts";
import type { ModelCache } from "./cache/model-cache.ts";
import { s3Cache } from "./cache/s3-cache.ts";
import type { ModelManager, ServingEvent } from "./manager/model-manager.ts";
import { openModelManager } from "./manager/open-manager.ts";
import type { AliasReader } from "./registry/alias-reader.ts";
import type { ServingSettings } from "./serving-settings.ts";
import { assignSlots } from "./slot-assignment.ts";

export interface Serving {
  readonly models: ModelManager;
  readonly assign: ReturnType<typeof assignSlots>;
  /** Null: predictions are not written down. */
  readonly capture: PredictionCapture | null;
  close(): Promise<void>;
}

export interface ServingOptions {
  readonly settings: ServingSettings;
  readonly registry: AliasReader;
  /** The cache is its folder `models`, unless another or a bucket is set. */
  readonly dataDir: string;
  readonly now: () => number;
  readonly random: () => number;
  readonly onEvent?: (event: ServingEvent) => void;
}

/** All that serving needs, from its settings. Resolves when every slot has its model, or a reason why it has none. */
export async function openServing({ settings, registry, dataDir, now, random, onEvent }: ServingOptions): Promise<Serving> {
  const { cache: kept, capture, backoffMs, forceFallbacks, abTesting } = settings;
  const bucket = kept.kind === "bucket" ? s3Cache(kept.bucket) : null;
  const cache: ModelCache = bucket ?? directoryCache(kept.kind === "directory" && kept.root !== null ? kept.root : join(dataDir, "models"));
  const models = await openModelManager({ registry, cache, now, backoffMs, forceFallbacks, ...(onEvent === undefined ? {} : { onEvent }) });
  const captured = capture === null ? null : capturePredictions({ ...capture, now, random });
  return {
    models,
    assign: assignSlots(abTesting),
    capture: captured,
    async close() {
      await models.close();
      await captured?.idle();
      bucket?.close();
    },
  };
}
