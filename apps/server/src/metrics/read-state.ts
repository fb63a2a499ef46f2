import type { ChainHead, Controller } from "@gauntlet/controller";
import { DERIVED_METRICS, ROOT_CHAIN, type ModelState, type Rollout } from "@gauntlet/core";
import { setImmediate as otherWork } from "node:timers/promises";

import { MODELS_MAX, type ModelGauges } from "./instruments.ts";
import { readReplays } from "./read-replays.ts";

const VERDICTS = ["advance", "promote", "hold", "retain", "rollback"];
const HOUR_MS = 3_600_000;

/** The state of every model as the ledger has it now. Returns the models that have a running rollout. */
export async function readState(controller: Pick<Controller, "store" | "clock">, gauges: ModelGauges, chains: readonly ChainHead[]): Promise<ReadonlySet<string>> {
  const heads = chains.filter((head) => head.chain !== ROOT_CHAIN);
  gauges.models.set(heads.length);
  const held = new Map<string, number>();
  const running = new Set<string>();
  for (const head of heads) {
    const reason = heldFor(head.state);
    if (reason !== null) held.set(reason, (held.get(reason) ?? 0) + 1);
  }
  for (const [reason, count] of held) gauges.heldFor.set({ reason }, count);
  // Of too many models those whose rollout runs are shown.
  const runs = (head: ChainHead) => Number(head.state?.rollout?.status === "running");
  for (const head of heads.toSorted((a, b) => runs(b) - runs(a)).slice(0, MODELS_MAX)) {
    showHead(gauges, head);
    const { state } = head;
    if (state?.rollout?.status !== "running") continue;
    running.add(head.chain);
    // SQLite answers in this thread: requests have their turn between models.
    await otherWork();
    await showArrivals(controller, gauges, state.rollout);
    await readReplays(controller.store, gauges, state.rollout);
  }
  return running;
}

function heldFor(state: ModelState | null): string | null {
  return state?.rollout?.status === "running" && state.decision?.verdict === "hold" ? state.decision.reason : null;
}

function showHead(gauges: ModelGauges, { chain: model, seq, state, confirmedAt }: ChainHead): void {
  gauges.entries.set({ model }, seq);
  if (state?.rollout == null) return;
  const { rollout, decision, pending } = state;
  gauges.running.set({ model }, rollout.status === "running" ? 1 : 0);
  gauges.applying.set({ model }, pending === null ? 0 : 1);
  gauges.failing.set({ model }, pending?.failed == null ? 0 : 1);
  gauges.drift.set({ model }, state.drift === null ? 0 : 1);
  if (decision === null) return;
  gauges.info.set({ model, rollout: rollout.id, mode: rollout.policy.mode, verdict: decision.verdict, reason: decision.reason }, 1);
  for (const verdict of VERDICTS) gauges.verdict.set({ model, verdict }, verdict === decision.verdict ? 1 : 0);
  gauges.decided.set({ model }, decision.at / 1000);
  gauges.confirmed.set({ model }, (confirmedAt ?? decision.at) / 1000);
  const reason = heldFor(state);
  if (reason !== null) gauges.held.set({ model, reason }, 1);
}

/** From the newest buckets alone: a scrape must not read the evidence of weeks. */
async function showArrivals({ store, clock }: Pick<Controller, "store" | "clock">, gauges: ModelGauges, rollout: Rollout): Promise<void> {
  const { model, allocation, policy } = rollout;
  const now = clock.now();
  const since = rollout.stage?.since ?? rollout.startedAt;
  const cells = await store.evidence.cells({ model, epoch: allocation.epoch, from: now - HOUR_MS - policy.bucketMs, to: now + 1, metric: DERIVED_METRICS.scored });
  let lastHour = 0;
  const newest = new Map<string, number>();
  for (const { mode, slot, bucketStart, statistic } of cells) {
    if (mode !== "live" || statistic.kind !== "count" || statistic.n <= 0) continue;
    const end = bucketStart + policy.bucketMs;
    if (end > now - HOUR_MS) lastHour += statistic.n;
    newest.set(slot, Math.max(newest.get(slot) ?? 0, end));
  }
  gauges.received.set({ model }, lastHour);
  for (const { slot } of allocation.arms) {
    const latest = newest.get(slot);
    // Nothing in the last hour: it is at least as old, unless the split is younger.
    const at = latest ?? Math.max(since, now - HOUR_MS - policy.bucketMs);
    gauges.age.set({ model, slot }, Math.max(0, now - at) / 1000);
  }
}
