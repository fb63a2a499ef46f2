import type { Promotion } from "./promotion.ts";

/** What a version was judged by when it was judged last. */
export interface Figures {
  /** Part of 1; null without predictions. */
  readonly accuracy: number | null;
  readonly predictions: number | null;
  /** Null for a slot that plays no games. */
  readonly games: { readonly won: number; readonly of: number } | null;
}

/**
 * The figures of the version that is in a slot now: counted under the slot it was in when its family was decided on last, and
 * null when that was another version, or none.
 */
export function figuresOf(latest: Promotion | undefined, { slot, version }: { readonly slot: string; readonly version: string }): Figures | null {
  const assignment = latest?.alias_assignments.find((one) => one.alias === slot && one.version === version);
  if (latest === undefined || assignment === undefined) return null;
  const source = assignment.source_alias ?? slot;
  const accuracy = latest.alias_accuracies.find(({ alias }) => alias === source);
  return { accuracy: accuracy?.accuracy ?? null, predictions: accuracy?.total_predictions ?? null, games: gamesOf(latest, source) };
}

function gamesOf(latest: Promotion, slot: string): Figures["games"] {
  const [won, of] = slot === "Production" ? [latest.production_wins, latest.production_total_games] : slot === "B" ? [latest.b_wins, latest.b_total_games] : [null, null];
  return won === null || of === null ? null : { won, of };
}
