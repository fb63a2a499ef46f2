import { WINNING_SCORE, type Score } from "../rules/game.ts";
import { beaterOf, countMoves, MOVES, RESULTS, type Move, type Result } from "../rules/moves.ts";
import { byValue, POINT, type RoundPoints } from "../rules/round-points.ts";
import { FEATURE_COUNT } from "./feature-names.ts";

/** A round that is over, as far as the next one may be foretold from it. */
export interface PastRound {
  readonly points: RoundPoints;
  readonly user: Move;
  readonly bot: Move;
  readonly result: Result;
}

export interface Situation {
  /** Every round before this one, oldest first. */
  readonly history: readonly PastRound[];
  /** Of the round that is foretold. */
  readonly points: RoundPoints;
  /** After the last round of `history`, in tenths. */
  readonly score: Score;
  /** The number of the round that is foretold. */
  readonly round: number;
}

const WINDOW = 3;

/**
 * The 50 columns of `FEATURE_NAMES`, points as numbers. Training and serving both call this and nothing else, so that a
 * model meets the rows that it has learned from. In the window of one-hot columns `-1` is the oldest of three rounds, as
 * the contract has it; a shorter history leaves its beginning empty.
 */
export function featureRow({ history, points, score, round }: Situation): Float64Array {
  const row = new Float64Array(FEATURE_COUNT);
  const window = history.slice(-WINDOW);
  const empty = WINDOW - window.length;
  for (const [i, past] of window.entries()) {
    row[(empty + i) * 3 + MOVES.indexOf(past.user)] = 1;
    row[9 + (empty + i) * 3 + MOVES.indexOf(past.bot)] = 1;
    row[18 + (empty + i) * 3 + RESULTS.indexOf(past.result)] = 1;
  }
  putPoints(row, 27, points);
  for (let lag = 1; lag <= WINDOW; lag++) putPoints(row, 27 + lag * 3, history.at(-lag)?.points ?? points);
  const rounds = Math.max(1, history.length);
  for (const [i, count] of countMoves(history.map(({ user }) => user)).entries()) row[39 + i] = count / rounds;
  for (const past of history) row[42 + preference(past)]! += 1 / rounds;
  // Sums of thirds and the like are rounded, a share of whole counts is not.
  for (let i = 42; i < 45; i++) row[i] = Math.round(row[i]! * rounds) / rounds;
  row[45] = (score.user - score.bot) / POINT;
  row[46] = Math.max(0, WINNING_SCORE - score.user) / POINT;
  row[47] = Math.max(0, WINNING_SCORE - score.bot) / POINT;
  row[48] = round;
  return row;
}

/** 0 where the user played the most valuable move of the round, 1 for its beater, 2 for the beater's beater. */
function preference({ points, user }: PastRound): 0 | 1 | 2 {
  const [best] = byValue(points);
  return user === best ? 0 : user === beaterOf(best) ? 1 : 2;
}

function putPoints(row: Float64Array, at: number, points: RoundPoints): void {
  for (const [i, tenths] of points.entries()) row[at + i] = tenths / POINT;
}
