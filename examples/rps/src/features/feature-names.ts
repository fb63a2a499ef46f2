import { MOVES, RESULTS } from "../rules/moves.ts";

export const FEATURE_COUNT = 50;

const LAGS = [1, 2, 3] as const;

/** The contract between training and serving: the names of the columns, in their order. */
export const FEATURE_NAMES: readonly string[] = [
  ...LAGS.flatMap((k) => MOVES.map((move) => `user_-${k}_${move}`)),
  ...LAGS.flatMap((k) => MOVES.map((move) => `bot_-${k}_${move}`)),
  ...LAGS.flatMap((k) => RESULTS.map((result) => `res_-${k}_${result}`)),
  ...MOVES.map((move) => `${move}_pts`),
  ...LAGS.flatMap((k) => MOVES.map((move) => `points_-${k}_${move}`)),
  ...MOVES.map((move) => `user_tend_${move}`),
  "tend_favored",
  "tend_fav_beater",
  "tend_fav_beater_beater",
  "score_diff",
  "user_pts_to_win",
  "bot_pts_to_win",
  "step_no",
  "easy_mode",
];
