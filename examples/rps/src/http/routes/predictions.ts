import { Failure } from "@gauntlet/core";

import { FEATURE_COUNT, FEATURE_NAMES } from "../../features/feature-names.ts";
import { featureRow, type Situation } from "../../features/feature-row.ts";
import { statelessSituation } from "../../features/stateless-situation.ts";
import { BOT_POLICIES, botPolicyOf } from "../../policies/bot-policy.ts";
import { asProbabilities } from "../../policies/expected-value.ts";
import type { Move } from "../../rules/moves.ts";
import { POINT, type RoundPoints } from "../../rules/round-points.ts";
import type { ServedModel } from "../../serving/slots.ts";
import { likeliest } from "../../service/slot-guesses.ts";
import { operation, type Operation } from "../operation.ts";
import type { RpsHttpOptions } from "../options.ts";
import { featureExample, predictAnswer, predictBatch, predictBatchAnswer, predictContext, predictContextAnswer, predictPoliciesAnswer, predictRequest, type PredictAnswer, type PredictBatchAnswer, type PredictRequest } from "../predict-shapes.ts";
import { perMove } from "./games.ts";

const BATCH_BYTES_MAX = 2_000_000;
const EXAMPLE: { readonly users: readonly Move[]; readonly bots: readonly Move[] } = { users: ["rock", "paper", "scissors", "rock"], bots: ["scissors", "rock", "paper", "scissors"] };

export const predictionRoutes: readonly Operation[] = [
  operation({
    method: "POST",
    path: "/predict",
    access: "open",
    summary: "The player's likeliest next move, from the rounds so far alone",
    body: predictRequest,
    answer: predictAnswer,
    handle: async ({ body, options }) => predict(body, options.models),
  }),
  operation({
    method: "POST",
    path: "/predict/batch",
    access: "open",
    summary: "Several predictions, each of which may fail by itself",
    body: predictBatch,
    bytesMax: BATCH_BYTES_MAX,
    answer: predictBatchAnswer,
    handle: async ({ body, options }): Promise<PredictBatchAnswer> => ({ results: body.map((one) => attempt(one, options.models)) }),
  }),
  operation({
    method: "POST",
    path: "/predict/context",
    access: "open",
    summary: "A prediction from a game's context",
    body: predictContext,
    answer: predictContextAnswer,
    handle: async ({ body: { player_move, opponent_history, context }, options }) => {
      const bots = context.bot_history.length === 0 ? opponent_history : context.bot_history;
      const { policy, difficulty_mode, features_used, ...rest } = predict({ ...context, bot_history: bots }, options.models);
      return { ...rest, context_policy: policy, context_difficulty: difficulty_mode, player_move, features_extracted: features_used };
    },
  }),
  operation({
    method: "GET",
    path: "/predict/policies",
    access: "open",
    summary: "The policies whose models can be asked",
    answer: predictPoliciesAnswer,
    handle: async () => ({ policies: BOT_POLICIES.map(({ name }) => name), difficulty_modes: ["normal"], description: "Each policy asks the model of its own family; easy games are no more" }),
  }),
  operation({
    method: "GET",
    path: "/predict/features/example",
    access: "open",
    summary: "The columns that a model is asked with, of a short game",
    answer: featureExample,
    handle: async () => ({
      example_player_history: EXAMPLE.users,
      example_bot_history: EXAMPLE.bots,
      extracted_features: [...featureRow(statelessSituation(EXAMPLE))],
      feature_names: FEATURE_NAMES,
      feature_count: FEATURE_COUNT,
      description: "The row of the fifth round; results that nobody told are draws, and points 1.0",
    }),
  }),
];

type Models = Pick<RpsHttpOptions["models"], "model">;

/** @throws Failure `invalid_input` for an unknown policy, or rounds that don't fit together. */
function predict(asked: Omit<PredictRequest, "difficulty_mode">, models: Models): PredictAnswer {
  const policy = botPolicyOf(asked.policy);
  if (policy === null) throw new Failure("invalid_input", `there is no policy "${asked.policy}"`, { fix: `choose one of ${BOT_POLICIES.map(({ name }) => name).join(", ")}` });
  const alias = asked.ab_assignment ?? "Production";
  const model = models.model(policy.model, alias);
  const told = answerOf(model, Float32Array.from(featureRow(situationOf(asked))));
  const probabilities = asProbabilities(Array.from(told ?? []));
  return {
    prediction: likeliest(probabilities),
    probabilities: perMove(probabilities),
    policy: policy.name,
    difficulty_mode: "normal",
    model_info: { model_type: policy.model, alias, version: model?.version ?? null, probability_source: told === null ? "fallback" : "model" },
    features_used: FEATURE_COUNT,
  };
}

function answerOf(model: ServedModel | null, features: Float32Array): ArrayLike<number> | null {
  try {
    return model?.predict(features) ?? null;
  } catch {
    return null;
  }
}

function attempt(asked: PredictRequest, models: Models): PredictBatchAnswer["results"][number] {
  try {
    return { success: true, ...predict(asked, models) };
  } catch (error) {
    if (error instanceof Failure) return { success: false, policy: asked.policy, error: error.message };
    throw error;
  }
}

type Told = Pick<PredictRequest, "player_history" | "bot_history" | "result_history" | "round_values" | "points_history" | "user_score" | "bot_score">;

function situationOf(told: Told): Situation {
  const rounds = told.player_history.length;
  for (const name of ["bot_history", "result_history", "points_history"] as const) {
    const length = told[name]?.length ?? rounds;
    if (length !== rounds) throw new Failure("invalid_input", `player_history has ${rounds} rounds, ${name} ${length}`, { problems: [{ pointer: `/${name}`, detail: `${rounds} were expected` }], fix: "give each past round in all of them, the oldest first" });
  }
  if ((told.user_score === undefined) !== (told.bot_score === undefined)) throw new Failure("invalid_input", "one score was given without the other", { fix: "give user_score and bot_score, or neither" });
  return statelessSituation({
    users: told.player_history,
    bots: told.bot_history,
    ...(told.result_history === undefined ? {} : { results: told.result_history }),
    ...(told.points_history === undefined ? {} : { pastPoints: told.points_history.map(asTenths) }),
    ...(told.round_values == null ? {} : { points: asTenths(told.round_values) }),
    ...(told.user_score === undefined || told.bot_score === undefined ? {} : { totals: { user: Math.round(told.user_score * POINT), bot: Math.round(told.bot_score * POINT) } }),
  });
}

function asTenths({ rock, paper, scissors }: { readonly rock: number; readonly paper: number; readonly scissors: number }): RoundPoints {
  return [Math.round(rock * POINT), Math.round(paper * POINT), Math.round(scissors * POINT)];
}
