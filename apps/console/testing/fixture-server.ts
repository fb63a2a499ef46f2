// A real HTTP server with the controller's API over made-up models, for developing and testing the console.
// By hand: node apps/console/testing/fixture-server.ts [port]
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import { approveAct, operatorAct, type Fleet, type LedgerPage, type LedgerVerification, type ModelDetail, type ModelSummary, type OperatorVerb } from "@gauntlet/contract";
import { failureAnalysis, ROOT_CHAIN, type FailureAnalysis, type Verdict } from "@gauntlet/core";

import { deliveryDetailOf, fixtureHooks, hookListOf, replayed, tested, type FixtureHooks } from "./fixture-hooks.ts";
import { append, applyPlan, NOW, recordDecision, splitOf, type FixtureModel } from "./fixture-models.ts";
import { fixtureModels, rootEntries } from "./fixture-worlds.ts";

export const TOKEN = "fixture-operator-token";
/** As strict as the real server's: the console must live with it. */
export const POLICY_HEADER = "default-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
const DIST = join(fileURLToPath(new URL(".", import.meta.url)), "../dist");
const TYPES: Readonly<Record<string, string>> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

export interface ReceivedAct {
  readonly model: string;
  readonly verb: string;
  readonly body: unknown;
  readonly idempotencyKey: string | undefined;
  readonly status: number;
}

export interface FixtureServer {
  readonly url: string;
  readonly acts: readonly ReceivedAct[];
  readonly models: Map<string, FixtureModel>;
  readonly hooks: FixtureHooks;
  /** Tells every open page that a model changed. */
  emit(model: string): void;
  /** Cuts the event streams; with false no new one is accepted until it is called with true. */
  streams(accepted: boolean): void;
  close(): Promise<void>;
}

interface Context {
  readonly models: Map<string, FixtureModel>;
  readonly hooks: FixtureHooks;
  readonly acts: ReceivedAct[];
  readonly listeners: Set<ServerResponse>;
  readonly dist: string;
  now: number;
  streaming: boolean;
}

export async function startFixtureServer(options: { readonly dist?: string; readonly port?: number; readonly models?: Map<string, FixtureModel> } = {}): Promise<FixtureServer> {
  const context: Context = { models: options.models ?? fixtureModels(), hooks: fixtureHooks(), acts: [], listeners: new Set(), dist: options.dist ?? DIST, now: NOW, streaming: true };
  const server = createServer((request, response) => {
    answer(context, request, response).catch((error: unknown) => problem(response, 500, { code: "internal", detail: String(error), fix: null }));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    acts: context.acts,
    models: context.models,
    hooks: context.hooks,
    emit: (model) => emit(context, model),
    streams: (accepted) => {
      context.streaming = accepted;
      for (const listener of context.listeners) listener.destroy();
    },
    close: () => close(server, context),
  };
}

async function close(server: Server, context: Context): Promise<void> {
  for (const listener of context.listeners) listener.end();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function answer(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://fixture");
  response.setHeader("content-security-policy", POLICY_HEADER);
  response.setHeader("x-content-type-options", "nosniff");
  const parts = url.pathname.split("/").slice(1).map(decodeURIComponent);
  if (parts[0] !== "v1") return serveFile(context, url.pathname, response);
  if (url.pathname === "/v1/events") return follow(context, request, response);
  if (url.pathname === "/v1/models") return json(response, { now: context.now, models: [...context.models.values()].map(summaryOf) } satisfies Fleet);
  if (url.pathname === "/v1/ledger/verify") return json(response, verification(context));
  if (parts[1] === "hooks") return ofHooks(context, { request, response, url, parts: parts.slice(2) });
  if (parts[1] === "decisions" && parts[3] === "document") return text(response, `# Decision ${parts[2]}\n`);
  if (parts[1] === "models" && parts[2] !== undefined) return ofModel(context, { request, response, url, name: parts[2], what: parts[3] });
  return problem(response, 404, { code: "not_found", detail: `${url.pathname} is not a route`, fix: null });
}

interface HooksRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly parts: readonly string[];
}

function ofHooks({ hooks, acts }: Context, { request, response, url, parts: [first = "", id = "", verb] }: HooksRequest): void {
  if (first === "") return json(response, hookListOf(hooks, url.searchParams));
  const named = first === "deliveries" ? id : first;
  if (request.method === "POST" && request.headers.authorization !== `Bearer ${TOKEN}`) return problem(response, 401, { code: "unauthorized", detail: "The token is not known here.", fix: "Print a valid one with `gauntlet token`." });
  const answered = request.method === "GET" ? deliveryDetailOf(hooks, named) : verb === "replay" ? replayed(hooks, named) : tested(hooks, named);
  if (request.method === "POST") acts.push({ model: named, verb: verb ?? id, body: {}, idempotencyKey: String(request.headers["idempotency-key"]), status: answered === undefined ? 404 : 200 });
  return answered === undefined ? problem(response, 404, { code: "not_found", detail: `there is no ${named}`, fix: null }) : json(response, answered);
}

interface ModelRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly name: string;
  readonly what: string | undefined;
}

async function ofModel(context: Context, call: ModelRequest): Promise<void> {
  const { request, response, name, what } = call;
  if (name === ROOT_CHAIN && what === "ledger") return json(response, page(ROOT_CHAIN, rootEntries(context.models), call.url));
  const model = context.models.get(name);
  if (model === undefined) return problem(response, 404, { code: "not_found", detail: `There is no model "${name}".`, fix: "Look at the fleet for the names of the models." });
  if (request.method === "POST") return act(context, call, model);
  if (what === undefined) return json(response, detailOf(context, model));
  if (what === "evidence") return json(response, { model: name, rolloutId: model.state.rollout?.id ?? "", bucketMs: 6 * 3_600_000, level: 0.95, points: model.points });
  if (what === "analysis") return json(response, analysisOf(model));
  if (what === "ledger") return json(response, page(name, model.entries, call.url));
  return problem(response, 404, { code: "not_found", detail: `${call.url.pathname} is not a route`, fix: null });
}

/** Of the newest decision, with the files of a version that meets larger amounts than it learned from. */
function analysisOf(model: FixtureModel): FailureAnalysis {
  const event = model.entries.findLast((entry) => entry.event.kind === "decision")?.event;
  if (event?.kind !== "decision") throw new Error(`${model.model} has no decision`);
  const sample = (scale: number) => {
    const values = Array.from({ length: 400 }, (_, i) => scale * (i % 40));
    return { features: [{ name: "amount", kind: "continuous" as const, values }, { name: model.model, kind: "continuous" as const, values: values.map((value) => value / scale) }], labels: values.map((_, i) => (i % 4 === 0 ? (1 as const) : (0 as const))), scores: values.map((value) => value / 200), rowHashes: null, span: null };
  };
  const nothing = { holdout: null, preprocessing: null, golden: null, manifest: null, servedPreprocessing: null, servedGolden: null, servedManifest: null, servedThreshold: null, registryManifest: null, offlineRecall: null };
  return failureAnalysis(event, { ...nothing, trainingSample: sample(1), servedSample: sample(3), loss: { train: [3, 2, 1.5, 1.2], validation: [3.1, 2.2, 1.9, 1.95] } });
}

function page(chain: string, entries: FixtureModel["entries"] | readonly FixtureModel["entries"][number][], url: URL): LedgerPage {
  const after = Number(url.searchParams.get("after") ?? 0);
  const limit = Number(url.searchParams.get("limit") ?? 50);
  const shown = entries.filter((entry) => entry.seq > after).slice(0, limit);
  const last = shown.at(-1)?.seq ?? 0;
  return { chain, entries: shown, nextAfter: last < entries.length ? last : null };
}

function summaryOf(model: FixtureModel): ModelSummary {
  const { state, decision } = model;
  return {
    model: model.model,
    ...rolloutPart(model),
    evidence: state.rollout?.status === "running" ? "healthy" : null,
    verdict: decision?.verdict ?? null,
    reason: decision?.reason ?? null,
    sentence: decision?.sentence ?? null,
    decidedAt: decision?.at ?? null,
    confirmedAt: decision === null ? null : Math.min(NOW - 30_000, decision.at + 15 * 60_000),
    applying: state.pending !== null,
    failure: model.failure,
  };
}

function rolloutPart(model: FixtureModel) {
  const { decision, state } = model;
  const { rollout } = state;
  if (rollout === null) return { rolloutId: null, policy: null, kind: null, mode: null, status: null, champion: null, challenger: null, challengerShare: null, startedAt: null, nextLookAt: null };
  const { status, policy } = rollout;
  const share = splitOf(model).filter((arm) => arm.version === rollout.challenger.version);
  const over = status === "promoted";
  return {
    rolloutId: rollout.id,
    policy: policy.name,
    kind: policy.kind,
    mode: policy.mode,
    status,
    champion: over ? rollout.challenger.version : rollout.champion.version,
    challenger: over ? null : rollout.challenger.version,
    challengerShare: over ? null : Math.round(share.reduce((sum, arm) => sum + arm.intended, 0) * 10_000),
    startedAt: rollout.startedAt,
    nextLookAt: status === "running" && decision?.reason !== "awaiting_approval" ? (decision?.look?.dueAt ?? null) : null,
  };
}

function detailOf(context: Context, model: FixtureModel): ModelDetail {
  return { now: context.now, summary: summaryOf(model), state: model.state, decision: model.decision, aliases: model.aliases, split: splitOf(model), documents: model.documents, retired: retiredOf(model) };
}

/** As the server says it of a SeldonDeployment. */
function retiredOf({ state }: FixtureModel): ModelDetail["retired"] {
  if (state.rollout?.status !== "promoted" || state.settled === null) return null;
  const { version } = state.rollout.champion;
  return { version, since: state.settled.at, scale: `predictor v${version} of SeldonDeployment models/fraud needs no more replicas than keep it ready`, before: "A rollback goes back to it, and waits until it is up again where it was scaled down." };
}

function verification(context: Context): LedgerVerification {
  const chains = [...context.models.values()].filter((model) => model.entries.length > 0).map((model) => ({ chain: model.model, entries: model.entries.length, head: model.state.hash }));
  const root = rootEntries(context.models);
  return { status: "verified", chains: [{ chain: ROOT_CHAIN, entries: root.length, head: root.at(-1)?.hash ?? "" }, ...chains], breaks: [] };
}

async function act(context: Context, call: ModelRequest, model: FixtureModel): Promise<void> {
  const { request, response, name, what: verb = "" } = call;
  const body: unknown = JSON.parse(await bodyOf(request));
  const key = request.headers["idempotency-key"];
  const refuse = (status: number, told: Told) => {
    context.acts.push({ model: name, verb, body, idempotencyKey: String(key), status });
    problem(response, status, told);
  };
  if (request.headers.authorization !== `Bearer ${TOKEN}`) {
    return refuse(401, { code: "unauthorized", detail: "The token is not known here.", fix: "Print a valid one with `gauntlet token`, or create another with `gauntlet token create`." });
  }
  if (typeof key !== "string" || key.length < 16) return refuse(400, { code: "invalid_input", detail: "An act needs an Idempotency-Key.", fix: "Send one of at least 16 characters." });
  const parsed = verb === "approve" ? approveAct.safeParse(body) : operatorAct.safeParse(body);
  if (!parsed.success) return refuse(400, { code: "invalid_input", detail: parsed.error.message, fix: null });
  const reason = "reason" in parsed.data ? parsed.data.reason : parsed.data.comment;
  if (reason.includes("conflict")) return refuse(409, { code: "in_flight", detail: "Effects of an earlier decision are still being applied.", fix: "Wait until they are read back, then try again." });
  context.acts.push({ model: name, verb, body, idempotencyKey: key, status: 200 });
  const entry = recordAct(model, verb as OperatorVerb, reason);
  json(response, { model: name, seq: entry.seq, hash: entry.hash });
  emit(context, name);
  if (verb === "rollback") setTimeout(() => carryOut(context, model), 400);
}

function recordAct(model: FixtureModel, verb: OperatorVerb, reason: string) {
  const by = "operator";
  if (verb === "hold") return append(model, NOW, { kind: "hold", hold: { by, at: NOW, reason } });
  if (verb === "resume") return append(model, NOW, { kind: "resume", by, reason });
  if (verb === "approve") {
    const { id = "", evidenceDigest = "" } = model.decision ?? {};
    return append(model, NOW, { kind: "approval", approval: { id: `a-${model.entries.length}`, by, at: NOW, decisionId: id, evidenceDigest, comment: reason } });
  }
  return append(model, NOW, { kind: "request", request: { id: `q-${model.entries.length}`, kind: verb, by, at: NOW, reason } });
}

/** What the controller's next tick would do with a request. */
function carryOut(context: Context, model: FixtureModel): void {
  recordDecision(model, { at: NOW + 1000, part: 1 });
  model.failure = null;
  applyPlan(model, NOW + 2000);
  emit(context, model.model);
}

function follow(context: Context, request: IncomingMessage, response: ServerResponse): void {
  if (!context.streaming) return problem(response, 503, { code: "store_unavailable", detail: "not now", fix: null });
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(": hello\n\n");
  context.listeners.add(response);
  request.on("close", () => context.listeners.delete(response));
}

function emit(context: Context, model: string): void {
  const seq = context.models.get(model)?.state.seq ?? 0;
  for (const listener of context.listeners) listener.write(`id: ${Date.now()}\nevent: model\ndata: ${JSON.stringify({ model, seq })}\n\n`);
}

function serveFile(context: Context, path: string, response: ServerResponse): void {
  const file = join(context.dist, normalize(path));
  const known = existsSync(file) && statSync(file).isFile() ? file : join(context.dist, "index.html");
  response.writeHead(200, { "content-type": TYPES[extname(known)] ?? "application/octet-stream" });
  createReadStream(known).pipe(response);
}

interface Told {
  readonly code: string;
  readonly detail: string;
  readonly fix: string | null;
}

function problem(response: ServerResponse, status: number, told: Told): void {
  response.writeHead(status, { "content-type": "application/problem+json" });
  response.end(JSON.stringify({ type: `https://gauntlet.example/problems/${told.code}`, title: told.code, status, errors: [], ...told }));
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function text(response: ServerResponse, body: string): void {
  response.writeHead(200, { "content-type": "text/markdown; charset=utf-8" });
  response.end(body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}

/** So that unused verdicts can't creep into the fixtures unseen. */
export function verdictsShown(models: ReadonlyMap<string, FixtureModel>): readonly Verdict[] {
  return [...new Set([...models.values()].flatMap((model) => (model.decision === null ? [] : [model.decision.verdict])))].toSorted();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await startFixtureServer({ port: Number(process.argv[2] ?? 4499) });
  process.stdout.write(`the console over made-up models: ${server.url} (token ${TOKEN})\n`);
}
