import { parseConfig, startServer, type MlflowClient, type RunningServer } from "@gauntlet/server";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { folderDigest } from "../artifact/folder-digest.ts";
import { readModelFolder } from "../artifact/model-folder.ts";
import type { Slot } from "../serving/slots.ts";
import type { GameData } from "../store/game-data.ts";
import { openSqliteGames } from "../store/sqlite/open-sqlite-games.ts";
import { parseTrainingConfig } from "./config/training-config.ts";
import { gameDataset } from "./data/game-dataset.ts";
import { GATE } from "./data/gate.ts";
import { SELECTION, selectRounds } from "./data/select-rounds.ts";
import { trainingPool } from "./pool/training-pool.ts";
import { planContinuation, planSweep } from "./plan-tasks.ts";
import { recipeOf, type Recipe } from "./recipe/recipe.ts";
import { aliasesOf, moveAlias, recipeOfVersion } from "./registry/aliases.ts";
import { beginCycle, endCycle, lastCycle, touchCycle } from "./registry/cycles.ts";
import { datasetOfAll, playedGames, storeGames } from "./testing/played-games.ts";
import { trainTasks, type TaskProgress, type TrainingTask } from "./train-tasks.ts";
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
const pool = trainingPool(2);
let server: RunningServer;
let mlflow: MlflowClient;
let data: GameData;

function entry(id: string, promote_alias: string, hyperparameters: object) {
  return { id, description: "", promote_alias, promote_stage: null, hyperparameters, mlflow_tags: { config_family: "trial", search_index: 1 } };
}

beforeAll(async () => {
  writeFileSync(configFile, CONFIG);
  data = openSqliteGames(gamesFile);
  await storeGames(data.store, games);
  server = await startServer({ ...parseConfig("", "test", {}), dataDir: join(folder, "gauntlet"), listen: { host: "127.0.0.1", port: 0 } }, { loop: false, log: () => undefined });
  mlflow = server.composition.mlflow;
});

afterAll(async () => {
  await pool.close();
  await data.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

const NOW = games.at(-1)!.startedAt! + 60_000;
const cycle = (change: Partial<CycleOptions> = {}) =>
  trainingCycle({ store: data.store, mlflow, selection: SELECTION, gate: { ...GATE, totalMin: 100, selectedMin: 100 }, history: "whole", types: ["multinomial_logistic"], aliases: ["Production", "B"], config: parseTrainingConfig(CONFIG, configFile), threads: 1, pool, seed: 3, now: () => NOW, ...change });

test("I27: rows from the store are those of the games themselves", async () => {
  const read = await data.store.trainingRounds(null, { playerNameLike: null, policies: null, roundsMax: null });
  expect(gameDataset(selectRounds(read, { ...SELECTION, legacyStride: 1 }), "whole")).toEqual(datasetOfAll(games));
});

test("a closed gate trains nothing and leaves no trace; the last cycle is what the registry says", async () => {
  expect(await cycle({ now: () => NOW + 86_400_000 })).toMatchObject({ kind: "skipped", gate: { newRounds: 0 } });
  // Not even by force does a handful of rounds come under an alias.
  expect(await cycle({ gate: null, selection: { ...SELECTION, roundsMax: 199 } })).toMatchObject({ kind: "skipped", gate: { why: "199 rounds can be learned from, and 200 are needed" } });
  expect(await lastCycle(mlflow)).toBeNull();
});

test("a cycle trains every alias; the next continues; a third that runs beside another is refused until that one must be dead", async () => {
  const first = await cycle();
  if (first.kind !== "trained") throw new Error(first.kind);
  expect(first.results.map(({ kind, task }) => [kind, task.name])).toEqual([["trained", "mn_c01"], ["trained", "mn_c02"]]);
  expect(hasFailures(first)).toBe(false);
  // Every legacy game but one in five is left out.
  expect(first.rows).toBeLessThan(first.gate.total);
  expect(await lastCycle(mlflow)).toEqual({ runId: first.runId, startedAt: NOW, isRunning: false, seenAt: NOW });
  const second = await cycle({ gate: null, now: () => NOW + 1 });
  expect(second).toMatchObject({ kind: "trained", gate: { isOpen: true }, results: [{ task: { name: "Production" } }, { task: { name: "B" } }] });
  const other = await beginCycle(mlflow, NOW + 2);
  expect(await cycle({ now: () => NOW + 3 })).toEqual({ kind: "busy", since: NOW + 2 });
  if (other.kind !== "begun") throw new Error("busy");
  await touchCycle(mlflow, other.runId, NOW + 600_000);
  expect(await cycle({ gate: null, now: () => NOW + 1_200_000 })).toEqual({ kind: "busy", since: NOW + 2 });
  expect((await cycle({ gate: null, now: () => NOW + 1_600_000 })).kind).toBe("trained");
  expect(other).toMatchObject({ kind: "begun", experiment: "rps_automated_training_20260101" });
});

test("of cycles that begin at once, one trains at most; the next one may", async () => {
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
  expect(await aliasesOf(mlflow, "xgboost")).toEqual(new Map([["Production", "1"]]));
  const wrong = await run("--model-types", "forest");
  expect([wrong.code, wrong.said]).toEqual([2, expect.stringContaining('there is no model type "forest"')]);
  const dry = await run("--config", configFile, "--dry-run");
  expect([dry.code, dry.out]).toEqual([0, expect.stringContaining("3 models would be trained: mn_c01 for Production, mn_c02 for B, xgb_c01 for Production")]);
  for (const args of [["--config", configFile, "--aliases", "B"], ["--config", "/nowhere.json"], ["--games", "/nowhere.db"], ["--threads", "0"], ["--aliases", "C"], ["--what"], ["--every", "* * *"], ["--every", "* * * * *", "--dry-run"]]) expect([args, (await run(...args)).code]).toEqual([args, 2]);
});

const trialRows = datasetOfAll(playedGames(30, { seed: 41, players: ["cal", "ace"] }));
const LOGISTIC = recipeOf("multinomial_logistic", { epochs: 4, l2: 0.01 });
const TREES = recipeOf("xgboost", { n_estimators: 8, max_depth: 2 });

function task(recipe: Recipe, alias: Slot | null, change: Partial<TrainingTask> = {}): TrainingTask {
  return { recipe, name: alias ?? "c01", description: "a trial", alias, stage: null, tags: { config_family: "trial", search_index: "1" }, ...change };
}

const train = (tasks: readonly TrainingTask[], change: Partial<Parameters<typeof trainTasks>[0]> = {}) => trainTasks({ mlflow, rows: trialRows, tasks, experiment: "rps_trials", threads: 2, pool, seed: 9, now: () => 1_700_000_000_000, ...change });

interface RunJson {
  readonly run: { readonly info: { readonly status: string }; readonly data: Readonly<Record<"metrics" | "params" | "tags", readonly { readonly key: string; readonly value: string | number }[]>> };
}

test("a version is a run with figures, plots and files, and the alias points at it; the files are those of its digest", async () => {
  const progress: TaskProgress[] = [];
  const [trees, logistic] = await train([task(TREES, "Production", { stage: "Staging" }), task(LOGISTIC, "B")], { onProgress: (one) => progress.push(one) });
  if (trees?.kind !== "trained" || logistic?.kind !== "trained") throw new Error(JSON.stringify([trees, logistic]));
  expect([trees.alias, logistic.alias]).toEqual(["moved", "moved"]);
  expect(new Set(progress.map(({ task: of, step }) => `${of.name} ${step}`)).size).toBe(10);
  expect(await aliasesOf(mlflow, "xgboost")).toEqual(new Map([["Production", trees.version]]));
  expect(await mlflow.json({ method: "GET", path: "/api/2.0/mlflow/model-versions/get", query: { name: "rps_bot_xgboost", version: trees.version }, idempotent: true })).toMatchObject({ model_version: { current_stage: "Staging", run_id: trees.runId, description: "a trial", tags: expect.arrayContaining([{ key: "gauntlet.digest", value: trees.digest }]) } });
  const { run } = (await mlflow.json({ method: "GET", path: "/api/2.0/mlflow/runs/get", query: { run_id: trees.runId }, idempotent: true })) as RunJson;
  const named = (kind: "metrics" | "params" | "tags") => Object.fromEntries(run.data[kind].map(({ key, value }) => [key, value]));
  expect(run.info.status).toBe("FINISHED");
  expect(named("metrics")).toMatchObject(trees.metrics);
  expect(named("params")).toMatchObject({ n_estimators: "8", max_depth: "2", early_stopping_rounds: "30", class_weights: "none" });
  expect(named("tags")).toMatchObject({ config_family: "trial", search_index: "1", model_type: "xgboost" });
  const files = await filesOf(trees.runId);
  expect([...files.keys()].filter((path) => !path.startsWith("model/")).toSorted()).toEqual(["plots/confusion_matrix.svg", "plots/loss.svg", "tables/cv_results.csv", "tables/summary.csv"]);
  const folder = new Map([...files].filter(([path]) => path.startsWith("model/")).map(([path, bytes]) => [path.slice("model/".length), bytes]));
  expect(folderDigest(folder)).toBe(trees.digest);
  expect(readModelFolder(folder).metadata).toMatchObject({ model_type: "xgboost", model_name: "rps_bot_xgboost", run_id: trees.runId, timestamp: "2023-11-14T22:13:20.000Z" });
  const text = (path: string) => new TextDecoder().decode(files.get(path));
  expect(text("plots/loss.svg")).toMatch(/^<svg[\s\S]*<polyline points="[\d., ]+"[\s\S]*<\/svg>\s*$/);
  expect(text("tables/cv_results.csv").split("\r\n")).toHaveLength(5);
  expect(text("tables/summary.csv").split("\r\n")[0]).toContain("test_acc_rock");
});

/** Every file of a run, from the registry's list of them. */
async function filesOf(runId: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const { run } = (await mlflow.json({ method: "GET", path: "/api/2.0/mlflow/runs/get", query: { run_id: runId }, idempotent: true })) as { readonly run: { readonly info: { readonly artifact_uri: string } } };
  const root = run.info.artifact_uri.replace(/^mlflow-artifacts:\/+/, "");
  const found = new Map<string, Uint8Array>();
  const folders = [""];
  for (let path = folders.pop(); path !== undefined; path = folders.pop()) {
    const { files } = (await mlflow.json({ method: "GET", path: "/api/2.0/mlflow/artifacts/list", query: { run_id: runId, ...(path === "" ? {} : { path }) }, idempotent: true })) as { readonly files: readonly { readonly path: string; readonly is_dir: boolean }[] };
    for (const file of files) {
      if (file.is_dir) folders.push(file.path);
      else found.set(file.path, await mlflow.bytes({ method: "GET", path: `/api/2.0/mlflow-artifacts/artifacts/${root}/${file.path}`, idempotent: true }));
    }
  }
  return found;
}

test("a continuation keeps each alias's own hyperparameters; an alias of nothing begins by the configuration", async () => {
  const other = recipeOf("multinomial_logistic", { epochs: 3, l2: 0.5, learning_rate: 0.02 });
  await train([task(LOGISTIC, "Production"), task(other, "shadow1")]);
  const config = parseTrainingConfig(JSON.stringify({ version: 1, description: "", models: [{ model_type: "mnlogit", model_name: "rps_bot_mnlogit", configs: [{ id: "mn_c04", description: "first", promote_alias: "shadow2", promote_stage: null, hyperparameters: { epochs: 2 }, mlflow_tags: { config_family: "logistic", search_index: 4 } }] }] }), "c.json");
  const wanted = { types: ["multinomial_logistic"], aliases: ["Production", "B", "shadow1", "shadow2"], earned: [], config } as const;
  const { tasks, problems } = await planContinuation(mlflow, wanted);
  expect(problems).toEqual([]);
  expect(tasks.map(({ alias, recipe }) => [alias, recipe])).toEqual([["Production", LOGISTIC], ["B", LOGISTIC], ["shadow1", other], ["shadow2", recipeOf("multinomial_logistic", { epochs: 2 })]]);
  const numbers = (await train(tasks)).map((result) => (result.kind === "trained" ? Number(result.version) : 0));
  expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i));
  const after = await aliasesOf(mlflow, "multinomial_logistic");
  for (const { alias, recipe } of tasks) expect(await recipeOfVersion(mlflow, "multinomial_logistic", after.get(alias!)!)).toEqual(recipe);
  const empty = await planContinuation(mlflow, { ...wanted, types: ["feedforward_nn"] });
  expect(empty.tasks).toEqual([]);
  expect(empty.problems[0]).toMatchObject({ alias: "Production", message: expect.stringContaining("points at nothing") });
  // Who has earned a slot keeps it: what is trained anew under that name is proven by nothing.
  const beside = await planContinuation(mlflow, { ...wanted, earned: ["Production"] });
  expect(beside.tasks.map(({ alias }) => alias)).toEqual(["B", "shadow1", "shadow2"]);
  // Nobody holds it yet: then it is trained like all others.
  expect((await planContinuation(mlflow, { ...wanted, types: ["feedforward_nn"], earned: ["Production"] })).problems[0]).toMatchObject({ alias: "Production" });
  expect(planSweep(config, ["multinomial_logistic"])).toMatchObject([{ name: "mn_c04", alias: "shadow2", tags: { config_id: "mn_c04" } }]);
});

test("an alias that somebody moved meanwhile, or that may not be moved, stays; the version is there all the same", async () => {
  const before = await aliasesOf(mlflow, "xgboost");
  const [first] = await train([task(TREES, null)]);
  if (first?.kind !== "trained") throw new Error("not trained");
  const [kept] = await train([task(TREES, "Production")], { onProgress: ({ step, round }) => { if (step === "fold 3" && round === 0) void moveAlias(mlflow, { type: "xgboost", alias: "Production", version: first.version }); } });
  expect(kept).toMatchObject({ kind: "trained", alias: "kept" });
  expect((await aliasesOf(mlflow, "xgboost")).get("Production")).toBe(first.version);
  expect(first.version).not.toBe(before.get("Production"));
  const [held] = await train([task(TREES, "Production")], { mayMove: (type, alias) => !(type === "xgboost" && alias === "Production") });
  expect(held).toMatchObject({ kind: "trained", alias: "kept" });
});

test("one that can't be trained fails alone, and its run says so; two for one alias are refused before anything begins", async () => {
  const few = datasetOfAll(playedGames(2, { seed: 42 }));
  const results = await train([task(TREES, null)], { rows: few });
  expect(results).toMatchObject([{ kind: "failed", message: expect.stringMatching(/2 games/) }]);
  await expect(train([task(TREES, "B"), task(TREES, "B", { name: "c02" })])).rejects.toMatchObject({ code: "invalid_input" });
});

test("a training is ended in the middle, and nothing is registered", async () => {
  const ending = new AbortController();
  const versions = async () => ((await mlflow.json({ method: "GET", path: "/api/2.0/mlflow/model-versions/search", query: { filter: "name='rps_bot_xgboost'", max_results: "100" }, idempotent: true })) as { readonly model_versions: readonly unknown[] }).model_versions.length;
  const before = await versions();
  const long = recipeOf("xgboost", { n_estimators: 5000, early_stopping_rounds: null });
  const training = train([task(long, "Production"), task(long, "B"), task(long, "shadow1")], { signal: ending.signal, onProgress: () => ending.abort(new Error("enough")) });
  await expect(training).rejects.toThrow("enough");
  expect(await versions()).toBe(before);
});
