import type { LedgerEntry } from "@gauntlet/core";

import { SLOTS, type Slot } from "../serving/slots.ts";
import type { AliasAssignment, PromotionDecision, PromotionEvent } from "./promotion-event.ts";

type Decided = Extract<LedgerEntry["event"], { readonly kind: "decision" }>;
type Ruling = NonNullable<Decided["decision"]["slots"]>;

/** The cycle that an entry of Gauntlet's ledger ends, or takes back; null for every other entry. While a cycle still runs it is no event. */
export function decidedEvent(modelType: string, { event }: LedgerEntry): PromotionEvent | null {
  if (event.kind !== "decision") return null;
  const { decision, plan } = event;
  const ruling = decision.slots;
  if (ruling === undefined || (plan.becomes === "running" && plan.closes !== true)) return null;
  const { counts } = ruling;
  // A promotion that is taken back exchanges the two once more, and games since the swap begin anew.
  const isExchange = ruling.swap || plan.after?.baseline?.decisionId === decision.id;
  const tickers = isExchange ? { championGames: 0, challengerGames: 0, cycles: 0 } : ruling.tickers;
  return {
    at: decision.at,
    modelType,
    decision: isExchange ? "swap_production_b" : labelOf(decision),
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
    assignments: decision.verdict === "rollback" ? restored(ruling, plan) : ruled(ruling),
    tickers: { productionGames: tickers.championGames, bGames: tickers.challengerGames, cycles: tickers.cycles },
    reason: decision.sentence,
    source: "gauntlet",
  };
}

/** The verdict alone: that challengers changed places is said beside it, never in its stead. */
function labelOf({ verdict }: Decided["decision"]): PromotionDecision {
  return verdict === "hold" ? "insufficient_data" : "retain_production";
}

function ruled({ assignments }: Ruling): readonly AliasAssignment[] {
  return assignments.flatMap(({ slot, sourceSlot, version, previousVersion, changed }) => {
    const alias = slotOf(slot);
    return alias === null ? [] : [{ alias, version, sourceAlias: slotOf(sourceSlot), previousVersion, changed }];
  });
}

/** A rollback puts back what the plan says, which is no ruling. */
function restored({ assignments }: Ruling, { effects }: Decided["plan"]): readonly AliasAssignment[] {
  return assignments.flatMap(({ slot, previousVersion }) => {
    const alias = slotOf(slot);
    const effect = effects.find((one) => one.kind === "registry.alias" && one.alias === slot);
    const version = effect?.kind === "registry.alias" ? effect.version : previousVersion;
    const source = assignments.find((other) => other.previousVersion === version)?.slot ?? slot;
    return alias === null ? [] : [{ alias, version, sourceAlias: slotOf(source), previousVersion, changed: version !== previousVersion }];
  });
}

function slotOf(name: string): Slot | null {
  return SLOTS.find((slot) => slot === name) ?? null;
}
