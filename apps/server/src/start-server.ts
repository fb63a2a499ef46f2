import { asFailure, beginHooks, type MessageStream, type TickResult } from "@gauntlet/controller";
import type { Gateway } from "@gauntlet/gateway";
import { refuseClimbing } from "@gauntlet/registry";
import { createAdaptorServer, type ServerType } from "@hono/node-server";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "@gauntlet/core";

import { createApp } from "./app.ts";
import { openFlags } from "./assignment/flags.ts";
import { audit } from "./audit/audit.ts";
import { authenticator } from "./auth/authenticate.ts";
import { ensureFirstToken } from "./auth/tokens.ts";
import { compose, openStreams, type ComposeOptions, type Composition } from "./compose.ts";
import type { Config } from "./config/config.ts";
import { isLoopback } from "./http/check-origin.ts";
import { eventIntake } from "./ingestion/event-intake.ts";
import { receiveMessage } from "./ingestion/receive-message.ts";
import { streamReporter } from "./ingestion/stream-reporter.ts";
import { logToStderr, type Log } from "./log.ts";
import { controllerLoop } from "./loop/controller-loop.ts";
import { eventHub } from "./loop/event-hub.ts";
import { ledgerGuard } from "./loop/ledger-guard.ts";
import { reconcileLoop } from "./loop/reconcile-loop.ts";
import { metrics } from "./metrics/metrics.ts";
import type { Services } from "./services.ts";
import { nodeSync } from "./sync/node-sync.ts";

export interface ServerOptions extends Pick<ComposeOptions, "clock" | "serve"> {
  /** What this process calls itself to others who want the data directory. Left out: `gauntlet up`. */
  readonly holder?: string;
  /** false: nothing ticks by itself; the caller calls `tick`. */
  readonly loop?: boolean;
  /** false: no socket; requests come through `fetch`. */
  readonly listen?: boolean;
  readonly log?: Log;
  /** The built console. Left out: that of this repository. */
  readonly consoleDir?: string;
}

export interface RunningServer {
  /** null without a socket. */
  readonly url: string | null;
  /** The first operator token, when this start made it; it is kept nowhere. */
  readonly firstToken: string | null;
  readonly composition: Composition;
  /** Answers a request without a socket. */
  fetch(request: Request): Promise<Response>;
  /** Waits until the ledger is verified. @throws Failure `ledger_corrupt`; then nothing may be changed. */
  requireSound(): Promise<void>;
  /** One tick of one model. @throws Failure, `ledger_corrupt` when the ledger does not verify. */
  tick(model: string): Promise<TickResult>;
  gateway(model: string): Gateway | null;
  /** Begins the loop of a server that was started without it. */
  startLoop(): void;
  /** Ends requests, records what gateways hold, seals the root, gives the data directory back. */
  close(): Promise<void>;
}

/**
 * A whole controller in one process: store, registry, gateways, API and console. Resolves when it listens; the ledger is
 * verified right after, and nothing is decided before that.
 * @throws Failure `data_dir_in_use`, `store_unavailable`, `conflict` when the port is taken.
 */
export async function startServer(config: Config, options: ServerOptions = {}): Promise<RunningServer> {
  const log = options.log ?? logToStderr;
  const services = await servicesOf(config, options, log);
  const app = createApp(services);
  let listening: Listening | null = null;
  let firstToken: string | null = null;
  let streams: readonly MessageStream[] = [];
  try {
    await beginHooks(services.store, [...services.hooks.keys()]);
    if (options.listen !== false) {
      listening = await listen(config, async (request) => app.fetch(request));
      firstToken = await ensureFirstToken(services.store.tokens, Date.now());
    }
    streams = await openStreams(config, (message) => receiveMessage(message, { ...services, recorded: services.metrics.recorded }), streamReporter(log, services.metrics));
  } catch (error) {
    listening?.server.close();
    await services.close();
    throw error;
  }
  if (listening !== null) services.announce(listening.url);
  const verified = services.guard.verify().catch((error: unknown) => log({ level: "error", message: `the ledger could not be verified: ${asFailure(error).message}` }));
  const startLoop = (): void => {
    services.loop.start();
    services.reconciling.start();
  };
  if (options.loop !== false) void verified.then(startLoop);
  return {
    url: listening?.url ?? null,
    firstToken,
    composition: services,
    fetch: async (request) => app.fetch(request),
    requireSound: services.guard.requireSound,
    tick: services.loop.tick,
    gateway: services.gateway,
    startLoop,
    close: once(() => shutDown(services, { listening, streams, verified })),
  };
}

async function servicesOf(config: Config, options: ServerOptions, log: Log): Promise<Services> {
  const stopwatch = () => performance.now();
  // The registry asks who may write to it before the store that knows is handed out.
  const late: { services: Services | null } = { services: null };
  const composition = await compose(config, {
    holder: options.holder ?? "gauntlet up",
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.serve === undefined ? {} : { serve: options.serve }),
    allow: async (request, access) => allow(late.services, request, access),
    onError: (error) => log({ level: "error", message: `registry: ${asFailure(error).message}` }),
    onForeignSplit: (text) => log({ level: "error", message: `traffic: ${text}` }),
    onRecorded: (answer) => late.services?.metrics.recorded(answer),
    onFold: (result, durationMs) => late.services?.metrics.folded(result, durationMs),
  });
  const { store, controller } = composition;
  const audited = audit(config, store);
  const guard = ledgerGuard(audited, (failure) => log({ level: "error", message: `${failure.message}. ${failure.fix ?? ""}` }));
  const measured = metrics(controller, guard);
  const events = eventHub(store.ledger, (error) => log({ level: "warn", message: `events: ${asFailure(error).message}` }));
  const flags = openFlags({
    store,
    limits: config.limits,
    now: () => controller.clock.now(),
    stopwatch,
    report: (failure, message) => log({ level: "error", message: `${message}: ${failure.message}` }),
  });
  const loop = controllerLoop({
    controller,
    guard,
    hooks: composition.hooks,
    everyMs: config.tick.everyMs,
    stopwatch,
    observe: {
      ticked(model, result, durationMs) {
        measured.ticked(model, result, durationMs);
        events.nudge();
        // Most ticks change nothing, and there may be thousands a second.
        if (result.kind === "applied" || result.kind === "waiting") flags.table.nudge();
        const failed = result.kind === "waiting" ? result.state.pending?.failed : null;
        if (failed != null) log({ level: "warn", message: `an effect could not be applied: ${failed.detail}`, fields: { model, code: failed.code, key: failed.key } });
      },
      failed(model, failure, durationMs) {
        measured.tickFailed(failure, durationMs);
        flags.table.nudge();
        // Another controller was quicker: that is what leases are for.
        if (failure.code !== "fenced" && failure.code !== "ledger_conflict") log({ level: "error", message: failure.message, fields: { model, code: failure.code } });
      },
    },
  });
  const sync = nodeSync(config, composition);
  const services: Services = {
    ...composition,
    config,
    audit: audited,
    guard,
    loop,
    events,
    flags,
    intake: eventIntake({ controller, salt: config.events.emailSalt ?? null, observe: measured.events }),
    sync,
    reconciling: reconcileLoop({ config, composition, sync, log }),
    metrics: measured,
    authenticator: authenticator(store.tokens, { openReads: isLoopback(config.listen.host), stopwatch }),
    log,
    consoleDir: options.consoleDir ?? builtConsole(),
  };
  late.services = services;
  return services;
}

async function allow(services: Services | null, request: Request, access: "read" | "write"): Promise<"granted" | "unauthorized" | "forbidden"> {
  try {
    await services?.authenticator.require(request.headers.get("authorization"), access === "read" ? "read" : "operator");
    return services === null ? "unauthorized" : "granted";
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code === "unauthorized" || failure.code === "forbidden") return failure.code;
    throw error;
  }
}

function builtConsole(): string | null {
  const dir = join(fileURLToPath(import.meta.url), "../../../console/dist");
  return existsSync(join(dir, "index.html")) ? dir : null;
}

interface Listening {
  readonly url: string;
  readonly server: ServerType;
}

function listen({ listen: { host, port } }: Config, fetch: (request: Request) => Promise<Response>): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = createAdaptorServer({ fetch: (request, { incoming }) => refuseClimbing(incoming.url) ?? fetch(request), hostname: host });
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const why = cause.code === "EADDRINUSE" ? "is taken by another process" : `can't be used: ${cause.message}`;
      reject(new Failure("conflict", `${host}:${port} ${why}`, { fix: "stop that process, or choose another port: `--port`, or listen.port in gauntlet.yaml (0: any free one)", cause }));
    });
    server.listen(port, host, () => {
      const { port: bound } = server.address() as AddressInfo;
      resolve({ url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`, server });
    });
  });
}

interface Running {
  readonly listening: Listening | null;
  readonly streams: readonly MessageStream[];
  readonly verified: Promise<unknown>;
}

async function shutDown(services: Services, { listening, streams, verified }: Running): Promise<void> {
  await verified;
  await Promise.all(streams.map((stream) => stream.close()));
  services.events.close();
  services.flags.end();
  if (listening !== null) await closeServer(listening.server);
  await services.gateways.drain().catch((error: unknown) => services.log({ level: "error", message: asFailure(error).message }));
  services.sync.stop();
  await Promise.all([services.loop.stop(), services.reconciling.stop()]);
  await services.flags.close();
  await services.close();
}

/** Requests that are under way get a moment; idle connections end at once. */
function closeServer(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => "closeAllConnections" in server && server.closeAllConnections(), 2000);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    if ("closeIdleConnections" in server) server.closeIdleConnections();
  });
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | null = null;
  return () => (done ??= work());
}
