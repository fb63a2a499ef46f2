import { createMlflowClient, ensureRegisteredModel, startServer, parseConfig, type MlflowClient, type RunningServer } from "@gauntlet/server";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Component, Context } from "../component.ts";
import { runConformance } from "../mlflow/conformance.ts";
import { installMlflow, MLFLOW_VERSION } from "../mlflow/install.ts";
import { startMlflow } from "../mlflow/server.ts";

const LOGIN = { user: "admin", password: "password: of nobody" };
const SECRET = "of the webhook, and of nobody, ü";
const API = "/api/2.0/mlflow";

/**
 * MLflow's basic-auth app, and the webhook that it signs and sends: the conformance suite with a login, and none without.
 */
export const component: Component = {
  name: "MLflow, login and webhooks",
  required: true,
  async run(context) {
    const installed = await installMlflow(context);
    if (installed.kind === "missing") return { kind: "skipped", version: MLFLOW_VERSION, why: installed.why };
    const login = { MLFLOW_AUTH_CONFIG_PATH: await writeConfig(context), MLFLOW_AUTH_ADMIN_PASSWORD: LOGIN.password, MLFLOW_FLASK_SERVER_SECRET_KEY: "of nobody", MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: randomBytes(32).toString("base64url") + "=" };
    // By default it sends to public addresses over https alone: these are its own switches for others.
    const reachable = { MLFLOW_WEBHOOK_ALLOWED_SCHEMES: "http,https", MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: "true" };
    const url = await startMlflow(context, installed.bin, { args: ["--app-name", "basic-auth"], env: { ...login, ...reachable } });
    await requireRefused(url);
    const count = await runConformance(context, { url, ...LOGIN });
    const mlflow = createMlflowClient({ url, timeoutMs: 20_000, retries: 2, basic: LOGIN });
    const server = await openServer(context, url);
    try {
      await tellGauntlet(mlflow, `${server.url ?? ""}/v1/webhooks/mlflow`);
      return { kind: "passed", version: MLFLOW_VERSION, note: `${count} conformance tests with a login; the webhook that MLflow signs is taken, and refused with another secret` };
    } finally {
      await server.close();
    }
  },
};

/** MLflow's own settings, but that a password is not stretched anew for each of a thousand calls. */
async function writeConfig({ workDir }: Context): Promise<string> {
  const path = join(workDir, "basic_auth.ini");
  const settings = { default_permission: "READ", database_uri: `sqlite:///${join(workDir, "basic_auth.db")}`, admin_username: LOGIN.user, authorization_function: "mlflow.server.auth:authenticate_request_basic_auth", auth_cache_ttl_seconds: "60" };
  await writeFile(path, `[mlflow]\n${Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`).join("")}`);
  return path;
}

/** Without a login, and with a wrong one. */
async function requireRefused(url: string): Promise<void> {
  for (const login of [{}, { basic: { ...LOGIN, password: "wrong" } }]) {
    const refusal: unknown = await ensureRegisteredModel(createMlflowClient({ url, timeoutMs: 20_000, retries: 0, ...login }), "refused", "").then(() => null, (error: unknown) => error);
    if (!(refusal instanceof Error) || !/answered 401/.test(refusal.message)) throw new Error(`with ${JSON.stringify(Object.keys(login))} MLflow answered ${String(refusal)}`);
    if (refusal.message.includes("wrong")) throw new Error("the refusal tells the password");
  }
}

async function openServer({ workDir, log }: Context, url: string): Promise<RunningServer> {
  const config = parseConfig("listen: { port: 0 }", "test", {});
  const registry = { kind: "mlflow", url, ...LOGIN, timeoutMs: 20_000, webhookSecret: SECRET } as const;
  return startServer({ ...config, dataDir: join(workDir, "told-by-mlflow"), registry }, { loop: false, log: ({ level, message }) => (level === "info" ? undefined : log(message)) });
}

/** Its own test of the webhook says what Gauntlet answers; the example that it sends is of a model that nobody has. */
async function tellGauntlet(mlflow: MlflowClient, url: string): Promise<void> {
  const events = ["CREATED", "DELETED"].map((action) => ({ entity: "MODEL_VERSION_ALIAS", action }));
  const post = (path: string, json: object): Promise<unknown> => mlflow.json({ method: "POST", path: `${API}/webhooks${path}`, json, idempotent: false });
  for (const [secret, status] of [["not the one that is agreed", 401], [SECRET, 202]] as const) {
    const { webhook } = (await post("", { name: `gauntlet-${status}`, url, events, secret })) as { readonly webhook: { readonly webhook_id: string } };
    const { result } = (await post(`/${webhook.webhook_id}/test`, {})) as { readonly result: { readonly response_status?: number } };
    if (result.response_status !== status) throw new Error(`MLflow's test of its webhook came to ${JSON.stringify(result)} instead of ${status}`);
    if (status === 401) await mlflow.json({ method: "DELETE", path: `${API}/webhooks/${webhook.webhook_id}`, json: {}, idempotent: true });
  }
}
