import type { GameCounts, SlotAccuracy, SlotsRuling, SlotsView } from "../slots-view.ts";
import type { Candidate, Sources } from "./order.ts";
import { telemetryOf } from "./telemetry.ts";
import { tickersOf } from "./tickers.ts";

export interface Judgement {
  readonly view: SlotsView;
  readonly counts: { readonly champion: GameCounts; readonly challenger: GameCounts };
  /** What the holder of each slot predicted, in the policy's order. */
  readonly candidates: readonly Candidate[];
  /** null: too few games to say anything of. */
  readonly telemetry: ReturnType<typeof telemetryOf>;
}

/** What becomes of the slots, beside the verdict: `moved` is after the swap, `ordered` after the challengers were put in order too. */
export function slotsRuling({ view, counts, candidates, telemetry }: Judgement, { swap, moved, ordered }: { readonly swap: boolean; readonly moved: Sources; readonly ordered: Sources }): SlotsRuling {
  const accuracies = view.slots.map(({ slot, version }, index) => ({ slot, version, ...accuracyOf(candidates[index]) }));
  const from = (place: number) => accuracies[ordered[place] as number] as SlotAccuracy;
  return {
    swap,
    reorderApplied: ordered.some((source, place) => source !== moved[place]),
    rankings: view.slots.slice(1).map(({ slot }, index) => {
      const { slot: sourceSlot, ...figures } = from(index + 1);
      return { slot, rank: index + 1, sourceSlot, ...figures };
    }),
    accuracies,
    assignments: view.slots.map(({ slot, version: previousVersion }, place) => {
      const { slot: sourceSlot, version } = from(place);
      return { slot, version, previousVersion, sourceSlot, changed: version !== previousVersion };
    }),
    counts,
    z: telemetry?.z ?? null,
    p: telemetry?.p ?? null,
    tickers: tickersOf(view, swap),
  };
}

function accuracyOf(candidate: Candidate | undefined): Pick<SlotAccuracy, "correct" | "predictions" | "accuracy"> {
  const { correct, predictions } = candidate?.counts ?? { correct: 0, predictions: 0 };
  return { correct, predictions, accuracy: predictions === 0 ? null : correct / predictions };
}
