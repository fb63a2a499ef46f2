import type { Rollout } from "../../policy/rollout.ts";
import type { SlotsPolicy } from "../../policy/slots-policy.ts";
import type { CheckResult } from "../decision.ts";
import type { Ruling } from "../operator.ts";
import type { GameCounts, SlotsView } from "../slots-view.ts";
import { NO_COUNTS, addCounts } from "./counts.ts";
import type { Sources } from "./order.ts";
import type { Judgement } from "./slots-ruling.ts";

/** What a policy of slots looks at. */
export interface Judged {
  readonly policy: SlotsPolicy;
  readonly rollout: Rollout;
  readonly view: SlotsView;
  /** Of the whole cycle. */
  readonly alpha: number;
}

/** What the rules of a mode come to. */
export interface Found {
  readonly checks: readonly CheckResult[];
  readonly ruling: Ruling;
  readonly judgement: Judgement;
  /** The places of the challengers, once it is known whether the first two are exchanged. */
  readonly order: (moved: Sources) => Sources;
}

/** The games of a version in its own slot, this cycle: what it did as somebody else's shadow, or before, is not in it. */
export function cycleGames({ view }: Judged, index: 0 | 1, version: string): GameCounts {
  const { games, wins, ties } = view.slots[index]?.cycle.find((counts) => counts.version === version) ?? NO_COUNTS;
  return { games, wins, ties };
}

/** What a version predicted this cycle, in whatever slots it was. */
export function cyclePredictions({ view }: Judged, version: string): { readonly predictions: number; readonly correct: number } {
  const { predictions, correct } = view.slots.flatMap(({ cycle }) => cycle.filter((counts) => counts.version === version)).reduce(addCounts, NO_COUNTS);
  return { predictions, correct };
}

export function score({ games, wins, ties }: GameCounts): number | null {
  return games === 0 ? null : (wins + ties / 2) / games;
}
