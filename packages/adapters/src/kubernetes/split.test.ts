import { allocate, type Share } from "@gauntlet/core";
import fc from "fast-check";
import { expect, test } from "vitest";

import { readableWeights, splitOf, weightsOf } from "./split.ts";
import { nameOf, requireTemplate, versionOf } from "./version-names.ts";

function shared(shadow: boolean, ...basisPoints: readonly number[]) {
  const shares: Share[] = basisPoints.map((points, index) => ({ slot: `slot-${index}`, version: String(index + 1), basisPoints: points }));
  return allocate({ model: "fraud", epoch: 1, seed: "fraud-1", shares, shadow });
}

test("a split is the sum of the ranges, and mirrors to the one that gets nothing", () => {
  expect(splitOf(shared(false, 8000, 2000))).toEqual({ shares: new Map([["1", 8000], ["2", 2000]]), mirror: null });
  expect(splitOf(shared(true, 10_000, 0))).toEqual({ shares: new Map([["1", 10_000], ["2", 0]]), mirror: "2" });
  expect(splitOf(shared(true, 10_000))).toEqual({ shares: new Map([["1", 10_000]]), mirror: null });
  for (const beyond of [shared(true, 8000, 2000), shared(true, 10_000, 0, 0)]) expect(() => splitOf(beyond)).toThrow(expect.objectContaining({ code: "invalid_input", fix: expect.stringContaining("gateway") }));
});

test("weights sum to the total, or are refused: rounded, they would be another split", () => {
  expect([...weightsOf(new Map([["1", 8000], ["2", 2000]]), 100).values()]).toEqual([80, 20]);
  expect(() => weightsOf(new Map([["1", 9950], ["2", 50]]), 100)).toThrow(expect.objectContaining({ code: "invalid_input", message: expect.stringContaining("99.5 %") }));
  expect([...readableWeights(new Map([["1", 9950], ["2", 50]])).values()]).toEqual([9950, 50]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 6 }), (cuts) => {
      const edges = [0, ...cuts.toSorted((a, b) => a - b), 10_000];
      const shares = new Map(edges.slice(1).map((edge, index) => [String(index), edge - (edges[index] ?? 0)]));
      const weights = readableWeights(shares);
      const sum = [...weights.values()].reduce((total, weight) => total + weight, 0);
      expect([100, 10_000]).toContain(sum);
      for (const [version, weight] of weights) expect(weight / sum).toBe((shares.get(version) ?? 0) / 10_000);
    }),
  );
});

test("names and versions are each other's", () => {
  const names = { template: "fraud-v{version}-svc", named: { "7": "fraud-old" } };
  requireTemplate(names);
  expect(["1", "12", "7"].map((version) => nameOf(names, version))).toEqual(["fraud-v1-svc", "fraud-v12-svc", "fraud-old"]);
  expect(["fraud-v1-svc", "fraud-old", "fraud-v-svc", "fraud-v7-svc", "health", "fraud-v1"].map((name) => versionOf(names, name))).toEqual(["1", "7", null, null, null, null]);
  for (const template of ["fraud", "{version}-{version}"]) expect(() => requireTemplate({ template, named: {} })).toThrow(expect.objectContaining({ code: "invalid_input" }));
});
