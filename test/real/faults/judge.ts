import { replayEntry, type LedgerEntry } from "@gauntlet/core";
import { loadConfig, openStoreForReading } from "@gauntlet/server";
import { join } from "node:path";
import { readObject } from "../kubernetes/operator.ts";
import { endProblems, type World } from "./end-state.ts";
import type { PromotionSeed } from "./promotion-seed.ts";
import type { Stage } from "./stage.ts";

const CLI = join(import.meta.dirname, "../../../apps/cli/bin/gauntlet.mjs");
const API = "/api/2.0/mlflow";

/** What is wrong with the end of one promotion, as the real servers show it. */
export async function problemsOf(stage: Stage, seed: PromotionSeed, entries: readonly LedgerEntry[]): Promise<readonly string[]> {
  return endProblems({ seed, world: await readWorld(stage, seed), entries });
}

async function readWorld({ client, server, bucket, runs }: Stage, { model, serving, hadPrevious }: PromotionSeed): Promise<World> {
  const get = (path: string, query: Readonly<Record<string, string>>): Promise<unknown> => client.json({ method: "GET", path: API + path, query, idempotent: true });
  const { registered_model: registered } = (await get("/registered-models/get", { name: model })) as { readonly registered_model: { readonly aliases?: readonly { readonly alias: string; readonly version: string }[] } };
  const versions = await Promise.all(
    (hadPrevious ? ["1", "2", "3"] : ["1", "2"]).map(async (version) => {
      const { model_version: row } = (await get("/model-versions/get", { name: model, version })) as { readonly model_version: { readonly current_stage: string; readonly tags?: readonly { readonly key: string; readonly value: string }[] } };
      const tags = (row.tags ?? []).filter(({ key }) => key !== "gauntlet.digest");
      return [version, { stage: row.current_stage, tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])) }] as const;
    }),
  );
  return {
    aliases: Object.fromEntries((registered.aliases ?? []).map(({ alias, version }) => [alias, String(version)])),
    versions: Object.fromEntries(versions),
    object: await readObject(server, serving, model),
    files: await filesOf(bucket, runs.get(model) ?? ""),
  };
}

/** `files/<experiment>/<run>/artifacts/<path>`: as MLflow's proxy lays them down. */
async function filesOf(bucket: Stage["bucket"], runId: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const keys = (await bucket.list("files/")).filter((key) => key.includes(`/${runId}/artifacts/`));
  const files = await Promise.all(keys.map(async (key) => [key.split(`/${runId}/artifacts/`)[1] ?? "", (await bucket.read(key)) ?? new Uint8Array()] as const));
  return new Map(files);
}

/** The ledgers of servers that have ended: what `gauntlet ledger verify` says, decisions derived again, and nothing that was shown is gone. */
export async function readLedgers({ context, gauntlets }: Stage, shown: ReadonlyMap<string, readonly LedgerEntry[]>): Promise<ReadonlyMap<string, readonly LedgerEntry[]>> {
  const ledgers = new Map<string, readonly LedgerEntry[]>();
  for (const folder of gauntlets.folders) {
    const verified = await context.processes.run({ command: process.execPath, args: [CLI, "ledger", "verify"], cwd: folder, timeoutMs: 120_000 });
    if (verified.code !== 0) throw new Error(`gauntlet ledger verify: ${verified.stdout}${verified.stderr}`);
    const store = await openStoreForReading(loadConfig({ file: null, dataDir: null, cwd: folder, environment: {} }));
    try {
      for (const [model, seen] of shown) {
        if (gauntlets.folderOf(model) === folder) ledgers.set(model, soundEntries(model, seen, await store.ledger.read(model, 0, 10_000)));
      }
    } finally {
      await store.close();
    }
  }
  return ledgers;
}

function soundEntries(model: string, seen: readonly LedgerEntry[], entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  const lost = seen.find(({ seq, hash }) => entries[seq - 1]?.hash !== hash);
  if (lost !== undefined) throw new Error(`${model}: entry ${lost.seq} was shown, and is another now`);
  const other = entries.map(replayEntry).find((replay) => replay?.same === false);
  if (other != null) throw new Error(`${model}: ${other.decisionId} is not derived again: ${other.difference ?? ""}`);
  return entries;
}

/** From the decision to take it back until the challenger got nothing any more, in whole milliseconds; null for another end. */
export function rollbackMs({ controllers }: Stage, { model }: PromotionSeed, entries: readonly LedgerEntry[]): number | null {
  const decided = entries.findLast(({ event }) => event.kind === "decision" && event.plan.becomes === "rolled_back" && event.decision.verdict === "rollback");
  if (decided === undefined) return null;
  const since = controllers.withoutChallenger(model, decided.at);
  if (since === null) throw new Error(`${model}: nobody saw its rollback served`);
  return Math.max(0, since - decided.at);
}
