import { byValue, POINT } from "../../rules/round-points.ts";
import { scoreAfter, type Round } from "../../rules/game.ts";
import { beaterOf, type Move, type Result } from "../../rules/moves.ts";
import { isMadeUp } from "../../service/player-names.ts";
import type { StoredGuess } from "../../outbox/game-outbox.ts";
import type { RoundContext, StoredGame } from "../game-store.ts";
import type { SqlValue } from "./sql-reads.ts";

export interface GameRow {
  readonly id: string;
  readonly session_id: string;
  readonly player_name: string;
  readonly bot_policy: string;
  readonly bot_model_alias: string;
  readonly created_ts_utc: string;
  readonly opening_name: string;
  readonly opening_seq: string;
  readonly is_test: number;
  readonly winner: StoredGame["winner"];
}

/** The columns by which a game is known wherever it is read. */
export type GameHeadRow = Pick<GameRow, "id" | "session_id" | "player_name" | "bot_policy" | "bot_model_alias" | "created_ts_utc">;

export function asGameHead(row: GameHeadRow): Pick<StoredGame, "id" | "sessionId" | "playerName" | "policy" | "alias" | "startedAt"> {
  return { id: row.id, sessionId: row.session_id, playerName: row.player_name, policy: row.bot_policy, alias: row.bot_model_alias, startedAt: Date.parse(row.created_ts_utc) };
}

export function asGame(row: GameRow): StoredGame {
  return {
    ...asGameHead(row),
    opening: row.opening_name,
    openingMoves: JSON.parse(row.opening_seq) as readonly Move[],
    isTest: row.is_test === 1,
    winner: row.winner,
  };
}

export const GAME_COLUMNS = ["id", "session_id", "player_name", "is_made_up", "bot_policy", "bot_model_alias", "created_ts_utc", "opening_name", "opening_seq", "is_test"] as const;

/** In the order of `GAME_COLUMNS`. */
export function gameValues(game: Omit<StoredGame, "winner">): readonly SqlValue[] {
  const { id, sessionId, playerName, policy, alias, startedAt, opening, openingMoves, isTest } = game;
  return [id, sessionId, playerName, isMadeUp(playerName) ? 1 : 0, policy, alias, asTime(startedAt), opening, JSON.stringify(openingMoves), isTest ? 1 : 0];
}

export interface RoundRow {
  readonly step_no: number;
  readonly user_move: Move;
  readonly bot_move: Move;
  readonly result: Result;
  readonly user_score: number;
  readonly bot_score: number;
  readonly round_rock_pts: number;
  readonly round_paper_pts: number;
  readonly round_scissors_pts: number;
}

export function asRound(row: RoundRow): Round {
  return {
    number: row.step_no,
    points: [asTenths(row.round_rock_pts), asTenths(row.round_paper_pts), asTenths(row.round_scissors_pts)],
    user: row.user_move,
    bot: row.bot_move,
    result: row.result,
    userScore: asTenths(row.user_score),
    botScore: asTenths(row.bot_score),
  };
}

const LAGS = [1, 2, 3] as const;

export const ROUND_COLUMNS: readonly string[] = [
  "game_id",
  "step_no",
  "user_move",
  "bot_move",
  "result",
  "user_delta",
  "bot_delta",
  "user_score",
  "bot_score",
  "created_ts_utc",
  "guesses",
  ...["round", ...LAGS.map((k) => `lag${k}`)].flatMap((prefix) => ["rock", "paper", "scissors"].map((move) => `${prefix}_${move}_pts`)),
];

/** In the order of `ROUND_COLUMNS`. Points of rounds before the first are 1.0. */
export function roundValues(gameId: string, round: Round, { at, history, guesses }: RoundContext): readonly SqlValue[] {
  const before = scoreAfter(history);
  const points = [round.points, ...LAGS.map((k) => history.at(-k)?.points ?? EVEN)];
  const gains = [round.userScore - before.user, round.botScore - before.bot, round.userScore, round.botScore];
  return [gameId, round.number, round.user, round.bot, round.result, ...gains.map(asPoints), asTime(at), guessesText(guesses), ...points.flat().map(asPoints)];
}

/** Slot, version and move of each; null where nobody guessed. */
function guessesText(guesses: readonly StoredGuess[]): string | null {
  return guesses.length === 0 ? null : JSON.stringify(guesses.map(({ slot, version, move }) => [slot, version, move]));
}

export function asGuesses(text: string | null): readonly StoredGuess[] {
  if (text === null) return [];
  return (JSON.parse(text) as readonly (readonly [StoredGuess["slot"], string, Move])[]).map(([slot, version, move]) => ({ slot, version, move }));
}

const EVEN = [POINT, POINT, POINT] as const;

/** What a round adds to its game: `user_rock_ct` and the like. */
const COUNTERS = ["user_rock_ct", "user_paper_ct", "user_scissors_ct", "bot_rock_ct", "bot_paper_ct", "bot_scissors_ct", "user_win_ct", "user_lose_ct", "draw_ct", "user_favored_pick_ct", "user_favored_beater_pick_ct"] as const;

export const AFTER_ROUND = `user_score = ?, bot_score = ?, winner = ?, finished_ts = ?, bot_model_version = coalesce(?, bot_model_version), ${COUNTERS.map((name) => `${name} = ${name} + ?`).join(", ")}`;

/** In the order of `AFTER_ROUND`. */
export function afterRoundValues(round: Round, { at, winner, version }: RoundContext): readonly SqlValue[] {
  const { user, bot, result, points } = round;
  const [favored] = byValue(points);
  const counts = [user === "rock", user === "paper", user === "scissors", bot === "rock", bot === "paper", bot === "scissors", result === "win", result === "lose", result === "draw", user === favored, user === beaterOf(favored)];
  return [asPoints(round.userScore), asPoints(round.botScore), winner, winner === null ? null : asTime(at), version, ...counts.map(Number)];
}

/** A finished game waits to be told of, but for a test game. The value: its id. */
export const INTO_OUTBOX = "INSERT INTO outcome_games (game_id, bot_policy) SELECT id, bot_policy FROM games WHERE id = ? AND is_test = 0";

/** An instant as text that sorts as time does. */
export function asTime(ms: number): string {
  return new Date(ms).toISOString();
}

export function asTenths(points: number): number {
  return Math.round(points * POINT);
}

function asPoints(tenths: number): number {
  return tenths / POINT;
}
