import { paths, type Fleet, type LedgerVerification, type ModelDetail } from "@gauntlet/contract";
import type { RunningServer } from "@gauntlet/server";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { hashFeatures } from "../features/hash-features.ts";
import { learnVersion } from "../learn/learn-version.ts";
import { readMails } from "../mails/read-mails.ts";
import { CUTS, splitByTime } from "../split/split-by-time.ts";
import { withFeaturesOutOfOrder } from "../split/sabotage.ts";
import { openApi, type Api } from "./api.ts";
import type { WorldClock } from "./clock.ts";
import { modelName, openRun, type OpenRun, type Versions } from "./open-run.ts";
import { replay, type Stream } from "./replay.ts";
import { RUNS, type RunPlan } from "./runs.ts";

export interface WorldRequest {
  readonly server: RunningServer;
  readonly clock: WorldClock;
  readonly dataDir: string;
  /** Names of RUNS. */
  readonly runs: readonly string[];
  readonly say: (text: string) => void;
  readonly progress: (done: number, of: number) => void;
}

/** What every world prints about itself at the end. */
export interface WorldResult {
  readonly world: "mail";
  readonly runs: readonly RunResult[];
  readonly ledger: "verified" | "broken";
}

interface RunResult {
  readonly name: string;
  readonly mode: string;
  readonly verdict: string;
  readonly reason: string;
  readonly decisionId: string;
  /** The decision document, where the registry keeps it. */
  readonly document: string;
}

/** The mail world from reading the mails to the last decision document. */
export async function runWorld(request: WorldRequest): Promise<WorldResult> {
  const { server, clock, say } = request;
  const plans = RUNS.filter((run) => request.runs.includes(run.name));
  const { versions, stream } = prepare(say);
  const api = await openApi(server, "mail world");
  try {
    const round = await roundOf(api, plans);
    if (round > 1) say(`${request.dataDir} holds earlier rounds; this is round ${round}, with models of its own`);
    const runs: OpenRun[] = [];
    for (const plan of plans) runs.push(await openRun(plan, { server, api, versions, at: stream.startedAt, round }));
    say(`${stream.mails.length} mails arrive, both versions score each; runs: ${plans.map((plan) => plan.name).join(", ")}`);
    await replay(runs, stream, { server, api, clock, progress: request.progress });
    const results: RunResult[] = [];
    for (const run of runs) results.push(await resultOf(run, api, request.dataDir));
    const { status } = await api.get<LedgerVerification>(paths.verify);
    return { world: "mail", runs: results, ledger: status };
  } finally {
    await api.close();
  }
}

function prepare(say: (text: string) => void): { readonly versions: Versions; readonly stream: Stream } {
  const { mails, read } = readMails();
  say(`${read} mails read, ${mails.length} kept`);
  const split = splitByTime(mails);
  const version1 = learnVersion("version 1", split.version1);
  const version2 = learnVersion("version 2", split.version2);
  say(`version 1 learnt from ${version1.trainedOn.mails} mails, version 2 from ${version2.trainedOn.mails}`);
  return {
    versions: { version1, version2, sabotaged: withFeaturesOutOfOrder(version2) },
    stream: { mails: split.replay.map((mail) => ({ mail, features: hashFeatures(mail) })), startedAt: CUTS.version2 },
  };
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
  return { name: run.plan.name, mode: run.mode, verdict: decision.verdict, reason: decision.reason, decisionId: decision.id, document };
}
