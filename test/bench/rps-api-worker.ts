import { randomUUID } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";

import { predictorOf } from "../../examples/rps/src/artifact/model-folder.ts";
import { createRpsHttp } from "../../examples/rps/src/http/rps-http.ts";
import { listen } from "../../examples/rps/src/http/listen.ts";
import { createGameService } from "../../examples/rps/src/service/game-service.ts";
import type { LoadedModel } from "../../examples/rps/src/serving/manager/model-manager.ts";
import { madeTrees } from "../../examples/rps/src/serving/testing/made-model.ts";
import { SLOTS, type Slot } from "../../examples/rps/src/serving/slots.ts";
import { openPool } from "../../examples/rps/src/store/postgres/open-pool.ts";
import { openPostgresGames } from "../../examples/rps/src/store/postgres/open-postgres-games.ts";
import { openSqliteGames } from "../../examples/rps/src/store/sqlite/open-sqlite-games.ts";

// The application of rock, paper, scissors on one core: four slots with trees of full size, all of which guess each round.
const { database } = workerData as { readonly database: string };
const data = database.startsWith("postgres:") ? await openPostgresGames(openPool(database)) : openSqliteGames(database);
const models = new Map<Slot, LoadedModel>(
  SLOTS.map((slot, i) => [slot, { type: "xgboost", name: "rps_bot_xgboost", version: String(i + 1), runId: String(i).repeat(32), digest: "", loadedFrom: "cache", loadedAt: 0, predict: predictorOf(madeTrees(i + 1, 300), 0) }]),
);
const model = (_: string, slot: Slot): LoadedModel | null => models.get(slot) ?? null;
const games = createGameService({ store: data.store, model, assign: () => "Production", now: Date.now, newId: randomUUID, random: Math.random, metrics: null });
const app = createRpsHttp({
  games,
  data,
  models: { model, slots: () => [], reload: () => Promise.reject(new Error("not here")), unload: () => 0 },
  metrics: { trainingCompleted: () => undefined, limited: () => undefined, page: () => Promise.reject(new Error("not here")) },
  limit: null,
  isToken: () => false,
  hosts: { listenHost: "127.0.0.1", allowedHosts: [] },
  statsSince: null,
  groups: [],
  pages: () => null,
  now: Date.now,
  onFault: (error) => process.stderr.write(`${String(error)}\n`),
});
const { url } = await listen(app, { host: "127.0.0.1", port: 0 });
// What this thread took of its core so far, for whoever asks.
parentPort?.on("message", () => {
  const { user, system } = process.threadCpuUsage();
  parentPort?.postMessage(user + system);
});
parentPort?.postMessage(Number(new URL(url).port));
