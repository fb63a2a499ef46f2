import { createMlflowClient, createVersion, ensureRegisteredModel, mlflowRegistry } from "@gauntlet/adapters";
import { startPostgres, type RunningPostgres } from "@gauntlet/adapters/testing";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../../apps/cli/bin/gauntlet.mjs", import.meta.url));
const EVERY_MS = 150;
const LEASE_MS = 2500;

/** One process of the deployment: a server, or a controller alone. */
interface Replica {
  readonly name: string;
  readonly pid: number;
  /** null of a controller alone. */
  readonly url: string | null;
  isAlive(): boolean;
  /** SIGKILL: nothing is said to anybody. */
  kill(): Promise<void>;
}

/** Two servers and three controllers, each a process of its own, on one real PostgreSQL; the first server has the registry. */
export interface Cluster {
  readonly databaseUrl: string;
  readonly token: string;
  readonly servers: readonly [Replica, Replica];
  readonly workers: readonly Replica[];
  close(): Promise<void>;
}

export async function openCluster(model: string): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), "gauntlet-replicas-"));
  const postgres = await startPostgres();
  const started: Replica[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(started.map((replica) => replica.kill()));
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const first = await launch({ folder, name: "server-1", command: "up", config: configOf(postgres, null) });
    started.push(first.replica);
    const token = first.token ?? fail("the first server shows no token");
    const registry = { url: first.replica.url ?? fail("the first server does not listen"), token };
    await registerTwo(registry, model);
    const config = configOf(postgres, registry);
    const others = await Promise.all([
      launch({ folder, name: "server-2", command: "up", config }),
      ...[1, 2, 3].map((number) => launch({ folder, name: `worker-${number}`, command: "worker", config })),
    ]);
    started.push(...others.map(({ replica }) => replica));
    const [, second, ...workers] = started;
    return { databaseUrl: postgres.url, token, servers: [first.replica, second ?? fail("there is no second server")], workers, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface RegistryPlace {
  readonly url: string;
  readonly token: string;
}

function configOf(postgres: RunningPostgres, registry: RegistryPlace | null): object {
  return {
    listen: { port: 0 },
    store: { kind: "postgres", url: postgres.url },
    registry: registry === null ? { kind: "embedded" } : { kind: "mlflow", ...registry },
    tick: { everyMs: EVERY_MS, leaseMs: LEASE_MS },
  };
}

interface Launch {
  readonly folder: string;
  readonly name: string;
  readonly command: "up" | "worker";
  /** JSON is YAML. */
  readonly config: object;
}

async function launch({ folder, name, command, config }: Launch): Promise<{ readonly replica: Replica; readonly token: string | null }> {
  const place = join(folder, name);
  mkdirSync(place);
  writeFileSync(join(place, "gauntlet.yaml"), JSON.stringify(config));
  const { GAUNTLET_DATA: _data, GAUNTLET_TOKEN: _token, GAUNTLET_CONFIG: _config, ...env } = process.env;
  const child = spawn(process.execPath, [BIN, command, "--json"], { cwd: place, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const { url, pid } = await firstLine(child, () => `${name} ended before it worked: ${said}`);
  return { replica: replicaOf(child, { name, url, pid }), token: /shown this once: (\S+)/.exec(said)?.[1] ?? null };
}

function replicaOf(child: ChildProcess, about: Pick<Replica, "name" | "url" | "pid">): Replica {
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    ...about,
    isAlive,
    async kill() {
      if (!isAlive()) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}

/** Where the process works, which it says when it does. */
async function firstLine(child: ChildProcess, complaint: () => string): Promise<{ readonly url: string | null; readonly pid: number }> {
  if (child.stdout === null) return fail("the process has no output");
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, "line").then(([text]) => String(text)), once(child, "exit").then(() => null)]);
  return line === null ? fail(complaint()) : (JSON.parse(line) as { url: string | null; pid: number });
}

async function registerTwo({ url, token }: RegistryPlace, model: string): Promise<void> {
  const client = createMlflowClient({ url, token, timeoutMs: 10_000, retries: 2 });
  await ensureRegisteredModel(client, model, "");
  for (const digit of ["1", "2"]) await createVersion(client, { model, source: `s3://models/${digit}`, runId: null, tags: { "gauntlet.digest": `sha256:${digit.repeat(64)}` }, description: null });
  await mlflowRegistry(client).setAlias(model, "champion", "1");
}

function fail(message: string): never {
  throw new Error(message);
}
