import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { postgresBinaries, temporaryRoot } from "./postgres-binaries.ts";
import type { Binaries } from "./postgres-binaries.ts";

export interface RunningPostgres {
  /** `postgres://…` with the password; the database is empty. */
  readonly url: string;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL server of its own, with its default durability, on a free loopback port and without a
 * socket file. The server refuses to run as root, so root starts it under another user. It ends with this process,
 * however that ends.
 */
export async function startPostgres(): Promise<RunningPostgres> {
  const account = process.getuid?.() === 0 ? ordinaryAccount() : null;
  const folder = mkdtempSync(join(temporaryRoot(account !== null), "gauntlet-postgres-"));
  try {
    if (account !== null) chownSync(folder, account.uid, account.gid);
    const binaries = postgresBinaries(folder, account !== null);
    const password = randomBytes(12).toString("hex");
    const cluster: Cluster = { folder, binaries, account, password };
    await initialise(cluster);
    return await startOnFreePort(cluster);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

interface Cluster {
  readonly folder: string;
  readonly binaries: Binaries;
  /** null: the present user. */
  readonly account: Account | null;
  readonly password: string;
}

function ordinaryAccount(): Account {
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["nobody", "postgres"]) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error("PostgreSQL refuses to run as root, and there is no user nobody or postgres to run it as");
}

async function initialise(cluster: Cluster): Promise<void> {
  const { folder, binaries, account, password } = cluster;
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account !== null) chownSync(passwordFile, account.uid, account.gid);
  const options = [`--pgdata=${join(folder, "data")}`, "--username=gauntlet", `--pwfile=${passwordFile}`];
  // A random password needs no rounds that slow a guess down, and every connection of every test pays for them.
  const settings = ["--auth=scram-sha-256", "--set=scram_iterations=1"];
  const child = run(cluster, binaries.initdb, [...options, ...settings, "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]);
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stdout?.resume();
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`initdb failed (exit ${code}): ${said}`);
}

function run({ folder, account }: Cluster, command: string, args: readonly string[]): ChildProcess {
  // Nothing of the caller's PG* settings may leak into the server, nor its language into messages.
  const env = { PATH: process.env["PATH"] ?? "", LC_ALL: "C", HOME: folder };
  return spawn(command, args, { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"], ...account });
}

async function startOnFreePort(cluster: Cluster): Promise<RunningPostgres> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const running = launch(cluster, port);
    try {
      await untilReady(running);
      return running;
    } catch (error) {
      await running.stop({ keepData: attempt < 3 });
      // Somebody else may have taken the port in between.
      if (attempt === 3) throw error;
    }
  }
}

/**
 * The shell waits until its input closes, which the operating system does when this process ends in whatever way,
 * and then stops the server and removes its files.
 */
const KEEPER = `
trap : INT TERM HUP
"$1" -D "$2/data" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=60 > "$2/log" 2>&1 &
server=$!
read -r keep
kill -INT "$server" 2> /dev/null
wait "$server"
[ "$keep" = keep ] || rm -rf "$2"
`;

interface Launched extends RunningPostgres {
  readonly log: () => string;
  stop(how?: { readonly keepData: boolean }): Promise<void>;
}

function launch(cluster: Cluster, port: number): Launched {
  const { folder, binaries, password } = cluster;
  const keeper = run(cluster, "/bin/sh", ["-c", KEEPER, "keeper", binaries.postgres, folder, String(port)]);
  const ended = once(keeper, "exit");
  keeper.stdout?.resume();
  keeper.stderr?.resume();
  // A stopped keeper closes the pipe under us.
  keeper.stdin?.on("error", () => undefined);
  keeper.unref();
  return {
    url: `postgres://gauntlet:${password}@127.0.0.1:${port}/postgres`,
    log: () => (existsSync(join(folder, "log")) ? readFileSync(join(folder, "log"), "utf8") : ""),
    stop: async (how) => {
      keeper.stdin?.end(how?.keepData === true ? "keep\n" : "\n");
      keeper.ref();
      await ended;
      if (how?.keepData !== true) rmSync(folder, { recursive: true, force: true });
    },
  };
}

const READY_TIMEOUT_MS = 30_000;

async function untilReady(server: Launched): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: server.url, connectionTimeoutMillis: 2000 });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (/FATAL: +could not|could not bind/.test(server.log()) || performance.now() > deadline) {
        throw new Error(`PostgreSQL does not start: ${server.log()}`, { cause: error });
      }
      await sleep(50);
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
