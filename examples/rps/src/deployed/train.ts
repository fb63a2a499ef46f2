import { gauntlet } from "@gauntlet/client";
import { createMlflowClient } from "@gauntlet/server";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

import { MODEL_TYPES } from "../artifact/model-types.ts";
import { beginWhenLet, createCycles, type Cycles } from "../platform/cycles.ts";
import { trainingRules } from "../platform/training-rules.ts";
import { SLOTS } from "../serving/slots.ts";
import { DEFAULT_CONFIG_FILE, readTrainingConfig } from "../training/config/training-config.ts";
import type { TaskResult } from "../training/train-tasks.ts";
import { hasFailures, trainingCycle, type CycleResult } from "../training/training-cycle.ts";
import { openData } from "./open-data.ts";
import { readTrainSettings, type Environment, type TrainSettings } from "./settings.ts";

export interface TrainedOnce {
  readonly training: CycleResult;
  readonly hasFailures: boolean;
  /** Families whose promotion cycle was begun, or runs already. */
  readonly cycles: number;
}

/** One run of the trainer: the slots on the newest rounds if enough of them are new, then a promotion cycle of each family. @param say a line for the log @throws the reason of `signal`, when the runs that were begun are closed */
export async function trainOnce(env: Environment, say: (line: string) => void, signal?: AbortSignal): Promise<TrainedOnce> {
  const settings = readTrainSettings(env);
  const cycles = createCycles(gauntlet(settings.gauntlet), settings.mode);
  const training = await train(settings, { cycles, say, signal });
  const failed = hasFailures(training);
  const isPromoting = settings.training.promotes && !failed && training.kind !== "busy";
  return { training, hasFailures: failed, cycles: isPromoting ? await beginCycles(cycles, { say, pause: (ms) => sleep(ms, undefined, signal === undefined ? {} : { signal }) }) : 0 };
}

interface Training {
  readonly cycles: Cycles;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

async function train(settings: TrainSettings, { cycles, say, signal }: Training): Promise<CycleResult> {
  const { selection, gate } = settings.training;
  const data = await openData(settings);
  const reports: Promise<void>[] = [];
  try {
    const result = await trainingCycle({
      store: data.games.store,
      mlflow: createMlflowClient({ ...settings.registry, timeoutMs: 30_000, retries: 3 }),
      selection,
      gate,
      history: "whole",
      types: MODEL_TYPES,
      aliases: SLOTS,
      config: await readTrainingConfig(DEFAULT_CONFIG_FILE),
      threads: settings.threads ?? availableParallelism(),
      seed: Math.floor(Date.now() / 60_000),
      now: Date.now,
      ...(signal === undefined ? {} : { signal }),
      ...trainingRules(settings.mode, cycles),
      onResult: (one) => {
        say(sentenceOf(one));
        if (settings.app !== null) reports.push(report(settings.app, one).catch((error: unknown) => say(`the app could not be told: ${String(error)}`)));
      },
    });
    if (result.kind === "skipped") say(`nothing is trained: ${result.gate.why ?? ""}`);
    if (result.kind === "busy") say(`another process has been training since ${new Date(result.since).toISOString()}`);
    if (result.kind === "trained") for (const { type, alias, message } of result.problems) say(`${type}@${alias} can't be trained: ${message}`);
    return result;
  } finally {
    await Promise.all(reports);
    await data.promotions.close();
    await data.close();
  }
}

function sentenceOf(result: TaskResult): string {
  const became = result.kind === "trained" ? `version ${result.version}, alias ${result.alias ?? "none"}` : `failed: ${result.message}`;
  return `${result.task.recipe.type}@${result.task.name}: ${became}, ${result.seconds} s`;
}

async function report({ url, token }: NonNullable<TrainSettings["app"]>, { kind, task, seconds }: TaskResult): Promise<void> {
  const body = JSON.stringify({ model_type: task.recipe.type, status: kind === "trained" ? "success" : "failure", duration_seconds: seconds, alias: task.alias, source: "trainer" });
  const answer = await fetch(`${url}/internal/training/complete`, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body, signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

/** A family whose Production or B nobody holds has nothing to compare yet. */
async function beginCycles(cycles: Cycles, waiting: Parameters<typeof beginWhenLet>[2]): Promise<number> {
  let begun = 0;
  for (const type of MODEL_TYPES) {
    try {
      await beginWhenLet(cycles, type, waiting);
      begun += 1;
    } catch (error) {
      waiting.say(`no cycle of ${type} was begun: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return begun;
}
