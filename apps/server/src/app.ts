import { paths } from "@gauntlet/contract";
import { asFailure } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";
import { Hono } from "hono";

import { checkHost, checkOrigin } from "./http/check-origin.ts";
import { crossOrigin, isAllowedPage } from "./http/cross-origin.ts";
import { isOfrepPath, ofrepFailure } from "./http/ofrep-response.ts";
import { problemResponse } from "./http/problem-response.ts";
import { SECURE_HEADERS } from "./http/secure-headers.ts";
import { isServicePath, serviceErrorResponse } from "./http/service-error.ts";
import { assignmentRoutes } from "./routes/assignments.ts";
import { consoleResponse } from "./routes/console.ts";
import { analysisRoutes } from "./routes/analysis.ts";
import { verdictRoutes } from "./routes/verdict.ts";
import { decisionRoutes } from "./routes/decisions.ts";
import { eventRoutes } from "./routes/events.ts";
import { experimentRoutes } from "./routes/experiments.ts";
import { healthRoutes } from "./routes/health.ts";
import { hookRoutes } from "./routes/hooks.ts";
import { ledgerRoutes } from "./routes/ledger.ts";
import { matchImportRoutes } from "./routes/match-import.ts";
import { mlflowWebhookRoutes } from "./routes/mlflow-webhooks.ts";
import { modelRoutes } from "./routes/models.ts";
import { credentialsOf, EVALUATE, ofrepRoutes } from "./routes/ofrep.ts";
import { openapiDocument } from "./routes/openapi.ts";
import type { Operation, RouteContext } from "./routes/operation.ts";
import { operatorRoutes } from "./routes/operator.ts";
import { outcomeRoutes } from "./routes/outcomes.ts";
import { previewRoutes } from "./routes/preview.ts";
import { monitorRoutes } from "./routes/monitor.ts";
import { ratingRoutes } from "./routes/ratings.ts";
import { sourceRoutes } from "./routes/sources.ts";
import { simulationRoutes } from "./routes/simulations.ts";
import { policyVersionRoutes } from "./routes/policy-versions.ts";
import { otlpFailure, otlpRoutes } from "./routes/otlp-logs.ts";
import { predictRoute } from "./routes/predict.ts";
import { productEventRoutes } from "./routes/product-events.ts";
import { syncRoutes } from "./routes/sync.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import type { Services, Variables } from "./services.ts";

type App = Hono<{ Variables: Variables }>;

const VERSION = "0.1.0";

/** Paths that the embedded registry answers; it asks for a token itself, since some of its reads are POST requests. */
const REGISTRY_PATHS = ["/api/2.0/*", "/api/3.0/*", "/ajax-api/*", "/health", "/version"];

/** All routes of a server. Every one that can change something asks for a token before anything else is looked at. */
export function createApp(services: Services): App {
  const app: App = new Hono();
  app.use(secureHeaders());
  app.use(guardBrowsers(services));
  app.use(crossOrigin(services.config.allowedOrigins));
  for (const operation of operationsOf(services)) {
    app.on(operation.method, operation.path, async (c) => {
      c.set("principal", await services.authenticator.require(credentialsOf(c), operation.access));
      try {
        return await operation.handle(c, services);
      } finally {
        // Whoever is given something else by it is so from the next request on.
        if (operation.access === "operator") services.flags.table.nudge();
      }
    });
  }
  mountRegistry(app, services);
  app.get("*", async (c, next) => (isPage(c.req.path) ? (consoleResponse(services.consoleDir, c.req.path) ?? next()) : next()));
  app.notFound((c) => refusal(new Failure("not_found", `there is no ${c.req.method} ${c.req.path}`, { fix: "see /openapi.json for what there is" }), c.req.path));
  app.onError((error, c) => {
    const failure = asFailure(error);
    if (failure.status >= 500) services.log({ level: "error", message: failure.message, fields: { code: failure.code, path: c.req.path, ...(failure.code === "internal" ? { stack: stackOf(failure) } : {}) } });
    return refusal(failure, c.req.path);
  });
  return app;
}

/** In the form that the clients of the path read. */
function refusal(failure: Failure, path: string): Response {
  if (isOfrepPath(path)) return ofrepFailure(failure, null);
  if (path === paths.otlpLogs) return otlpFailure(failure);
  return isServicePath(path) ? serviceErrorResponse(failure) : problemResponse(failure, path);
}

/** Every route with its access: for the router, /openapi.json and the test that no change goes without a token. */
function operationsOf(services: Services): readonly Operation[] {
  const listed = [...healthRoutes, ...modelRoutes, ...ledgerRoutes, ...decisionRoutes, ...analysisRoutes, ...verdictRoutes, ...outcomeRoutes, ...operatorRoutes, ...previewRoutes, ...sourceRoutes, ...simulationRoutes, ...experimentRoutes, ...policyVersionRoutes, ...ratingRoutes, ...matchImportRoutes, ...syncRoutes, ...monitorRoutes, ...hookRoutes, ...mlflowWebhookRoutes, ...tokenRoutes, ...eventRoutes, ...productEventRoutes, ...otlpRoutes, ...assignmentRoutes, ...ofrepRoutes, predictRoute(services)];
  const openapi: Operation = {
    method: "GET",
    path: "/openapi.json",
    access: "open",
    summary: "This description",
    answer: { type: "application/json" },
    handle: async (c) => c.json(openapiDocument([...listed, openapi], VERSION) as object),
  };
  return [...listed, openapi];
}

function mountRegistry(app: App, { registry }: Services): void {
  if (registry === null) return;
  for (const path of REGISTRY_PATHS) app.all(path, (c) => registry.fetch(c.req.raw));
}

/** On every answer, refusals too. */
function secureHeaders() {
  return async (c: RouteContext, next: () => Promise<void>): Promise<void> => {
    await next();
    // Evaluations have them from the start: changing the headers of an answer costs a third of the time it takes.
    if (c.req.path.startsWith(EVALUATE)) return;
    for (const [name, value] of Object.entries(SECURE_HEADERS)) c.res.headers.set(name, value);
    if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
  };
}

/** What protects a person whose browser has another site open beside this one. */
function guardBrowsers({ config }: Services) {
  const rules = { listenHost: config.listen.host, allowedHosts: config.allowedHosts };
  return async (c: RouteContext, next: () => Promise<void>): Promise<void> => {
    const host = c.req.header("host") ?? new URL(c.req.url).host;
    checkHost(host, rules);
    const { method } = c.req;
    const origin = c.req.header("origin");
    if (method !== "GET" && method !== "HEAD" && !isAllowedPage({ path: c.req.path, origin }, config.allowedOrigins)) checkOrigin({ origin, fetchSite: c.req.header("sec-fetch-site") }, host);
    await next();
  };
}

/** Not one of the API's paths, so perhaps a page of the console. */
function isPage(path: string): boolean {
  return !/^\/(?:v1|api|ajax-api|ofrep|internal)(?:\/|$)/.test(path);
}

function stackOf(failure: Failure): string {
  return (failure.cause instanceof Error ? failure.cause.stack : failure.stack) ?? "";
}
