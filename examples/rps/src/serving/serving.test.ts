import { randomStream } from "@gauntlet/core";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { MODEL_TYPES } from "../artifact/model-types.ts";
import { capturePredictions } from "./capture-predictions.ts";
import { readServingSettings } from "./serving-settings.ts";
import { assignSlots } from "./slot-assignment.ts";

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "gauntlet-rps-settings-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

test("a thousand games are divided as is set, each family by itself, and each game always alike", () => {
  const { abTesting } = readServingSettings({ AB_SPLIT_RATIO_XGBOOST: "0.9" });
  const assign = assignSlots(abTesting);
  const games = Array.from({ length: 1000 }, (_, i) => `game-${i}`);
  const production = (type: (typeof MODEL_TYPES)[number]): number => games.filter((id) => assign(type, id) === "Production").length;
  for (const [type, share] of [["feedforward_nn", 500], ["multinomial_logistic", 500], ["xgboost", 900]] as const) expect(Math.abs(production(type) - share)).toBeLessThan(50);
  expect(games.map((id) => assign("xgboost", id))).toEqual(games.map((id) => assignSlots(abTesting)("xgboost", id)));
  const both = games.filter((id) => assign("feedforward_nn", id) === assign("multinomial_logistic", id)).length;
  expect(Math.abs(both - 500)).toBeLessThan(100);
});

test.each([
  [{ ENABLE_AB_TESTING: "false" }, "Production"],
  [{ AB_SPLIT_RATIO: "1" }, "Production"],
  [{ AB_SPLIT_RATIO: "7" }, "Production"],
  [{ AB_SPLIT_RATIO: "0" }, "B"],
  [{ AB_SPLIT_RATIO: "-1" }, "B"],
] as const)("with %j every game is of one slot", (env, slot) => {
  const assign = assignSlots(readServingSettings(env).abTesting);
  for (let i = 0; i < 200; i++) expect(assign("xgboost", `g${i}`)).toBe(slot);
});

test("settings are read from the reference's variables, and what is none is refused", () => {
  expect(readServingSettings({})).toEqual({
    abTesting: { isOn: true, productionShare: { feedforward_nn: 0.5, xgboost: 0.5, multinomial_logistic: 0.5 } },
    backoffMs: 30_000,
    forceFallbacks: false,
    cache: { kind: "directory", root: null },
    capture: null,
  });
  const minio = { USE_MINIO: "true", MINIO_ENDPOINT: "minio:9000", MINIO_ACCESS_KEY: "a", MINIO_SECRET_KEY: "s" };
  expect(readServingSettings(minio).cache).toEqual({ kind: "bucket", bucket: { endpoint: "http://minio:9000", bucket: "mlflow-artifacts", region: "us-east-1", accessKey: "a", secretKey: "s" } });
  expect(readServingSettings({ RPS_CAPTURE_INFERENCE_DIR: "/c", RPS_CAPTURE_INFERENCE_SAMPLE_RATE: "0" }).capture).toBeNull();
  for (const wrong of [{ AB_SPLIT_RATIO: "half" }, { ENABLE_AB_TESTING: "maybe" }, { MODEL_RELOAD_BACKOFF_SECONDS: "NaN" }, { USE_MINIO: "1" }, { ...minio, MINIO_SECRET_KEY: "" }]) expect(() => readServingSettings(wrong), JSON.stringify(wrong)).toThrow(/is|set/);
});

test("a prediction is written down as a file of its own; a disk that fails costs nothing", async () => {
  const folder = join(dir, "captured");
  const captured = capturePredictions({ dir: folder, rate: 0.5, now: () => 1_767_225_600_123, random: randomStream(1, 1) });
  const prediction = { type: "xgboost", slot: "B", source: "model", probabilities: [0.5, 0.25, 0.25], pick: "paper", features: new Float32Array(50).fill(0.5), model: { version: "7", runId: "r", predict: () => [] } } as const;
  for (let i = 0; i < 100; i++) captured.capture(prediction);
  await captured.idle();
  const files = readdirSync(folder);
  expect(files.length).toBeGreaterThan(30);
  expect(files.length).toBeLessThan(70);
  expect(files[0]).toMatch(/^20260101T000000123Z_xgboost_B_[0-9a-f]{8}\.json$/);
  const written = JSON.parse(readFileSync(join(folder, files[0]!), "utf8")) as Record<string, unknown>;
  expect(Object.keys(written)).toEqual(["timestamp", "model_type", "alias", "source", "probabilities", "pick", "feature_columns", "features", "model_metadata"]);
  expect(written).toMatchObject({ features: Array.from({ length: 50 }, () => 0.5), model_metadata: { version: "7", run_id: "r" } });
  writeFileSync(join(dir, "file"), "");
  const broken = capturePredictions({ dir: join(dir, "file"), rate: 1, now: () => 0, random: () => 0 });
  broken.capture(prediction);
  await broken.idle();
  expect(broken.lost()).toBe(1);
});
