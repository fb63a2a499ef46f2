import type { SwapBaseline } from "../../policy/slots-cycle.ts";
import type { SlotTickers, SlotsView } from "../slots-view.ts";

/**
 * Games of the first two slots and cycles since their holders were exchanged last. A counter that is below what it was then was
 * begun anew, and counts as it is; so it does while there was no exchange. Other moves of challengers change nothing here.
 */
export function tickersOf(view: Pick<SlotsView, "slots" | "baseline" | "cyclesBefore">, swap: boolean): SlotTickers {
  if (swap) return { championGames: 0, challengerGames: 0, cycles: 0 };
  const [champion, challenger] = liveGames(view);
  const { baseline, cyclesBefore } = view;
  return { championGames: since(champion, baseline?.games[0]), challengerGames: since(challenger, baseline?.games[1]), cycles: cyclesBefore + 1 };
}

/** What the counters of the first two slots show now. */
export function liveGames({ slots }: Pick<SlotsView, "slots">): SwapBaseline["games"] {
  return [slots[0]?.total.games ?? 0, slots[1]?.total.games ?? 0];
}

function since(total: number, before: number | undefined): number {
  return before === undefined || total < before ? total : total - before;
}
