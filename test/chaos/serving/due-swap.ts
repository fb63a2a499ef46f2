import { Failure, type GauntletClient, type Outcome } from "@gauntlet/client";
import { readFileSync } from "node:fs";

import type { ModelType } from "../../../examples/rps/src/policies/bot-policy.ts";
import { restReader } from "../../../examples/rps/src/serving/registry/rest-reader.ts";
import { MODEL_NAMES, SLOTS } from "../../../examples/rps/src/serving/slots.ts";

/** A cycle whose next tick decides to exchange Production and B. */
export interface DueSwap {
  readonly model: string;
  readonly before: ReadonlyMap<string, string>;
}

const POLICY = readFileSync(new URL("../../../examples/rps/policies/compat.yaml", import.meta.url), "utf8");
const GAMES = 6;

/** Begins a cycle of the reference's rule, and reports games that B won and Production lost. */
export async function openCycle(client: GauntletClient, { type, cycle }: { readonly type: ModelType; readonly cycle: number }): Promise<DueSwap> {
  const model = MODEL_NAMES[type];
  await startOnceFree(client, model);
  const { state } = await client.models.get(model);
  const epoch = state.rollout?.allocation.epoch ?? 0;
  const before = new Map(Object.entries(state.rollout?.snapshot.aliases ?? {}).flatMap(([alias, version]) => (version === null ? [] : [[alias, version] as const])));
  const game = (slot: string, i: number): Outcome => ({ requestId: `${cycle}-${slot}-${i}`, at: Date.now(), model, version: before.get(slot) ?? "", slot, mode: "live", epoch, unit: `${cycle}-${slot}-${i}`, prediction: null, metrics: { game_score: slot === "B" ? 1 : 0 } });
  const { rejected } = await client.outcomes.record(["Production", "B"].flatMap((slot) => Array.from({ length: GAMES }, (_, i) => game(slot, i))));
  if (rejected.length > 0) throw new Error(`outcomes were refused: ${JSON.stringify(rejected[0])}`);
  return { model, before };
}

/** A cycle before it may just have been cut short: for some seconds late writes of it are waited for. */
async function startOnceFree(client: GauntletClient, model: string): Promise<void> {
  const until = performance.now() + CARRY_OUT_MS;
  for (;;) {
    try {
      await client.rollouts.start(model, { policy: POLICY.replace(/^model: .*$/m, `model: ${model}`) });
      return;
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "conflict" || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** How far the promotion was when the process was killed: not decided, decided and in part applied, or done. */
export async function placeOfKill(client: GauntletClient, { model }: DueSwap): Promise<"before" | "amid" | "after"> {
  const { state } = await client.models.get(model);
  return state.pending !== null ? "amid" : state.rollout?.status === "running" ? "before" : "after";
}

/** The lease of who was killed runs out first. */
const CARRY_OUT_MS = 20_000;

/** Ticks until the decision is carried out. @returns what is wrong then */
export async function carriedOut(client: GauntletClient, url: string, { model, before }: DueSwap): Promise<readonly string[]> {
  const until = performance.now() + CARRY_OUT_MS;
  for (;;) {
    // A tick that the machine held up for longer than its lease is fenced, and the next one goes on.
    const stands = await client.rollouts.tick(model).catch(String);
    if (typeof stands !== "string" && stands.status !== "running" && !stands.applying) break;
    if (performance.now() > until) return [`${model}: a promotion is not carried out ${CARRY_OUT_MS} ms after a restart: ${typeof stands === "string" ? stands : stands.status}`];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const after = await restReader({ url }).aliases(model);
  const held = (aliases: ReadonlyMap<string, string>): string => SLOTS.map((slot) => aliases.get(slot)).toSorted().join();
  if (after.get("Production") !== before.get("B") || held(after) !== held(before)) return [`${model}: ${JSON.stringify([...before])} became ${JSON.stringify([...after])}`];
  return [];
}
