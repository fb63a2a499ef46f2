import { randomStream } from "@gauntlet/core";
import { beforeAll, expect, test } from "vitest";

import { FEATURE_NAMES } from "../features/feature-names.ts";
import type { Model } from "../learners/model.ts";
import { predictNetwork } from "../learners/network/network.ts";
import { LOGISTIC_RULE, NETWORK_RULE, trainNetwork } from "../learners/network/train-network.ts";
import { predictTrees, trainTrees, TREES_RULE } from "../learners/trees/boosted-trees.ts";
import { folderDigest } from "./folder-digest.ts";
import { neededFiles, readModelFolder, writeModelFolder } from "./model-folder.ts";
import { MODEL_NAMES } from "../serving/slots.ts";
import { datasetOfAll, playedGames } from "../training/testing/played-games.ts";
import { MODEL_TYPES } from "./model-types.ts";

const random = randomStream(11, 1);
const { data } = datasetOfAll(playedGames(12, { seed: 3, players: ["cal"] }));
const models = new Map<string, Model>();
const told = (type: (typeof MODEL_TYPES)[number]) => ({ model_type: type, model_name: MODEL_NAMES[type], run_id: "r1", timestamp: "2026-01-01T00:00:00.000Z", lambda_danger: 0 });

beforeAll(() => {
  const parts = { data, validation: data };
  models.set("xgboost", trainTrees(data, { ...TREES_RULE, rounds: 4 }, { random }));
  models.set("feedforward_nn", trainNetwork(parts, { ...NETWORK_RULE, epochs: 2 }, { random }));
  models.set("multinomial_logistic", trainNetwork(parts, { ...LOGISTIC_RULE, epochs: 2 }, { random }));
});

test.each(MODEL_TYPES)("a folder of %s is read from the files it needs, and answers as the model does", (type) => {
  const model = models.get(type)!;
  const files = writeModelFolder(model, told(type));
  const { metadata, predict } = readModelFolder(new Map(neededFiles(type).map((path) => [path, files.get(path)!])));
  expect(metadata).toEqual({ ...told(type), feature_count: 50, feature_names: FEATURE_NAMES });
  for (let row = 0; row < 5; row++) {
    const features = data.features.slice(row * 50, row * 50 + 50);
    expect(predict(features)).toEqual(model.kind === "trees" ? predictTrees(model, features) : predictNetwork(model, features));
  }
});

test("the digest is that of paths and contents, in whatever order", () => {
  const files = writeModelFolder(models.get("xgboost")!, told("xgboost"));
  const digest = folderDigest(files);
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(folderDigest(new Map([...files].toReversed()))).toBe(digest);
  expect(folderDigest(new Map([...files].map(([path, bytes]) => [path, path === "MLmodel" ? bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) : bytes])))).not.toBe(digest);
});

test("a danger of λ takes e^−λ of the chance of what beats the likeliest move", () => {
  const model = models.get("feedforward_nn")!;
  const features = data.features.slice(0, 50);
  const plain = [...readModelFolder(writeModelFolder(model, told("feedforward_nn"))).predict(features)] as [number, number, number];
  const damped = readModelFolder(writeModelFolder(model, { ...told("feedforward_nn"), lambda_danger: Math.log(2) })).predict(features);
  const best = plain.indexOf(Math.max(...plain));
  const halved = plain.map((p, k) => (k === (best + 1) % 3 ? p / 2 : p));
  const sum = halved.reduce((a, b) => a + b, 0);
  for (const [k, p] of halved.entries()) expect(damped[k]).toBeCloseTo(p / sum, 12);
});

test.each([
  ["a missing file", (files: Map<string, Uint8Array>) => files.delete("model.json"), /no file model.json/],
  ["a torn file", (files: Map<string, Uint8Array>) => files.set("model.json", files.get("model.json")!.subarray(0, 100)), /can't be read/],
  ["other columns", (files: Map<string, Uint8Array>) => files.set("metadata.json", new TextEncoder().encode(JSON.stringify({ ...told("xgboost"), feature_count: 50, feature_names: FEATURE_NAMES.toReversed() }))), /other columns/],
  ["an unknown family", (files: Map<string, Uint8Array>) => files.set("metadata.json", new TextEncoder().encode(JSON.stringify({ ...told("xgboost"), model_type: "forest" }))), /names no model/],
] as const)("%s is refused", (_, spoil, says) => {
  const files = new Map(writeModelFolder(models.get("xgboost")!, told("xgboost")));
  spoil(files);
  expect(() => readModelFolder(files)).toThrow(says);
});
