import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { Hono } from "hono";
import type { Handler } from "hono";
import { aliasRoutes } from "./alias/routes.ts";
import { openArtifactFiles } from "./artifact/files.ts";
import { artifactRoutes, serveArtifact } from "./artifact/routes.ts";
import { openDatabase } from "./database/database.ts";
import { createDefaultExperiment, experimentRoutes } from "./experiment/routes.ts";
import { loggedModelRoutes } from "./logged-model/routes.ts";
import { modelRoutes } from "./model/routes.ts";
import { readSource } from "./request/body.ts";
import { readFields } from "./request/fields.ts";
import { errorResponse, problemResponse } from "./request/problem.ts";
import type { Access, Context, Route } from "./request/route.ts";
import { logRoutes } from "./run/log.ts";
import { runRoutes } from "./run/routes.ts";
import { runSearch } from "./run/search.ts";
import { versionRoutes } from "./version/routes.ts";

export type Permission = "granted" | "unauthorized" | "forbidden";

export interface RegistryOptions {
  /** A file, or ":memory:". */
  readonly database: string;
  readonly artifactsDir: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** 32 hex digits, never the same twice: ids of runs and logged models. */
  readonly newId: () => string;
  /** Who may do what; everybody everything when it is left out. Searches that are POST requests are reads. */
  readonly allow?: (request: Request, access: Access) => Permission | Promise<Permission>;
  readonly limits?: { readonly jsonBytesMax: number; readonly fileBytesMax: number };
  /** Told of what went wrong inside; the caller gets no more than INTERNAL_ERROR. */
  readonly onError?: (error: unknown) => void;
}

export interface EmbeddedRegistry {
  /** Answers `/api/2.0/mlflow/**`, `/ajax-api/2.0/mlflow/**`, the artifact paths, `/health`, `/version`. Never rejects. */
  fetch(request: Request): Promise<Response>;
  close(): void;
}

/** The MLflow release whose REST API this speaks, and against which it is tested. */
export const MLFLOW_VERSION = "3.17.2";

const LIMITS = { jsonBytesMax: 4 << 20, fileBytesMax: 4 * 2 ** 30 };

/** A model registry and tracking store of one file and one directory, which MLflow's own clients can use. */
export async function createRegistry(options: RegistryOptions): Promise<EmbeddedRegistry> {
  const limits = options.limits ?? LIMITS;
  if (options.database !== ":memory:") await mkdir(dirname(options.database), { recursive: true });
  const database = openDatabase(options.database);
  const files = await openArtifactFiles(options.artifactsDir, { newId: options.newId, fileBytesMax: limits.fileBytesMax });
  const context: Context = { database, files, now: options.now, newId: options.newId };
  createDefaultExperiment(context);
  const app = createApp(context, { ...options, limits });
  return { fetch: async (request) => app.fetch(request), close: () => database.close() };
}

const ROUTES: readonly Route[] = [
  ...experimentRoutes, ...runRoutes, runSearch, ...logRoutes, ...artifactRoutes, ...loggedModelRoutes, ...modelRoutes, ...versionRoutes, ...aliasRoutes,
];
const BASES = ["/api/2.0/mlflow", "/ajax-api/2.0/mlflow"];
const ARTIFACTS = /^\/(?:ajax-)?api\/2\.0\/mlflow-artifacts\/artifacts(?:\/(.*))?$/;

function createApp(context: Context, options: RegistryOptions & { readonly limits: typeof LIMITS }): Hono {
  const app = new Hono();
  app.get("/health", (c) => c.text("OK"));
  app.get("/version", (c) => c.text(MLFLOW_VERSION));
  for (const base of ["/api/3.0/mlflow", "/ajax-api/3.0/mlflow"]) app.get(`${base}/server-info`, (c) => c.json(SERVER_INFO));
  for (const base of BASES) {
    for (const one of ROUTES) app.on(one.method, base + one.path, answerWith(one, context, options));
    // A known path with another method.
    for (const path of new Set(ROUTES.map((one) => one.path))) app.all(base + path, methodNotAllowed);
  }
  for (const path of ["/api/2.0/mlflow-artifacts/artifacts", "/ajax-api/2.0/mlflow-artifacts/artifacts"]) {
    for (const pattern of [path, `${path}/*`]) {
      app.on(["GET", "PUT", "DELETE"], pattern, async (c) => {
        const access = c.req.method === "GET" || c.req.method === "HEAD" ? "read" : "write";
        const refusal = await refuse(c.req.raw, access, options);
        return refusal ?? serveArtifact(context, c.req.raw, ARTIFACTS.exec(new URL(c.req.url).pathname)?.[1] ?? "");
      });
      app.all(pattern, methodNotAllowed);
    }
  }
  app.notFound((c) => errorResponse(404, "ENDPOINT_NOT_FOUND", `No such endpoint: ${c.req.method} ${c.req.path}`));
  app.onError((error) => {
    const response = problemResponse(error);
    if (response.status >= 500) options.onError?.(error);
    return response;
  });
  return app;
}

function answerWith(one: Route, context: Context, options: RegistryOptions & { readonly limits: typeof LIMITS }): Handler {
  return async (c) => {
    const refusal = await refuse(c.req.raw, one.access, options);
    if (refusal !== null) return refusal;
    const source = await readSource(c.req.raw, options.limits.jsonBytesMax);
    // What the path says wins over what the body says.
    const input = readFields(one.fields, { ...source, ...c.req.param() });
    return Response.json(await one.answer(context, input));
  };
}

async function refuse(request: Request, access: Access, options: RegistryOptions): Promise<Response | null> {
  const permission = (await options.allow?.(request, access)) ?? "granted";
  if (permission === "granted") return null;
  return permission === "unauthorized"
    ? errorResponse(401, "UNAUTHENTICATED", "This call needs a token: set MLFLOW_TRACKING_TOKEN, or send Authorization: Bearer …")
    : errorResponse(403, "PERMISSION_DENIED", "The token doesn't allow this call.");
}

function methodNotAllowed(c: { readonly req: { readonly method: string; readonly path: string } }): Response {
  return errorResponse(405, "ENDPOINT_NOT_FOUND", `${c.req.path} doesn't take ${c.req.method}.`);
}

/** What a Python client asks before it uploads: whether it may send files in parts. */
const SERVER_INFO = {
  store_type: "SqlStore",
  workspaces_enabled: false,
  trace_archival_enabled: false,
  multipart_uploads_enabled: false,
  multipart_downloads_enabled: false,
  presigned_upload_run_id_supported: false,
  presigned_upload_model_id_supported: false,
  features_enabled: { gateway: false },
};
