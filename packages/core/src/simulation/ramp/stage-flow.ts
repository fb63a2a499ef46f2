import type { Evidence, EvidenceItem } from "../../evidence/evidence.ts";
import { mergeEvidence } from "../../evidence/merge.ts";
import { drawMultinomial, drawPoisson } from "../draw.ts";
import type { Random } from "../random.ts";
import type { RampDesign, StagePlan } from "./ramp-design.ts";

/** What has happened so far at one stage of one run. */
export interface StageFlow {
  /** Lets time go to `at`, a cut after the last. */
  goTo(at: number): void;
  /** Everything of this stage. */
  soFar(): Evidence;
  /** What came before `cutoff`, a cut; never an earlier one than the last time. */
  until(cutoff: number): Evidence;
  /** Requests so far. */
  served(): { readonly all: number; readonly challenger: number };
}

interface Drawn {
  readonly end: number;
  readonly items: Evidence;
}

/**
 * Sufficient statistics, drawn for the time between two cuts: units come as a Poisson process that is split at random, so that
 * the counts of disjoint times are independent, and their sums are what drawing request by request would give. Metrics of one
 * request are independent of each other.
 */
export function flowOf({ metrics, world }: RampDesign, plan: StagePlan, { since, random }: { readonly since: number; readonly random: Random }): StageFlow {
  const { requests } = world.units;
  const unitsPerMs = world.trafficPerDay / requests / 86_400_000;
  const waiting: Drawn[] = [];
  const served = { all: 0, challenger: 0 };
  const into = new Int32Array(plan.arms.length);
  const chances = plan.arms.map(({ share }) => share);
  let now = since;
  let soFar: Evidence = [];
  let mature: Evidence = [];

  function draw(end: number): Evidence {
    drawMultinomial(random, { n: drawPoisson(random, unitsPerMs * (end - now)), chances, into, offset: 0 });
    return plan.arms.flatMap(({ slot, version }, index): EvidenceItem[] => {
      const units = into[index] as number;
      const isChallenger = slot === "challenger";
      served.all += units * requests;
      if (isChallenger) served.challenger += units * requests;
      const key = { version, slot, mode: "live" as const };
      const drawn = metrics.map(({ metric, champion, challenger }) => ({ ...key, metric, statistic: (isChallenger ? challenger : champion)(random, units) }));
      return units === 0 ? [] : [{ ...key, metric: "scored", statistic: { kind: "count", n: units * requests } }, ...drawn];
    });
  }

  return {
    goTo(at) {
      for (const end of plan.cuts) {
        if (end <= now) continue;
        if (end > at) break;
        const items = draw(end);
        soFar = mergeEvidence(soFar, items);
        waiting.push({ end, items });
        now = end;
      }
    },
    soFar: () => soFar,
    until(cutoff) {
      while (waiting[0] !== undefined && waiting[0].end <= cutoff) mature = mergeEvidence(mature, (waiting.shift() as Drawn).items);
      return mature;
    },
    served: () => ({ ...served }),
  };
}
