import type { LedgerEntry } from "@gauntlet/core";

import { SLOTS, type Slot } from "../serving/slots.ts";
import type { PromotionDecision, PromotionEvent } from "./promotion-event.ts";

type Decided = Extract<LedgerEntry["event"], { readonly kind: "decision" }>;
type Ruling = NonNullable<Decided["decision"]["slots"]>;

/** The cycle that an entry of Gauntlet's ledger ends; null for every other entry. While a cycle still runs it is no event. */
export function decidedEvent(modelType: string, { event }: LedgerEntry): PromotionEvent | null {
  if (event.kind !== "decision" || event.plan.becomes === "running") return null;
  const { decision } = event;
  const ruling = decision.slots;
  if (ruling === undefined) return null;
  const { tickers, counts } = ruling;
  return {
    at: decision.at,
    modelType,
    decision: labelOf(decision, ruling),
    zStatistic: ruling.z,
    pValue: ruling.p,
    production: counts.champion,
    b: counts.challenger,
    reorderApplied: ruling.reorderApplied,
    rankings: ruling.rankings.flatMap(({ slot, sourceSlot, rank, accuracy, predictions }) => {
      const alias = slotOf(slot);
      return alias === null || alias === "Production" ? [] : [{ alias, rank, sourceAlias: slotOf(sourceSlot), accuracy, totalPredictions: predictions }];
    }),
    accuracies: ruling.accuracies.flatMap(({ slot, accuracy, predictions }) => {
      const alias = slotOf(slot);
      return alias === null ? [] : [{ alias, sourceAlias: alias, accuracy, totalPredictions: predictions }];
    }),
    assignments: ruling.assignments.flatMap(({ slot, sourceSlot, version, previousVersion, changed }) => {
      const alias = slotOf(slot);
      return alias === null ? [] : [{ alias, version, sourceAlias: slotOf(sourceSlot), previousVersion, changed }];
    }),
    tickers: { productionGames: tickers.championGames, bGames: tickers.challengerGames, cycles: tickers.cycles },
    reason: decision.sentence,
    source: "gauntlet",
  };
}

/** The verdict alone: that challengers changed places is said beside it, never in its stead. */
function labelOf({ verdict }: Decided["decision"], { swap }: Ruling): PromotionDecision {
  if (swap) return "swap_production_b";
  return verdict === "hold" ? "insufficient_data" : "retain_production";
}

function slotOf(name: string): Slot | null {
  return SLOTS.find((slot) => slot === name) ?? null;
}
