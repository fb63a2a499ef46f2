import { openApi, resultOf, roundOf, type RunResult, type Stage, type WorldResult } from "@gauntlet/example-shared";

import { readTruth } from "../truth/truth.ts";
import { drive } from "./drive.ts";
import { makeWorld } from "./make-world.ts";
import { modelName, openRun, type OpenRun } from "./open-run.ts";
import { runName, RUNS } from "./runs.ts";

/** A Monday, midnight. */
export const STARTED_AT: number = Date.UTC(2026, 8, 7);
const DAY_MS = 86_400_000;

export interface WorldOptions {
  readonly dataDir: string;
  /** Names of RUNS. */
  readonly runs: readonly string[];
  /** null: as many as world.yaml says. */
  readonly households: number | null;
  /** null: that of world.yaml. */
  readonly seed: number | null;
}

export interface PlannerResult extends WorldResult {
  readonly world: "planner";
  readonly runs: readonly PlannerRun[];
  readonly plans: number;
  readonly events: number;
}

/** Its name is that of the challenger. */
interface PlannerRun extends RunResult {
  /** From the start of the rollout to the decision that ended it. */
  readonly days: number;
}

/** The planner world from the making of its cookbook to the last decision document. */
export async function runWorld({ server, clock, say, progress }: Stage, options: WorldOptions): Promise<PlannerResult> {
  const plans = RUNS.filter((run) => options.runs.includes(runName(run)));
  const truth = readTruth();
  const households = { ...truth.households, count: options.households ?? truth.households.count };
  const world = makeWorld({ ...truth, seed: options.seed ?? truth.seed, households });
  say(`${world.recipes.length} recipes, ${world.households.length} households, ${world.cases.length} recorded weeks for the offline replay`);
  const api = await openApi(server, "planner world");
  try {
    const round = await roundOf(api, (round) => plans.map((plan) => modelName(plan, round)));
    if (round > 1) say(`${options.dataDir} holds earlier rounds; this is round ${round}, with models and experiments of its own`);
    const runs: OpenRun[] = [];
    for (const plan of plans) runs.push(await openRun(plan, { server, api, world, at: STARTED_AT, round }));
    say(`households ask for plans; runs: ${plans.map(runName).join(", ")}`);
    const told = await drive(runs, STARTED_AT, { world, server, api, clock, progress });
    const results: PlannerRun[] = [];
    for (const { plan, model, folder } of runs) {
      const { result, at } = await resultOf({ name: plan.challenger, mode: plan.mode, model, folder }, api, options.dataDir);
      results.push({ ...result, days: Math.round(((at - STARTED_AT) / DAY_MS) * 100) / 100 });
    }
    const { status } = await api.decisions.verify();
    return { world: "planner", runs: results, ledger: status, ...told };
  } finally {
    await api.close();
  }
}
