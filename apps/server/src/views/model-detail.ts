import type { ModelDetail } from "@gauntlet/contract";
import { asFailure, type Controller } from "@gauntlet/controller";
import { DERIVED_METRICS, Failure, gatherEvidence, sharesOf, type EvidenceCell, type EvidenceItem, type ModelState, type Rollout } from "@gauntlet/core";

import type { Config } from "../config/config.ts";
import { lateForLook } from "./late-for-look.ts";
import { modelSummary, newestDecision } from "./model-summary.ts";
import { retiredView } from "./retired.ts";

/** How far back documents are looked for, in ledger entries. */
const ENTRIES_BACK = 2000;
const DOCUMENTS_MAX = 50;

/** Everything about one model; `targets` of the configuration say how its versions are called where they are served. @throws Failure `not_found` when it never had a rollout. */
export async function modelDetailView(controller: Pick<Controller, "store" | "clock" | "registry" | "traffic">, model: string, targets: Config["targets"]): Promise<ModelDetail> {
  const { store, clock } = controller;
  const head = await store.ledger.head(model);
  if (head === null || head.state === null) throw unknownModel(model);
  const { state } = head;
  const now = clock.now();
  const { rollout } = state;
  const outcomes = rollout === null ? Promise.resolve([]) : store.evidence.cells({ model, epoch: rollout.allocation.epoch, from: 0, to: now + 1 });
  const [decision, allocation, aliases, split, documents, late] = await Promise.all([
    newestDecision(store, state),
    readable(() => controller.traffic.read(model)),
    readable(async () => (await controller.registry.read(model, [])).aliases),
    outcomes.then((cells) => (rollout === null ? [] : splitOf(rollout, cells))),
    documentsOf(store, state),
    outcomes.then((cells) => lateForLook(store, { state, cells, at: now })),
  ]);
  return { now, summary: modelSummary({ head, state, decision, allocation, now }), state, decision, ...late, aliases, split, documents, retired: retiredView(state, targets) };
}

export function unknownModel(model: string): Failure {
  return new Failure("not_found", `there is no model "${model}" here`, { fix: "check the name, or start its first rollout: `gauntlet start <policy> --challenger <version>`" });
}

/** A registry or a serving system that is out must not take the console with it. */
async function readable<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (asFailure(error).code === "internal") throw error;
    return null;
  }
}

/** Intended and observed shares of the experiment, from outcomes that were served live. */
function splitOf(rollout: Rollout, cells: readonly EvidenceCell[]): ModelDetail["split"] {
  const { allocation } = rollout;
  const intended = sharesOf(allocation);
  const evidence = gatherEvidence(cells);
  const counts = allocation.arms.map((arm) => {
    let count = 0;
    for (const item of evidence) {
      if (item.mode === "live" && item.slot === arm.slot && item.version === arm.version) count += countedIn(rollout, item);
    }
    return count;
  });
  const all = counts.reduce((sum, count) => sum + count, 0);
  return allocation.arms.map((arm, index) => {
    const count = counts[index] ?? 0;
    return { slot: arm.slot, version: arm.version, intended: (intended[arm.slot] ?? 0) / 10_000, observed: all === 0 ? null : count / all, count };
  });
}

/** Outcomes; where slots are compared games alone, since predictions of the same slots are outcomes too. */
function countedIn({ policy }: Rollout, { metric, statistic }: EvidenceItem): number {
  if (policy.kind === "slots") return metric === policy.win && statistic.kind === "moments" ? statistic.n : 0;
  return metric === DERIVED_METRICS.scored && statistic.kind === "count" ? statistic.n : 0;
}

/** Decisions that ended something, newest first: each has its document. */
async function documentsOf(store: Controller["store"], state: ModelState): Promise<ModelDetail["documents"]> {
  const entries = await store.ledger.read(state.model, Math.max(0, state.seq - ENTRIES_BACK), ENTRIES_BACK);
  return entries
    .flatMap(({ event, at }) => (event.kind === "decision" && event.decision.verdict !== "hold" ? [{ decisionId: event.decision.id, at, verdict: event.decision.verdict }] : []))
    .toReversed()
    .slice(0, DOCUMENTS_MAX);
}
