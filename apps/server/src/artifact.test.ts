import { createRun, createVersion, ensureExperiment, ensureRegisteredModel } from "@gauntlet/adapters";
import { paths } from "@gauntlet/contract";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { policyText } from "./testing/stream.ts";
import { newDataDir, START, startTestServer, type Called, type TestServer } from "./testing/test-server.ts";

const MODEL = "fraud";
const POLICY = policyText(MODEL, "artifact: { signature: { keys: [release] } }\n");
const FILES = { MLmodel: "flavors: {}", "data/model.pkl": "weights é" };
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
let server: TestServer;
/** Where version 2 has its files, below the artifact proxy. */
let folder = "";

beforeAll(async () => {
  const keyFile = join(newDataDir(), "release.pub");
  writeFileSync(keyFile, publicKey.export({ type: "spki", format: "pem" }));
  server = await startTestServer({ config: { modelKeys: { release: keyFile } } });
  const { mlflow, controller } = server.composition;
  await ensureRegisteredModel(mlflow, MODEL, "");
  const experimentId = await ensureExperiment(mlflow, "training");
  for (const name of ["1", "2"]) {
    const { runId, artifactUri } = await createRun(mlflow, { experimentId, name, startTime: START, tags: {} });
    folder = `${artifactUri.replace("mlflow-artifacts:/", "")}/model`;
    await createVersion(mlflow, { model: MODEL, source: `runs:/${runId}/model`, runId, tags: {}, description: null });
  }
  await controller.registry.setAlias(MODEL, "champion", "1");
  for (const [path, text] of Object.entries(FILES)) await put(path, text);
});
afterAll(() => server.close());

async function put(path: string, text: string): Promise<void> {
  await server.composition.mlflow.bytes({ method: "PUT", path: `/api/2.0/mlflow-artifacts/artifacts/${folder}/${path}`, bytes: new TextEncoder().encode(text), idempotent: true });
}

/** As `model_signing sign key` writes it. */
function signatureOf(files: Readonly<Record<string, string>>): string {
  const resources = Object.entries(files).map(([name, text]) => ({ name, algorithm: "sha256", digest: createHash("sha256").update(text).digest("hex") }));
  const root = createHash("sha256");
  for (const { digest } of resources) root.update(Buffer.from(digest, "hex"));
  const payload = Buffer.from(JSON.stringify({ _type: "https://in-toto.io/Statement/v1", subject: [{ name: "model", digest: { sha256: root.digest("hex") } }], predicateType: "https://model_signing/signature/v1.0", predicate: { serialization: { method: "files", hash_type: "sha256", ignore_paths: ["model.sig"] }, resources } }));
  const payloadType = "application/vnd.in-toto+json";
  const sig = sign("sha256", Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]), privateKey).toString("base64");
  return JSON.stringify({ mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", verificationMaterial: { publicKey: { hint: "" }, tlogEntries: [] }, dsseEnvelope: { payload: payload.toString("base64"), payloadType, signatures: [{ sig, keyid: "" }] } });
}

const start = (key: string): Promise<Called> => server.call("POST", paths.rollouts(MODEL), { key, body: { policy: POLICY, challenger: "2" } });

/** What comes of a promotion that a person asks for. */
async function promoted(key: string): Promise<{ readonly verdict: string; readonly reason: string; readonly sentence: string }> {
  await server.call("POST", paths.act(MODEL, "promote"), { key, body: { reason: "seen by hand" } });
  const { id } = (await server.call("GET", paths.model(MODEL))).json.decision;
  return (await server.call("GET", paths.decision(id))).json.decision;
}

test("I36, I37: over the embedded registry, only files that are signed get traffic and the alias, and only as they were tested", async () => {
  expect(await start("unsigned")).toMatchObject({ status: 409, json: { detail: expect.stringContaining('there is no file "model.sig"') as string } });
  await put("model.sig", signatureOf({ ...FILES, MLmodel: "another" }));
  expect(await start("others")).toMatchObject({ status: 409, json: { detail: expect.stringContaining('"MLmodel" is not what was signed') as string } });
  await put("model.sig", signatureOf(FILES));
  expect((await start("signed")).status).toBe(200);

  await put("data/model.pkl", "other weights");
  const changed = await promoted("changed");
  expect(changed).toMatchObject({ verdict: "hold", reason: "version_mismatch" });
  expect(changed.sentence).toMatch(/The files of version 2 are sha256:[0-9a-f]{64}, and were sha256:[0-9a-f]{64} when the rollout began\.$/);

  await put("data/model.pkl", FILES["data/model.pkl"]);
  await put("model.sig", "no bundle");
  expect(await promoted("malformed")).toMatchObject({ verdict: "hold", reason: "signature_invalid", sentence: expect.stringContaining("no sigstore bundle") as string });

  await put("model.sig", signatureOf(FILES));
  expect(await promoted("mended")).toMatchObject({ verdict: "promote", reason: "manual" });
  expect((await server.composition.controller.registry.read(MODEL, [])).aliases["champion"]).toBe("2");
});
