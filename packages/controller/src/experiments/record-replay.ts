import { digestOf, judgeReplay, replayIntervals, replayMeans, requireOtherData, uuidFrom, type OfflineReplay, type ReplayCase, type ReplayDataset, type ReplayJudgement } from "@gauntlet/core";

import type { Controller } from "../controller.ts";
import { lifecycleTags, registeredVersion } from "./registry-tags.ts";

export interface RecordReplay {
  readonly id: string;
  readonly mlflowModelName: string;
  readonly mlflowModelVersion: string;
  readonly policyVersionId: string | null;
  readonly mlflowRunId: string | null;
  readonly dataset: ReplayDataset;
  /** When the data of `dataset_version`, the registry's tag, were recorded; null when nobody says. */
  readonly trainingWindow: ReplayDataset["window"];
  /** null: there is none, and the replay does not pass. */
  readonly baselineModelVersion: string | null;
  readonly cases: readonly ReplayCase[];
  /** Uniform in [0, 1), seeded by the caller: of the intervals only. */
  readonly random: () => number;
}

/**
 * Judges a replay over recorded cases and keeps it; what the baseline scored on the same cases is kept as a replay of the
 * baseline, which is judged by nothing. A version that passes is a candidate from then on, in the registry too.
 * @throws Failure `not_found` for a version that is not in the registry; `invalid_input` when it is judged by what it learned from.
 */
export async function recordReplay(controller: Pick<Controller, "store" | "clock" | "registry">, request: RecordReplay): Promise<{ readonly replay: OfflineReplay; readonly judgement: ReplayJudgement }> {
  const { id, mlflowModelName, mlflowModelVersion, policyVersionId, mlflowRunId, dataset, trainingWindow, baselineModelVersion, cases, random } = request;
  const registered = await registeredVersion(controller, mlflowModelName, mlflowModelVersion);
  const trainedOn = registered.tags["dataset_version"];
  if (trainedOn !== undefined) requireOtherData(dataset, { version: trainedOn, window: trainingWindow });
  const candidate = replayMeans(cases.map((one) => one.candidate));
  const baselines = cases.map((one) => one.baseline).filter((scores) => scores !== null);
  const baseline = baselineModelVersion === null || baselines.length < cases.length ? null : replayMeans(baselines);
  const judgement = judgeReplay(candidate, baseline);
  const replay: OfflineReplay = {
    id, mlflowModelName, mlflowModelVersion, policyVersionId, datasetVersion: dataset.version, mlflowRunId, scores: candidate.scores,
    intervals: replayIntervals(cases, random), baselineModelVersion, status: "completed", isBetterThanBaseline: judgement.passed,
    errorMessage: judgement.passed ? null : judgement.rules.filter((rule) => !rule.passed).map((rule) => rule.detail).join("; "),
    createdAt: controller.clock.now(),
  };
  await controller.store.experiments.recordReplay(replay);
  if (baseline !== null && baselineModelVersion !== null) {
    const ofBaseline = { id: uuidFrom(digestOf(["baseline of", id])), mlflowModelVersion: baselineModelVersion, policyVersionId: null, mlflowRunId: null, scores: baseline.scores };
    await controller.store.experiments.recordReplay({ ...replay, ...ofBaseline, intervals: null, baselineModelVersion: null, isBetterThanBaseline: null, errorMessage: null });
  }
  if (judgement.passed) for (const { model, version, name, value } of lifecycleTags(replay, "candidate")) await controller.registry.setTag(model, version, name, value);
  return { replay, judgement };
}
