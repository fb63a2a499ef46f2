import { AckPolicy, jetstream, jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { connect, headers, nanos, type NatsConnection } from "@nats-io/transport-node";
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Component, Context } from "../component.ts";
import { faces, until } from "../nats/faces.ts";
import { startGauntlet, type GauntletProcess } from "../nats/gauntlet-process.ts";
import { installNats } from "../nats/install.ts";
import { freePort } from "../processes.ts";

const OUTCOMES = 10_000;
const STREAM = "GAUNTLET";
const MODEL = "streamed";
const TOKEN = "let-me-in";

/**
 * Ten thousand outcomes through a real JetStream, while the process that takes them is ended four times and the server
 * itself crashes once: all are counted, each once, and what can never be counted is named.
 */
export const component: Component = {
  name: "NATS JetStream",
  required: true,
  async run(context) {
    const server = await installNats(context);
    if (server.kind === "missing") return { kind: "skipped", version: "", why: server.why };
    const nats = await startNats(context, server.command);
    const connection = await connect({ servers: nats.url, token: TOKEN, maxReconnectAttempts: -1 });
    try {
      const notes = [await faces({ servers: [nats.url], token: TOKEN }, connection), await exactlyOnce(context, nats, connection)];
      return { kind: "passed", version: server.version, note: notes.join("; ") };
    } finally {
      void connection.close();
    }
  },
};

interface Nats {
  readonly url: string;
  /** Ends the server as a crash does, and starts it again over the same files. */
  crash(): Promise<void>;
}

async function startNats({ workDir, processes }: Context, command: string): Promise<Nats> {
  const port = await freePort();
  const pidFile = join(workDir, "nats.pid");
  const url = `nats://127.0.0.1:${port}`;
  const start = async (): Promise<void> =>
    processes.start({
      command,
      args: ["-a", "127.0.0.1", "-p", String(port), "--auth", TOKEN, "-js", "-sd", join(workDir, "jetstream"), "-P", pidFile],
      isReady: async () => {
        const probe = await connect({ servers: url, token: TOKEN, reconnect: false, timeout: 1000 });
        await (await jetstreamManager(probe)).getAccountInfo();
        await probe.close();
        return true;
      },
      readyMs: 30_000,
    });
  await start();
  return {
    url,
    async crash() {
      process.kill(Number(await readFile(pidFile, "utf8")), "SIGKILL");
      await rm(pidFile, { force: true });
      await start();
    },
  };
}

async function exactlyOnce(context: Context, nats: Nats, connection: NatsConnection): Promise<string> {
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: STREAM, subjects: ["gauntlet.>"], duplicate_window: nanos(200) });
  // As Gauntlet makes it, only that what a killed process held comes again sooner.
  await manager.consumers.add(STREAM, { durable_name: "gauntlet", ack_policy: AckPolicy.Explicit, ack_wait: nanos(1500), max_ack_pending: 1024 });
  const cwd = join(context.workDir, "streamed");
  await mkdir(cwd, { recursive: true });
  await writeFile(join(cwd, "gauntlet.yaml"), `listen: { port: 0 }\nstreams:\n  - { kind: nats, servers: ["${nats.url}"], stream: ${STREAM}, token: ${TOKEN} }\n`);
  const life: { gauntlet: GauntletProcess; said: string } = { gauntlet: await startGauntlet(cwd), said: "" };
  const next = async (signal: "SIGKILL" | "SIGTERM"): Promise<void> => {
    await life.gauntlet.kill(signal);
    life.said += life.gauntlet.said();
    life.gauntlet = await startGauntlet(cwd);
  };
  try {
    await beginRollout(life.gauntlet.url, life.gauntlet.token ?? "");
    const published = publishAll(connection);
    // A publisher that fails ends the waiting; one that is done doesn't.
    const failed = published.then(() => new Promise<never>(() => undefined));
    const ends: readonly (() => Promise<void>)[] = [() => next("SIGKILL"), nats.crash, () => next("SIGKILL"), () => next("SIGKILL"), () => next("SIGTERM")];
    for (const [index, end] of ends.entries()) {
      const goal = Math.round((OUTCOMES * (index + 1)) / (ends.length + 1));
      await Promise.race([failed, until(`${goal} outcomes are counted`, async () => (await counted(life.gauntlet.url)) >= goal)]);
      context.log(`NATS: ${await counted(life.gauntlet.url)} outcomes are counted; ${end === nats.crash ? "nats-server" : "gauntlet"} is ended`);
      await end();
    }
    await published;
    await until("the stream is read to its end", () => isRead(manager));
    const total = await counted(life.gauntlet.url);
    if (total !== OUTCOMES) throw new Error(`${total} outcomes were counted of ${OUTCOMES}`);
    requireNamed(life.said + life.gauntlet.said());
  } finally {
    await life.gauntlet.kill("SIGKILL");
  }
  return `${OUTCOMES} outcomes once each, through 4 ends of the consumer and a crash of the server; ${POISON.length} poison messages named`;
}

function requireNamed(said: string): void {
  const named = new Set([...said.matchAll(/GAUNTLET #(\d+) on gauntlet\.poison can't be kept, and is terminated/g)].map(([, sequence]) => sequence));
  if (named.size !== POISON.length) throw new Error(`${named.size} of ${POISON.length} poison messages were named:\n${said.slice(-4000)}`);
}

const POISON = ["not JSON", "[]", "{}", '{"outcomes": 7}', '{"outcomes": [{"requestId": 1}]}', '{"outcomes": [], "labels": []}'];

/** In batches of one to twenty, as bodies and as CloudEvents, a part of them twice and later than the server's own window. */
async function publishAll(connection: NatsConnection): Promise<void> {
  const stream = jetstream(connection, { timeout: 30_000 });
  const send = async (subject: string, payload: string, id: string | null, more: Readonly<Record<string, string>> = {}): Promise<void> => {
    const named = headers();
    for (const [name, value] of Object.entries(more)) named.set(name, value);
    for (let tries = 1; ; tries++) {
      try {
        await stream.publish(subject, payload, { headers: named, ...(id === null ? {} : { msgID: id }) });
        return;
      } catch (error) {
        // The server is being started again; without an id of its own a message that was stored is not sent twice.
        if (tries === 20 || id === null) throw error;
        await pause(250);
      }
    }
  };
  for (const [index, payload] of POISON.entries()) await send("gauntlet.poison", payload, `poison-${index}`);
  const twice: (() => Promise<void>)[] = [];
  for (let first = 0; first < OUTCOMES; first += WAVE) {
    const wave = messagesOf(first).map(({ outcomes, id, isCloud }) => () =>
      isCloud
        ? send("gauntlet.clouds", JSON.stringify(outcomes[0]), id, { "ce-specversion": "1.0", "ce-id": id, "ce-source": "/test", "ce-type": "io.gauntlet.outcome", "content-type": "application/json" })
        : send("gauntlet.batches", JSON.stringify({ outcomes }), id),
    );
    twice.push(...wave.filter((_, index) => index % 5 === 0));
    await Promise.all(wave.map((one) => one()));
  }
  await pause(500);
  await Promise.all(twice.map((one) => one()));
}

const WAVE = 100;

/** A hundred outcomes: some alone, some of those as CloudEvents, the others by twenty. */
function messagesOf(first: number): readonly { readonly outcomes: readonly object[]; readonly id: string; readonly isCloud: boolean }[] {
  const sizes = [...Array.from({ length: 20 }, () => 1), 20, 20, 20, 20];
  let next = first;
  return sizes.map((size, index) => {
    const outcomes = Array.from({ length: size }, (_, offset) => outcomeOf(next + offset));
    next += size;
    return { outcomes, id: randomUUID(), isCloud: size === 1 && index % 3 === 0 };
  });
}

function outcomeOf(index: number): object {
  const challenger = index % 5 === 0;
  return { requestId: `request-${index}`, at: Date.now() - 1000, model: MODEL, version: challenger ? "2" : "1", slot: challenger ? "challenger" : "champion", mode: "live", epoch: 1, unit: `unit-${index}`, prediction: null, metrics: { error: 0 } };
}

/** Without labels, so that nothing but the messages' ids tells one that came before. */
const POLICY = `
kind: abtest
name: streamed
model: ${MODEL}
split: { champion: 80%, challenger: 20% }
window: { min: 14d, max: 28d }
labels: { maturity: 1d }
minSamples: 100000
checks:
  - { check: rate, metric: error, increaseMax: 1% }
`;

async function beginRollout(url: string, token: string): Promise<void> {
  const post = async (path: string, body: object): Promise<void> => {
    const response = await fetch(url + path, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": randomUUID() }, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  const api = "/api/2.0/mlflow";
  await post(`${api}/registered-models/create`, { name: MODEL });
  for (const source of ["s3://bucket/1", "s3://bucket/2"]) await post(`${api}/model-versions/create`, { name: MODEL, source });
  await post(`${api}/registered-models/alias`, { name: MODEL, alias: "champion", version: "1" });
  await post(`/v1/models/${MODEL}/rollouts`, { policy: POLICY, challenger: "2" });
}

async function counted(url: string): Promise<number> {
  const detail = (await (await fetch(`${url}/v1/models/${MODEL}`)).json()) as { readonly split: readonly { readonly count: number }[] };
  return detail.split.reduce((sum, arm) => sum + arm.count, 0);
}

async function isRead(manager: JetStreamManager): Promise<boolean> {
  const { num_pending, num_ack_pending } = await manager.consumers.info(STREAM, "gauntlet");
  return num_pending === 0 && num_ack_pending === 0;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
