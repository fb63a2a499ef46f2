import { createRun, createVersion, ensureExperiment, ensureRegisteredModel, finishRun, logMetrics, mlflowRegistry } from "@gauntlet/adapters";
import { failureAnalysis, paths } from "@gauntlet/contract";
import { ANALYSIS_PATHS, type AnalysisFile } from "@gauntlet/core";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";

import { policyText } from "../testing/stream.ts";
import { START, startTestServer, type TestServer } from "../testing/test-server.ts";

const MODEL = "fraud";
let server: TestServer;
let runId = "";

beforeAll(async () => {
  server = await startTestServer();
  const { mlflow } = server.composition;
  await ensureRegisteredModel(mlflow, MODEL, "");
  const experimentId = await ensureExperiment(mlflow, "training");
  for (const name of ["first", "second"]) {
    const run = await createRun(mlflow, { experimentId, name, startTime: START, tags: {} });
    await logMetrics(mlflow, run.runId, [{ name: "true_positives", value: 850 }, { name: "false_negatives", value: 150 }].map((metric) => ({ ...metric, at: START, step: 0 })));
    await finishRun(mlflow, run.runId, START);
    await createVersion(mlflow, { model: MODEL, source: `${run.artifactUri}/model`, runId: run.runId, tags: { "gauntlet.digest": `sha256:${name === "first" ? "1".repeat(64) : "2".repeat(64)}`, "gauntlet.threshold": "0.9" }, description: null });
    runId = run.runId;
  }
  await mlflowRegistry(mlflow).setAlias(MODEL, "champion", "1");
  expect((await server.call("POST", paths.rollouts(MODEL), { key: "start", body: { policy: policyText(MODEL), challenger: "2" } })).status).toBe(200);
});
afterAll(() => server.close());

function write(file: AnalysisFile, content: unknown): Promise<void> {
  return server.composition.controller.artifacts.write(runId, ANALYSIS_PATHS[file], JSON.stringify(content));
}

const SCALED = (mean: number) => ({ features: ["amount"], scaler: { mean: [mean], scale: [2] } });

test("without a decision there is nothing to analyse, and without a rollout neither", async () => {
  expect((await server.call("GET", paths.analysis("nobody", "json"))).status).toBe(404);
  expect((await server.call("GET", paths.analysis(MODEL, "json", "fraud-9"))).json).toMatchObject({ status: 404, detail: expect.stringContaining("no rollout fraud-9") as string });
});

test("what nobody logged is said to be missing", async () => {
  await server.call("POST", paths.act(MODEL, "reject"), { key: "reject", body: { reason: "scores look odd" } });
  const { status, json } = await server.call("GET", paths.analysis(MODEL, "json"));
  expect(status).toBe(200);
  const report = failureAnalysis.parse(json);
  expect(report).toMatchObject({ model: MODEL, rollout: "fraud-1", primary: "undetermined", decision: { verdict: "retain", reason: "rejected" }, versions: { champion: "1", challenger: "2" } });
  expect(report.findings.find(({ id }) => id === "integrity-versions")?.status).toBe("pass");
});

test("the scaler of another version is the cause; the registry's own files are hashed", async () => {
  await write("preprocessing", SCALED(10));
  await write("servedPreprocessing", SCALED(12));
  await server.composition.controller.artifacts.write(runId, "model/MLmodel", "flavors: {}\n");
  await write("manifest", { files: { "model/MLmodel": createHash("sha256").update("flavors: {}\n").digest("hex") } });
  const report = failureAnalysis.parse((await server.call("GET", paths.analysis(MODEL, "json", "fraud-1"))).json);
  expect(report).toMatchObject({ primary: "parity", says: expect.stringContaining('The mean of "amount" differs: 10 in training, 12 in serving') as string });
  expect(report.findings.find(({ id }) => id === "integrity-registry")?.status).toBe("pass");
  await server.composition.controller.artifacts.write(runId, "model/MLmodel", "flavors: {other: {}}\n");
  expect((await server.call("GET", paths.analysis(MODEL, "json"))).json.primary).toBe("integrity");
  const text = await server.call("GET", paths.analysis(MODEL, "md"));
  expect(text.text).toContain("**Primary cause: integrity.**");
  const drawing = await server.call("GET", paths.analysis(MODEL, "svg"));
  expect([drawing.headers.get("content-type"), drawing.text.slice(0, 4)]).toEqual(["image/svg+xml", "<svg"]);
});

test("a file that can't be read is named, and is no missing file", async () => {
  await write("golden", { rows: [{ id: "g1", scores: 1 }] });
  const { status, json } = await server.call("GET", paths.analysis(MODEL, "json"));
  expect(status).toBe(400);
  expect(json.detail).toContain("gauntlet/training/golden.json");
  expect((await server.call("GET", `${paths.model(MODEL)}/analysis?format=pdf`)).status).toBe(400);
});

test("a rollout that is rolled back is analysed by itself, beside its model; a damaged file does not hold the rollback up", async () => {
  server.clock.at += 120_000;
  expect((await server.call("POST", paths.rollouts(MODEL), { key: "again", body: { policy: policyText(MODEL), challenger: "2" } })).json).toMatchObject({ model: MODEL });
  expect((await server.call("POST", paths.act(MODEL, "rollback"), { key: "back", body: { reason: "alarm" } })).status).toBe(200);
  const { artifacts } = server.composition.controller;
  const documents = ["failure_analysis.md", "failure_analysis.yaml", "failure_analysis.svg"];
  const written = () => Promise.all(documents.map((name) => artifacts.read(runId, name)));
  const [damaged] = await written();
  expect(damaged).toContain("Not analysed: gauntlet/training/golden.json");
  expect((await server.call("GET", paths.model(MODEL))).json.summary).toMatchObject({ status: "rolled_back", applying: false });

  // Once it is mended it is looked into again, at the next try and not before: nobody asks for it.
  await write("golden", { rows: [{ id: "g1", score: 1 }] });
  await server.tick(MODEL);
  expect(await written()).toContain(damaged);
  server.clock.at += 60_000;
  await server.tick(MODEL);
  const [mended, record] = await written();
  expect(mended).toContain("**Primary cause: integrity.**");
  expect(record).toContain("gauntlet/serving/golden.json: null");
  // What was never logged and comes late is noticed too; the tries are fewer and fewer.
  await write("servedThreshold", { threshold: 0.5 });
  server.clock.at += 60_000;
  await server.tick(MODEL);
  expect((await written())[0]).toBe(mended);
  server.clock.at += 60_000;
  await server.tick(MODEL);
  expect((await written())[0]).toContain("The threshold declared is 0.9, the one that served 0.5.");

  server.clock.at += 120_000;
  expect((await server.call("POST", paths.rollouts(MODEL), { key: "third", body: { policy: policyText(MODEL), challenger: "2" } })).json).toMatchObject({ model: MODEL });
  expect((await server.call("POST", paths.act(MODEL, "rollback"), { key: "back-again", body: { reason: "alarm" } })).status).toBe(200);
  const [markdown, yaml, svg] = await written();
  expect(markdown).toContain("**Primary cause: integrity.**");
  expect(yaml).toContain("primary: integrity");
  expect(svg).toContain("primary cause integrity");
});
