import type { MlflowClient } from "@gauntlet/server";

import type { RpsMetrics, TrainedFacts } from "../metrics/rps-metrics.ts";
import type { ServingEvent } from "../serving/manager/model-manager.ts";

type ServingMetrics = Pick<RpsMetrics, "modelLoaded" | "modelUnloaded" | "loadFailed" | "loadSkipped" | "registryResolved">;

/** What happens to slots, as the metrics know it; what a version's training said of it is read from its run. */
export function tellMetrics(metrics: ServingMetrics, mlflow: MlflowClient): (event: ServingEvent) => void {
  const newest = new Map<string, object>();
  return (event) => {
    const slot = { modelType: event.type, alias: event.slot };
    const key = `${event.type}@${event.slot}`;
    switch (event.kind) {
      case "loaded": {
        const { model, source, seconds } = event;
        newest.set(key, model);
        // Of two answers the later one may be of the earlier version.
        void trainedFacts(mlflow, model.runId).then((trained) => newest.get(key) === model && metrics.modelLoaded(slot, { version: model.version, source, seconds, trained }));
        return;
      }
      case "unloaded":
        newest.delete(key);
        return metrics.modelUnloaded(slot);
      case "load_failed":
        return metrics.loadFailed(slot);
      case "load_skipped":
        return metrics.loadSkipped(slot);
      case "resolved":
        return metrics.registryResolved(slot, event.result);
    }
  };
}

interface RunAnswer {
  readonly run?: { readonly info?: { readonly end_time?: number }; readonly data?: { readonly metrics?: readonly { readonly key: string; readonly value: number }[] } };
}

/** Null where the run doesn't say, or the registry is away. */
async function trainedFacts(mlflow: MlflowClient, runId: string): Promise<TrainedFacts | null> {
  try {
    const { run } = (await mlflow.json({ method: "GET", path: "/api/2.0/mlflow/runs/get", query: { run_id: runId }, idempotent: true })) as RunAnswer;
    const figure = (name: string): number | undefined => run?.data?.metrics?.find(({ key }) => key === name)?.value;
    const [accuracy, rows, trainedAt] = [figure("test_accuracy"), figure("rows"), run?.info?.end_time];
    // A fifth of the rows is held out.
    return accuracy === undefined || rows === undefined || trainedAt === undefined ? null : { accuracy, rows: Math.max(1, Math.floor(rows / 5)), trainedAt: Number(trainedAt) };
  } catch {
    return null;
  }
}
