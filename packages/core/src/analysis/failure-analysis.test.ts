import { expect, test } from "vitest";

import { decide } from "../decision/decide.ts";
import { observationOf } from "../testing/observation.ts";
import { ANALYSIS_PATHS, goldenRows, type AnalysisFiles } from "./analysis-files.ts";
import { drawAnalysis } from "./draw-analysis.ts";
import { failureAnalysis } from "./failure-analysis.ts";
import { parseAnalysisFile } from "./parse-analysis-file.ts";
import { renderAnalysis } from "./render-analysis.ts";

const NOTHING: AnalysisFiles = {
  ...(Object.fromEntries(Object.keys(ANALYSIS_PATHS).map((name) => [name, null])) as { readonly [F in keyof typeof ANALYSIS_PATHS]: null }),
  registryManifest: null,
  offlineRecall: null,
};

const REJECTED = observationOf({ observation: { operator: { approvals: [], hold: null, request: { id: "r-1", kind: "reject", by: "ada", at: 1, reason: "odd scores" } } } });

function ofDecision(files: Partial<AnalysisFiles>, observation = REJECTED) {
  return failureAnalysis({ observation, decision: decide(observation.rollout.policy, observation) }, { ...NOTHING, ...files });
}

const sampleText = (values: readonly unknown[], name = "amount") => JSON.stringify({ features: [{ name, kind: "continuous", values }], labels: values.map((_, i) => i % 2) });

test("what the evidence knows of split, labels and recall goes into the analysis, and digests come from the rollout", () => {
  const { findings, primary } = ofDecision({ offlineRecall: { hits: 990, of: 1000 } });
  const found = (id: string) => findings.find((finding) => finding.id === id);
  // Of the pairs, the challenger found 900 of 1,000 positives.
  expect(found("overfit-recall")).toMatchObject({ status: "fail", says: expect.stringContaining("Recall was 99 % offline and 90 % while serving: -9 pp") as string });
  expect(found("configuration-split")).toMatchObject({ status: "pass" });
  expect(found("configuration-labels")).toMatchObject({ status: "pass", figures: { champion: 0.9875, challenger: 0.9875 } });
  expect(found("integrity-versions")).toMatchObject({ status: "pass" });
  expect(primary).toBe("overfit");
});

test("of a promotion nothing is blamed, whatever was found", () => {
  const promoted = ofDecision({ offlineRecall: { hits: 990, of: 1000 } }, observationOf());
  expect(promoted).toMatchObject({ primary: "none", decision: { verdict: "promote" } });
  expect(renderAnalysis(promoted)).toContain("**No failure.** It was promoted");
  expect(drawAnalysis(promoted)).toContain("fraud version 2: no failure");
});

test("files are parsed whole, or refused with every problem and where it is", () => {
  expect(parseAnalysisFile("trainingSample", sampleText([1, null, 3]))).toMatchObject({ features: [{ name: "amount", values: [1, null, 3] }], labels: [0, 1, 0], scores: null });
  expect(parseAnalysisFile("manifest", JSON.stringify({ files: { "model/MLmodel": `sha256:${"a".repeat(64)}` } }))).toEqual({ "model/MLmodel": "a".repeat(64) });
  expect(parseAnalysisFile("servedThreshold", '{"threshold": 0.9}')).toBe(0.9);
  expect(parseAnalysisFile("servedGolden", '{"rows": [{"id": "g1", "score": 0.5, "champion": 0.4}]}')).toEqual([{ id: "g1", score: 0.5, champion: 0.4 }]);
  const refused = (file: Parameters<typeof parseAnalysisFile>[0], text: string): unknown => {
    try {
      return parseAnalysisFile(file, text);
    } catch (error) {
      return (error as { readonly problems: readonly { readonly pointer: string }[] }).problems.map(({ pointer }) => pointer);
    }
  };
  expect(refused("trainingSample", "{")).toEqual([""]);
  expect(refused("trainingSample", sampleText([1, "x", {}]))).toEqual(["/features/0/values/1", "/features/0/values/2"]);
  expect(refused("holdout", JSON.stringify({ features: [{ name: "a", kind: "continuous", values: [1] }], labels: [0, 1], weights: [] }))).toEqual(["/weights", "/labels"]);
  expect(refused("manifest", '{"files": {"a": "short"}}')).toEqual(["/files/a"]);
  expect(refused("golden", '{"rows": [{"id": "g1", "score": 0.5, "champion": 0.4}]}')).toEqual(["/rows/0/champion"]);
  expect(refused("loss", '{"train": [1, 2], "validation": null}')).toEqual(["/validation"]);
  // Of a column that is wrong in every row, enough to see why.
  expect(refused("trainingSample", sampleText(Array.from({ length: 1000 }, () => "1")))).toHaveLength(20);
});

test("only rows that both sides scored are compared", () => {
  expect(goldenRows([{ id: "a", score: 1 }, { id: "b", score: 2 }], [{ id: "b", score: 2, champion: null }, { id: "c", score: 3, champion: null }])).toEqual([{ id: "b", trained: 2, served: 2, champion: null }]);
});

test("report and plots hold what comes from outside as text", () => {
  const hostile = "<script>*x*|";
  const analysis = ofDecision({
    trainingSample: parseAnalysisFile("trainingSample", sampleText(Array.from({ length: 200 }, (_, i) => i), hostile)),
    servedSample: parseAnalysisFile("servedSample", sampleText(Array.from({ length: 200 }, (_, i) => i + 500), hostile)),
    loss: { train: [3, 2, 1], validation: [3, 2.5, 2.6] },
  });
  expect(analysis.primary).toBe("drift");
  const text = renderAnalysis(analysis);
  expect(text).toContain(String.raw`| &lt;script&gt;\*x\*\| | continuous | 200 | 200 | 1 |`);
  expect(text).not.toContain("<script>");
  const drawing = drawAnalysis(analysis);
  expect(drawing).toContain("Loss by epoch");
  expect(drawing).toContain("&lt;script&gt;*x*|");
  expect(drawing).not.toContain("<script>");
  expect(drawing).not.toMatch(/NaN|undefined|Infinity/);
  expect(drawAnalysis(ofDecision({}))).toContain("no losses");
});
