import type { AbtestPolicy } from "../../policy/policy.ts";
import { toNumber } from "../../policy/rational.ts";
import { completeWorld, type KnownWorld } from "../default-world.ts";
import { truthOf, type PerVersion, type World } from "../world.ts";

const DAY_MS = 86_400_000;

/** What the rules of lint work with. */
export interface Facts {
  readonly policy: AbtestPolicy;
  readonly strict: boolean;
  readonly known: KnownWorld;
  /** With the usual figures where nothing is known. */
  readonly world: World;
  readonly looks: number;
  /** Of each look. */
  readonly alpha: number;
  /** Requests by the last look; null when nobody knows the traffic. */
  readonly requests: number | null;
  readonly share: PerVersion<number>;
  /** Outcomes of each version that a judgement may rest on: of the last look, or `minSamples` when nobody knows the traffic. */
  readonly outcomes: PerVersion<number>;
}

export function factsOf(policy: AbtestPolicy, known: KnownWorld): Facts {
  const { world } = completeWorld(policy, known);
  truthOf(world);
  const strict = policy.mode === "strict";
  const looks = policy.window.maxMs > policy.window.minMs ? 2 : 1;
  const share = { champion: policy.split.champion / 10_000, challenger: policy.split.challenger / 10_000 };
  const traffic = known.trafficPerDay ?? (policy.impact === null ? null : world.trafficPerDay);
  const requests = traffic === null ? null : (traffic * Math.max(policy.window.minMs, policy.window.maxMs)) / DAY_MS;
  return {
    policy,
    strict,
    known,
    world,
    looks,
    alpha: toNumber(policy.alpha) / (strict && policy.monitoring === "looks" ? looks : 1),
    requests,
    share,
    outcomes: requests === null ? atMinimum(policy, share) : { champion: requests * share.champion, challenger: requests * share.challenger },
  };
}

/** The smaller arm has just `minSamples`. */
export function atMinimum({ minSamples }: AbtestPolicy, share: PerVersion<number>): PerVersion<number> {
  const smaller = Math.min(share.champion, share.challenger);
  return { champion: (minSamples * share.champion) / smaller, challenger: (minSamples * share.challenger) / smaller };
}

/** A count for people: four digits at most. */
export function round(value: number): string {
  const rounded = Number(value.toPrecision(value < 10_000 ? 4 : 5));
  return value < 100 ? String(Number(value.toPrecision(2))) : String(Math.round(rounded)).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
