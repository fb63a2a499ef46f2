import type { GauntletClient } from "@gauntlet/client";
import type { MlflowClient } from "@gauntlet/server";

import { listen } from "../http/listen.ts";
import { createRpsHttp } from "../http/rps-http.ts";
import { addressLimit } from "../limit/address-limit.ts";
import type { TrustedProxies } from "../limit/client-address.ts";
import { activeGames } from "../metrics/active-games.ts";
import { createRpsMetrics } from "../metrics/create-rps-metrics.ts";
import type { RpsMetrics } from "../metrics/rps-metrics.ts";
import { createReporter, type Reporter } from "../outbox/reporter.ts";
import { builtPages, pageResponse } from "../pages/page-response.ts";
import { ledgerOf } from "../promotion/follow-ledger.ts";
import { createPromotionLedger } from "../promotion/promotion-ledger.ts";
import { promotionOperations } from "../promotion/promotion-operations.ts";
import { promotionRoutes } from "../promotion/promotion-routes.ts";
import { openPromotionStore } from "../promotion/promotion-store.ts";
import type { SqlSession } from "../promotion/sql-session.ts";
import { createGameService, type GameService } from "../service/game-service.ts";
import type { PlayedRound } from "../service/played-round.ts";
import type { PredictionCapture } from "../serving/capture-predictions.ts";
import type { ModelManager } from "../serving/manager/model-manager.ts";
import { openServing } from "../serving/open-serving.ts";
import type { AliasReader } from "../serving/registry/alias-reader.ts";
import type { ServingSettings } from "../serving/serving-settings.ts";
import type { Slot } from "../serving/slots.ts";
import type { GameData } from "../store/game-data.ts";
import { tellMetrics } from "./tell-metrics.ts";

const PROMOTION = "/internal/promotion";

export interface AppOptions {
  readonly data: GameData;
  /** Where promotion events are kept. */
  readonly promotions: SqlSession;
  readonly registry: AliasReader;
  /** The same registry, where versions' trainings are read. */
  readonly mlflow: MlflowClient;
  readonly serving: ServingSettings;
  /** Of the app; models are cached in it unless the settings say otherwise. */
  readonly dataDir: string;
  readonly client: GauntletClient;
  readonly listen: { readonly host: string; readonly port: number };
  /** Names that it may be called by, beside its address. */
  readonly allowedHosts?: readonly string[];
  /** Games a minute that an address may begin without the token, and proxies that say whose address it is; null: any number. */
  readonly limit: { readonly gamesPerMinute: number; readonly proxies: TrustedProxies } | null;
  readonly isToken: (secret: string) => boolean;
  readonly statsSince: number | null;
  readonly now: () => number;
  readonly newId: () => string;
  readonly random: () => number;
  /** A sentence about what went wrong, for the log. */
  readonly onFault: (message: string) => void;
}

/** The application as it runs: games, models, reports, and its HTTP face. */
export interface RpsApp {
  readonly url: string;
  readonly games: GameService;
  readonly models: ModelManager;
  readonly metrics: RpsMetrics;
  readonly reporter: Reporter;
  /** Ends requests; the database and what else was given stay their owner's. */
  close(): Promise<void>;
}

/** Puts the parts of the application together, and listens. @throws Error when the port is taken. */
export async function openApp(options: AppOptions): Promise<RpsApp> {
  const { data, client, registry, mlflow, dataDir, now, newId, random, onFault } = options;
  const { abTesting } = options.serving;
  const promotions = await openPromotionStore(options.promotions);
  const ledger = createPromotionLedger({ store: promotions, readChain: ledgerOf(client) });
  const metrics = createRpsMetrics({ splitRatio: (type) => (abTesting.isOn ? abTesting.productionShare[type] : null), promotions: () => ledger.figures(), guessCounts: data.guesses.of, activeGames: () => activeGames(data.reports, now()) });
  const serving = await openServing({ settings: options.serving, registry, dataDir, now, random: Math.random, onEvent: tellMetrics(metrics, mlflow) });
  const { models, assign, capture } = serving;
  const games = createGameService({ store: data.store, model: models.model, absence: models.absence, assign, now, newId, random, metrics, ...(capture === null ? {} : { onRound: (played) => captureRound(capture, played) }) });
  const reporter = createReporter({ outbox: data.outbox, client, newId, onRefused: (model, refused) => onFault(`${refused.length} outcomes of ${model} were refused: ${refused[0]?.code ?? ""}`) });
  const pages = builtPages();
  const http = createRpsHttp({
    games,
    data,
    models,
    metrics,
    isToken: options.isToken,
    limit: options.limit === null ? null : { calls: addressLimit({ perMinute: options.limit.gamesPerMinute, stopwatch: () => performance.now() }), proxies: options.limit.proxies },
    hosts: { listenHost: options.listen.host, allowedHosts: options.allowedHosts ?? [] },
    statsSince: options.statsSince,
    groups: [{ path: PROMOTION, access: "internal", routes: promotionRoutes({ ledger, now }), described: promotionOperations(PROMOTION) }],
    pages: (path) => pageResponse(pages, path),
    now,
    onFault: (error, path) => onFault(`${path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  });
  const server = await listen(http, options.listen);
  return {
    url: server.url,
    games,
    models,
    metrics,
    reporter,
    async close() {
      await server.close();
      await serving.close();
      await promotions.close();
    },
  };
}

function captureRound({ capture }: PredictionCapture, { game, policy, choice, round, model }: PlayedRound): void {
  if (choice === null) return;
  const { source, probabilities, features } = choice;
  capture({ type: policy.model, slot: game.alias as Slot, source, probabilities, pick: round.bot, features, model });
}
