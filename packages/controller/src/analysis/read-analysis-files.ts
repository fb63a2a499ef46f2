import { ANALYSIS_PATHS, Failure, parseAnalysisFile, type AnalysisFile, type AnalysisFiles, type Rollout } from "@gauntlet/core";

import type { Controller } from "../controller.ts";

export interface AnalysisReading {
  readonly files: AnalysisFiles;
  /** Of each file that gave nothing, by its path: SHA-256 of what is there instead, 64 hex digits; null: no such file. */
  readonly unread: Readonly<Record<string, string | null>>;
  /** Why of each file that is there and can't be read as what it should be. */
  readonly damaged: readonly Failure[];
}

/**
 * What the challenger's run keeps for an analysis; a file that is not there or is damaged is null, and of a version without a
 * run all are.
 * @throws Failure `registry_unavailable`; `not_found` without the run.
 */
export async function readAnalysisFiles({ artifacts, registry }: Pick<Controller, "artifacts" | "registry">, { model, challenger }: Rollout): Promise<AnalysisReading> {
  const { runId } = challenger;
  const unread: Record<string, string | null> = {};
  const damaged: Failure[] = [];
  const read = async <F extends AnalysisFile>(file: F): Promise<AnalysisFiles[F] | null> => {
    const path = ANALYSIS_PATHS[file];
    const text = runId === null ? null : await artifacts.read(runId, path);
    if (runId === null || text === null) {
      unread[path] = null;
      return null;
    }
    const found = parsed(file, text);
    if (!(found instanceof Failure)) return found;
    // The digest is older than what is read after it, so that whoever mends the file in between is noticed.
    const digest = await artifacts.digest(runId, path);
    const again = await artifacts.read(runId, path);
    const mended = again === null ? null : parsed(file, again);
    if (mended !== null && !(mended instanceof Failure)) return mended;
    unread[path] = digest;
    if (mended !== null) damaged.push(mended);
    return null;
  };
  // One after another: samples are large, and nobody waits for milliseconds here.
  const manifest = await read("manifest");
  const { versions } = await registry.read(model, [challenger.version]);
  const files: AnalysisFiles = {
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
  return { files, unread, damaged };
}

function parsed<F extends AnalysisFile>(file: F, text: string): NonNullable<AnalysisFiles[F]> | Failure {
  try {
    return parseAnalysisFile(file, text);
  } catch (error) {
    if (error instanceof Failure && error.code === "invalid_input") return error;
    throw error;
  }
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
