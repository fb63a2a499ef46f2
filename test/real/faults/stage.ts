import { createMlflowClient, createRun, createVersion, ensureExperiment, ensureRegisteredModel, type MlflowClient } from "@gauntlet/server";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ModelCache } from "../../../examples/rps/src/serving/cache/model-cache.ts";
import type { Context } from "../component.ts";
import type { KubeApiServer } from "../kubernetes/kube-api-server.ts";
import { createFresh } from "../kubernetes/operator.ts";
import { grant } from "../kubernetes/rbac.ts";
import { SERVINGS } from "../kubernetes/servings.ts";
import { playControllers, type Controllers } from "./controllers.ts";
import { startFaultProxy, type FaultProxy } from "./fault-proxy.ts";
import { createFaults, type Faults } from "./faults.ts";
import { startGauntlets, type Gauntlets } from "./gauntlets.ts";
import type { PromotionSeed } from "./promotion-seed.ts";

/** The real servers, reached as they are. */
export interface Real {
  readonly context: Context;
  readonly server: KubeApiServer;
  readonly bucket: ModelCache;
  readonly mlflowUrl: string;
}

/** Real servers, Gauntlets, and between them proxies that fail. */
export interface Stage extends Real {
  readonly client: MlflowClient;
  /** The challenger's run of each model. */
  readonly runs: ReadonlyMap<string, string>;
  readonly faults: Faults;
  readonly gauntlets: Gauntlets;
  readonly controllers: Controllers;
  /** Writes that their clients have given up, and that are still to be done. */
  lateWrites(): number;
  close(): Promise<void>;
}

const SERVERS = 4;
/** How long Gauntlet waits for one answer. */
const TIMEOUT_MS = 1500;
const READY_MS = 4000;

export async function openStage(real: Real, seeds: readonly PromotionSeed[]): Promise<Stage> {
  const client = createMlflowClient({ url: real.mlflowUrl, timeoutMs: 20_000, retries: 2 });
  const faults = createFaults(seeds);
  const runs = await register(client, seeds);
  for (const [model, runId] of runs) faults.ownRun(runId, model);
  for (const { model, serving } of seeds) await createFresh(real.server, serving, model);
  const controllers = playControllers(real.server, seeds);
  const life: { gauntlets: Gauntlets | null } = { gauntlets: null };
  const proxies = await startProxies(real, faults, async (model) => life.gauntlets?.kill(model));
  const closeBeside = async (): Promise<void> => void (await Promise.all([controllers.stop(), ...Object.values(proxies).map((proxy: FaultProxy) => proxy.close())]));
  try {
    const gauntlets = await startAll(real, seeds, proxies);
    life.gauntlets = gauntlets;
    return { ...real, client, runs, faults, gauntlets, controllers, lateWrites: () => proxies.mlflow.lateWrites() + proxies.kubernetes.lateWrites(), close: () => gauntlets.end().finally(closeBeside) };
  } catch (error) {
    await closeBeside();
    throw error;
  }
}

/** Two versions, the first in production; and for some a third that is called previous. */
async function register(client: MlflowClient, seeds: readonly PromotionSeed[]): Promise<ReadonlyMap<string, string>> {
  const runs = new Map<string, string>();
  const experimentId = await ensureExperiment(client, "promotions");
  const post = (path: string, json: object): Promise<unknown> => client.json({ method: "POST", path: `/api/2.0/mlflow${path}`, json, idempotent: true });
  for (const { model, hadPrevious } of seeds) {
    await ensureRegisteredModel(client, model, "");
    const { runId } = await createRun(client, { experimentId, name: model, startTime: Date.now(), tags: {} });
    runs.set(model, runId);
    for (const version of hadPrevious ? ["1", "2", "3"] : ["1", "2"]) {
      await createVersion(client, { model, source: `s3://models/${model}/${version}`, runId: version === "2" ? runId : null, tags: { "gauntlet.digest": `sha256:${version.repeat(64)}` }, description: null });
    }
    await post("/registered-models/alias", { name: model, alias: "champion", version: "1" });
    if (hadPrevious) await post("/registered-models/alias", { name: model, alias: "previous", version: "3" });
    await post("/model-versions/transition-stage", { name: model, version: "1", stage: "Production", archive_existing_versions: false });
  }
  return runs;
}

interface Proxies {
  readonly mlflow: FaultProxy;
  readonly kubernetes: FaultProxy;
}

async function startProxies({ context, server, mlflowUrl }: Real, faults: Faults, kill: (model: string) => Promise<void>): Promise<Proxies> {
  // The API server made it at its start, with its certificate.
  const key = await readFile(join(context.workDir, "kubernetes/certs/apiserver.key"), "utf8");
  const common = { fateOf: faults.fateOf, kill, lateMs: TIMEOUT_MS + 500 };
  return {
    mlflow: await startFaultProxy({ ...common, to: "mlflow", url: mlflowUrl, tls: null }),
    kubernetes: await startFaultProxy({ ...common, to: "kubernetes", url: server.url, tls: { ca: server.ca, key } }),
  };
}

async function startAll({ context, server }: Real, seeds: readonly PromotionSeed[], { mlflow, kubernetes }: Proxies): Promise<Gauntlets> {
  const names = seeds.map(({ model }) => model);
  let token = "";
  for (const serving of SERVINGS) token = await grant(server, serving, names);
  const kubeconfig = {
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "gauntlet" } }],
    clusters: [{ name: "test", cluster: { server: kubernetes.url, "certificate-authority-data": Buffer.from(server.ca).toString("base64") } }],
    users: [{ name: "gauntlet", user: { token } }],
  };
  const targets = new Map(seeds.map(({ model, serving }) => [model, { ...serving.config, namespace: "models", name: model, readyMs: READY_MS }]));
  const configOf = (models: readonly string[]): object => ({
    listen: { port: 0 },
    // What a lease must be longer than, and no longer: who takes over from the dead waits for its end.
    tick: { everyMs: 500, leaseMs: READY_MS + 10_100 },
    registry: { kind: "mlflow", url: mlflow.url, timeoutMs: TIMEOUT_MS },
    kubernetes: { kubeconfig: "kubeconfig", timeoutMs: TIMEOUT_MS },
    targets: Object.fromEntries(models.map((model) => [model, targets.get(model)])),
  });
  const groups = Array.from({ length: SERVERS }, (_, index) => names.filter((_name, place) => place % SERVERS === index)).filter((group) => group.length > 0);
  return startGauntlets(groups, (models, index) => ({ folder: join(context.workDir, `promotion-faults-${index + 1}`), files: { "gauntlet.yaml": configOf(models), kubeconfig } }));
}
