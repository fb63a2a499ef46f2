import { byValue } from "../rules/round-points.ts";
import { beatenBy, beaterOf, MOVES, type Move } from "../rules/moves.ts";
import type { PlayerView } from "../players/player.ts";

/** What draws a person to a move, and how strongly: what is added to the logarithm of its weight. Below 0 it keeps away. */
export type Habit =
  | { readonly kind: "favourite"; readonly move: Move; readonly pull: number }
  /** 0: the most valuable move of the round, 1: what beats it, 2: what beats that. */
  | { readonly kind: "value"; readonly step: 0 | 1 | 2; readonly pull: number }
  /** The own last move again, if it brought that result. */
  | { readonly kind: "again"; readonly after: "win" | "lose" | "draw"; readonly pull: number }
  /** What would have beaten the bot's last move. */
  | { readonly kind: "answer"; readonly pull: number }
  /** The own moves in turn. */
  | { readonly kind: "pattern"; readonly moves: readonly Move[]; readonly pull: number };

/** Chances of the three moves, in canonical order: softmax of what each is drawn by. */
export function chancesOf(habits: readonly Habit[], view: Omit<PlayerView, "random">): readonly [number, number, number] {
  const weights: [number, number, number] = [0, 0, 0];
  for (const habit of habits) {
    const move = drawnTo(habit, view);
    if (move !== null) weights[MOVES.indexOf(move)]! += habit.pull;
  }
  const powers = weights.map(Math.exp) as [number, number, number];
  const sum = powers[0] + powers[1] + powers[2];
  return [powers[0] / sum, powers[1] / sum, powers[2] / sum];
}

function drawnTo(habit: Habit, { history, points }: Omit<PlayerView, "random">): Move | null {
  const last = history.at(-1);
  switch (habit.kind) {
    case "favourite":
      return habit.move;
    case "value": {
      const [best] = byValue(points);
      return habit.step === 0 ? best : habit.step === 1 ? beaterOf(best) : beatenBy(best);
    }
    case "again":
      return last?.result === habit.after ? last.user : null;
    case "answer":
      return last === undefined ? null : beaterOf(last.bot);
    case "pattern":
      return habit.moves[history.length % habit.moves.length] ?? null;
  }
}
