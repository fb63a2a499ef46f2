import { ANALYSIS_PATHS, parseAnalysisFile, type AnalysisFile, type AnalysisFiles, type Rollout } from "@gauntlet/core";

import type { Controller } from "../controller.ts";

/**
 * What the challenger's run keeps for an analysis; a file that is not there is null, and of a version without a run all are.
 * @throws Failure `invalid_input` for a file that can't be read as what it should be; `registry_unavailable`.
 */
export async function readAnalysisFiles({ artifacts, registry }: Pick<Controller, "artifacts" | "registry">, { model, challenger }: Rollout): Promise<AnalysisFiles> {
  const { runId } = challenger;
  const read = async <F extends AnalysisFile>(file: F): Promise<AnalysisFiles[F] | null> => {
    const text = runId === null ? null : await artifacts.read(runId, ANALYSIS_PATHS[file]);
    return text === null ? null : parseAnalysisFile(file, text);
  };
  // One after another: samples are large, and nobody waits for milliseconds here.
  const manifest = await read("manifest");
  const { versions } = await registry.read(model, [challenger.version]);
  return {
    trainingSample: await read("trainingSample"),
    holdout: await read("holdout"),
    preprocessing: await read("preprocessing"),
    golden: await read("golden"),
    manifest,
    loss: await read("loss"),
    servedSample: await read("servedSample"),
    servedPreprocessing: await read("servedPreprocessing"),
    servedGolden: await read("servedGolden"),
    servedManifest: await read("servedManifest"),
    servedThreshold: await read("servedThreshold"),
    registryManifest: runId === null || manifest === null ? null : await digestsOf(artifacts, runId, Object.keys(manifest)),
    offlineRecall: recallOf(versions[0]?.metrics ?? {}),
  };
}

/** Of the files as the registry hands them out now; one that is gone is left out, and so differs from what was trained. */
async function digestsOf(artifacts: Controller["artifacts"], runId: string, paths: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const path of paths) {
    const digest = await artifacts.digest(runId, path);
    if (digest !== null) found[path] = digest;
  }
  return found;
}

function recallOf(metrics: Readonly<Record<string, number>>): AnalysisFiles["offlineRecall"] {
  const [found, missed] = [metrics["true_positives"], metrics["false_negatives"]];
  if (!isCount(found) || !isCount(missed) || found + missed === 0) return null;
  return { hits: found, of: found + missed };
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}
