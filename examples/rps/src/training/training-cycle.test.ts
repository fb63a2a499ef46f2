import { parseConfig, startServer, type RunningServer } from "@gauntlet/server";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { GameData } from "../store/game-data.ts";
import { openSqliteGames } from "../store/sqlite/open-sqlite-games.ts";
import { parseTrainingConfig } from "./config/training-config.ts";
import { gameDataset } from "./data/game-dataset.ts";
import { GATE } from "./data/gate.ts";
import { SELECTION, selectRounds } from "./data/select-rounds.ts";
import { trainingPool } from "./pool/training-pool.ts";
import { aliasesOf } from "./registry/aliases.ts";
import { beginCycle, endCycle, lastCycle } from "./registry/cycles.ts";
import { datasetOfAll, playedGames, storeGames } from "./testing/played-games.ts";
import { trainCommand } from "./train-command.ts";
import { hasFailures, trainingCycle, type CycleOptions } from "./training-cycle.ts";

const folder = mkdtempSync(join(tmpdir(), "rps-cycle-"));
const gamesFile = join(folder, "games.db");
const configFile = join(folder, "config.json");
const games = playedGames(40, { seed: 51, name: (player) => (player === "cal" ? "cal" : "Ada") });
const CONFIG = JSON.stringify({
  version: 1,
  description: "small ones",
  models: [
    { model_type: "mnlogit", model_name: "rps_bot_mnlogit", configs: [entry("mn_c01", "Production", { epochs: 3, l2: 0.01 }), entry("mn_c02", "B", { epochs: 2, l2: 0.1 })] },
    { model_type: "xgboost", model_name: "rps_bot_xgboost", configs: [entry("xgb_c01", "Production", { n_estimators: 5 })] },
  ],
});
const pool = trainingPool(1);
let server: RunningServer;
let data: GameData;

function entry(id: string, promote_alias: string, hyperparameters: object) {
  return { id, description: "", promote_alias, promote_stage: null, hyperparameters, mlflow_tags: { config_family: "trial", search_index: 1 } };
}

beforeAll(async () => {
  writeFileSync(configFile, CONFIG);
  data = openSqliteGames(gamesFile);
  await storeGames(data.store, games);
  server = await startServer({ ...parseConfig("", "test", {}), dataDir: join(folder, "gauntlet"), listen: { host: "127.0.0.1", port: 0 } }, { loop: false, log: () => undefined });
});

afterAll(async () => {
  await pool.close();
  await data.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

const NOW = games.at(-1)!.startedAt! + 60_000;
const cycle = (change: Partial<CycleOptions> = {}) =>
  trainingCycle({ store: data.store, mlflow: server.composition.mlflow, selection: SELECTION, gate: { ...GATE, totalMin: 100, selectedMin: 100 }, history: "whole", types: ["multinomial_logistic"], aliases: ["Production", "B"], config: parseTrainingConfig(CONFIG, configFile), threads: 1, pool, seed: 3, now: () => NOW, ...change });

test("I27: rows from the store are those of the games themselves", async () => {
  const read = await data.store.trainingRounds(null, { playerNameLike: null, policies: null, roundsMax: null });
  expect(gameDataset(selectRounds(read, { ...SELECTION, legacyStride: 1 }), "whole")).toEqual(datasetOfAll(games));
});

test("a closed gate trains nothing and leaves no trace; the last cycle is what the registry says", async () => {
  expect(await cycle({ now: () => NOW + 86_400_000 })).toMatchObject({ kind: "skipped", gate: { newRounds: 0 } });
  expect(await lastCycle(server.composition.mlflow)).toBeNull();
});

test("a cycle trains every alias; the next continues; a third that runs beside another is refused until that one must be dead", async () => {
  const { mlflow } = server.composition;
  const first = await cycle();
  if (first.kind !== "trained") throw new Error(first.kind);
  expect(first.results.map(({ kind, task }) => [kind, task.name])).toEqual([["trained", "mn_c01"], ["trained", "mn_c02"]]);
  expect(hasFailures(first)).toBe(false);
  // Every legacy game but one in five is left out.
  expect(first.rows).toBeLessThan(first.gate!.total);
  expect(await lastCycle(mlflow)).toEqual({ runId: first.runId, startedAt: NOW, isRunning: false });
  const second = await cycle({ gate: null, now: () => NOW + 1 });
  expect(second).toMatchObject({ kind: "trained", gate: null, results: [{ task: { name: "Production" } }, { task: { name: "B" } }] });
  const other = await beginCycle(mlflow, NOW + 2);
  expect(await cycle({ now: () => NOW + 3 })).toEqual({ kind: "busy", since: NOW + 2 });
  expect((await cycle({ gate: null, now: () => NOW + 3 * 3_600_000 })).kind).toBe("trained");
  expect(other).toMatchObject({ kind: "begun", experiment: "rps_automated_training_20260101" });
});

test("of cycles that begin at once, one trains at most; the next one may", async () => {
  const { mlflow } = server.composition;
  const at = NOW + 86_400_000;
  const begun = (await Promise.all(Array.from({ length: 5 }, () => beginCycle(mlflow, at)))).flatMap((one) => (one.kind === "begun" ? [one.runId] : []));
  expect(begun.length).toBeLessThanOrEqual(1);
  for (const runId of begun) await endCycle(mlflow, runId, { at, counts: null });
  expect((await beginCycle(mlflow, at + 1)).kind).toBe("begun");
});

test("the command trains a configuration from files and a registry over HTTP; progress on standard error, JSON on standard output", async () => {
  const env = { RPS_DB_PATH: gamesFile, MLFLOW_TRACKING_URI: server.url!, MLFLOW_TRACKING_TOKEN: server.firstToken!, MIN_TOTAL_ROWS: "100", MIN_SUP_ROWS: "100" };
  const run = async (...args: readonly string[]) => runUntil(new AbortController(), ...args);
  const runUntil = async (ending: AbortController, ...args: readonly string[]) => {
    const [out, said] = [[] as string[], [] as string[]];
    const code = await trainCommand({ args: ["--threads", "1", ...args], env, stdout: { write: (text) => { out.push(text); if (args.includes("--every")) ending.abort(); } }, stderr: { write: (text) => said.push(text) }, signal: ending.signal });
    return { code, out: out.join(""), said: said.join("") };
  };
  // What was due while nobody trained is made up for at once; its gate is closed, since nothing is new to the real clock.
  expect(await runUntil(new AbortController(), "--every", "* * * * *", "--model-types", "xgboost", "--aliases", "Production")).toEqual({ code: 0, out: expect.stringContaining("nothing is trained: 0 rounds are new"), said: "" });
  const trained = await run("--config", configFile, "--model-types", "xgboost", "--force", "--json");
  expect([trained.code, trained.said]).toEqual([0, expect.stringMatching(/^rps_bot_xgboost xgb_c01 +█{24} version 1: [\d.]+ % of the newest fifth, Production points at it, [\d.]+ s\n$/)]);
  expect(JSON.parse(trained.out)).toMatchObject({ kind: "trained", results: [{ kind: "trained", model_type: "xgboost", name: "xgb_c01", wanted: "Production", alias: "moved", version: "1" }] });
  expect(await aliasesOf(server.composition.mlflow, "xgboost")).toEqual(new Map([["Production", "1"]]));
  const wrong = await run("--model-types", "forest");
  expect([wrong.code, wrong.said]).toEqual([2, expect.stringContaining('there is no model type "forest"')]);
  const dry = await run("--config", configFile, "--dry-run");
  expect([dry.code, dry.out]).toEqual([0, expect.stringContaining("3 models would be trained: mn_c01 for Production, mn_c02 for B, xgb_c01 for Production")]);
  for (const args of [["--config", configFile, "--aliases", "B"], ["--config", "/nowhere.json"], ["--games", "/nowhere.db"], ["--threads", "0"], ["--aliases", "C"], ["--what"], ["--every", "* * *"], ["--every", "* * * * *", "--dry-run"]]) expect([args, (await run(...args)).code]).toEqual([args, 2]);
});
