import { createMlflowClient, createVersion, ensureRegisteredModel, startServer, parseConfig, type MlflowClient, type RunningServer } from "@gauntlet/server";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Component, Context } from "../component.ts";
import { runConformance } from "../mlflow/conformance.ts";
import { installMlflow, MLFLOW_VERSION } from "../mlflow/install.ts";
import { startMlflow } from "../mlflow/server.ts";
import { until } from "../nats/faces.ts";

const LOGIN = { user: "admin", password: "password: of nobody" };
const SECRET = "of the webhook, and of nobody, ü";
const API = "/api/2.0/mlflow";

/** A poll would find a move within it, a webhook finds it at once. */
const POLL_MS = 3_600_000;
const LEASE_MS = 2000;

/**
 * MLflow's basic-auth app, and the webhooks that it signs and sends: the conformance suite with a login, and none without; an
 * alias that somebody else moves is answered because MLflow told of it, an hour before a poll would have.
 */
export const component: Component = {
  name: "MLflow, login and webhooks",
  required: true,
  async run(context) {
    const installed = await installMlflow(context);
    if (installed.kind === "missing") return { kind: "skipped", version: MLFLOW_VERSION, why: installed.why };
    const login = { MLFLOW_AUTH_CONFIG_PATH: await writeConfig(context), MLFLOW_AUTH_ADMIN_PASSWORD: LOGIN.password, MLFLOW_FLASK_SERVER_SECRET_KEY: "of nobody", MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: randomBytes(32).toString("base64url") + "=" };
    // By default it sends to public addresses over https alone: these are its own switches for others.
    // And it remembers for a minute that nobody wanted to be told.
    const reachable = { MLFLOW_WEBHOOK_ALLOWED_SCHEMES: "http,https", MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: "true", MLFLOW_WEBHOOK_CACHE_TTL: "0" };
    const url = await startMlflow(context, installed.bin, { args: ["--app-name", "basic-auth"], env: { ...login, ...reachable } });
    await requireRefused(url);
    await requireDoctor(context, url);
    const count = await runConformance(context, { url, ...LOGIN });
    const mlflow = createMlflowClient({ url, timeoutMs: 20_000, retries: 2, basic: LOGIN });
    const server = await openServer(context, url);
    try {
      await tellGauntlet(mlflow, `${server.url ?? ""}/v1/webhooks/mlflow`);
      const toldMs = [...(await movesHold(mlflow, server)), await moveIsSetBack(mlflow, server)];
      return { kind: "passed", version: MLFLOW_VERSION, note: `${count} conformance tests with a login; the webhook that MLflow signs is refused with another secret; ${toldMs.length} moves of an alias by somebody else were answered ${Math.max(...toldMs)} ms later at most, polling every ${POLL_MS / 60_000} minutes` };
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

/** `gauntlet doctor` finds a login that MLflow does not know, and repeats none of its words. */
async function requireDoctor({ processes, workDir }: Context, url: string): Promise<void> {
  const cli = join(import.meta.dirname, "../../../apps/cli/bin/gauntlet.mjs");
  for (const [password, wanted] of [[LOGIN.password, /^ok: the user admin may read registered models$/], ["wrong words", /^fail: .*answered 401/]] as const) {
    const config = join(workDir, "doctor-of-mlflow.json");
    await writeFile(config, JSON.stringify({ registry: { kind: "mlflow", url, user: LOGIN.user, password, timeoutMs: 20_000 } }));
    const { stdout } = await processes.run({ command: process.execPath, args: [cli, "--config", config, "--data", join(workDir, "doctor-of-mlflow"), "doctor", "--json"], timeoutMs: 60_000 });
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly { readonly what: string; readonly status: string; readonly says: string }[] };
    const found = findings.find(({ what }) => what === "registry login");
    if (found === undefined || !wanted.test(`${found.status}: ${found.says}`) || stdout.includes(password)) throw new Error(`doctor says of the login: ${JSON.stringify(found ?? findings)}`);
  }
}

async function openServer({ workDir, log }: Context, url: string): Promise<RunningServer> {
  const config = parseConfig(`{ listen: { port: 0 }, tick: { everyMs: ${POLL_MS}, leaseMs: ${LEASE_MS} } }`, "test", {});
  const registry = { kind: "mlflow", url, ...LOGIN, timeoutMs: 20_000, webhookSecret: SECRET } as const;
  return startServer({ ...config, dataDir: join(workDir, "told-by-mlflow"), registry }, { log: ({ level, message }) => (level === "info" ? undefined : log(message)) });
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

/** Where the policy holds: to the challenger, and back. @returns how long after each move it was decided on, in milliseconds */
async function movesHold(mlflow: MlflowClient, server: RunningServer): Promise<readonly number[]> {
  const model = "told";
  await begin(mlflow, server, { model, more: "" });
  const tookMs: number[] = [];
  for (const [version, isHeld] of [["2", true], ["1", false]] as const) {
    const began = performance.now();
    await point(mlflow, model, version);
    await until(`the move to ${version} is decided on`, async () => ((await server.composition.store.ledger.head(model))?.state?.decision?.reason === "foreign_move") === isHeld);
    tookMs.push(Math.round(performance.now() - began));
  }
  return tookMs;
}

/** Where the policy sets back: it is seen at once, and set back at the next look. @returns milliseconds until it was seen */
async function moveIsSetBack(mlflow: MlflowClient, server: RunningServer): Promise<number> {
  const model = "kept";
  await begin(mlflow, server, { model, more: "onForeignMove: revert\n" });
  const { ledger } = server.composition.store;
  const kinds = async (): Promise<readonly string[]> => (await ledger.read(model, 0, 1000)).map(({ event }) => event.kind);
  // A departure may be a late write of our own for so long.
  await until("late writes are over", async () => Date.now() > ((await ledger.head(model))?.state?.settled?.at ?? Number.POSITIVE_INFINITY) + 3 * LEASE_MS);
  const began = performance.now();
  await point(mlflow, model, "2");
  await until("the move is seen", async () => (await kinds()).includes("drift.seen"));
  const tookMs = Math.round(performance.now() - began);
  await server.tick(model);
  const { aliases } = await server.composition.controller.registry.read(model, []);
  if (aliases["champion"] !== "1" || (await kinds()).filter((kind) => kind === "drift.reverted").length !== 1) throw new Error(`the move was not set back: champion is ${aliases["champion"]}; the ledger has ${(await kinds()).join(", ")}`);
  return tookMs;
}

async function begin(mlflow: MlflowClient, server: RunningServer, { model, more }: { readonly model: string; readonly more: string }): Promise<void> {
  await ensureRegisteredModel(mlflow, model, "");
  for (const digit of ["1", "2"]) await createVersion(mlflow, { model, source: `s3://models/${digit}`, runId: null, tags: { "gauntlet.digest": `sha256:${digit.repeat(64)}` }, description: null });
  await point(mlflow, model, "1");
  const policy = more + (await readFile(join(import.meta.dirname, "../../../docs/examples/fraud.yaml"), "utf8")).replace(/^model: .*$/m, `model: ${model}`);
  const headers = { authorization: `Bearer ${server.firstToken ?? ""}`, "content-type": "application/json", "idempotency-key": `begin-${model}` };
  const answer = await fetch(`${server.url ?? ""}/v1/models/${model}/rollouts`, { method: "POST", headers, body: JSON.stringify({ policy, challenger: "2" }) });
  if (!answer.ok) throw new Error(`the rollout did not begin: ${await answer.text()}`);
  await server.tick(model);
}

/** By somebody else's hand. */
async function point(mlflow: MlflowClient, name: string, version: string): Promise<void> {
  await mlflow.json({ method: "POST", path: `${API}/registered-models/alias`, json: { name, alias: "champion", version }, idempotent: true });
}
