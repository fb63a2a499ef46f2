import { beatenBy, beaterOf, commonestMove, MOVES, type Move } from "../rules/moves.ts";
import { byValue, POINT, pointsOf } from "../rules/round-points.ts";
import { botMoves, type PlayerView } from "./player.ts";

/** Draws among the three moves, by the values of the round, the score and the bot's habits. */
export function dan(view: PlayerView): Move {
  const weights = danWeights(view);
  const drawn = view.random() * MOVES.reduce((sum, move) => sum + weights[move], 0);
  let upTo = 0;
  for (const move of MOVES) {
    upTo += weights[move];
    if (upTo >= drawn) return move;
  }
  return "scissors";
}

const MEMORY = 10;

/** How likely each move is, before they are made to sum to 1. */
export function danWeights({ history, points, score }: Omit<PlayerView, "random">): Record<Move, number> {
  const [best] = byValue(points);
  const beater = beaterOf(best);
  const other = beatenBy(best);
  const worth = Math.min(2, Math.max(1.5, pointsOf(points, best) / POINT));
  const bold = Math.min(0.6, Math.max(0.1, worth - 1.4));
  const weights = { rock: 0, paper: 0, scissors: 0 };
  weights[best] = bold;
  weights[beater] = 0.3;
  weights[other] = Math.max(0.05, 0.7 - bold);
  const recent = history.slice(-MEMORY);
  const last = recent.at(-1);
  if (last === undefined) return weights;
  if (last.result === "lose") weights[best] += 0.15;
  if (last.result === "win") weights[other] += 0.05;
  if (score.user < score.bot) weights[beater] += 0.1;
  if (score.user > score.bot) weights[other] += 0.05;
  const bots = botMoves(recent);
  const habit = commonestMove(bots)!;
  if (bots.filter((move) => move === habit).length >= Math.max(2, Math.floor(recent.length / 2))) weights[beaterOf(habit)] += 0.1;
  return weights;
}
