import { expect, test } from "vitest";

import { featureOrderDigest } from "../features/feature-order.ts";
import { DIMENSIONS, hashFeatures } from "../features/hash-features.ts";
import { withFeaturesOutOfOrder } from "../split/sabotage.ts";
import { describeModel, loadModel, saveModel } from "./artifact.ts";
import type { SpamModel } from "./model.ts";
import { scoreWithCost } from "./score.ts";

const MODEL: SpamModel = {
  name: "v1",
  weights: Float32Array.from({ length: DIMENSIONS }, (_, i) => Math.sin(i)),
  bias: Math.fround(0.3),
  threshold: 0.9880844112624222,
  trainedOn: { from: Date.UTC(2002, 6, 1), to: Date.UTC(2002, 6, 18), mails: 10, spam: 6 },
  featureOrder: featureOrderDigest(),
};

test("a version survives as bytes, bit for bit, and equal versions have equal digests", () => {
  const artifact = saveModel(MODEL);
  expect(loadModel(artifact.bytes, artifact.digest)).toEqual(MODEL);
  expect(saveModel({ ...MODEL, weights: MODEL.weights.slice() }).digest).toBe(artifact.digest);
  expect(artifact.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test("whatever is not that version is refused", () => {
  const { bytes, digest } = saveModel(MODEL);
  const changed = bytes.slice();
  changed[changed.length - 1]! ^= 1;
  expect(() => loadModel(changed, digest)).toThrow(/its digest is/);
  expect(() => loadModel(bytes.slice(0, -4), null)).toThrow(/holds \d+ bytes/);
  expect(() => loadModel(bytes.slice(1), null)).toThrow(/does not begin/);
  expect(() => loadModel(new Uint8Array(0), null)).toThrow(/does not begin/);
  expect(() => loadModel(saveModel({ ...MODEL, featureOrder: "sha256:0" }).bytes, null)).toThrow(/another order of features/);
  expect(() => loadModel(saveModel({ ...MODEL, weights: MODEL.weights.map(() => Number.NaN) }).bytes, null)).toThrow(/not a number/);
});

test("the descriptor names threshold, digest and training time", () => {
  const artifact = saveModel(MODEL);
  const text = describeModel(MODEL, artifact);
  expect(text).toContain(`data_sha256: ${artifact.digest.slice(7)}`);
  expect(text).toContain("threshold: 0.9880844112624222");
  expect(text).toContain('trained_to: "2002-07-18T00:00:00.000Z"');
});

test("a version out of order is a healthy artifact with the same weights in other places", () => {
  const bad = withFeaturesOutOfOrder(MODEL);
  expect(loadModel(saveModel(bad).bytes, saveModel(bad).digest)).toEqual(bad);
  expect(bad.weights).not.toEqual(MODEL.weights);
  expect(bad.weights.toSorted()).toEqual(MODEL.weights.toSorted());
  expect(withFeaturesOutOfOrder(bad).weights).toEqual(MODEL.weights);
});

test("a score costs by the features it touches, and is flagged at the version's own threshold", () => {
  const features = hashFeatures({ subject: "offer", text: "cash now", html: false, attachments: 0 });
  const scored = scoreWithCost(MODEL, features);
  expect(scored.costMs).toBeCloseTo(0.8 + features.indices.length * 0.015, 12);
  expect(scoreWithCost({ ...MODEL, threshold: scored.score }, features).flagged).toBe(true);
  expect(scoreWithCost({ ...MODEL, threshold: scored.score + 1e-9 }, features).flagged).toBe(false);
});
