import { Failure } from "@gauntlet/core";
import { randomUUID } from "node:crypto";
import { Hono } from "hono";

import type { ModelType } from "../../policies/bot-policy.ts";
import { createGameService } from "../../service/game-service.ts";
import type { LoadedModel, ModelSlot, ReloadReport } from "../../serving/manager/model-manager.ts";
import { MODEL_NAMES, SLOTS, type Slot } from "../../serving/slots.ts";
import type { GameData } from "../../store/game-data.ts";
import { openSqliteGames } from "../../store/sqlite/open-sqlite-games.ts";
import { listen } from "../listen.ts";
import type { RpsHttpOptions } from "../options.ts";
import { createRpsHttp } from "../rps-http.ts";

export const TOKEN = "a-token-that-only-tests-know";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

interface Call {
  readonly body?: unknown;
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RunningHttp {
  readonly url: string;
  readonly data: GameData;
  readonly models: MadeModels;
  /** What was told beside the answers. */
  readonly told: unknown[];
  call(method: string, path: string, call?: Call): Promise<Answer>;
  close(): Promise<void>;
}

/** The real server on a socket, over games in memory; models that were made by hand stand in for trained ones. */
export async function startHttp(some: Partial<RpsHttpOptions> = {}): Promise<RunningHttp> {
  const data = openSqliteGames(":memory:");
  const models = makeModels();
  const told: unknown[] = [];
  const games = createGameService({ store: data.store, model: models.model, assign: (_, id) => (id < "8" ? "Production" : "B"), now: Date.now, newId: randomUUID, random: Math.random, metrics: null });
  const app = createRpsHttp({
    games,
    data,
    models,
    metrics: { trainingCompleted: (training) => void told.push(training), limited: (path) => void told.push(`limited ${path}`), page: async () => ({ contentType: "text/plain; version=0.0.4", body: "rps_games_total 0\n" }) },
    limit: null,
    isToken: (secret) => secret === TOKEN,
    hosts: { listenHost: "127.0.0.1", allowedHosts: ["games.example"] },
    statsSince: null,
    groups: [{ path: "/internal/promotion", access: "internal", routes: new Hono().get("/history", (c) => c.json([])).get("/refused", refused).post("/report", async (c) => c.text(String((await c.req.text()).length))) }],
    pages: (path) => (path === "/ui/" ? new Response("<p>a page</p>", { headers: { "content-type": "text/html" } }) : null),
    now: Date.now,
    onFault: (error, path) => void told.push([path, String(error)]),
    ...some,
  });
  const server = await listen(app, { host: "127.0.0.1", port: 0 });
  return {
    url: server.url,
    data,
    models,
    told,
    async call(method, path, { body, token = null, headers = {} } = {}) {
      const response = await fetch(server.url + path, {
        method,
        headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        redirect: "manual",
      });
      const text = await response.text();
      const isJson = /json/.test(response.headers.get("content-type") ?? "");
      return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : null };
    },
    async close() {
      await server.close();
      await data.close();
    },
  };
}

type MadeModels = RpsHttpOptions["models"] & {
  /** The registry doesn't answer, until it is told that it does. */
  fail(detail: string | null): void;
};

/** As a route of others refuses. */
function refused(): never {
  throw new Failure("invalid_input", "the query's since is no instant", { fix: "leave it out" });
}

/** All slots but shadow2 have a model, which is sure of another move in each. */
function makeModels(): MadeModels {
  const loaded = new Map<string, LoadedModel>();
  let failure: string | null = null;
  const load = (type: ModelType): void => {
    for (const [i, slot] of SLOTS.slice(0, 3).entries()) {
      const predict = () => [0.2, 0.2, 0.2].map((chance, move) => (move === i ? 0.6 : chance));
      loaded.set(`${type}@${slot}`, { type, name: MODEL_NAMES[type], version: String(10 + i), runId: `${i}`.repeat(32), digest: `sha256:${"0".repeat(64)}`, loadedFrom: "registry", loadedAt: 0, predict });
    }
  };
  const types = Object.keys(MODEL_NAMES) as ModelType[];
  for (const type of types) load(type);
  const absence = { reason: "fallback", detail: "nothing is assigned to it" } as const;
  return {
    model: (type, slot) => loaded.get(`${type}@${slot}`) ?? null,
    slots: (): readonly ModelSlot[] => types.flatMap((type) => SLOTS.map((slot) => ({ type, slot, model: loaded.get(`${type}@${slot}`) ?? null, absence: loaded.has(`${type}@${slot}`) ? null : absence }))),
    reload: async ({ type, slot }): Promise<ReloadReport> => {
      const which = (type === undefined ? types : [type]).flatMap((one) => (slot === undefined ? SLOTS.slice(0, 3) : [slot]).map((of: Slot) => ({ type: one, slot: of })));
      if (failure !== null) return { isCurrent: false, reloaded: [], failed: which.map((one) => ({ ...one, reason: "mlflow_error", detail: failure ?? "" })), cache: { synced: 0, skipped: 0, removed: 0, errors: [] } };
      for (const one of which) load(one.type);
      return { isCurrent: true, reloaded: which.map((one) => ({ ...one, version: "10" })), failed: [], cache: { synced: 1, skipped: 2, removed: 0, errors: [] } };
    },
    unload: (type) => SLOTS.filter((slot) => loaded.delete(`${type}@${slot}`)).length,
    fail: (detail) => void (failure = detail),
  };
}
