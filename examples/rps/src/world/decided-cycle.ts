import type { ModelDetail } from "@gauntlet/client";
import type { RunResult } from "@gauntlet/example-shared";

import type { ModelType } from "../policies/bot-policy.ts";
import { MODEL_NAMES } from "../serving/slots.ts";

/** A version in a cycle, and what a great many games beside the platform say of it. */
interface Contender {
  readonly version: string;
  /** That the decision went by. */
  readonly games: number;
  readonly wins: number;
  readonly ties: number;
  /** Share of the games won of which nobody is told, a tie half. */
  readonly strength: number;
}

/** How a cycle ended. Its name is the family's. */
export interface CycleResult extends RunResult {
  /** Of the family, from 1. */
  readonly cycle: number;
  readonly production: Contender;
  readonly b: Contender;
  /** Who is Production after it. */
  readonly serving: string;
  readonly reorderApplied: boolean;
}

export interface Cycle {
  readonly type: ModelType;
  readonly mode: string;
  /** By version. */
  readonly strengths: ReadonlyMap<string, number>;
  /** The decision document, where the registry keeps it. */
  readonly document: string;
}

/** @throws Error when the newest decision says nothing of slots, or of other versions. */
export function decidedCycle({ decision, state }: ModelDetail, { type, mode, strengths, document }: Cycle): CycleResult {
  if (decision?.slots === undefined) throw new Error(`the newest decision about ${MODEL_NAMES[type]} says nothing of slots`);
  const { counts, accuracies, assignments, reorderApplied } = decision.slots;
  const contender = (slot: string, games: Pick<Contender, "games" | "wins" | "ties">): Contender => {
    const version = accuracies.find((one) => one.slot === slot)?.version ?? "";
    const strength = strengths.get(version);
    if (strength === undefined) throw new Error(`${MODEL_NAMES[type]} was decided about version "${version}" in slot ${slot}, which did not play`);
    return { version, ...games, strength };
  };
  return {
    name: type,
    mode,
    verdict: decision.verdict,
    reason: decision.reason,
    decisionId: decision.id,
    document,
    cycle: state.rollouts,
    production: contender("Production", counts.champion),
    b: contender("B", counts.challenger),
    serving: assignments.find(({ slot }) => slot === "Production")?.version ?? "",
    reorderApplied,
  };
}

/** How often a version was promoted that had been replaced before; cycles of one family, in their order. */
export function returnsOf(cycles: readonly Pick<CycleResult, "verdict" | "production" | "b">[]): number {
  const replaced = new Set<string>();
  let returns = 0;
  for (const { verdict, production, b } of cycles) {
    if (verdict !== "promote") continue;
    if (replaced.has(b.version)) returns++;
    replaced.add(production.version);
  }
  return returns;
}
