import type { Hono } from "hono";

import type { DescribedOperation } from "./operation.ts";
import type { AddressLimit } from "../limit/address-limit.ts";
import type { TrustedProxies } from "../limit/client-address.ts";
import type { RpsMetrics } from "../metrics/rps-metrics.ts";
import type { ModelManager } from "../serving/manager/model-manager.ts";
import type { GameService } from "../service/game-service.ts";
import type { GameData } from "../store/game-data.ts";

/** Routes that others own, under one path; the rest of their paths is theirs. */
export interface RouteGroup {
  /** "/internal/promotion". */
  readonly path: string;
  /** internal: every call needs the token, before the group sees it. */
  readonly access: "open" | "internal";
  readonly routes: Hono;
  /** For /openapi.json; left out: nothing is said of them. */
  readonly described?: readonly DescribedOperation[];
}

export interface RpsHttpOptions {
  readonly games: GameService;
  readonly data: Pick<GameData, "reports" | "lists">;
  readonly models: Pick<ModelManager, "model" | "slots" | "reload" | "unload">;
  readonly metrics: Pick<RpsMetrics, "trainingCompleted" | "limited" | "page">;
  /** Whether a bearer token opens what is internal. */
  readonly isToken: (secret: string) => boolean;
  /** How often an address without the token may begin games; null: as often as it likes. */
  readonly limit: { readonly calls: AddressLimit; readonly proxies: TrustedProxies } | null;
  /** The host it listens on, and further names that it may be called by. */
  readonly hosts: { readonly listenHost: string; readonly allowedHosts: readonly string[] };
  /** Statistics leave out games that were begun before; null: none. Milliseconds since the Unix epoch. */
  readonly statsSince: number | null;
  readonly groups: readonly RouteGroup[];
  /** A page or asset for a path; null where there is none. */
  readonly pages: (path: string) => Response | null;
  readonly now: () => number;
  /** Told of every fault of ours. */
  readonly onFault: (error: unknown, path: string) => void;
}
