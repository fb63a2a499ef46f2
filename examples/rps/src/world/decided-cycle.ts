import type { ModelDetail } from "@gauntlet/client";
import type { RunResult } from "@gauntlet/example-shared";

import type { ModelType } from "../policies/bot-policy.ts";
import { MODEL_NAMES } from "../serving/slots.ts";

/** Of a version in a cycle, and what a great many games beside the platform say of it. */
export interface Contender {
  readonly version: string;
  readonly games: number;
  readonly wins: number;
  readonly ties: number;
  /** Share of games won in games that nobody is told of, a tie half; a part of 1. */
  readonly strength: number;
}

/** How a cycle ended. Its name is the family's. */
export interface CycleResult extends RunResult {
  readonly cycle: number;
  readonly production: Contender;
  readonly b: Contender;
  /** Who is Production after it. */
  readonly serving: string;
  readonly reorderApplied: boolean;
}

export interface Cycle {
  readonly type: ModelType;
  readonly cycle: number;
  readonly mode: string;
  /** By version, as it was when the cycle ended. */
  readonly strengths: ReadonlyMap<string, number>;
}

/** @throws Error when the decision says nothing of slots. */
export function decidedCycle({ decision }: ModelDetail, { type, cycle, mode, strengths }: Cycle): CycleResult {
  if (decision?.slots === undefined) throw new Error(`the newest decision about ${MODEL_NAMES[type]} says nothing of slots`);
  const { counts, accuracies, assignments, reorderApplied } = decision.slots;
  const contender = (slot: string, games: { readonly games: number; readonly wins: number; readonly ties: number }): Contender => {
    const version = accuracies.find((one) => one.slot === slot)?.version ?? "";
    return { version, ...games, strength: strengths.get(version) ?? Number.NaN };
  };
  return {
    name: type,
    mode,
    verdict: decision.verdict,
    reason: decision.reason,
    decisionId: decision.id,
    document: "",
    cycle,
    production: contender("Production", counts.champion),
    b: contender("B", counts.challenger),
    serving: assignments.find(({ slot }) => slot === "Production")?.version ?? "",
    reorderApplied,
  };
}
