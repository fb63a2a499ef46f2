import { gauntlet } from "@gauntlet/client";
import { createMlflowClient, type MlflowClient } from "@gauntlet/server";
import { availableParallelism } from "node:os";

import { MODEL_TYPES } from "../artifact/model-types.ts";
import { createCycles, type Cycles } from "../platform/cycles.ts";
import { SLOTS } from "../serving/slots.ts";
import { DEFAULT_CONFIG_FILE, readTrainingConfig } from "../training/config/training-config.ts";
import { gameDataset } from "../training/data/game-dataset.ts";
import { gateOf, SCHEDULED_GATE } from "../training/data/gate.ts";
import { selectRounds, SELECTION, type Selected } from "../training/data/select-rounds.ts";
import { planContinuation } from "../training/plan-tasks.ts";
import { trainTasks, type TaskResult } from "../training/train-tasks.ts";
import { openData } from "./open-data.ts";
import { readTrainSettings, type Environment, type TrainSettings } from "./settings.ts";

export interface TrainedOnce {
  /** Null: the gate was closed, for this reason. */
  readonly results: readonly TaskResult[] | null;
  readonly why: string | null;
  readonly failed: number;
  /** Families whose cycle was begun, or runs already. */
  readonly cycles: number;
}

/** One run of the trainer: every slot on the newest rounds if there is enough that is new, then a promotion cycle of each family. @param say a line for the log */
export async function trainOnce(env: Environment, say: (line: string) => void): Promise<TrainedOnce> {
  const settings = readTrainSettings(env);
  const mlflow = createMlflowClient({ ...settings.registry, timeoutMs: 10_000, retries: 3 });
  const cycles = createCycles(gauntlet(settings.gauntlet), settings.mode);
  const selected = await selectedRounds(settings);
  const gate = gateOf(selected, { ...SCHEDULED_GATE, ...settings.gate }, Date.now());
  // What is forced needs rounds all the same.
  const isOpen = gate.isOpen || (settings.isForced && gate.selected >= SCHEDULED_GATE.selectedMin);
  const results = isOpen ? await train(settings, { mlflow, cycles, selected, say }) : null;
  if (!isOpen) say(`nothing is trained: ${gate.why ?? ""}`);
  const failed = (results ?? []).filter(({ kind }) => kind === "failed").length;
  return { results, why: isOpen ? null : gate.why, failed, cycles: failed > 0 || !settings.isPromoting ? 0 : await beginCycles(cycles, say) };
}

async function selectedRounds(settings: TrainSettings): Promise<Selected> {
  const data = await openData(settings);
  try {
    const { roundsMax } = SELECTION;
    // Games of fixed habits are thinned out afterwards, so that more are read than are kept.
    const games = await data.games.store.trainingRounds(settings.since, { playerNameLike: null, policies: null, roundsMax: roundsMax * SELECTION.legacyStride });
    return selectRounds(games, { ...SELECTION, since: settings.since });
  } finally {
    await data.promotions.close();
    await data.close();
  }
}

interface Training {
  readonly mlflow: MlflowClient;
  readonly cycles: Cycles;
  readonly selected: Selected;
  readonly say: (line: string) => void;
}

async function train(settings: TrainSettings, { mlflow, cycles, selected, say }: Training): Promise<readonly TaskResult[]> {
  const config = await readTrainingConfig(DEFAULT_CONFIG_FILE);
  const { tasks, problems } = await planContinuation(mlflow, { types: MODEL_TYPES, aliases: SLOTS, config });
  for (const { type, alias, message } of problems) say(`${type}@${alias} can't be trained: ${message}`);
  const now = Date.now();
  return trainTasks({
    mlflow,
    rows: gameDataset(selected, "whole"),
    tasks,
    experiment: `rps_automated_training_${new Date(now).toISOString().slice(0, 10)}`,
    threads: settings.threads ?? availableParallelism(),
    seed: Math.floor(now / 60_000),
    now: Date.now,
    // In strict mode a cycle compares the versions that it began with.
    mayMove: async (type, slot) => settings.mode === "compat" || slot.startsWith("shadow") || !(await cycles.isRunning(type)),
    onResult: (result) => {
      say(`${result.task.recipe.type}@${result.task.name}: ${result.kind === "trained" ? `version ${result.version}, alias ${result.alias ?? "none"}` : `failed: ${result.message}`}, ${result.seconds} s`);
      if (settings.app !== null) void report(settings.app, result).catch((error: unknown) => say(`the app could not be told: ${String(error)}`));
    },
  });
}

async function report({ url, token }: NonNullable<TrainSettings["app"]>, { kind, task, seconds }: TaskResult): Promise<void> {
  const body = JSON.stringify({ model_type: task.recipe.type, status: kind === "trained" ? "success" : "failure", duration_seconds: seconds, alias: task.alias, source: "trainer" });
  const answer = await fetch(`${url}/internal/training/complete`, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body, signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

/** A family whose Production or B nobody holds has nothing to compare yet. */
async function beginCycles(cycles: Cycles, say: (line: string) => void): Promise<number> {
  let begun = 0;
  for (const type of MODEL_TYPES) {
    try {
      await cycles.begin(type);
      begun += 1;
    } catch (error) {
      say(`no cycle of ${type} was begun: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return begun;
}
