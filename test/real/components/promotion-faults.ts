import type { LedgerEntry } from "@gauntlet/core";
import { setTimeout as pause } from "node:timers/promises";
import { s3Cache } from "../../../examples/rps/src/serving/cache/s3-cache.ts";
import type { Component } from "../component.ts";
import type { Fault } from "../faults/faults.ts";
import { problemsOf, readLedgers, rollbackMs } from "../faults/judge.ts";
import { follow, isOver, promote, type Followed } from "../faults/promotion.ts";
import { promotionSeeds, type PromotionSeed } from "../faults/promotion-seed.ts";
import { openStage, type Real, type Stage } from "../faults/stage.ts";
import { startCluster } from "../kubernetes/cluster.ts";
import { KUBERNETES_VERSION } from "../kubernetes/install.ts";
import { seeded } from "../kubernetes/seeded.ts";
import { installMinio, startMinio } from "../minio/install.ts";
import { installMlflow, MLFLOW_VERSION } from "../mlflow/install.ts";
import { startMlflow } from "../mlflow/server.ts";

/**
 * Whole promotions by `gauntlet up`, each with a watch, on a real MLflow server over a real bucket and on a real API server of
 * Kubernetes, while three calls in ten to either fail, and Gauntlet is killed at its writes. Each ends as all of one plan (I32).
 */
export const component: Component = {
  name: "Promotions under faults",
  required: true,
  async run(context) {
    const mlflow = await installMlflow(context);
    if (mlflow.kind === "missing") return { kind: "skipped", version: MLFLOW_VERSION, why: mlflow.why };
    const minio = await installMinio(context);
    if (minio.kind === "missing") return { kind: "skipped", version: MLFLOW_VERSION, why: minio.why };
    const cluster = await startCluster(context);
    if (cluster.kind === "missing") return { kind: "skipped", version: KUBERNETES_VERSION, why: cluster.why };
    const { endpoint, accessKey, secretKey } = await startMinio(context, minio.command);
    const bucket = s3Cache({ endpoint, accessKey, secretKey, region: "us-east-1", bucket: "promotions" });
    try {
      // The first use makes it.
      await bucket.list("");
      const env = { MLFLOW_S3_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey, AWS_DEFAULT_REGION: "us-east-1" };
      const mlflowUrl = await startMlflow(context, mlflow.bin, { artifacts: "s3://promotions/files", env });
      const note = await promoteAll({ context, server: cluster.server, bucket, mlflowUrl });
      return { kind: "passed", version: `${MLFLOW_VERSION}, MinIO ${minio.version}, Kubernetes ${KUBERNETES_VERSION}`, note };
    } finally {
      bucket.close();
    }
  },
};

/** Others, or fewer: `GAUNTLET_FAULTS_FROM=7 GAUNTLET_FAULTS_COUNT=1 npm run test:real -- faults`. */
const FROM = Number(process.env["GAUNTLET_FAULTS_FROM"] ?? 1);
const COUNT = Number(process.env["GAUNTLET_FAULTS_COUNT"] ?? 20);
/** Document 003 wants 30 s of servers that answer. Here three calls in ten fail, and who dies amid it is waited for until its lease is over. */
const ROLLBACK_MS = 60_000;
const SETTLE_MS = 2 * 60_000;

async function promoteAll(real: Real): Promise<string> {
  const { log } = real.context;
  const seeds = promotionSeeds(FROM, COUNT);
  const stage = await openStage(real, seeds);
  const began = Date.now();
  try {
    const followed = await Promise.all(
      seeds.map(async (seed) => {
        const done = await promote({ seed, object: () => stage.controllers.object(seed.model), random: seeded(seed.seed * 104_729), ask: (call) => stage.gauntlets.call(seed.model, call) });
        log(`${sayStart(seed)}, over after ${Math.round((Date.now() - began) / 1000)} s`);
        return { ...done, entries: [...done.entries] };
      }),
    );
    await settle(stage, seeds, followed);
    await stage.gauntlets.stop();
    return await judge(stage, seeds, new Map(seeds.map(({ model }, index) => [model, followed[index]?.entries ?? []])));
  } catch (error) {
    log(`seeds ${FROM} to ${FROM + COUNT - 1}; again: GAUNTLET_FAULTS_FROM=${FROM} npm run test:real -- faults\n${stage.gauntlets.said().slice(-8000)}`);
    throw error;
  } finally {
    await stage.close();
  }
}

/** Nothing is on its way any more that would change a thing, and what came late was answered. */
async function settle(stage: Stage, seeds: readonly PromotionSeed[], followed: readonly (Followed & { entries: LedgerEntry[] })[]): Promise<void> {
  const until = Date.now() + SETTLE_MS;
  for (;;) {
    const problems: string[] = [];
    for (const [index, seed] of seeds.entries()) {
      const ledger = followed[index] as Followed & { entries: LedgerEntry[] };
      const isKnown = await follow({ seed, ask: (call) => stage.gauntlets.call(seed.model, call) }, ledger);
      const found = isKnown && isOver(seed, ledger.state) ? await problemsOf(stage, seed, ledger.entries) : ["it goes on"];
      problems.push(...found.map((problem) => `${sayStart(seed)}: ${problem}`));
    }
    if (problems.length === 0 && stage.lateWrites() === 0) return;
    if (Date.now() > until) throw new Error(`half applied:\n${problems.join("\n")}`);
    await pause(1000);
  }
}

/** The end is what the servers say once no Gauntlet runs. */
async function judge(stage: Stage, seeds: readonly PromotionSeed[], shown: ReadonlyMap<string, readonly LedgerEntry[]>): Promise<string> {
  const { log } = stage.context;
  const ledgers = await readLedgers(stage, shown);
  const problems: string[] = [];
  const times: number[] = [];
  for (const seed of seeds) {
    const entries = ledgers.get(seed.model) ?? [];
    problems.push(...(await problemsOf(stage, seed, entries)).map((problem) => `${sayStart(seed)}: ${problem}`));
    const tookMs = rollbackMs(stage, seed, entries);
    if (tookMs !== null) times.push(tookMs);
    log(`${sayStart(seed)}: ${sayEnd(stage, seed, entries)}${tookMs === null ? "" : `, taken back in ${tookMs} ms`}`);
  }
  if (problems.length > 0) throw new Error(`half applied:\n${problems.join("\n")}`);
  times.sort((a, b) => a - b);
  const [least, median, most] = [times[0] ?? 0, times[Math.floor(times.length / 2)] ?? 0, times.at(-1) ?? 0];
  if (most > ROLLBACK_MS) throw new Error(`a rollback took ${most} ms`);
  const { calls, faults, kills } = stage.faults.counts(null);
  const summary = `${seeds.length} promotions through ${sum(faults)} faults in ${calls} calls (${sayFaults(faults)}) and ${kills} kills, none half applied; ${times.length} rollbacks in ${least} to ${most} ms, median ${median}`;
  log(summary);
  return summary;
}

function sayStart({ seed, ending, serving, death }: PromotionSeed): string {
  return `seed ${seed}, ${ending}, ${serving.name}${death === null ? "" : `, killed ${death.when} write ${death.atWrite}`}`;
}

function sayEnd({ faults }: Stage, { model }: PromotionSeed, entries: readonly LedgerEntry[]): string {
  const counted = faults.counts(model);
  const failed = entries.filter(({ event }) => event.kind === "effect.failed").length;
  const reopened = entries.filter(({ event }) => event.kind === "plan.reopened").length;
  return `whole; ${sum(counted.faults)} faults in ${counted.calls} calls, ${failed} failures and ${reopened} reopened plans in ${entries.length} entries`;
}

function sayFaults(faults: Readonly<Partial<Record<Fault, number>>>): string {
  return Object.entries(faults)
    .toSorted(([, a], [, b]) => b - a)
    .map(([fault, count]) => `${fault} ${count}`)
    .join(", ");
}

function sum(faults: Readonly<Partial<Record<Fault, number>>>): number {
  return Object.values(faults).reduce((total, count) => total + count, 0);
}
