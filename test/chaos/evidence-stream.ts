import type { OutcomeBatch } from "@gauntlet/controller";
import { sharesOf, type AbtestPolicy, type Label, type Outcome, type RampPolicy, type Rollout } from "@gauntlet/core";

import type { Random } from "./random.ts";
import type { Story } from "./scenario.ts";

/** Everything that is to be observed of one rollout. */
export interface Observed {
  readonly outcomes: readonly Outcome[];
  readonly labels: readonly Label[];
}

/** A batch, and when its sender first sends it. */
export interface Delivery {
  readonly sendAt: number;
  readonly batch: OutcomeBatch;
}

const REQUESTS = 48;

/** Names what is observed of a rollout; of a ramp, stage by stage, and of a test apart from its watch. */
export function observationOf({ id, policy, allocation, stage }: Rollout): string {
  return policy.kind === "ramp" || stage !== undefined ? `${id}-e${allocation.epoch}` : id;
}

/** Every second request is served by the challenger; every second of each is a positive. */
export function observedOf(rollout: Rollout, story: Story): Observed {
  const { policy, startedAt } = rollout;
  if (policy.kind === "ramp") return { outcomes: stageOutcomes(rollout, policy, story), labels: [] };
  if (policy.kind === "rating" || policy.kind === "slots") return { outcomes: [], labels: [] };
  if (rollout.stage !== undefined) return { outcomes: watchOutcomes(rollout, rollout.stage.since, policy, story), labels: [] };
  const spanMs = policy.window.minMs - 2 * policy.bucketMs;
  const outcomes: Outcome[] = [];
  const labels: Label[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    const requestId = `${rollout.id}-q${i}`;
    const at = startedAt + Math.floor((i * spanMs) / REQUESTS);
    const truth = Math.floor(i / 2) % 2 === 0;
    const serving = i % 2 === 0 ? "champion" : "challenger";
    for (const slot of ["champion", "challenger"] as const) {
      if (slot !== serving && !policy.shadow) continue;
      outcomes.push({
        requestId,
        at,
        model: rollout.model,
        version: rollout[slot].version,
        slot,
        mode: slot === serving ? "live" : "shadow",
        epoch: rollout.allocation.epoch,
        unit: `u${i}`,
        prediction: truth && finds(story, slot, i),
        metrics: { error: errs(story, slot, i) ? 1 : 0 },
      });
    }
    if (!policy.shadow) continue;
    labels.push({ requestId, model: rollout.model, revision: 1, truth: i % 12 === 5 ? !truth : truth, source: "control", labelledAt: at + 500 });
    if (i % 12 === 5) labels.push({ requestId, model: rollout.model, revision: 2, truth, source: "analyst", labelledAt: at + 900 });
  }
  return { outcomes, labels };
}

/** What the challenger serves in the watch after its test. */
// oxlint-disable-next-line max-params -- a rollout with what is known of it
function watchOutcomes({ id, model, challenger, allocation }: Rollout, since: number, { watchMs, bucketMs }: AbtestPolicy, story: Story): readonly Outcome[] {
  const spanMs = (watchMs ?? 0) - 2 * bucketMs;
  return Array.from({ length: REQUESTS }, (_, i): Outcome => ({
    requestId: `${id}-e${allocation.epoch}-q${i}`,
    at: since + Math.floor((i * spanMs) / REQUESTS),
    model,
    version: challenger.version,
    slot: "challenger",
    mode: "live",
    epoch: allocation.epoch,
    unit: `u${i}`,
    prediction: true,
    metrics: { error: story === "better_then_harmful" || story === "harmful" ? 1 : 0 },
  }));
}

/** What one stage of a ramp serves, slot by slot, in the first part of its time. */
function stageOutcomes(rollout: Rollout, policy: RampPolicy, story: Story): readonly Outcome[] {
  const { allocation, stage } = rollout;
  const since = stage?.since ?? rollout.startedAt;
  const spanMs = (policy.stages[stage?.index ?? 0]?.dwellMs ?? 0) - policy.maturityMs - 2 * policy.bucketMs;
  const shares = sharesOf(allocation);
  return allocation.arms.flatMap(({ slot, version }) => {
    const count = Math.round(((shares[slot] ?? 0) * 2 * REQUESTS) / 10_000);
    return Array.from({ length: count }, (_, i): Outcome => ({
      requestId: `${rollout.id}-e${allocation.epoch}-${slot}-q${i}`,
      at: since + Math.floor((i * spanMs) / count),
      model: rollout.model,
      version,
      slot,
      mode: "live",
      epoch: allocation.epoch,
      unit: `${slot}-u${i}`,
      prediction: null,
      metrics: { accepted: slot === "challenger" ? ACCEPTED[story](i) : i % 2 },
    }));
  });
}

/** The champion's half is accepted. */
const ACCEPTED: Readonly<Record<Story, (i: number) => 0 | 1>> = { better: () => 1, better_then_harmful: () => 1, no_better: (i) => (i % 2 === 0 ? 0 : 1), harmful: () => 0 };

/** Of the positives, the share that a version finds. */
function finds(story: Story, slot: "champion" | "challenger", i: number): boolean {
  const able: Readonly<Record<Story, Readonly<Record<typeof slot, number>>>> = {
    better: { champion: 3, challenger: 11 },
    better_then_harmful: { champion: 3, challenger: 11 },
    no_better: { champion: 6, challenger: 6 },
    harmful: { champion: 12, challenger: 0 },
  };
  return Math.floor(i / 4) % 12 < able[story][slot];
}

function errs(story: Story, slot: "champion" | "challenger", i: number): boolean {
  if (story === "better" || story === "better_then_harmful") return slot === "champion" && i % 8 === 0;
  if (story === "no_better") return slot === "challenger" && i % 8 === 1;
  return slot === "challenger";
}

/** Batches in a drawn order, some sent twice; where outcomes are joined by their ids, some in two batches. */
export function deliveriesOf(observed: Observed, rollout: Rollout, random: Random): readonly Delivery[] {
  const items = [...observed.outcomes.map((outcome) => ({ outcome, label: null, at: outcome.at })), ...observed.labels.map((label) => ({ outcome: null, label, at: label.labelledAt }))];
  const repeated = rollout.policy.kind === "abtest" && rollout.policy.shadow ? items.filter(() => random.chance(0.1)) : [];
  const ordered = [...items, ...repeated].map((item) => ({ item, sendAt: item.at + random.between(0, 8000) })).toSorted((a, b) => a.sendAt - b.sendAt);
  const deliveries: Delivery[] = [];
  for (let from = 0; from < ordered.length; ) {
    const size = random.between(8, 32);
    const part = ordered.slice(from, from + size);
    from += size;
    const { outcomes, labels } = { outcomes: part.flatMap(({ item }) => item.outcome ?? []), labels: part.flatMap(({ item }) => item.label ?? []) };
    const batch = { model: rollout.model, batchId: `${observationOf(rollout)}-b${deliveries.length}`, outcomes: random.shuffle(outcomes), labels: random.shuffle(labels) };
    deliveries.push({ sendAt: (part.at(-1)?.sendAt ?? 0) + random.between(0, 2000), batch });
  }
  const again = deliveries.filter(() => random.chance(0.2)).map((delivery) => ({ ...delivery, sendAt: delivery.sendAt + random.between(0, 30_000) }));
  return [...deliveries, ...again].toSorted((a, b) => a.sendAt - b.sendAt);
}
