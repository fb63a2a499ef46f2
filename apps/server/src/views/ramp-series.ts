import type { RampSeries, RampStage } from "@gauntlet/contract";
import { readChain, readState, type Controller } from "@gauntlet/controller";
import { DERIVED_METRICS, Failure, type EvidenceCell, type Rollout } from "@gauntlet/core";

import { guardrailsOf } from "./guardrails.ts";
import { shareSteps } from "./share-steps.ts";
import { timeGroups } from "./time-groups.ts";

/** More bars than a chart can show help nobody; buckets are then grouped. */
const BUCKETS_MAX = 120;

type ShareStep = RampSeries["intended"][number];

/** Where the traffic of the newest rollout was, is, and goes. @throws Failure `not_found` without a rollout. */
export async function rampSeriesView({ store, clock }: Pick<Controller, "store" | "clock">, model: string): Promise<RampSeries> {
  const { rollout } = await readState({ store }, model);
  if (rollout === null) throw new Failure("not_found", `${model} has no rollout, hence no stages`, { fix: "start one: `gauntlet start <policy> --challenger <version>`" });
  const now = clock.now();
  const entries = [];
  for await (const entry of readChain(store, model)) entries.push(entry);
  const intended = shareSteps(entries, rollout.id);
  const cells: EvidenceCell[] = [];
  for (const { epoch } of intended) cells.push(...(await store.evidence.cells({ model, epoch, from: 0, to: now + 1 })));
  const { observed, bucketMs } = observedOf(cells, rollout.policy.bucketMs);
  return { model, rolloutId: rollout.id, now, stages: stagesOf(rollout, intended), intended: [...intended], observed, bucketMs, guardrails: guardrailsOf(rollout, cells) };
}

/** The n-th stage began with the n-th split; a split that ends the rollout is no stage. */
function stagesOf({ policy, status }: Rollout, intended: readonly ShareStep[]): RampStage[] {
  if (policy.kind !== "ramp") return [];
  const began = intended.filter(({ why }) => why === "started" || why === "advance" || why === "promote");
  const ended = intended.find(({ why }) => why === "retain" || why === "rollback")?.at ?? null;
  return policy.stages.map(({ name, basisPoints, dwellMs }, index) => {
    const own = began[index] ?? null;
    const until = began[index + 1]?.at ?? (own === null ? null : ended);
    return {
      name,
      basisPoints,
      dwellMs,
      state: own === null ? (status === "running" ? "ahead" : "not_reached") : until === null ? "current" : began[index + 1] === undefined ? "ended" : "passed",
      epoch: own?.epoch ?? null,
      since: own?.at ?? null,
      until,
      dwellEndsAt: own === null || dwellMs === null || (until === null && status === "promoted") ? null : own.at + dwellMs,
    };
  });
}

function observedOf(cells: readonly EvidenceCell[], bucketMs: number): Pick<RampSeries, "observed" | "bucketMs"> {
  const scored = cells.filter((cell) => cell.metric === DERIVED_METRICS.scored && cell.mode === "live").toSorted((a, b) => a.bucketStart - b.bucketStart);
  const { widthMs, byEnd } = timeGroups(scored, bucketMs, BUCKETS_MAX);
  return { observed: [...byEnd].map(([end, group]) => ({ at: end - widthMs, arms: armsIn(group) })), bucketMs: widthMs };
}

function armsIn(group: readonly EvidenceCell[]): RampSeries["observed"][number]["arms"] {
  const arms = new Map<string, RampSeries["observed"][number]["arms"][number]>();
  for (const { slot, version, statistic } of group) {
    if (statistic.kind !== "count") continue;
    const key = `${slot} ${version}`;
    arms.set(key, { slot, version, count: (arms.get(key)?.count ?? 0) + statistic.n });
  }
  return [...arms.values()].toSorted((a, b) => (a.slot < b.slot ? -1 : 1));
}
