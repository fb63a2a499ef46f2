import { randomStream } from "@gauntlet/core";
import { expect, test } from "vitest";

import { datasetOfAll, playedGames } from "../training/testing/played-games.ts";
import { accuracy, CLASSES, logLoss, selectRows, softmaxInPlace, type Dataset } from "./dataset.ts";
import { newLearner, passBackward, passForward } from "./network/learner.ts";
import { predictNetwork } from "./network/network.ts";
import { fromOnnx, toOnnx } from "./network/onnx.ts";
import { LOGISTIC_RULE, NETWORK_RULE, trainNetwork } from "./network/train-network.ts";
import { predictTrees, trainTrees, TREES_RULE } from "./trees/boosted-trees.ts";
import { fromXgboostJson, toXgboostJson } from "./trees/xgboost-json.ts";

function chancesOf(data: Dataset, predict: (features: Float32Array, from: number) => Float64Array): Float64Array {
  const all = new Float64Array(data.rows * CLASSES);
  for (let row = 0; row < data.rows; row++) all.set(predict(data.features, row * data.columns), row * CLASSES);
  return all;
}

// Cal always beats the most valuable move, but for its rare losing streaks: whatever learns must see that.
const learnt = datasetOfAll(playedGames(60, { seed: 1, players: ["cal"] })).data;
const unseen = datasetOfAll(playedGames(30, { seed: 2, players: ["cal"] })).data;

test("trees learn cal's habit; the same seed gives the same trees", () => {
  const rule = { ...TREES_RULE, rounds: 60 };
  const losses: number[] = [];
  const model = trainTrees(learnt, rule, { random: randomStream(3, 1), onRound: (_, { train }) => losses.push(train!) });
  expect(accuracy(chancesOf(unseen, (row, from) => predictTrees(model, row, from)), unseen.labels)).toBeGreaterThan(0.93);
  expect(losses[0]).toBeCloseTo(Math.log(3), 12);
  expect(losses.at(-1)!).toBeLessThan(losses[10]!);
  expect(trainTrees(learnt, rule, { random: randomStream(3, 1) })).toEqual(model);
});

test("trees survive their file bit for bit; a file that leads nowhere is refused", () => {
  const model = trainTrees(learnt, { ...TREES_RULE, rounds: 5 }, { random: randomStream(3, 1) });
  const text = toXgboostJson(model, Array.from({ length: 50 }, (_, i) => `f${i}`));
  expect(fromXgboostJson(text)).toEqual(model);
  expect(() => fromXgboostJson(text.replace('"multi:softprob"', '"reg:squarederror"'))).toThrow(/no XGBoost model/);
  const circle = JSON.parse(text) as { learner: { gradient_booster: { model: { trees: { left_children: number[] }[] } } } };
  circle.learner.gradient_booster.model.trees[0]!.left_children[0] = 0;
  expect(() => fromXgboostJson(JSON.stringify(circle))).toThrow(/leads to nodes/);
});

test.each([["network", NETWORK_RULE], ["logistic", LOGISTIC_RULE]] as const)("%s learns cal's habit and keeps its best weights", (kind, rule) => {
  const few = kind === "network" ? { ...rule, epochs: 15 } : { ...rule, weightDecay: 1e-3 };
  const model = trainNetwork({ data: learnt, validation: unseen }, few, { random: randomStream(4, 1) });
  const chances = chancesOf(unseen, (row, from) => predictNetwork(model, row, from));
  expect(accuracy(chances, unseen.labels)).toBeGreaterThan(0.9);
  expect(fromOnnx(toOnnx(model))).toEqual(model);
  expect(() => fromOnnx(new Uint8Array(0))).toThrow(/no ONNX model/);
  expect(model.layers.map(({ inputs, outputs }) => [inputs, outputs])).toEqual(kind === "network" ? [[50, 64], [64, 32], [32, 3]] : [[50, 3]]);
});

test("the way back through the network is the derivative of the way there", () => {
  const random = randomStream(5, 1);
  const learner = newLearner(4, { hidden: [5, 3] }, random);
  const rows = 7;
  const values = Float64Array.from({ length: rows * 4 }, () => 2 * random() - 1);
  const labels = Uint8Array.from({ length: rows }, () => Math.floor(random() * 3));
  const loss = (): number => {
    const { outputs } = passForward(learner, { rows, values, dropout: 0, random });
    for (let row = 0; row < rows; row++) softmaxInPlace(outputs, row * CLASSES);
    return logLoss(outputs, labels);
  };
  const pass = passForward(learner, { rows, values, dropout: 0, random });
  const slopes = pass.outputs.slice();
  for (let row = 0; row < rows; row++) {
    softmaxInPlace(slopes, row * CLASSES);
    slopes[row * CLASSES + labels[row]!]! -= 1;
  }
  const gradient = passBackward(learner, pass, slopes.map((slope) => slope / rows));
  const step = 1e-6;
  for (let i = 0; i < learner.parameters.length; i++) {
    const before = learner.parameters[i]!;
    learner.parameters[i] = before + step;
    const above = loss();
    learner.parameters[i] = before - step;
    const below = loss();
    learner.parameters[i] = before;
    expect(gradient[i]).toBeCloseTo((above - below) / (2 * step), 6);
  }
});

test("danger: with a penalty, less chance goes to the move that would lose the round", () => {
  const danger = (lambdaDanger: number): number => {
    const model = trainTrees(learnt, { ...TREES_RULE, rounds: 30, lambdaDanger }, { random: randomStream(6, 1) });
    const chances = chancesOf(unseen, (row, from) => predictTrees(model, row, from));
    return unseen.labels.reduce((sum, label, i) => sum + chances[i * CLASSES + ((label + 1) % 3)]!, 0) / unseen.rows;
  };
  expect(danger(1)).toBeLessThan(danger(0));
});

test("rows are chosen in the order they are named", () => {
  const some = selectRows(learnt, [5, 0]);
  expect([...some.labels]).toEqual([learnt.labels[5], learnt.labels[0]]);
  expect(some.features.subarray(0, 50)).toEqual(learnt.features.subarray(250, 300));
});
