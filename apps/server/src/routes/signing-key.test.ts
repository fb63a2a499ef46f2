import { createRun, createVersion, ensureExperiment, ensureRegisteredModel, openSignedDocument } from "@gauntlet/adapters";
import { paths, signingKey } from "@gauntlet/contract";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { policyText } from "../testing/stream.ts";
import { newDataDir, START, startTestServer, type TestServer } from "../testing/test-server.ts";

const MODEL = "fraud";
let server: TestServer;
/** Of version 2. */
let runId = "";

beforeAll(async () => {
  const keyFile = join(newDataDir(), "signing.pem");
  writeFileSync(keyFile, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));
  server = await startTestServer({ config: { signing: { keyFile } } });
  const { mlflow, controller } = server.composition;
  await ensureRegisteredModel(mlflow, MODEL, "");
  const experimentId = await ensureExperiment(mlflow, "training");
  for (const digit of ["1", "2"]) {
    runId = (await createRun(mlflow, { experimentId, name: digit, startTime: START, tags: {} })).runId;
    await createVersion(mlflow, { model: MODEL, source: `runs:/${runId}/model`, runId, tags: { "gauntlet.digest": `sha256:${digit.repeat(64)}` }, description: null });
  }
  await controller.registry.setAlias(MODEL, "champion", "1");
});
afterAll(() => server.close());

test("the key that is served opens what a decision left in the registry, and the document is the same over the API", async () => {
  await server.call("POST", paths.rollouts(MODEL), { key: "start", body: { policy: policyText(MODEL), challenger: "2" } });
  await server.call("POST", paths.act(MODEL, "promote"), { key: "promote", body: { reason: "seen by hand" } });
  const { publicKey, keyId } = signingKey.parse((await server.call("GET", paths.signingKey)).json);
  const signed = openSignedDocument((await server.composition.controller.artifacts.read(runId, "decision.md.dsse.json")) ?? "", publicKey);
  expect(signed).toMatchObject({ keyId, name: "decision.md" });
  expect((await server.call("GET", paths.document(signed.decision ?? "", "md"))).text).toBe(signed.content);
});
