import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import type { Component, Context } from "../component.ts";
import { FLAGGER_VERSION, startFlagger } from "../kubernetes/flagger.ts";
import { startKubeApiServer, type KubeApiServer, type KubeObject } from "../kubernetes/kube-api-server.ts";
import { until } from "../nats/faces.ts";
import { startGauntlet, type GauntletProcess } from "../nats/gauntlet-process.ts";
import { freePort } from "../processes.ts";

/**
 * Flagger's own controller rolls out with deploy/flagger/canary.yaml and asks `gauntlet up` with a viewer's token.
 * The file is applied as it is but for its placeholders, and the interval, of which 10 s is Flagger's least. Pods are played.
 */
export const component: Component = {
  name: "Flagger",
  required: true,
  async run(context) {
    const api = await startKubeApiServer(context);
    if (api.kind === "missing") return { kind: "skipped", version: FLAGGER_VERSION, why: api.why };
    const { server } = api;
    const flagger = await startFlagger(context, server, NAMESPACE);
    if (flagger.kind === "missing") return { kind: "skipped", version: FLAGGER_VERSION, why: flagger.why };
    const cwd = join(context.workDir, "flagger");
    const url = await configure(context, cwd);
    const gauntlet = await startGauntlet(cwd);
    const life = { gauntlet };
    const post: Post = (path, body) => postTo(url, gauntlet.token ?? "", { path, body });
    const { secret } = await post("/v1/tokens", { name: "flagger", role: "viewer" });
    const shop = new Shop(server, { template: await readFile(CANARY, "utf8"), host: new URL(url).host, token: String(secret), metrics: `${flagger.url}/metrics` });
    const played = setInterval(() => void shop.play().catch(() => undefined), 300);
    try {
      await rollOut(shop, post, { life, cwd });
      await shop.keepsTheToken();
      return { kind: "passed", version: FLAGGER_VERSION, note: "a promotion ends Succeeded with the new version on the primary, a rollback Failed with the old one, each with all traffic on the primary; what is held waits at 80/20, also through an outage of Gauntlet; an image whose version Gauntlet does not test yet, or no more, gets no traffic" };
    } catch (error) {
      context.log(life.gauntlet.said().replaceAll(/shown this once: \S+/g, "").slice(-4000));
      context.log(await shop.events());
      throw error;
    } finally {
      clearInterval(played);
      await life.gauntlet.kill("SIGKILL");
    }
  },
};

const CANARY = join(import.meta.dirname, "../../../deploy/flagger/canary.yaml");
const MODELS = ["wins", "stays", "loses"] as const;
/** Deployed before Gauntlet tests it. */
const LATER = "later";
const ALL = [...MODELS, LATER];
const NAMESPACE = "shop";

type Post = (path: string, body: object) => Promise<KubeObject>;

/** Returns its address. It listens beyond the loopback, where nothing is read without a token. */
async function configure(context: Context, cwd: string): Promise<string> {
  await mkdir(cwd, { recursive: true });
  const port = await freePort();
  await writeFile(join(cwd, "gauntlet.yaml"), JSON.stringify({ listen: { host: "0.0.0.0", port }, tick: { everyMs: 300 } }));
  context.log(`Flagger asks Gauntlet on port ${port}`);
  return `http://127.0.0.1:${port}`;
}

async function register(post: Post, model: string): Promise<void> {
  const api = "/api/2.0/mlflow";
  await post(`${api}/registered-models/create`, { name: model });
  for (const version of ["1", "2"]) await post(`${api}/model-versions/create`, { name: model, source: `s3://models/${model}/${version}` });
  await post(`${api}/registered-models/alias`, { name: model, alias: "champion", version: "1" });
}

/** Begins a rollout whose policy moves no traffic. */
async function begin(post: Post, model: string): Promise<void> {
  const policy = `kind: abtest\nname: evidence only\nmodel: ${model}\nsplit: { champion: 80%, challenger: 20% }\nwindow: { min: 14d, max: 28d }\nlabels: { maturity: 1d }\nminSamples: 1000\neffects: [registry.alias, registry.tag, document]\nchecks:\n  - { check: rate, metric: error, increaseMax: 1% }\n`;
  await post(`/v1/models/${model}/rollouts`, { policy, challenger: "2" });
}

async function rollOut(shop: Shop, post: Post, { life, cwd }: { readonly life: { gauntlet: GauntletProcess }; readonly cwd: string }): Promise<void> {
  await shop.open();
  for (const model of ALL) await register(post, model);
  for (const model of MODELS) await begin(post, model);
  for (const model of ALL) await shop.deploy(model, "1");
  for (const model of ALL) await shop.ask(model, "2");
  for (const model of ALL) await shop.reaches(model, "Initialized, primary 1, canary 0 pods, traffic 100/0");
  shop.hurry();
  for (const model of ALL) await shop.deploy(model, "2");
  for (const model of MODELS) await shop.reaches(model, HELD);
  await shop.reaches(LATER, "Waiting, primary 1, canary 0 pods, traffic 100/0");
  await begin(post, LATER);
  await shop.looksOn(MODELS, HELD);

  await life.gauntlet.kill("SIGKILL");
  await shop.looksOn(MODELS, HELD);
  life.gauntlet = await startGauntlet(cwd);
  await post("/v1/models/wins/promote", { reason: "seen by hand" });
  await post("/v1/models/loses/rollback", { reason: "alarm" });
  await shop.reaches("wins", "Succeeded, primary 2, canary 0 pods, traffic 100/0");
  await shop.reaches("loses", "Failed, primary 1, canary 0 pods, traffic 100/0");
  // The Canary still names version 2, whose verdict is known.
  await shop.deploy("wins", "3");
  await shop.reaches("wins", "Waiting, primary 2, canary 0 pods, traffic 100/0");
  await shop.looksOn(["stays", LATER], HELD);
}

const HELD = "WaitingPromotion, primary 1, canary 2 pods, traffic 80/20";

interface Asked {
  /** Of the Canary, as shipped. */
  readonly template: string;
  /** Of Gauntlet, and the token that Flagger shows it. */
  readonly host: string;
  readonly token: string;
  /** Flagger's. */
  readonly metrics: string;
}

/** The namespace with the models' Deployments and Canaries. */
class Shop {
  private readonly server: KubeApiServer;
  private readonly asked: Asked;
  private turn = 0;
  private hurries = false;

  constructor(server: KubeApiServer, asked: Asked) {
    this.server = server;
    this.asked = asked;
  }

  /**
   * From here on Flagger looks more often. Not before: a look that is still on its way when the next begins could take a new
   * image for the one that it began with, which is kept when a Canary is initialized and compared from then on.
   */
  hurry(): void {
    this.hurries = true;
  }

  async open(): Promise<void> {
    await this.server.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  }

  /** Only the image is ours: how many pods it has is Flagger's to say after the first time. */
  async deploy(model: string, version: string): Promise<void> {
    const containers = [{ name: "model", image: `models.example/${model}:${version}`, ports: [{ containerPort: 8080 }] }];
    const template = { metadata: { labels: { app: model } }, spec: { containers } };
    const replicas = version === "1" ? { replicas: 2 } : {};
    await this.server.apply({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: model, namespace: NAMESPACE }, spec: { ...replicas, selector: { matchLabels: { app: model } }, template } }, { manager: version === "1" ? "first" : "later" });
  }

  async ask(model: string, version: string): Promise<void> {
    const { template, host, token } = this.asked;
    const canary = parse(template.replace("interval: 1m", "interval: 10s").replaceAll("gauntlet.gauntlet.svc:4400", host).replaceAll("TOKEN", token).replaceAll("MODEL", model).replaceAll("VERSION", version)) as KubeObject;
    const kept = await this.server.apply({ ...canary, metadata: { ...canary["metadata"], namespace: NAMESPACE } });
    if (JSON.stringify(Object.keys(kept["spec"].analysis).toSorted()) !== JSON.stringify(Object.keys(canary["spec"].analysis).toSorted())) throw new Error("Flagger knows nothing of a part of the Canary");
  }

  /** Phase, version of the primary, pods of the canary, and the split in the HTTPRoute. */
  async reaches(model: string, wanted: string): Promise<void> {
    let last = "";
    await until(`${model}: ${wanted}`, async () => (last = await this.read(model)) === wanted).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; it is ${last}`, { cause: error });
    });
  }

  /** Flagger looks twice at each of these models, and nothing changes. */
  async looksOn(models: readonly string[], held: string): Promise<void> {
    const before = new Map(await Promise.all(models.map(async (model) => [model, await this.looks(model)] as const)));
    for (const model of models) await until(`Flagger looks at ${model}`, async () => (await this.looks(model)) >= (before.get(model) ?? 0) + 2);
    for (const model of models) await this.reaches(model, held);
  }

  /** What a Canary's analysis took is counted once a look. */
  private async looks(model: string): Promise<number> {
    const text = await (await fetch(this.asked.metrics)).text();
    return Number(new RegExp(`^flagger_canary_duration_seconds_count\\{[^}]*name="${model}"[^}]*\\} (\\d+)`, "m").exec(text)?.[1] ?? 0);
  }

  private async read(model: string): Promise<string> {
    const get = async (path: string): Promise<KubeObject> => (await this.server.call({ method: "GET", path })).json;
    const [canary, primary, target, route] = await Promise.all([
      get(`${CANARIES}/${model}`),
      get(`${DEPLOYMENTS}/${model}-primary`),
      get(`${DEPLOYMENTS}/${model}`),
      get(`/apis/gateway.networking.k8s.io/v1/namespaces/${NAMESPACE}/httproutes/${model}`),
    ]);
    const image = String(primary["spec"]?.template.spec.containers[0].image ?? "none").split(":").at(-1);
    const weights = (route["spec"]?.rules[0].backendRefs ?? []) as readonly { readonly name: string; readonly weight: number }[];
    const weightOf = (name: string): number | undefined => weights.find((one) => one.name === `${model}-${name}`)?.weight;
    return `${canary["status"]?.phase}, primary ${image}, canary ${target["spec"]?.replicas} pods, traffic ${weightOf("primary")}/${weightOf("canary")}`;
  }

  /** Every Deployment has the pods that it wants; and in a hurry Flagger looks at every Canary now, as it does whenever the interval is another. */
  async play(): Promise<void> {
    const list = async (path: string): Promise<readonly KubeObject[]> => ((await this.server.call({ method: "GET", path })).json["items"] ?? []) as readonly KubeObject[];
    for (const { metadata, spec, status } of await list(DEPLOYMENTS)) {
      const { replicas } = spec as { readonly replicas: number };
      if ((status.availableReplicas ?? 0) === replicas && status.observedGeneration === metadata.generation) continue;
      const body = { status: { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas, observedGeneration: metadata.generation } };
      await this.server.call({ method: "PATCH", path: `${DEPLOYMENTS}/${metadata.name}/status`, body, contentType: "application/merge-patch+json" });
    }
    this.turn += 1;
    if (!this.hurries || this.turn % LOOK_TURNS !== 0) return;
    for (const { metadata } of await list(CANARIES)) {
      const body = { spec: { analysis: { interval: `${10 + ((this.turn / LOOK_TURNS) % 2)}s` } } };
      await this.server.call({ method: "PATCH", path: `${CANARIES}/${metadata.name}`, body, contentType: "application/merge-patch+json" });
    }
  }

  /** Newest last, for whoever wonders. */
  async events(): Promise<string> {
    const { json } = await this.server.call({ method: "GET", path: `/api/v1/namespaces/${NAMESPACE}/events` });
    return ((json["items"] ?? []) as readonly KubeObject[]).map(({ message }) => String(message)).join("\n");
  }

  /** Events are read by more people than Canaries. */
  async keepsTheToken(): Promise<void> {
    const events = await this.events();
    if (!events.includes("manual webhook invoked")) throw new Error(`Flagger tells nothing of a rollback:\n${events}`);
    if (events.includes(this.asked.token)) throw new Error("Flagger tells the token in an event");
  }
}

/** Of 300 ms. */
const LOOK_TURNS = 5;
const CANARIES = `/apis/flagger.app/v1beta1/namespaces/${NAMESPACE}/canaries`;
const DEPLOYMENTS = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;

async function postTo(url: string, token: string, { path, body }: { readonly path: string; readonly body: object }): Promise<KubeObject> {
  const response = await fetch(url + path, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": randomUUID() }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as KubeObject;
}
