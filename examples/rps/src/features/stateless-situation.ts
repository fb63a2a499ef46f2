import { scoreWith, type Score } from "../rules/game.ts";
import type { Move, Result } from "../rules/moves.ts";
import type { RoundPoints } from "../rules/round-points.ts";
import type { PastRound, Situation } from "./feature-row.ts";

/** What a caller without a game knows; only the moves must be there. */
export interface StatelessHistory {
  readonly users: readonly Move[];
  readonly bots: readonly Move[];
  /** Missing ones are draws. */
  readonly results?: readonly Result[];
  /** Of the past rounds; missing ones are as the current round's. */
  readonly pastPoints?: readonly RoundPoints[];
  /** Of the current round; 1.0 each where nobody says. */
  readonly points?: RoundPoints;
  /** What the score is now; left out, it is rebuilt from the rounds. */
  readonly totals?: Score;
}

const EVEN: RoundPoints = [10, 10, 10];

/** @throws RangeError when there are more moves of one side than of the other. */
export function statelessSituation({ users, bots, results = [], pastPoints = [], points = EVEN, totals }: StatelessHistory): Situation {
  if (users.length !== bots.length) throw new RangeError(`${users.length} moves of the user and ${bots.length} of the bot are no rounds`);
  const history: readonly PastRound[] = users.map((user, i) => ({ user, bot: bots[i]!, result: results[i] ?? "draw", points: pastPoints[i] ?? points }));
  return { history, points, score: totals ?? scoresOf(history).at(-1) ?? { user: 0, bot: 0 }, round: history.length + 1 };
}

/** The scores after each round, of which the last is as it was told. */
export function rebuiltScores(history: readonly PastRound[], totals: Score): readonly Score[] {
  return [...scoresOf(history).slice(0, -1), totals];
}

/** By the results that were told, not by those that the moves would have. */
function scoresOf(history: readonly PastRound[]): readonly Score[] {
  const scores: Score[] = [];
  for (const past of history) scores.push(scoreWith(scores.at(-1) ?? { user: 0, bot: 0 }, past));
  return scores;
}
