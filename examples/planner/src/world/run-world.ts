import { paths, type Fleet, type LedgerVerification, type ModelDetail } from "@gauntlet/contract";
import type { RunningServer } from "@gauntlet/server";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { readTruth } from "../truth/truth.ts";
import { openApi, type Api } from "./api.ts";
import type { WorldClock } from "./clock.ts";
import { drive } from "./drive.ts";
import { makeWorld } from "./make-world.ts";
import { modelName, openRun, type OpenRun } from "./open-run.ts";
import { runName, RUNS, type RunPlan } from "./runs.ts";

/** A Monday, midnight. */
export const STARTED_AT: number = Date.UTC(2026, 8, 7);
const DAY_MS = 86_400_000;

export interface WorldRequest {
  readonly server: RunningServer;
  readonly clock: WorldClock;
  readonly dataDir: string;
  /** Names of RUNS. */
  readonly runs: readonly string[];
  /** null: as many as world.yaml says. */
  readonly households: number | null;
  /** null: that of world.yaml. */
  readonly seed: number | null;
  readonly say: (text: string) => void;
  readonly progress: (day: number, open: number) => void;
}

/** What every world prints about itself at the end. */
export interface WorldResult {
  readonly world: "planner";
  readonly runs: readonly RunResult[];
  readonly ledger: "verified" | "broken";
  readonly plans: number;
  readonly events: number;
}

interface RunResult {
  /** The challenger. */
  readonly name: string;
  readonly mode: string;
  readonly verdict: string;
  readonly reason: string;
  readonly decisionId: string;
  /** The decision document, where the registry keeps it. */
  readonly document: string;
  /** From the start of the rollout to the decision that ended it. */
  readonly days: number;
}

/** The planner world from the making of its cookbook to the last decision document. */
export async function runWorld(request: WorldRequest): Promise<WorldResult> {
  const { server, clock, say } = request;
  const plans = RUNS.filter((run) => request.runs.includes(runName(run)));
  const truth = readTruth();
  const households = { ...truth.households, count: request.households ?? truth.households.count };
  const world = makeWorld({ ...truth, seed: request.seed ?? truth.seed, households });
  say(`${world.recipes.length} recipes, ${world.households.length} households, ${world.cases.length} recorded weeks for the offline replay`);
  const api = await openApi(server, "planner world");
  try {
    const round = await roundOf(api, plans);
    if (round > 1) say(`${request.dataDir} holds earlier rounds; this is round ${round}, with models and experiments of its own`);
    const runs: OpenRun[] = [];
    for (const plan of plans) runs.push(await openRun(plan, { server, api, world, at: STARTED_AT, round }));
    say(`households ask for plans; runs: ${plans.map(runName).join(", ")}`);
    const told = await drive(runs, STARTED_AT, { world, server, api, clock, progress: request.progress });
    const results: RunResult[] = [];
    for (const run of runs) results.push(await resultOf(run, api, request.dataDir));
    const { status } = await api.get<LedgerVerification>(paths.verify);
    return { world: "planner", runs: results, ledger: status, ...told };
  } finally {
    await api.close();
  }
}

async function roundOf(api: Api, plans: readonly RunPlan[]): Promise<number> {
  const { models } = await api.get<Fleet>(paths.models);
  const known = new Set(models.map((model) => model.model));
  let round = 1;
  while (plans.some((plan) => known.has(modelName(plan, round)))) round++;
  return round;
}

async function resultOf(run: OpenRun, api: Api, dataDir: string): Promise<RunResult> {
  const { decision } = await api.get<ModelDetail>(paths.model(run.model));
  if (decision === null) throw new Error(`${run.model} was never decided`);
  const document = join(dataDir, "artifacts", run.folder, "decision.md");
  if (!existsSync(document)) throw new Error(`the decision document of ${run.model} is not at ${document}`);
  const days = Math.round(((decision.at - STARTED_AT) / DAY_MS) * 100) / 100;
  return { name: run.plan.challenger, mode: run.plan.mode, verdict: decision.verdict, reason: decision.reason, decisionId: decision.id, document, days };
}
