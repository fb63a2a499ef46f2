import { expect, test } from "vitest";

import { randomStream } from "../simulation/random.ts";
import { analyse as analyseEnded } from "./analyse.ts";
import type { AnalysisBundle, Sample } from "./bundle.ts";
import { binned, compareColumns, decileEdges } from "./compare-columns.ts";

const MANIFEST = { MLmodel: "a1", "model.onnx": "b2" };
const FEATURES = ["amount", "merchant"];

/** Rows of two classes; `share` of them positives, whose amounts are larger; `shift` moves the positives further. */
function sample(seed: number, { rows = 2000, share = 0.2, shift = 0 }: { readonly rows?: number; readonly share?: number; readonly shift?: number } = {}): Sample {
  const random = randomStream(seed, 1);
  const labels = Array.from({ length: rows }, () => (random() < share ? 1 : 0) as 0 | 1);
  const amounts = labels.map((label) => random() + random() + random() + label * (1 + shift));
  const merchants = labels.map((label) => (random() < (label === 1 ? 0.6 : 0.3) ? "new" : "known"));
  return {
    features: [
      { name: "amount", kind: "continuous", values: amounts },
      { name: "merchant", kind: "categorical", values: merchants },
    ],
    labels,
    scores: amounts.map((amount) => 1 / (1 + Math.exp(2 - amount))),
    rowHashes: amounts.map((amount, row) => `${seed}-${row}-${amount}`),
    span: { from: seed * 1000, to: seed * 1000 + 999 },
  };
}

const PREPROCESSING = { features: FEATURES, scaler: { mean: [1.5, 0], scale: [0.5, 1] } };

function sound(): AnalysisBundle {
  return {
    training: sample(1),
    holdout: sample(2),
    production: sample(3),
    loss: { train: [3, 2, 1.5, 1.4], validation: [3, 2.2, 2, 2.01] },
    preprocessing: { trained: PREPROCESSING, served: PREPROCESSING },
    golden: Array.from({ length: 100 }, (_, i) => ({ id: `g${i}`, trained: i / 100, served: i / 100, champion: i / 101 })),
    artifacts: { training: MANIFEST, registry: MANIFEST, served: MANIFEST, challengerDigest: "sha256:2", championDigest: "sha256:1" },
    recall: { offline: { hits: 850, of: 1000 }, online: { hits: 845, of: 1000 } },
    configuration: { threshold: { declared: 0.9, served: 0.9 }, labelled: { champion: { hits: 970, of: 1000 }, challenger: { hits: 240, of: 250 } }, split: { counts: [8020, 1980], basisPoints: [8000, 2000] } },
  };
}

const analyse = (bundle: AnalysisBundle) => analyseEnded(bundle, "failed");
const statuses = (bundle: AnalysisBundle) => Object.fromEntries(analyse(bundle).findings.map(({ id, status }) => [id, status]));

test("where everything was looked at and nothing failed, the version itself is what is left", () => {
  const { primary, findings, steps } = analyse(sound());
  expect(findings.filter(({ status }) => status !== "pass")).toEqual([]);
  expect(findings).toHaveLength(19);
  expect(primary).toBe("architecture");
  expect(steps).toHaveLength(1);
});

test("a version that was promoted, or still runs, has no failure to explain", () => {
  expect(analyseEnded(sound(), "promoted")).toMatchObject({ primary: "none", says: "It was promoted: there is no failure to explain. Looked at: integrity, parity, configuration, holdout, drift, overfit; none failed.", steps: [] });
  expect(analyseEnded(sound(), "open")).toMatchObject({ primary: "none", says: expect.stringContaining("It is not decided yet") as string });
  // What failed nevertheless is said, and still has its fix; missing data are told, and blame nobody.
  const scaled = { ...sound(), loss: null, preprocessing: { trained: PREPROCESSING, served: { ...PREPROCESSING, scaler: { mean: [1.6, 0], scale: [0.5, 1] } } } };
  const promoted = analyseEnded(scaled, "promoted");
  expect(promoted).toMatchObject({ primary: "none", says: expect.stringMatching(/failed nevertheless: The mean of "amount" differs.* 1 question could not be looked at\.$/) as string });
  expect(promoted.steps.length).toBeGreaterThan(0);
  expect(analyseEnded(scaled, "open").primary).toBe("parity");
  expect(analyseEnded({ ...sound(), loss: null }, "open").primary).toBe("undetermined");
});

test("what is missing is no pass: nothing is blamed, and what to give is said", () => {
  const { primary, steps, findings } = analyse({ ...sound(), production: null, golden: null });
  expect(primary).toBe("undetermined");
  expect(findings.filter(({ status }) => status === "unavailable").map(({ id }) => id)).toEqual(["parity-golden", "parity-constant", "parity-missing", "holdout-likeness", "holdout-rate", "drift-features", "drift-scores"]);
  expect(steps[0]).toBe("Save 100 rows with their scores beside the model, and ask the server for them.");
  const nothing = analyse({ training: null, holdout: null, production: null, loss: null, preprocessing: null, golden: null, artifacts: { training: null, registry: null, served: null, challengerDigest: null, championDigest: null }, recall: null, configuration: { threshold: null, labelled: null, split: null } });
  expect(nothing.findings.every(({ status }) => status === "unavailable")).toBe(true);
});

test("the other version's scaler is named, before the drift of scores that it makes", () => {
  const served = { ...PREPROCESSING, scaler: { mean: [1.6, 0], scale: [0.5, 1] } };
  const production = sample(3);
  const bundle = { ...sound(), preprocessing: { trained: PREPROCESSING, served }, production: { ...production, scores: production.scores!.map((score) => score / 4) } };
  expect(analyse(bundle)).toMatchObject({ primary: "parity", says: expect.stringContaining('The mean of "amount" differs: 1.5 in training, 1.6 in serving') as string });
  expect(statuses(bundle)["drift-scores"]).toBe("fail");
});

test("a mean of 0 may differ by rounding, a scaler may not be missing", () => {
  const at = (mean: number) => ({ ...sound(), preprocessing: { trained: PREPROCESSING, served: { ...PREPROCESSING, scaler: { mean: [1.5, mean], scale: [0.5, 1] } } } });
  expect([statuses(at(1e-9))["parity-scaler"], statuses(at(1e-3))["parity-scaler"], statuses(at(Number.NaN))["parity-scaler"]]).toEqual(["pass", "fail", "fail"]);
  const none = { ...sound(), preprocessing: { trained: PREPROCESSING, served: { ...PREPROCESSING, scaler: null } } };
  expect(analyse(none)).toMatchObject({ primary: "parity", says: expect.stringContaining("serving does not") as string });
});

test("constant scores, and both versions giving the same, are a model that doesn't read its input", () => {
  const constant = { ...sound(), production: { ...sample(3), scores: Array.from({ length: 2000 }, () => 0) } };
  expect(statuses(constant)["parity-constant"]).toBe("fail");
  const same = { ...sound(), golden: sound().golden!.map((row) => ({ ...row, champion: row.served })) };
  expect(analyse(same)).toMatchObject({ primary: "parity", says: expect.stringContaining("same score") as string });
});

test("features in another order, golden rows apart, values that go missing", () => {
  const swapped = { ...sound(), preprocessing: { trained: PREPROCESSING, served: { ...PREPROCESSING, features: ["merchant", "amount"] } } };
  expect(analyse(swapped).says).toContain('Feature 1 is "amount" in training and "merchant" in serving');
  const apart = { ...sound(), golden: sound().golden!.map((row, i) => (i === 7 ? { ...row, served: row.served + 2e-5 } : row)) };
  expect(statuses(apart)["parity-golden"]).toBe("fail");
  expect(statuses({ ...sound(), golden: sound().golden!.slice(0, 20) })["parity-golden"]).toBe("warn");
  const production = sample(3);
  const [amount, merchant] = production.features as [Sample["features"][number] & { kind: "continuous" }, Sample["features"][number]];
  const holes = { ...sound(), production: { ...production, features: [{ ...amount, values: amount.values.map((value, i) => (i % 50 === 0 ? null : value)) }, merchant] } };
  expect(statuses(holes)["parity-missing"]).toBe("fail");
});

test("integrity comes first: three places, two versions", () => {
  const wrong = { ...sound(), artifacts: { ...sound().artifacts, served: { ...MANIFEST, "model.onnx": "c3", extra: "d4" } }, recall: { offline: { hits: 900, of: 1000 }, online: { hits: 700, of: 1000 } } };
  expect(analyse(wrong)).toMatchObject({ primary: "integrity", says: expect.stringContaining("extra, model.onnx") as string });
  const one = { ...sound(), artifacts: { ...sound().artifacts, championDigest: "sha256:2" } };
  expect(statuses(one)["integrity-versions"]).toBe("fail");
});

test("the comparison: threshold, labels as whole numbers, split", () => {
  const configuration = sound().configuration;
  expect(statuses({ ...sound(), configuration: { ...configuration, threshold: { declared: 0.9, served: 0.5 } } })["configuration-threshold"]).toBe("fail");
  // 0.95 exactly, in both, is enough; a gap of exactly one point too.
  const labelled = (a: number, b: number) => statuses({ ...sound(), configuration: { ...configuration, labelled: { champion: { hits: a, of: 100 }, challenger: { hits: b, of: 100 } } } })["configuration-labels"];
  expect([labelled(95, 95), labelled(96, 95), labelled(97, 95), labelled(95, 94)]).toEqual(["pass", "pass", "fail", "fail"]);
  // Vector 18: 8200 : 1800 of an 80/20 split has p 5.73e-7, 166 : 34 has .2889.
  const split = (counts: readonly number[]) => analyse({ ...sound(), configuration: { ...configuration, split: { counts, basisPoints: [8000, 2000] } } }).findings.find(({ id }) => id === "configuration-split")!;
  expect(split([8200, 1800])).toMatchObject({ status: "fail", figures: { p: expect.closeTo(5.73e-7, 9) as number } });
  expect(split([166, 34])).toMatchObject({ status: "pass", figures: { p: expect.closeTo(0.28884, 5) as number } });
});

test("a holdout inside the training data, and one from before its end", () => {
  const training = sample(1);
  const leaked = { ...sound(), holdout: { ...sample(2), rowHashes: training.rowHashes!.slice(0, 2000) } };
  expect(analyse(leaked)).toMatchObject({ primary: "holdout", says: expect.stringContaining("2000 of 2000 holdout rows (100 %)") as string });
  const early = { ...sound(), holdout: { ...sample(2), span: { from: 1500, to: 2500 } } };
  expect(statuses(early)["holdout-order"]).toBe("fail");
});

test("drift within a class is told from a change of the classes' shares", () => {
  const moved = { ...sound(), production: sample(3, { shift: 2 }), holdout: sample(2) };
  const amount = (bundle: AnalysisBundle) => analyse(bundle).findings.find(({ id }) => id === "drift-features")!.features!.find(({ name }) => name === "amount")!;
  expect(amount(moved)).toMatchObject({ reading: "conditional" });
  expect(amount({ ...sound(), production: sample(3, { share: 0.6 }) })).toMatchObject({ status: "fail", reading: "prior" });
  const unlabelled = { ...sample(3, { share: 0.6 }), labels: null };
  expect(amount({ ...sound(), production: unlabelled })).toMatchObject({ status: "fail", reading: "unknown", within: [] });
  expect(analyse({ ...sound(), production: sample(3, { share: 0.6 }) }).primary).toBe("drift");
});

test("vector 15: a distance of .0061 in 100,000 rows is significant, and a trifle", () => {
  const random = randomStream(5, 1);
  const values = Array.from({ length: 100_000 }, () => random());
  const trifle = values.map((value) => value + 0.0125);
  const numbers = (of: readonly number[]): Sample => ({ features: [{ name: "x", kind: "continuous", values: of }], labels: null, scores: null, rowHashes: null, span: null });
  const [x] = compareColumns(numbers(values), numbers(trifle));
  expect(x!.adjustedP).toBeLessThan(0.001);
  expect(x).toMatchObject({ status: "pass", reading: "none" });
});

test("the gap of recall: a warning from 3 points, a failure from 5 that is no chance", () => {
  const gap = (offline: number, online: number, of: number) => statuses({ ...sound(), recall: { offline: { hits: offline, of }, online: { hits: online, of } } })["overfit-recall"];
  expect([gap(850, 830, 1000), gap(850, 820, 1000), gap(850, 800, 1000), gap(17, 16, 20)]).toEqual(["pass", "warn", "fail", "warn"]);
  expect(gap(85, 80, 100)).toBe("warn");
});

test("loss that rises for three epochs above a tenth while training falls", () => {
  const loss = (validation: readonly number[]) => statuses({ ...sound(), loss: { train: validation.map((_, i) => 5 - i * 0.1), validation } })["overfit-loss"];
  expect([loss([3, 2, 2.1, 2.2, 2.3]), loss([3, 2, 2.05, 2.1, 2.15]), loss([3, 2, 2.3, 2.2, 2.4]), loss([3])]).toEqual(["fail", "pass", "pass", "unavailable"]);
});

test("deciles: equal edges are one, and every value has a bin", () => {
  expect(decileEdges([0, 0, 0, 0, 0, 0, 0, 0, 0, 5])).toEqual([0]);
  expect(binned([-1, 0, 5, 9], [0])).toEqual([2, 2]);
  expect(decileEdges(Array.from({ length: 10 }, (_, i) => i + 1))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
