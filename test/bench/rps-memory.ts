import { randomStream } from "@gauntlet/core";
import { createMlflowClient } from "@gauntlet/server";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { openArena } from "../../examples/rps/src/arena/arena.ts";
import { httpTable } from "../../examples/rps/src/arena/http-table.ts";
import { serviceTable } from "../../examples/rps/src/arena/service-table.ts";
import { MODEL_TYPES } from "../../examples/rps/src/artifact/model-types.ts";
import type { ModelsAnswer } from "../../examples/rps/src/http/model-shapes.ts";
import { createGameService } from "../../examples/rps/src/service/game-service.ts";
import { SLOTS } from "../../examples/rps/src/serving/slots.ts";
import { openSqliteGames } from "../../examples/rps/src/store/sqlite/open-sqlite-games.ts";
import { DEFAULT_CONFIG_FILE, readTrainingConfig } from "../../examples/rps/src/training/config/training-config.ts";
import { SELECTION } from "../../examples/rps/src/training/data/select-rounds.ts";
import { trainingCycle } from "../../examples/rps/src/training/training-cycle.ts";
import { startUp, type Up } from "./http.ts";
import type { BenchRow } from "./row.ts";

const APP = fileURLToPath(new URL("../../examples/rps/src/deployed/serve-main.ts", import.meta.url));
/** Enough for the 3,000 rounds that training keeps. */
const TRAINING_GAMES = 400;
const GAMES = 300;
const MEMORY_MAX_MB = 400;
const TOKEN = "of-the-benchmark-0123456789";

/** The most memory that the deployed app ever held: twelve models of the usual size, and games over HTTP. Linux alone tells. */
export async function benchRpsMemory(): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "gauntlet-bench-rps-"));
  const up = await startUp("store: { kind: sqlite }");
  let app: ChildProcess | null = null;
  try {
    await trainTwelve(up);
    app = spawn(process.execPath, [APP], { env: { ...process.env, DATA_PATH: folder, GAUNTLET_URL: up.url, GAUNTLET_TOKEN: up.token, RPS_API_TOKEN: TOKEN, RPS_HOST: "127.0.0.1", RPS_PORT: "0" }, stdio: ["ignore", "ignore", "pipe"] });
    const url = await urlOf(app);
    await openArena({ random: randomStream(1, 2) }).play(httpTable(url), GAMES);
    const models = (await (await fetch(`${url}/models`, { headers: { authorization: `Bearer ${TOKEN}` } })).json()) as ModelsAnswer;
    if (!Object.values(models).every(({ loaded }) => loaded)) throw new Error(`not every slot has a model: ${JSON.stringify(models)}`);
    return [{ name: "rps: app and twelve models, MB at the most", perSecond: peakMb(app), target: null, atMost: MEMORY_MAX_MB }];
  } finally {
    app?.kill("SIGTERM");
    if (app !== null && app.exitCode === null) await once(app, "exit");
    await up.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function trainTwelve(up: Up): Promise<void> {
  const data = openSqliteGames(":memory:");
  const random = randomStream(1, 1);
  let ids = 0;
  const games = createGameService({ store: data.store, model: () => null, assign: () => "Production", now: Date.now, newId: () => `game-${++ids}`, random, metrics: null });
  await openArena({ random }).play(serviceTable(games), TRAINING_GAMES);
  const mlflow = createMlflowClient({ url: up.url, token: up.token, timeoutMs: 10_000, retries: 1 });
  const config = await readTrainingConfig(DEFAULT_CONFIG_FILE);
  const cycle = await trainingCycle({ store: data.store, mlflow, config, selection: SELECTION, gate: null, history: "whole", types: MODEL_TYPES, aliases: SLOTS, threads: availableParallelism(), seed: 1, now: Date.now });
  await data.close();
  if (cycle.kind !== "trained" || cycle.results.some(({ kind }) => kind === "failed")) throw new Error("not all twelve models were trained");
}

async function urlOf(app: ChildProcess): Promise<string> {
  let said = "";
  for await (const chunk of app.stderr!) {
    said += String(chunk);
    const url = /the game at (http:\/\/[^\s"]+)/.exec(said)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`the app ended: ${said}`);
}

function peakMb({ pid }: ChildProcess): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
