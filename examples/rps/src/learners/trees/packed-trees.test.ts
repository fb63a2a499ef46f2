import { randomStream } from "@gauntlet/core";
import { expect, test } from "vitest";

import { datasetOf } from "../dataset.ts";
import { predictTrees, trainTrees, TREES_RULE } from "./boosted-trees.ts";
import { packTrees } from "./packed-trees.ts";

test("packed trees answer with the same bits, whatever shape they grew to and on whichever side of a cut a value lies", () => {
  const random = randomStream(5, 1);
  const row = (): number[] => Array.from({ length: 6 }, () => Math.floor(random() * 8) / 4);
  const rows = Array.from({ length: 300 }, row);
  const data = datasetOf(rows, rows.map(([a, b]) => (a! < 0.5 ? 0 : b! > 1 ? 1 : Math.floor(random() * 3))));
  for (const depth of [1, 3, 6]) {
    const model = trainTrees(data, { ...TREES_RULE, rounds: 12, depth, minChildWeight: 0.1 }, { random });
    expect(new Set(model.trees.map((tree) => tree.left.length)).size).toBeGreaterThan(depth === 1 ? 0 : 2);
    const predict = packTrees(model);
    for (let i = 0; i < 200; i++) {
      const features = Float32Array.from(i % 10 === 0 ? [Number.NaN, ...row().slice(1)] : row());
      expect(predict(features)).toEqual(predictTrees(model, features));
    }
  }
});
