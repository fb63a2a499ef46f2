import { createVersion, ensureRegisteredModel, mlflowRegistry } from "@gauntlet/adapters";
import type { Role } from "@gauntlet/controller";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createToken } from "../auth/tokens.ts";
import { parseConfig } from "../config/parse-config.ts";
import type { Config } from "../config/config.ts";
import type { LogLine } from "../log.ts";
import { startServer, type RunningServer, type ServerOptions } from "../start-server.ts";

/** A whole server over real SQLite and the embedded registry, without a socket unless one is asked for; its clock is the test's. */
export interface TestServer extends RunningServer {
  readonly dataDir: string;
  readonly lines: readonly LogLine[];
  readonly clock: { at: number; now(): number };
  /** A token of each role. */
  readonly tokens: Readonly<Record<Role, string>>;
  call(method: string, path: string, options?: CallOptions): Promise<Called>;
}

interface CallOptions {
  /** Left out: the operator's. null: none. */
  readonly token?: string | null;
  readonly body?: unknown;
  /** Sent as it is. */
  readonly text?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

export const START = Date.parse("2026-01-01T00:00:00Z");

export async function startTestServer(given: { readonly config?: Partial<Config>; readonly options?: ServerOptions; readonly dataDir?: string } = {}): Promise<TestServer> {
  const dataDir = given.dataDir ?? newDataDir();
  const lines: LogLine[] = [];
  const clock = { at: START, now: () => clock.at };
  const config: Config = { ...parseConfig("listen: { port: 0 }", "test", {}), dataDir, ...given.config };
  const server = await startServer(config, { clock, loop: false, listen: false, log: (line) => lines.push(line), ...given.options });
  const store = server.composition.store.tokens;
  const secretOf = async (role: Role) => (await createToken(store, { name: `${role} ${Math.random().toString(36).slice(2)}`, role, now: Date.now() })).secret;
  const tokens = { viewer: await secretOf("viewer"), ingest: await secretOf("ingest"), operator: await secretOf("operator") };

  async function call(method: string, path: string, options: CallOptions = {}): Promise<Called> {
    const { token = tokens.operator, body, text = body === undefined ? undefined : JSON.stringify(body), key } = options;
    const headers = {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(text === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
      ...options.headers,
    };
    const response = await server.fetch(new Request(`http://127.0.0.1${path}`, { method, headers, ...(text === undefined ? {} : { body: text }) }));
    const answer = await response.text();
    return { status: response.status, headers: response.headers, text: answer, json: /[/+]json/.test(response.headers.get("content-type") ?? "") ? JSON.parse(answer) : null };
  }

  return { ...server, dataDir, lines, clock, tokens, call };
}

/** Removed with everything in it when the process ends. */
export function newDataDir(): string {
  if (dirs.length === 0) process.once("exit", () => dirs.forEach((dir) => rmSync(dir, { recursive: true, force: true })));
  const dir = mkdtempSync(join(tmpdir(), "gauntlet-server-"));
  dirs.push(dir);
  return dir;
}

const dirs: string[] = [];

/** Two versions in the registry, the first of them champion. */
export async function registerVersions(server: RunningServer, model: string): Promise<void> {
  const { mlflow } = server.composition;
  await ensureRegisteredModel(mlflow, model, "");
  for (const digit of ["1", "2"]) {
    await createVersion(mlflow, { model, source: `s3://models/${model}/${digit}`, runId: null, tags: { "gauntlet.digest": `sha256:${digit.repeat(64)}` }, description: null });
  }
  await mlflowRegistry(mlflow).setAlias(model, "champion", "1");
}
