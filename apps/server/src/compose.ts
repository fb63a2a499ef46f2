import { createMlflowClient, ed25519Signer, experimentTraffic, httpHook, localTraffic, mlflowArtifacts, mlflowRegistry, mlflowVersionFiles, modelKeys, openPostgresStore, openSqliteStore, trafficByModel, type MlflowClient, type MlflowOptions, type NatsLogin } from "@gauntlet/adapters";
import type { Clock, Controller, Hook, MatchLedger, MessageHandler, MessageStream, SignatureOpener, Store, StreamReport } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";
import { createRegistry, type EmbeddedRegistry } from "@gauntlet/registry";
import type { Gateway } from "@gauntlet/gateway";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Config } from "./config/config.ts";
import { openSources } from "./sources/open-sources.ts";
import { openTargets } from "./targets/open-targets.ts";
import { withTimedFolds, type FoldObserver } from "./metrics/timed-folds.ts";
import { ledgerOfStore } from "./matches/ledger-of-store.ts";
import { gatewayShelf, type GatewayShelf, type ServedModel } from "./gateway-shelf.ts";

export interface ComposeOptions {
  /** Left out: the machine's. A world passes its own, so that months take seconds. */
  readonly clock?: Clock;
  /** What this process calls itself, for example `gauntlet up`. */
  readonly holder: string;
  /** Models whose versions answer in this process, beside the upstreams of the configuration. */
  readonly serve?: Readonly<Record<string, ServedModel>>;
  /** Who may call the embedded registry over HTTP. In-process calls always may. */
  readonly allow?: NonNullable<Parameters<typeof createRegistry>[0]["allow"]>;
  readonly onError?: (error: unknown) => void;
  /** Told when somebody else changes what a serving system splits, and what to do about it. */
  readonly onForeignSplit?: (text: string) => void;
  /** Told how each batch of a gateway's outcomes was recorded. */
  readonly onRecorded?: GatewayRecorded;
  /** Told how long each fold of a batch took, whoever sent it. */
  readonly onFold?: FoldObserver;
}

type GatewayRecorded = Parameters<typeof gatewayShelf>[0]["onRecorded"];

/** Everything of one process that has a life of its own. */
export interface Composition {
  readonly store: Store;
  readonly controller: Controller;
  readonly mlflow: MlflowClient;
  /** null with an MLflow server of the user's own. */
  readonly registry: EmbeddedRegistry | null;
  /** The gateway of a model; null when nothing is known that could answer for it. */
  gateway(model: string): Gateway | null;
  /** Lets versions of a model answer in this process. */
  serve(model: string, served: ServedModel): Gateway;
  gateways: GatewayShelf;
  /** Who is told what happens, by name. */
  readonly hooks: ReadonlyMap<string, Hook>;
  /** The match ledger; the first call reads it, and without one it costs nothing. */
  matches(): Promise<MatchLedger>;
  /** Tells others who want the data directory where this process's server listens. */
  announce(url: string): void;
  close(): Promise<void>;
}

export const systemClock: Clock = { now: () => Date.now() };

/** The only place that constructs adapters. @throws Failure `data_dir_in_use`, `store_unavailable` … */
export async function compose(config: Config, options: ComposeOptions): Promise<Composition> {
  const clock = options.clock ?? systemClock;
  const opened = await openStore(config, options.holder);
  try {
    const store = options.onFold === undefined ? opened.store : withTimedFolds(opened.store, options.onFold);
    const { registry, mlflow } = await openRegistry(config, clock, options);
    const { targets, close: closeTargets } = await openTargets(config, { allocations: store.allocations, report: options.onForeignSplit ?? (() => undefined) });
    const matches = once(() => ledgerOfStore(config, { store: store.matches, clock }));
    const controller: Controller = {
      store,
      registry: mlflowRegistry(mlflow),
      artifacts: mlflowArtifacts(mlflow),
      versionFiles: mlflowVersionFiles(mlflow),
      traffic: experimentTraffic({ experiments: store.experiments, otherwise: trafficByModel(targets, localTraffic(store.allocations)), clock }),
      sources: openSources(config, clock),
      matches,
      ...signerOf(config),
      modelKeys: modelKeysOf(config),
      clock,
      holder: `${options.holder} ${process.pid} ${randomBytes(6).toString("hex")}`,
      leaseMs: config.tick.leaseMs,
    };
    const gateways = gatewayShelf({ controller, serving: config.serving, serve: options.serve ?? {}, ...(options.onRecorded === undefined ? {} : { onRecorded: options.onRecorded }) });
    return {
      store,
      controller,
      mlflow,
      registry,
      gateway: gateways.get,
      serve: gateways.serve,
      gateways,
      hooks: openHooks(config),
      matches,
      announce: opened.announce,
      close: async () => {
        closeTargets();
        registry?.close();
        await store.close();
      },
    };
  } catch (error) {
    await opened.store.close();
    throw error;
  }
}

/** By name; nobody is told anything yet. */
export function openHooks({ hooks }: Pick<Config, "hooks">): ReadonlyMap<string, Hook> {
  return new Map(hooks.map((hook) => [hook.name, httpHook(hook, systemClock)]));
}

/** Who signs documents; nobody where no key is configured. @throws Failure `not_found`, `invalid_input` for its file */
export function signerOf({ signing }: Config): Pick<Controller, "signer"> {
  if (signing === undefined) return {};
  try {
    return { signer: ed25519Signer(readFileSync(signing.keyFile, "utf8")) };
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure("not_found", `the signing key ${signing.keyFile} can't be read: ${(cause as Error).message}`, { fix: "correct signing.keyFile in gauntlet.yaml", cause });
  }
}

/** Whose signatures of models count. @throws Failure `not_found`, `invalid_input` that names the key */
export function modelKeysOf({ modelKeys: files }: Pick<Config, "modelKeys">): SignatureOpener {
  return modelKeys(Object.fromEntries(Object.entries(files).map(([name, path]) => [name, readKey(name, path)])));
}

function readKey(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Failure("not_found", `the model key ${path} can't be read: ${(cause as Error).message}`, { fix: `correct modelKeys.${name} in gauntlet.yaml`, cause });
  }
}

/** What failed is tried again at the next call. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | null = null;
  return () => {
    done ??= work().catch((error: unknown) => {
      done = null;
      throw error;
    });
    return done;
  };
}

/** Opens the streams of the configuration; each goes on by itself until it is closed. @throws Failure `not_found` for a file of credentials. */
export async function openStreams({ streams }: Config, handle: MessageHandler, report: (event: StreamReport) => void): Promise<readonly MessageStream[]> {
  if (streams.length === 0) return [];
  const { openNatsStream } = await import("@gauntlet/adapters/nats");
  return streams.map(({ servers, stream, durable, subject, ...login }) => openNatsStream({ servers, stream, durable, subject: subject ?? null, login: loginOf(login) }, handle, report));
}

function loginOf({ token, user, password, credentialsFile }: Pick<Config["streams"][number], "token" | "user" | "password" | "credentialsFile">): NatsLogin {
  if (token !== undefined) return { kind: "token", token };
  if (user !== undefined) return { kind: "password", user, password: password ?? "" };
  if (credentialsFile === undefined) return { kind: "none" };
  try {
    return { kind: "credentials", text: readFileSync(credentialsFile, "utf8") };
  } catch (cause) {
    throw new Failure("not_found", `the credentials file ${credentialsFile} can't be read: ${(cause as Error).message}`, { fix: "correct credentialsFile of the stream in gauntlet.yaml", cause });
  }
}

async function openStore(config: Config, holder: string): Promise<{ readonly store: Store; readonly announce: (url: string) => void }> {
  switch (config.store.kind) {
    case "sqlite": {
      const store = await openSqliteStore({ dataDir: config.dataDir, mode: "exclusive", holder });
      return { store, announce: (url) => store.announce(url) };
    }
    case "postgres":
      return { store: await openPostgresStore({ url: config.store.url }), announce: () => undefined };
  }
}

/** The store for reading only: beside a running server, or without one. @throws Failure `not_found` when there is no data. */
export async function openStoreForReading(config: Config): Promise<Store> {
  switch (config.store.kind) {
    case "sqlite":
      return openSqliteStore({ dataDir: config.dataDir, mode: "read-only", holder: "gauntlet, reading" });
    case "postgres":
      return openPostgresStore({ url: config.store.url });
  }
}

/** Stands for the embedded registry in addresses; nothing is ever resolved. */
const IN_PROCESS_URL = "http://registry.in-process";
const RETRIES = 2;

type MlflowLogin = Pick<MlflowOptions, "token" | "basic">;

export function mlflowLogin({ token, user, password }: Extract<Config["registry"], { readonly kind: "mlflow" }>): MlflowLogin {
  return { ...(token === undefined ? {} : { token }), ...(user === undefined || password === undefined ? {} : { basic: { user, password } }) };
}

async function openRegistry(config: Config, clock: Clock, options: ComposeOptions): Promise<{ readonly registry: EmbeddedRegistry | null; readonly mlflow: MlflowClient }> {
  if (config.registry.kind === "mlflow") {
    const { url, timeoutMs } = config.registry;
    return { registry: null, mlflow: createMlflowClient({ url, timeoutMs, retries: RETRIES, ...mlflowLogin(config.registry) }) };
  }
  const ours = new WeakSet<Request>();
  const { allow, onError } = options;
  const registry = await createRegistry({
    database: join(config.dataDir, "registry.db"),
    artifactsDir: join(config.dataDir, "artifacts"),
    now: () => clock.now(),
    newId: () => randomBytes(16).toString("hex"),
    // A call over HTTP is never in the set, so without a rule it is refused, not trusted.
    allow: (request, access) => (ours.has(request) ? "granted" : (allow?.(request, access) ?? "unauthorized")),
    ...(onError === undefined ? {} : { onError }),
  });
  const fetch = (request: Request): Promise<Response> => {
    ours.add(request);
    return registry.fetch(request);
  };
  return { registry, mlflow: createMlflowClient({ url: IN_PROCESS_URL, timeoutMs: 10_000, retries: RETRIES, fetch }) };
}

