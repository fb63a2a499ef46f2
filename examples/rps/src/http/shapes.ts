import { z } from "zod";

import { MOVES, RESULTS } from "../rules/moves.ts";

/** Shapes of the HTTP API as the platform documents them, so its names are in snake case; points are numbers with one decimal. */

export const move = z.string().trim().toLowerCase().pipe(z.enum(MOVES));
export const modelType = z.enum(["feedforward_nn", "xgboost", "multinomial_logistic"]);
export const slot = z.enum(["Production", "B", "shadow1", "shadow2"]);
const winner = z.enum(["user", "bot", "tie"]);
const gameId = z.string().min(1).max(64);
const sessionId = z.string().regex(/^[\w.:-]{1,64}$/, "1 to 64 letters, digits and . : _ -");
/** Nothing that a terminal or a table could take for more than a name. */
const playerName = z.string().trim().max(40).regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, "a name has no control characters");
/** Easy games are no more: they are begun as normal ones. */
export const difficultyMode = z.string().trim().toLowerCase().pipe(z.enum(["normal", "standard", "easy"]));
export const perMove = z.strictObject({ rock: z.number(), paper: z.number(), scissors: z.number() });
const testMark = z.boolean().nullable().optional();
/** Of a hundred. */
const percent = z.number().min(0).max(100);
const count = z.int().nonnegative();
/** An instant, ISO 8601 in UTC. */
export const instant = z.string();

export const startGameRequest = z
  .strictObject({
    player_name: playerName.nullable().optional(),
    policy: z.string().max(64).default("brian"),
    difficulty_mode: difficultyMode.default("normal"),
    session_id: sessionId.nullable().optional(),
    mark_test_game: testMark.describe("true in any of these four: the game counts nowhere"),
    is_test_game: testMark,
    is_test_data: testMark,
    is_test: testMark,
  })
  .meta({ id: "StartGameRequest" });
export type StartGameRequest = z.input<typeof startGameRequest>;

export const startGameAnswer = z
  .strictObject({
    game_id: gameId,
    session_id: z.string(),
    player_name: z.string(),
    bot_policy: z.string(),
    policy: z.string(),
    difficulty_mode: z.literal("normal"),
    bot_model_alias: slot,
    model_type: modelType,
    status: z.literal("active"),
    message: z.string(),
  })
  .meta({ id: "StartGameAnswer" });
export type StartGameAnswer = z.output<typeof startGameAnswer>;

export const playRequest = z
  .strictObject({
    game_id: gameId,
    user_move: move,
    round: z.int().min(1).max(1000).optional().describe("the round that the move is for; where another is next, the answer is 409"),
  })
  .meta({ id: "PlayRequest" });
export type PlayRequest = z.input<typeof playRequest>;

const modelInfo = z
  .strictObject({
    model_type: modelType,
    model_alias: slot,
    model_version: z.string().nullable(),
    model_run_id: z.string().max(8).nullable().describe("its first eight characters"),
    difficulty_mode: z.literal("normal"),
    policy: z.string(),
    probability_source: z.enum(["opening", "model", "fallback", "legacy_fallback"]),
  })
  .meta({ id: "ModelInfo" });
export type ModelInfo = z.output<typeof modelInfo>;

const playDebug = z
  .strictObject({
    probabilities: perMove.nullable(),
    base_probabilities: perMove.nullable().describe("as the model told them, before they were made to sum to 1"),
    move_values: perMove.nullable().describe("what each move of the bot could be expected to bring, in points"),
    features: z.array(z.number()).nullable(),
    feature_count: count,
    round_no: z.int(),
    selected_move: z.enum(MOVES),
    effective_policy: z.string(),
    model_info: modelInfo,
  })
  .meta({ id: "PlayDebug" });
export type PlayDebug = z.output<typeof playDebug>;

export const playAnswer = z
  .strictObject({
    game_id: gameId,
    round: z.int().min(1),
    user_move: z.enum(MOVES),
    player_move: z.enum(MOVES),
    bot_move: z.enum(MOVES),
    result: z.enum(RESULTS),
    user_delta: z.number(),
    bot_delta: z.number(),
    user_score: z.number(),
    bot_score: z.number(),
    round_points: perMove,
    finished: z.boolean(),
    winner: winner.nullable(),
    scores: z.strictObject({ player: z.number(), bot: z.number(), ties: count }),
    policy: z.string(),
    difficulty_mode: z.literal("normal"),
    model_info: modelInfo,
    ab_assignment: z.strictObject({ alias: slot, model_key: z.string(), is_variant: z.boolean() }),
    guess: z.strictObject({ move: z.enum(MOVES), probabilities: perMove }).nullable().describe("which move of the user the bot expected in this round; null in the opening, and without a model"),
    debug: playDebug.nullable().describe("only for who sends the token"),
    message: z.string(),
  })
  .meta({ id: "PlayAnswer" });
export type PlayAnswer = z.output<typeof playAnswer>;

export const roundPointsQuery = z.strictObject({ game_id: gameId });
export const roundPointsAnswer = z.strictObject({ round_no: z.int().min(1), round_points: perMove }).meta({ id: "RoundPointsAnswer" });
export type RoundPointsAnswer = z.output<typeof roundPointsAnswer>;

export const leaderboardQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(10) });
export const leaderboardAnswer = z
  .strictObject({
    leaderboard: z.array(z.strictObject({ rank: z.int().min(1), player_name: z.string(), total_games: count, wins: count, losses: count, ties: count, win_rate: percent })),
    since: instant.nullable(),
    limit: z.int(),
    filtered_out: z.array(z.string()).describe("players of habits and made-up names with enough games"),
  })
  .meta({ id: "Leaderboard" });
export type Leaderboard = z.output<typeof leaderboardAnswer>;

export const statsQuery = z.union([z.strictObject({ game_id: gameId }), z.strictObject({ session_id: sessionId })]);
export const statsAnswer = z
  .discriminatedUnion("scope", [
    z.strictObject({ scope: z.literal("game"), rounds: count, wins: count, losses: count, draws: count, user_score: z.number(), bot_score: z.number(), winner: winner.nullable() }),
    z.strictObject({ scope: z.literal("session"), rounds: count, wins: count, losses: count, draws: count, games: count }),
  ])
  .meta({ id: "Stats" });
export type Stats = z.output<typeof statsAnswer>;

const policyRow = z.strictObject({ policy: z.string(), difficulty_mode: z.literal("standard"), total_games: count, bot_wins: count, player_wins: count, ties: count, bot_win_rate: percent });
const moveShare = z.strictObject({ move: z.enum(MOVES), count, percentage: percent });

export const globalStats = z
  .strictObject({
    total_games: count,
    total_rounds: count,
    result_distribution: z.array(z.strictObject({ result: z.enum(RESULTS), count, percentage: percent })),
    policy_performance: z.array(policyRow).describe("of finished games"),
    recent_activity: z.strictObject({ rounds_last_24h: count, rounds_last_week: count }),
  })
  .meta({ id: "GlobalStats" });
export type GlobalStats = z.output<typeof globalStats>;

export const policyStats = z
  .strictObject({
    policy: z.string(),
    total_games: count,
    total_rounds: count,
    player_wins: count,
    bot_wins: count,
    ties: count,
    bot_win_rate: percent.nullable().describe("of finished games; null before the first"),
    move_distribution: z.array(moveShare).describe("of the bot"),
  })
  .meta({ id: "PolicyStats" });
export type PolicyStats = z.output<typeof policyStats>;

export const playerStats = z
  .strictObject({
    player_name: z.string(),
    total_games: count,
    total_rounds: count,
    wins: count,
    losses: count,
    ties: count,
    win_rate: percent.nullable().describe("of finished games; null before the first"),
    policy_performance: z.array(z.strictObject({ policy: z.string(), difficulty_mode: z.literal("standard"), total_games: count, wins: count, win_rate: percent })),
    move_distribution: z.array(moveShare).describe("of the player"),
  })
  .meta({ id: "PlayerStats" });
export type PlayerStats = z.output<typeof playerStats>;

export const gamesQuery = z.strictObject({
  player_name: z.string().max(64).optional(),
  policy: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(300).optional(),
});
export const gamesAnswer = z
  .strictObject({
    games: z.array(
      z.strictObject({
        game_id: gameId,
        player_name: z.string(),
        policy: z.string(),
        model_alias: z.string(),
        easy_mode: z.literal(false),
        user_score: z.number(),
        bot_score: z.number(),
        winner: winner,
        session_id: z.string().nullable().describe("only for who sends the token"),
        created_ts: instant,
        finished_ts: instant,
        rounds: count,
      }),
    ),
    count,
    next_cursor: z.string().nullable().describe("of the next page; null on the last"),
  })
  .meta({ id: "Games" });
export type Games = z.output<typeof gamesAnswer>;

export const botWinRatesQuery = z.strictObject({ human_only: z.enum(["true", "false"]).default("true").transform((text) => text === "true") });
export const botWinRatesAnswer = z
  .strictObject({
    bot_rates: z.record(
      z.string(),
      z.strictObject({ bot_win_rate: percent.nullable(), human_win_rate: percent.nullable(), human_games: count, bot_wins: count, human_wins: count, ties: count, excluded_games: count, total_games_tracked: count }),
    ),
    easy_mode: z.literal(false),
    human_only: z.boolean(),
    since: instant.nullable(),
    timestamp: instant,
    exclusions: z.strictObject({ total_games: count }),
  })
  .meta({ id: "BotWinRates" });
export type BotWinRates = z.output<typeof botWinRatesAnswer>;

export const winStreaksQuery = z.strictObject({ opponent: z.string().max(64).optional(), limit: z.coerce.number().int().min(1).max(100).default(10) });
export const winStreaksAnswer = z
  .strictObject({
    players: z.array(z.strictObject({ username: z.string(), streak: count, current_streak: count, last_win_date: instant, total_games: count })),
    filters: z.strictObject({ opponent: z.string().nullable(), limit: z.int(), easy_mode: z.literal(false) }),
    since: instant.nullable(),
    timestamp: instant,
  })
  .meta({ id: "WinStreaks" });
export type WinStreaks = z.output<typeof winStreaksAnswer>;

export const exportQuery = z.strictObject({ format: z.enum(["json", "csv"]).default("json"), limit: z.coerce.number().int().min(1).optional().describe("rounds, the newest; left out: all") });

export const problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe("what happened, and where"),
    instance: z.string(),
    fix: z.string().nullable().describe("how to mend it"),
    errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).describe("each place of the request that is wrong"),
  })
  .meta({ id: "Problem" });
export type Problem = z.output<typeof problem>;
