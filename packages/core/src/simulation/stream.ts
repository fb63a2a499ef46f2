import type { EvidenceItem } from "../evidence/evidence.ts";
import type { Paired, Statistic } from "../evidence/statistic.ts";
import type { Design } from "./design.ts";
import { drawBinomial, drawMultinomial, drawPoisson } from "./draw.ts";
import type { Random } from "./random.ts";

/** Kinds of request (truth·4 + champion·2 + challenger) of each of the two arms. */
const KINDS = 8;
const WIDTH = 2 * KINDS;

/**
 * What has happened so far in one simulated run: counts for each time bucket, drawn as they are needed. Index
 * bucket·16 + arm·8 + kind, arm 0 the champion's.
 */
export interface Stream {
  /** Lets time go to `at`, a time after the last: whole buckets arrive, and labels of older ones. */
  goTo(at: number): void;
  /** Buckets that have ended. */
  buckets(): number;
  /** Live outcomes of each version in the first `buckets` buckets. */
  live(buckets: number): readonly [champion: number, challenger: number];
  /** Labelled requests of each arm and kind in the first `buckets` buckets. */
  labelled(buckets: number): Float64Array;
  /** Everything but distributions of values, over the first `buckets` buckets. */
  evidence(buckets: number): readonly EvidenceItem[];
}

export function streamOf(design: Design, random: Random): Stream {
  const { stepMs, rates, policy, joint } = design;
  const size = Math.floor((design.ticks.at(-1) as number) / stepMs);
  const counts = new Int32Array(size * WIDTH);
  const known = new Int32Array(size * WIDTH);
  const liveOf = new Int32Array(size * 2);
  const hitsOf = rates.map(() => new Int32Array(size * 2));
  const mean = (design.world.trafficPerDay * stepMs) / 86_400_000;
  let ended = 0;
  let firstOpen = 0;
  let now = 0;

  function arrive(bucket: number): void {
    const total = drawPoisson(random, mean);
    const challenger = drawBinomial(random, total, policy.split.challenger / 10_000);
    for (const [arm, n] of [total - challenger, challenger].entries()) {
      liveOf[bucket * 2 + arm] = n;
      drawMultinomial(random, { n, chances: joint, into: counts, offset: bucket * WIDTH + arm * KINDS });
      for (const [index, rate] of rates.entries()) (hitsOf[index] as Int32Array)[bucket * 2 + arm] = drawBinomial(random, n, arm === 0 ? rate.champion : rate.challenger);
    }
  }

  /** Of those without a label at `from`, each gets one by `to` with the chance that its delay says. */
  function label(bucket: number, from: number, to: number): void {
    const end = (bucket + 1) * stepMs;
    const before = from < end ? 0 : design.labelled(from - end);
    const chance = (design.labelled(to - end) - before) / (1 - before);
    if (!(chance > 0)) return;
    for (let i = bucket * WIDTH; i < (bucket + 1) * WIDTH; i++) {
      const missing = (counts[i] as number) - (known[i] as number);
      if (missing > 0) known[i] = (known[i] as number) + drawBinomial(random, missing, chance);
    }
  }

  function sums(of: Int32Array, width: number, buckets: number): Float64Array {
    const totals = new Float64Array(width);
    for (let i = 0; i < buckets * width; i++) totals[i % width] = (totals[i % width] as number) + (of[i] as number);
    return totals;
  }

  const settled = design.world.labels.coverage * (1 - 1e-7);
  return {
    goTo(at) {
      while (ended < size && (ended + 1) * stepMs <= at) arrive(ended++);
      for (let bucket = firstOpen; bucket < ended; bucket++) label(bucket, now, at);
      while (firstOpen < ended && design.labelled(at - (firstOpen + 1) * stepMs) >= settled) firstOpen++;
      now = at;
    },
    buckets: () => ended,
    live: (buckets) => [...sums(liveOf, 2, buckets)] as [number, number],
    labelled: (buckets) => sums(known, WIDTH, buckets),
    evidence(buckets) {
      const live = sums(liveOf, 2, buckets);
      const labelled = sums(known, WIDTH, buckets);
      const items = ([0, 1] as const).flatMap((arm) => armItems(arm, { live: live[arm] as number, kinds: labelled.subarray(arm * KINDS, (arm + 1) * KINDS) }));
      for (const [index, { metric }] of rates.entries()) {
        const hits = sums(hitsOf[index] as Int32Array, 2, buckets);
        for (const arm of [0, 1] as const) items.push(item(arm, metric, { kind: "rate", n: live[arm] as number, hits: hits[arm] as number }));
      }
      if (policy.shadow) items.push({ ...item(1, "paired", pairedOf(labelled)), mode: "shadow" });
      return items;
    },
  };
}

function armItems(arm: 0 | 1, { live, kinds }: { readonly live: number; readonly kinds: Float64Array }): EvidenceItem[] {
  // The champion's answer is bit 1 of the kind, the challenger's bit 0.
  const bit = arm === 0 ? 2 : 1;
  const confusion = { kind: "confusion" as const, truePositive: 0, falsePositive: 0, falseNegative: 0, trueNegative: 0 };
  let labelled = 0;
  for (const [kind, n] of kinds.entries()) {
    const flagged = (kind & bit) !== 0;
    confusion[kind >= 4 ? (flagged ? "truePositive" : "falseNegative") : flagged ? "falsePositive" : "trueNegative"] += n;
    labelled += n;
  }
  return [item(arm, "scored", { kind: "count", n: live }), item(arm, "labelled", { kind: "count", n: labelled }), item(arm, "confusion", confusion)];
}

export function item(arm: 0 | 1, metric: string, statistic: Statistic): EvidenceItem {
  return { version: arm === 0 ? "1" : "2", slot: arm === 0 ? "champion" : "challenger", mode: "live", metric, statistic };
}

/** Every request was answered by both versions, so both arms give pairs. */
function pairedOf(labelled: Float64Array): Paired {
  const cells = Array.from({ length: KINDS }, (_, kind) => (labelled[kind] as number) + (labelled[KINDS + kind] as number));
  return { kind: "paired", cells: cells as unknown as Paired["cells"] };
}
