import { openApi, resultOf, roundOf, type Api, type RunResult, type Stage, type WorldResult } from "@gauntlet/example-shared";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { makeVersions } from "../learn/make-versions.ts";
import { makePayments } from "../payments/make-payments.ts";
import { drive, type Took } from "./drive.ts";
import { ENDINGS, type Ending } from "./endings.ts";
import { modelName, openRun, USUAL_PER_DAY, type OpenRun } from "./open-run.ts";

/** The first payment that both versions score. */
export const STARTED_AT: number = Date.UTC(2024, 3, 1);
const DAY_MS = 86_400_000;
/** The longest window of the policy. Nothing that comes later is judged, and nothing comes. */
const DAYS = 28;
const SEED = 20_240_401;

export interface WorldOptions {
  readonly dataDir: string;
  /** Names of ENDINGS. */
  readonly runs: readonly string[];
  /** null: 1,000. */
  readonly perDay: number | null;
  readonly seed: number | null;
}

export interface FraudResult extends WorldResult {
  readonly world: "fraud";
  readonly runs: readonly FraudRun[];
  /** Of each run that goes on to the end. */
  readonly payments: number;
}

interface FraudRun extends RunResult {
  /** From the start of the rollout to the decision that ended it. */
  readonly days: number;
  /** What serves now. */
  readonly champion: string;
  /** Primary cause of the analysis; null: promoted, and no finding failed. */
  readonly cause: string | null;
  /** The analysis in a sentence. */
  readonly says: string | null;
  /** The failure analysis, where the registry keeps it; null: none was written, since nothing was worse. */
  readonly analysis: string | null;
  /** Of a rollback: from the tick that found the harm until the predecessor had all traffic. Of this machine. */
  readonly rollbackMs: number | null;
  /** Whether it ended as it is known to; null: with another seed or volume nothing is known. */
  readonly asKnown: boolean | null;
}

/** The fraud world from the first payment of 2023 to the last decision document. */
export async function runWorld({ server, clock, say, progress }: Stage, options: WorldOptions): Promise<FraudResult> {
  const endings = ENDINGS.filter(({ name }) => options.runs.includes(name));
  const [seed, perDay] = [options.seed ?? SEED, options.perDay ?? USUAL_PER_DAY];
  const versions = makeVersions(seed);
  const payments = makePayments({ from: STARTED_AT, to: STARTED_AT + DAYS * DAY_MS, perDay, seed });
  say(`four versions learned; ${payments.length} payments to come, ${payments.filter(({ fraud }) => fraud).length} of them frauds`);
  const api = await openApi(server, "fraud world");
  const analyst = await openApi(server, "fraud analyst");
  try {
    const round = await roundOf(api, (round) => endings.map((ending) => modelName(ending, round)));
    if (round > 1) say(`${options.dataDir} holds earlier rounds; this is round ${round}, with models of its own`);
    const runs: OpenRun[] = [];
    for (const ending of endings) runs.push(await openRun(ending, { server, api, versions, at: STARTED_AT, round, perDay }));
    say(`payments arrive, both versions score each; runs: ${endings.map(({ name }) => name).join(", ")}`);
    const took = await drive(runs, { payments, startedAt: STARTED_AT, days: DAYS }, { server, api, analyst, clock, seed, progress });
    const usual = seed === SEED && perDay === USUAL_PER_DAY;
    const results: FraudRun[] = [];
    for (const run of runs) results.push(await endOf(run, { api, took, usual, dataDir: options.dataDir }));
    const { status } = await api.decisions.verify();
    return { world: "fraud", runs: results, ledger: status, payments: payments.length };
  } finally {
    await analyst.close();
    await api.close();
  }
}

interface EndRequest {
  readonly api: Api;
  readonly took: Took;
  readonly usual: boolean;
  readonly dataDir: string;
}

async function endOf({ ending, model, champion, challenger }: OpenRun, { api, took, usual, dataDir }: EndRequest): Promise<FraudRun> {
  const { folder } = challenger.registered;
  const { result, at } = await resultOf({ name: ending.name, mode: "strict", model, folder }, api, dataDir);
  const { primary, says } = await api.decisions.analysis(model);
  const cause = primary === "none" ? null : primary;
  const { aliases } = await api.models.get(model);
  const analysis = join(dataDir, "artifacts", folder, "failure_analysis.md");
  return {
    ...result,
    days: (at - STARTED_AT) / DAY_MS,
    champion: aliases?.["champion"] === challenger.registered.version ? challenger.model.name : champion.model.name,
    cause,
    says: cause === null ? null : says,
    analysis: existsSync(analysis) ? analysis : null,
    rollbackMs: result.verdict === "rollback" ? (took.get(model) ?? null) : null,
    asKnown: usual ? isKnown(ending, { ...result, cause }) : null,
  };
}

function isKnown({ known }: Ending, { verdict, reason, cause }: { readonly verdict: string; readonly reason: string; readonly cause: string | null }): boolean {
  return verdict === known.verdict && reason === known.reason && cause === known.cause;
}
