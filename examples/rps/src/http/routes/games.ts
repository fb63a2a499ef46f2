import { scoreAfter } from "../../rules/game.ts";
import { MOVES } from "../../rules/moves.ts";
import { POINT, type RoundPoints } from "../../rules/round-points.ts";
import { BOT_POLICIES } from "../../policies/bot-policy.ts";
import type { Slot } from "../../serving/slots.ts";
import type { PlayedRound } from "../../service/played-round.ts";
import { z } from "zod";

import { operation, type Operation } from "../operation.ts";
import { playAnswer, playRequest, roundPointsAnswer, roundPointsQuery, startGameAnswer, startGameRequest, type ModelInfo, type PlayAnswer, type PlayDebug, type RoundPointsAnswer, type StartGameAnswer } from "../shapes.ts";

export const gameRoutes: readonly Operation[] = [
  operation({
    method: "POST",
    path: "/start_game",
    access: "open",
    isLimited: true,
    summary: "Begins a game against a bot",
    body: startGameRequest,
    answer: startGameAnswer,
    handle: async ({ body, options }): Promise<StartGameAnswer> => {
      const isTest = body.mark_test_game === true || body.is_test_game === true || body.is_test_data === true || body.is_test === true;
      const { game, policy } = await options.games.start({ playerName: body.player_name ?? null, policy: body.policy, sessionId: body.session_id ?? null, isTest });
      return {
        game_id: game.id,
        session_id: game.sessionId,
        player_name: game.playerName,
        bot_policy: game.policy,
        policy: game.policy,
        difficulty_mode: "normal",
        bot_model_alias: game.alias as Slot,
        model_type: policy.model,
        status: "active",
        message: body.difficulty_mode === "easy" ? `A game against ${game.policy} has begun; there are no easy games any more, so it is a normal one` : `A game against ${game.policy} has begun`,
      };
    },
  }),
  operation({
    method: "POST",
    path: "/play",
    access: "open",
    summary: "Plays one round of a game: one move a round, none after its end",
    body: playRequest,
    answer: playAnswer,
    handle: async ({ body, isInternal, options }) => playAnswerOf(await options.games.play({ gameId: body.game_id, move: body.user_move, round: body.round ?? null }), isInternal),
  }),
  operation({
    method: "GET",
    path: "/round_points",
    access: "open",
    summary: "What each move is worth in the round that comes next",
    query: roundPointsQuery,
    answer: roundPointsAnswer,
    handle: async ({ query, options }): Promise<RoundPointsAnswer> => {
      const { round, points } = await options.games.nextPoints(query.game_id);
      return { round_no: round, round_points: pointsOf(points) };
    },
  }),
  operation({
    method: "GET",
    path: "/policies",
    access: "open",
    summary: "The bots that can be played against",
    answer: z.array(z.string()),
    handle: async () => BOT_POLICIES.map(({ name }) => name),
  }),
];

function playAnswerOf(played: PlayedRound, isInternal: boolean): PlayAnswer {
  const { game, policy, history, round, choice, winner } = played;
  const before = scoreAfter(history);
  const guess = played.guesses.find(({ slot }) => slot === game.alias);
  const model = modelInfoOf(played);
  const alias = game.alias as Slot;
  return {
    game_id: game.id,
    round: round.number,
    user_move: round.user,
    player_move: round.user,
    bot_move: round.bot,
    result: round.result,
    user_delta: (round.userScore - before.user) / POINT,
    bot_delta: (round.botScore - before.bot) / POINT,
    user_score: round.userScore / POINT,
    bot_score: round.botScore / POINT,
    round_points: pointsOf(round.points),
    finished: winner !== null,
    winner,
    scores: { player: round.userScore / POINT, bot: round.botScore / POINT, ties: [...history, round].filter(({ result }) => result === "draw").length },
    policy: game.policy,
    difficulty_mode: "normal",
    model_info: model,
    ab_assignment: { alias, model_key: `${policy.model}@${alias}`, is_variant: alias !== "Production" },
    guess: guess === undefined || choice === null ? null : { move: guess.move, probabilities: perMove(choice.probabilities) },
    debug: isInternal ? debugOf(played, model) : null,
    message: `You played ${round.user}, the bot ${round.bot}: ${round.result}`,
  };
}

function modelInfoOf({ game, policy, model, choice }: PlayedRound): ModelInfo {
  return {
    model_type: policy.model,
    model_alias: game.alias as Slot,
    model_version: model?.version ?? null,
    model_run_id: model?.runId.slice(0, 8) ?? null,
    difficulty_mode: "normal",
    policy: game.policy,
    probability_source: choice?.source ?? "opening",
  };
}

function debugOf({ game, round, choice }: PlayedRound, model: ModelInfo): PlayDebug {
  return {
    probabilities: choice === null ? null : perMove(choice.probabilities),
    base_probabilities: choice?.told == null ? null : perMove(choice.told),
    move_values: choice === null ? null : perMove(choice.moveValues),
    features: choice === null ? null : [...choice.features],
    feature_count: choice?.features.length ?? 0,
    round_no: round.number,
    selected_move: round.bot,
    effective_policy: game.policy,
    model_info: model,
  };
}

function pointsOf(points: RoundPoints): { readonly rock: number; readonly paper: number; readonly scissors: number } {
  return { rock: points[0] / POINT, paper: points[1] / POINT, scissors: points[2] / POINT };
}

/** Three numbers in the order of the moves, by their names. */
export function perMove(values: ArrayLike<number>): { rock: number; paper: number; scissors: number } {
  const [rock, paper, scissors] = MOVES.map((_, i) => values[i] ?? 0) as [number, number, number];
  return { rock, paper, scissors };
}
