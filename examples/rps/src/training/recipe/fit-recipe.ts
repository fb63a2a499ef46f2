import type { Random } from "@gauntlet/core";

import type { Dataset, Losses } from "../../learners/dataset.ts";
import type { Model } from "../../learners/model.ts";
import { trainNetwork, type NetworkRule } from "../../learners/network/train-network.ts";
import { trainTrees, type TreesRule } from "../../learners/trees/boosted-trees.ts";
import type { Recipe } from "./recipe.ts";

export interface Fit {
  readonly data: Dataset;
  /** By which training knows when to end, and which weights were the best. */
  readonly validation: Dataset;
  readonly random: Random;
  /** Told before each round or epoch, from 0. */
  readonly onRound?: (round: number, losses: Losses) => void;
}

/** A model trained as its recipe says. Deterministic but for `random`. */
export function fitRecipe(recipe: Recipe, { data, validation, random, onRound }: Fit): Model {
  const training = { random, ...(onRound === undefined ? {} : { onRound }) };
  return recipe.type === "xgboost" ? trainTrees(data, treesRule(recipe), { ...training, validation }) : trainNetwork({ data, validation }, networkRule(recipe), training);
}

/** Rounds or epochs that it has at most. */
export function roundsOf(recipe: Recipe): number {
  return recipe.type === "xgboost" ? recipe.hyperparameters.n_estimators : recipe.hyperparameters.epochs;
}

/** By what the answers of its model are damped when it serves: only the second family's are. */
export function servingDangerOf({ type, hyperparameters }: Recipe): number {
  return type === "feedforward_nn" ? hyperparameters.lambda_danger : 0;
}

/** The recipe of a fold: networks have fewer epochs there. */
export function foldRecipe(recipe: Recipe): Recipe {
  switch (recipe.type) {
    case "xgboost":
      return recipe;
    case "feedforward_nn":
      return { ...recipe, hyperparameters: { ...recipe.hyperparameters, epochs: Math.max(1, Math.min(30, Math.floor(recipe.hyperparameters.epochs / 3))) } };
    case "multinomial_logistic":
      return { ...recipe, hyperparameters: { ...recipe.hyperparameters, epochs: Math.max(1, Math.min(20, Math.floor(recipe.hyperparameters.epochs / 2))) } };
  }
}

function treesRule({ hyperparameters: h }: Extract<Recipe, { readonly type: "xgboost" }>): TreesRule {
  return {
    rounds: h.n_estimators,
    learningRate: h.learning_rate,
    depth: h.max_depth,
    minChildWeight: h.min_child_weight,
    subsample: h.subsample,
    columnsByTree: h.colsample_bytree,
    lambda: h.reg_lambda,
    alpha: h.reg_alpha,
    gamma: h.gamma,
    balanced: h.class_weights === "balanced",
    patience: h.early_stopping_rounds,
    lambdaDanger: h.lambda_danger,
  };
}

function networkRule({ type, hyperparameters: h }: Exclude<Recipe, { readonly type: "xgboost" }>): NetworkRule {
  const shared = { epochs: h.epochs, batch: h.batch_size, learningRate: h.learning_rate, balanced: h.class_weights === "balanced", patience: h.patience, lambdaDanger: h.lambda_danger };
  if (type === "feedforward_nn") return { ...shared, hidden: h.hidden_dims, dropout: h.dropout, weightDecay: h.weight_decay, plateau: h.plateau_patience };
  // The slope of l2 times a square is twice l2 times its root.
  return { ...shared, hidden: [], dropout: 0, weightDecay: 2 * h.l2, plateau: null };
}
