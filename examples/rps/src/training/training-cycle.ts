import { Failure } from "@gauntlet/core";

import type { ModelType } from "../policies/bot-policy.ts";
import type { Slot } from "../serving/slots.ts";
import type { GameStore } from "../store/game-store.ts";
import type { TrainingConfig } from "./config/training-config.ts";
import { gameDataset, type History } from "./data/game-dataset.ts";
import { FORCED_GATE, gateOf, type Gate, type GateRule } from "./data/gate.ts";
import { selectRounds, type Selected, type Selection } from "./data/select-rounds.ts";
import { planContinuation, planSweep, type Planned } from "./plan-tasks.ts";
import { beginCycle, endCycle, touchCycle } from "./registry/cycles.ts";
import { trainTasks, type TaskResult, type TrainTasksOptions } from "./train-tasks.ts";

export interface CycleOptions extends Pick<TrainTasksOptions, "mlflow" | "threads" | "pool" | "seed" | "now" | "mayMove" | "onProgress" | "onResult" | "signal"> {
  readonly store: Pick<GameStore, "trainingRounds">;
  readonly selection: Selection;
  /** Null: it is forced open, where there are 200 rounds to learn from. */
  readonly gate: GateRule | null;
  /** whole, unless models of the reference are to be made again. */
  readonly history: History;
  readonly types: readonly ModelType[];
  /** What each continues, by its own hyperparameters; "sweep": every entry of the configuration instead. */
  readonly aliases: readonly Slot[] | "sweep";
  /** Of these, those that are left alone once somebody holds them; left out: none. */
  readonly earned?: readonly Slot[];
  readonly config: TrainingConfig;
}

export type CycleResult =
  | { readonly kind: "skipped"; readonly gate: Gate }
  /** Another process trains now. */
  | { readonly kind: "busy"; readonly since: number }
  | { readonly kind: "trained"; readonly gate: Gate; readonly rows: number; readonly runId: string; readonly results: readonly TaskResult[]; readonly problems: Planned["problems"]; readonly seconds: number };

/** What a cycle would do. */
export interface PlannedCycle extends Planned {
  readonly selected: Selected;
  readonly gate: Gate;
}

/** Selects games, asks the gate, and makes a task for every alias or entry. Changes nothing. */
export async function planCycle(options: CycleOptions): Promise<PlannedCycle> {
  const selected = await selectedRounds(options);
  const gate = gateOf(selected, options.gate ?? FORCED_GATE, options.now());
  return { selected, gate, ...(await planned(options)) };
}

/** One cycle of training: what is planned is trained, registered and pointed, unless the gate is closed or another trains now. */
export async function trainingCycle(options: CycleOptions): Promise<CycleResult> {
  return runCycle(await planCycle(options), options);
}

export async function runCycle({ selected, gate, tasks, problems }: PlannedCycle, options: CycleOptions): Promise<CycleResult> {
  const { mlflow, now, history } = options;
  if (!gate.isOpen) return { kind: "skipped", gate };
  const from = performance.now();
  const startedAt = now();
  const rows = gameDataset(selected, history);
  if (rows.data.rows === 0) throw new Failure("invalid_input", "there is no round to learn from", { fix: "play games, or select others" });
  const cycle = await beginCycle(mlflow, startedAt);
  if (cycle.kind === "busy") return cycle;
  try {
    const onResult = (result: TaskResult): void => {
      // The registry may be away for a moment; the next model is a sign of life too.
      void touchCycle(mlflow, cycle.runId, now()).catch(() => undefined);
      options.onResult?.(result);
    };
    const results = await trainTasks({ ...options, rows, tasks, onResult, experiment: cycle.experiment, tags: { "mlflow.parentRunId": cycle.runId } });
    const failed = results.filter(({ kind }) => kind === "failed").length;
    await endCycle(mlflow, cycle.runId, { at: now(), counts: { rows: rows.data.rows, trained: results.length - failed, failed: failed + problems.length } });
    return { kind: "trained", gate, rows: rows.data.rows, runId: cycle.runId, results, problems, seconds: Math.round(performance.now() - from) / 1000 };
  } catch (error) {
    await endCycle(mlflow, cycle.runId, { at: now(), counts: null }).catch(() => undefined);
    throw error;
  }
}

/** Far more games are read than are kept, since most may be thinned out; not all that were ever played. */
async function selectedRounds({ store, selection }: CycleOptions): Promise<Selected> {
  const { since, playerNameLike, policies, roundsMax, legacyStride } = selection;
  return selectRounds(await store.trainingRounds(since, { playerNameLike, policies, roundsMax: roundsMax * (legacyStride + 1) }), selection);
}

async function planned({ mlflow, types, aliases, earned = [], config }: CycleOptions): Promise<Planned> {
  return aliases === "sweep" ? { tasks: planSweep(config, types), problems: [] } : planContinuation(mlflow, { types, aliases, earned, config });
}

/** Whether something went wrong: then nobody is promoted on the strength of it. */
export function hasFailures(result: CycleResult): boolean {
  return result.kind === "trained" && (result.problems.length > 0 || result.results.some(({ kind }) => kind === "failed"));
}
