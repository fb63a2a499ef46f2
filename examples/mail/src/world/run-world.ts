import { openApi, resultOf, roundOf, type RunResult, type Stage, type WorldResult } from "@gauntlet/example-shared";

import { hashFeatures } from "../features/hash-features.ts";
import { learnVersion } from "../learn/learn-version.ts";
import { readMails } from "../mails/read-mails.ts";
import { CUTS, splitByTime } from "../split/split-by-time.ts";
import { withFeaturesOutOfOrder } from "../split/sabotage.ts";
import { modelName, openRun, type OpenRun, type Versions } from "./open-run.ts";
import { replay, type Stream } from "./replay.ts";
import { RUNS } from "./runs.ts";

export interface WorldOptions {
  readonly dataDir: string;
  /** Names of RUNS. */
  readonly runs: readonly string[];
}

export interface MailResult extends WorldResult {
  readonly world: "mail";
  readonly runs: readonly RunResult[];
}

/** The mail world from reading the mails to the last decision document. */
export async function runWorld({ server, clock, say, progress }: Stage, options: WorldOptions): Promise<MailResult> {
  const plans = RUNS.filter((run) => options.runs.includes(run.name));
  const { versions, stream } = prepare(say);
  const api = await openApi(server, "mail world");
  try {
    const round = await roundOf(api, (round) => plans.map((plan) => modelName(plan, round)));
    if (round > 1) say(`${options.dataDir} holds earlier rounds; this is round ${round}, with models of its own`);
    const runs: OpenRun[] = [];
    for (const plan of plans) runs.push(await openRun(plan, { server, api, versions, at: stream.startedAt, round }));
    say(`${stream.mails.length} mails arrive, both versions score each; runs: ${plans.map((plan) => plan.name).join(", ")}`);
    await replay(runs, stream, { server, api, clock, progress });
    const results: RunResult[] = [];
    for (const { plan, ...run } of runs) results.push((await resultOf({ name: plan.name, ...run }, api, options.dataDir)).result);
    const { status } = await api.decisions.verify();
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
