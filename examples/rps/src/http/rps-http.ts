import { Failure } from "@gauntlet/core";
import { Hono, type Context } from "hono";
import { bodyLimit } from "hono/body-limit";

import { API_HEADERS, asFailure, jsonResponse, problemResponse } from "./answers.ts";
import { guardBrowsers } from "./guard-browsers.ts";
import { limitAddress } from "./limit-address.ts";
import { openapiOperation } from "./openapi.ts";
import type { Operation } from "./operation.ts";
import type { RouteGroup, RpsHttpOptions } from "./options.ts";
import { readBody, readQuery } from "./read-request.ts";
import { gameRoutes } from "./routes/games.ts";
import { healthRoutes } from "./routes/health.ts";
import { listRoutes } from "./routes/lists.ts";
import { modelRoutes } from "./routes/models.ts";
import { predictionRoutes } from "./routes/predictions.ts";
import { statisticsRoutes } from "./routes/statistics.ts";

const BODY_BYTES_MAX = 65_536;
const GROUP_BYTES_MAX = 16_000_000;

/** The HTTP API of the platform: games, predictions, models and statistics, and what is mounted beside them. */
export function createRpsHttp(options: RpsHttpOptions): Hono {
  const app = new Hono();
  for (const operation of operations()) app.on(operation.method, operation.path, (c) => answer(c, operation, options));
  for (const group of options.groups) mount(app, group, options);
  app.get("*", async (c, next) => {
    guardBrowsers(c, options);
    return options.pages(c.req.path) ?? next();
  });
  app.notFound((c) => problemResponse(new Failure("not_found", `there is no ${c.req.method} ${c.req.path}`, { fix: "see /openapi.json for what there is" }), c.req.path));
  app.onError((error, c) => {
    if (asFailure(error).status >= 500) options.onFault(error, c.req.path);
    return problemResponse(error, c.req.path);
  });
  return app;
}

/** Every route of ours, in the order in which they are tried. */
export function operations(): readonly Operation[] {
  const listed = [...gameRoutes, ...predictionRoutes, ...modelRoutes, ...statisticsRoutes, ...listRoutes, ...healthRoutes];
  return [...listed, openapiOperation(listed)];
}

/** Guarded before the group sees a request; its answers get our headers, where they have none of their own. */
function mount(app: Hono, { path, access, routes }: RouteGroup, options: RpsHttpOptions): void {
  const tooLarge = (): never => {
    throw new Failure("too_large", `the body is larger than ${GROUP_BYTES_MAX} bytes`, { fix: "send less at once" });
  };
  app.use(`${path}/*`, async (c, next) => {
    guardBrowsers(c, options);
    if (access === "internal") requireToken(c, options);
    await next();
    for (const [name, value] of Object.entries(API_HEADERS)) if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  });
  app.use(`${path}/*`, bodyLimit({ maxSize: GROUP_BYTES_MAX, onError: tooLarge }));
  app.route(path, routes);
}

async function answer(c: Context, operation: Operation, options: RpsHttpOptions): Promise<Response> {
  guardBrowsers(c, options);
  const isInternal = operation.access === "internal" ? requireToken(c, options) : hasToken(c, options);
  if (operation.isLimited === true && !isInternal) limitAddress(c, options);
  const query = operation.query === undefined ? undefined : readQuery(c, operation.query);
  const body = operation.body === undefined ? undefined : await readBody(c, operation.body, operation.bytesMax ?? BODY_BYTES_MAX);
  const answered = await operation.handle({ body, query, param: (name) => c.req.param(name) ?? "", isInternal, options });
  return answered instanceof Response ? answered : jsonResponse(answered);
}

function requireToken(c: Context, options: RpsHttpOptions): true {
  if (hasToken(c, options)) return true;
  const sent = c.req.header("authorization") !== undefined;
  throw new Failure("unauthorized", sent ? "the token is not the right one" : "this call needs the token", { fix: "send `Authorization: Bearer <token>`; it was shown when the platform was first started, or given to it as RPS_API_TOKEN" });
}

function hasToken(c: Context, { isToken }: RpsHttpOptions): boolean {
  const secret = /^Bearer\s+([\x21-\x7e]{1,512})$/i.exec(c.req.header("authorization") ?? "")?.[1];
  return secret !== undefined && isToken(secret);
}

