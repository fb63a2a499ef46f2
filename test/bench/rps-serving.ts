import { randomStream } from "@gauntlet/core";

import { predictorOf } from "../../examples/rps/src/artifact/model-folder.ts";
import { MODEL_TYPES } from "../../examples/rps/src/artifact/model-types.ts";
import { featureRow } from "../../examples/rps/src/features/feature-row.ts";
import { playGame } from "../../examples/rps/src/games/play-game.ts";
import { cal } from "../../examples/rps/src/players/cal.ts";
import { dan } from "../../examples/rps/src/players/dan.ts";
import { BOT_POLICIES, type ModelType } from "../../examples/rps/src/policies/bot-policy.ts";
import { roundPoints } from "../../examples/rps/src/rules/round-points.ts";
import { scoreAfter } from "../../examples/rps/src/rules/game.ts";
import { chooseMove } from "../../examples/rps/src/service/choose-move.ts";
import type { ServedModel } from "../../examples/rps/src/serving/slots.ts";
import { madeNetwork, madeTrees } from "../../examples/rps/src/serving/testing/made-model.ts";
import { bestOf, ratePerSecond, type BenchRow } from "./row.ts";

/** As large as the families are trained: 300 rounds of three trees of depth 3, 50–64–32–3, 50–3. */
const SIZES: Readonly<Record<ModelType, () => ServedModel>> = {
  xgboost: () => served(madeTrees(1, 300)),
  feedforward_nn: () => served(madeNetwork(1, [50, 64, 32, 3])),
  multinomial_logistic: () => served(madeNetwork(1, [50, 3])),
};

const NAMES: Readonly<Record<ModelType, string>> = { xgboost: "300 rounds of trees", feedforward_nn: "the network", multinomial_logistic: "the logistic model" };

/** The world of rock, paper, scissors on one core: what a prediction takes, and whole games against a bot that asks a model for its moves. */
export function benchRpsServing(): readonly BenchRow[] {
  const rows = situations();
  return MODEL_TYPES.flatMap((type): readonly BenchRow[] => {
    const model = SIZES[type]();
    let next = 0;
    const predictions = bestOf(3, () => ratePerSecond(400, () => model.predict(rows[next++ % rows.length]!)));
    return [
      { name: `rps: µs for a prediction by ${NAMES[type]}`, perSecond: 1e6 / predictions, target: null, atMost: 50 },
      { name: `rps: whole games against a bot with ${NAMES[type]}`, perSecond: gamesPerSecond(type, model), target: 2000 },
    ];
  });
}

function served(model: Parameters<typeof predictorOf>[0]): ServedModel {
  return { version: "1", runId: "0".repeat(32), predict: predictorOf(model, 0) };
}

/** Rows of played games, so that branches are taken as they are in service. */
function situations(): readonly Float32Array[] {
  const random = randomStream(1, 1);
  return Array.from({ length: 200 }, (_, i) => playGame(`bench-${i}`, { user: dan, bot: () => "rock", random })).flatMap(({ id, rounds }) => {
    const history = rounds.slice(0, -1);
    return Float32Array.from(featureRow({ history, points: roundPoints(id, rounds.length), score: scoreAfter(history), round: rounds.length }));
  });
}

function gamesPerSecond(type: ModelType, model: ServedModel): number {
  const policy = BOT_POLICIES.find((one) => one.model === type)!;
  const random = randomStream(2, 1);
  let game = 0;
  return bestOf(3, () => ratePerSecond(1000, () => playGame(`bench-${(game += 1)}`, { user: cal, bot: (view) => chooseMove(policy, model, { ...view, random }).move, random })));
}
