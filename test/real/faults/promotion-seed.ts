import { seeded } from "../kubernetes/seeded.ts";
import { SERVINGS, type Serving } from "../kubernetes/servings.ts";

/**
 * How a promotion is meant to end. worse: it loses the test. harm: it breaks once it has all requests. by hand: somebody takes it
 * back amid its watch. undone: somebody takes it back while it is being promoted.
 */
type Ending = "promoted" | "worse" | "harm" | "by hand" | "undone";

/** What one seed is about; the faults that befall it are drawn from the seed too. */
export interface PromotionSeed {
  readonly seed: number;
  readonly model: string;
  readonly serving: Serving;
  readonly ending: Ending;
  /** Whether the alias `previous` names a version already, to which a rollback must return. */
  readonly hadPrevious: boolean;
  /** Gauntlet is killed at this write of the model, before or after it is done. */
  readonly death: { readonly atWrite: number; readonly when: "before" | "after" } | null;
}

/** Promotions are the most frequent, and the longest. */
const ENDINGS: readonly Ending[] = ["promoted", "worse", "harm", "promoted", "by hand", "promoted", "worse", "harm", "promoted", "undone"];
/** At which write somebody may die, from and to: those of whom something is taken back, at the earliest shortly before that. */
const DEATHS: Readonly<Record<Ending, readonly [number, number]>> = { promoted: [1, 20], worse: [1, 12], harm: [8, 20], "by hand": [8, 20], undone: [12, 30] };

export function promotionSeeds(from: number, count: number): readonly PromotionSeed[] {
  return Array.from({ length: count }, (_, index): PromotionSeed => {
    const seed = from + index;
    const random = seeded(seed);
    const ending = ENDINGS[seed % ENDINGS.length] as Ending;
    const [first, last] = DEATHS[ending];
    const death = { atWrite: first + Math.floor(random() * (last - first + 1)), when: Math.floor(seed / 2) % 2 === 0 ? "before" : "after" } as const;
    return { seed, model: `faulty-${seed}`, serving: SERVINGS[seed % SERVINGS.length] as Serving, ending, hadPrevious: random() < 0.5, death: random() < 0.5 ? death : null };
  });
}

/** Rates that no chance can mistake: the champion errs in 2 % of the requests, a worse challenger in 40 %, a broken one in all. */
export function policyOf(model: string): string {
  return `kind: abtest
name: under faults
model: ${model}
split: { champion: 50%, challenger: 50% }
shadow: false
monitoring: continuous
window: { min: 2s, max: 1h }
watch: 3s
labels: { maturity: 1s }
bucket: 1s
minSamples: 100
srmAlpha: 0.001%
effects: [registry.alias, registry.tag, registry.stage, traffic, document]
checks:
  - { check: rate, metric: error, increaseMax: 15% }
harm:
  - { check: rate, metric: error, increaseMax: 60% }
`;
}

/** The chance that a request fails. */
export function errorRate(ending: Ending, { version, hasAll }: { readonly version: string; readonly hasAll: boolean }): number {
  if (version === "1") return 0.02;
  if (ending === "worse") return 0.4;
  return ending === "harm" && hasAll ? 1 : 0.02;
}
