import { z } from "zod";

import { MOVES, RESULTS } from "../rules/moves.ts";
import { difficultyMode, modelType, move, perMove, slot } from "./shapes.ts";

/** More rounds than any game takes. */
const ROUNDS_MAX = 100;
const BATCH_MAX = 100;

/** Points have one decimal. */
const points = z.number().min(0).max(100).refine((value) => Math.abs(value * 10 - Math.round(value * 10)) < 1e-6, "points have one decimal");
const pointsPerMove = z.strictObject({ rock: points, paper: points, scissors: points });
const moves = z.array(move).max(ROUNDS_MAX);

const situation = {
  player_history: moves.default([]),
  bot_history: moves.default([]),
  result_history: z.array(z.enum(RESULTS)).max(ROUNDS_MAX).optional().describe("of the player; left out: draws"),
  round_values: pointsPerMove.nullable().optional().describe("of the round that is foretold; left out: 1.0 each"),
  points_history: z.array(pointsPerMove).max(ROUNDS_MAX).optional().describe("of the past rounds; left out: as round_values"),
  user_score: points.optional().describe("both scores or none; left out: rebuilt from the rounds"),
  bot_score: points.optional(),
} as const;

export const predictRequest = z
  .strictObject({
    policy: z.string().max(64),
    difficulty_mode: difficultyMode.default("normal"),
    ...situation,
    session_id: z.string().max(64).nullable().optional(),
    ab_assignment: slot.nullable().optional().describe("the slot whose model is asked; left out: Production"),
  })
  .meta({ id: "PredictRequest" });
export type PredictRequest = z.output<typeof predictRequest>;

const predictionModel = z
  .strictObject({ model_type: modelType, alias: slot, version: z.string().nullable(), probability_source: z.enum(["model", "fallback"]) })
  .meta({ id: "PredictionModel" });

const prediction = {
  prediction: z.enum(MOVES).describe("the player's likeliest next move"),
  probabilities: perMove,
  policy: z.string(),
  difficulty_mode: z.literal("normal"),
  model_info: predictionModel,
  features_used: z.int(),
} as const;

export const predictAnswer = z.strictObject(prediction).meta({ id: "PredictAnswer" });
export type PredictAnswer = z.output<typeof predictAnswer>;

export const predictBatch = z.array(predictRequest).min(1).max(BATCH_MAX).meta({ id: "PredictBatch" });
export const predictBatchAnswer = z
  .strictObject({
    results: z.array(z.discriminatedUnion("success", [z.strictObject({ success: z.literal(true), ...prediction }), z.strictObject({ success: z.literal(false), policy: z.string(), error: z.string() })])),
  })
  .meta({ id: "PredictBatchAnswer" });
export type PredictBatchAnswer = z.output<typeof predictBatchAnswer>;

export const predictContext = z
  .strictObject({
    player_move: move.describe("given back, and not used: a prediction must not know it"),
    opponent_history: moves.default([]).describe("the bot's moves, where the context has none"),
    context: z.strictObject({ policy: z.string().max(64).default("brian"), difficulty_mode: difficultyMode.default("normal"), ...situation }).prefault({}),
  })
  .meta({ id: "PredictContext" });

export const predictContextAnswer = z
  .strictObject({
    prediction: z.enum(MOVES),
    probabilities: perMove,
    context_policy: z.string(),
    context_difficulty: z.literal("normal"),
    model_info: predictionModel,
    player_move: z.enum(MOVES),
    features_extracted: z.int(),
  })
  .meta({ id: "PredictContextAnswer" });

export const predictPoliciesAnswer = z.strictObject({ policies: z.array(z.string()), difficulty_modes: z.array(z.string()), description: z.string() });

export const featureExample = z
  .strictObject({
    example_player_history: z.array(z.enum(MOVES)),
    example_bot_history: z.array(z.enum(MOVES)),
    extracted_features: z.array(z.number()),
    feature_names: z.array(z.string()),
    feature_count: z.int(),
    description: z.string(),
  })
  .meta({ id: "FeatureExample" });
