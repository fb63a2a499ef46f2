import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import type { Component, Context } from "../component.ts";
import { ARGO_ROLLOUTS_VERSION, startArgoRollouts } from "../kubernetes/argo-rollouts.ts";
import { startKubeApiServer, type KubeApiServer, type KubeObject } from "../kubernetes/kube-api-server.ts";
import { until } from "../nats/faces.ts";
import { startGauntlet, type GauntletProcess } from "../nats/gauntlet-process.ts";
import { freePort } from "../processes.ts";

/**
 * Argo Rollouts' own controller measures with deploy/argo-rollouts/analysis-template.yaml what `gauntlet up` answers to a token.
 * The template is applied as it is; in the runs of it, intervals and counts are short.
 */
export const component: Component = {
  name: "Argo Rollouts",
  required: true,
  async run(context) {
    const api = await startKubeApiServer(context);
    if (api.kind === "missing") return { kind: "skipped", version: ARGO_ROLLOUTS_VERSION, why: api.why };
    const { server } = api;
    const argo = await startArgoRollouts(context, server);
    if (argo.kind === "missing") return { kind: "skipped", version: ARGO_ROLLOUTS_VERSION, why: argo.why };
    const cwd = join(context.workDir, "argo-rollouts");
    const url = await configure(context, cwd);
    const life = { gauntlet: await startGauntlet(cwd) };
    try {
      const token = life.gauntlet.token ?? "";
      const post = (path: string, body: object): Promise<void> => postTo(url, token, { path, body });
      for (const model of [...MODELS, "kept-out"]) await begin(post, model);
      const template = await applyTemplate(server, token);
      const run: Run = (name, { args, metric = {} }) => beginRun(server, template, { name, args: { url, challenger: "2", ...args }, metric });
      await judge(server, { run, post, life, cwd });
      await rollOut(server, url);
      return { kind: "passed", version: ARGO_ROLLOUTS_VERSION, note: "a promotion is Successful, a rollback Failed, what is held Inconclusive at its end; an outage of Gauntlet, a wrong token and a verdict about another version are errors; a Rollout of what was promoted ends healthy, of what was rolled back aborted, of what is held waits" };
    } catch (error) {
      context.log(life.gauntlet.said().replaceAll(/shown this once: \S+/g, "").slice(-4000));
      throw error;
    } finally {
      await life.gauntlet.kill("SIGKILL");
    }
  },
};

const MODELS = ["wins", "stays", "loses"] as const;
const NAMESPACE = "products";
const RUNS = "/apis/argoproj.io/v1alpha1/namespaces/products/analysisruns";

type Run = (name: string, wanted: { readonly args: Readonly<Record<string, string>>; readonly metric?: KubeObject }) => Promise<void>;
type Post = (path: string, body: object) => Promise<void>;

/** Returns its address. It listens beyond the loopback, where nothing is read without a token. */
async function configure(context: Context, cwd: string): Promise<string> {
  await mkdir(cwd, { recursive: true });
  const port = await freePort();
  await writeFile(join(cwd, "gauntlet.yaml"), JSON.stringify({ listen: { host: "0.0.0.0", port }, tick: { everyMs: 300 } }));
  context.log(`Argo Rollouts asks Gauntlet on port ${port}`);
  return `http://127.0.0.1:${port}`;
}

async function begin(post: Post, model: string): Promise<void> {
  const api = "/api/2.0/mlflow";
  await post(`${api}/registered-models/create`, { name: model });
  for (const version of ["1", "2"]) await post(`${api}/model-versions/create`, { name: model, source: `s3://models/${model}/${version}` });
  await post(`${api}/registered-models/alias`, { name: model, alias: "champion", version: "1" });
  const policy = `kind: abtest\nname: evidence only\nmodel: ${model}\nsplit: { champion: 80%, challenger: 20% }\nwindow: { min: 14d, max: 28d }\nlabels: { maturity: 1d }\nminSamples: 1000\neffects: [registry.alias, registry.tag, document]\nchecks:\n  - { check: rate, metric: error, increaseMax: 1% }\n`;
  await post(`/v1/models/${model}/rollouts`, { policy, challenger: "2" });
}

/** Returns its spec, as the API server keeps it. */
async function applyTemplate(server: KubeApiServer, token: string): Promise<KubeObject> {
  await server.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  for (const [name, secret] of [["gauntlet", token], ["wrong", "gauntlet_wrong"]] as const) {
    await server.apply({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace: NAMESPACE }, stringData: { token: secret } });
  }
  const template = parse(await readFile(join(import.meta.dirname, "../../../deploy/argo-rollouts/analysis-template.yaml"), "utf8")) as KubeObject;
  const { spec } = await server.apply({ ...template, metadata: { ...template["metadata"], namespace: NAMESPACE } });
  const pruned = Object.keys(template["spec"].metrics[0]).filter((key) => !(key in spec.metrics[0]));
  if (pruned.length > 0) throw new Error(`Argo Rollouts knows nothing of: ${pruned.join(", ")}`);
  return spec as KubeObject;
}

/** As `kubectl argo rollouts create analysisrun --from` makes one: the template's metrics, and arguments of ours; an argument `secret` names the token's. */
async function beginRun(server: KubeApiServer, template: KubeObject, { name, args, metric }: { readonly name: string; readonly args: Readonly<Record<string, string>>; readonly metric: KubeObject }): Promise<void> {
  const filled = (template["args"] as readonly KubeObject[]).map((arg) => {
    if (arg["name"] !== "token") return { name: arg["name"], value: args[arg["name"]] ?? arg["value"] };
    return args["secret"] === undefined ? arg : { name: "token", valueFrom: { secretKeyRef: { name: args["secret"], key: "token" } } };
  });
  const metrics = [{ ...template["metrics"][0], interval: "1s", ...metric }];
  await server.apply({ apiVersion: "argoproj.io/v1alpha1", kind: "AnalysisRun", metadata: { name, namespace: NAMESPACE }, spec: { args: filled, metrics } });
}

async function judge(server: KubeApiServer, { run, post, life, cwd }: { readonly run: Run; readonly post: Post; readonly life: { gauntlet: GauntletProcess }; readonly cwd: string }): Promise<void> {
  const reaches = (name: string, holds: (status: Status) => boolean): Promise<void> => until(`${name} in Argo Rollouts`, async () => holds(await statusOf(server, name)));
  for (const model of MODELS) await run(model, { args: { model } });
  await run("ends", { args: { model: "stays" }, metric: { count: 3, inconclusiveLimit: 2 } });
  await run("ends-at-count", { args: { model: "stays" }, metric: { count: 3, inconclusiveLimit: 3 } });
  // Argo asks again 10 s after an error, and the second one is beyond this limit.
  const refused = { consecutiveErrorLimit: 1 };
  await run("other-version", { args: { model: "stays", challenger: "3" }, metric: refused });
  await run("wrong-token", { args: { model: "stays", secret: "wrong" }, metric: refused });
  await run("nobody", { args: { model: "stays", url: `http://127.0.0.1:${await freePort()}` }, metric: refused });
  await run("kept-out", { args: { model: "kept-out" } });
  for (const name of [...MODELS, "kept-out", "ends", "ends-at-count"]) await reaches(name, ({ inconclusive, successful }) => inconclusive > 0 && successful === 0);
  await reaches("nobody", ({ phase, errors }) => phase === "Running" && errors === 1);
  for (const name of ["ends", "ends-at-count"]) await reaches(name, ({ phase }) => phase === "Inconclusive");

  await life.gauntlet.kill("SIGKILL");
  for (const model of MODELS) await reaches(model, ({ phase, errors }) => phase === "Running" && errors > 0);
  life.gauntlet = await startGauntlet(cwd);
  await post("/v1/models/wins/promote", { reason: "seen by hand" });
  await post("/v1/models/loses/rollback", { reason: "alarm" });
  await post("/v1/models/kept-out/reject", { reason: "no need" });
  await reaches("wins", ({ phase, value }) => phase === "Successful" && value === '"promoted"');
  await reaches("loses", ({ phase, value }) => phase === "Failed" && value === '"rolled_back"');
  await reaches("kept-out", ({ phase, value }) => phase === "Failed" && value === '"retained"');
  await reaches("stays", ({ phase, inARow }) => phase === "Running" && inARow === 0);
  await reaches("other-version", ({ phase, message }) => phase === "Error" && message.includes("409"));
  await reaches("wrong-token", ({ phase, message }) => phase === "Error" && message.includes("401"));
  await reaches("nobody", ({ phase, message }) => phase === "Error" && message.includes("refused"));
}

/** Rollouts that ask in the middle, with the template as it is: the first answer decides. Pods are played. */
async function rollOut(server: KubeApiServer, url: string): Promise<void> {
  const pods = setInterval(() => void playPods(server).catch(() => undefined), 200);
  try {
    for (const model of MODELS) await server.apply(rolloutOf(model, { url, version: "1" }));
    for (const model of MODELS) await until(`${model} serves version 1`, async () => (await readRollout(server, model)).startsWith("Healthy"));
    for (const model of MODELS) await server.apply(rolloutOf(model, { url, version: "2" }));
    await until("the Rollout of what was promoted is over", async () => (await readRollout(server, "wins")) === "Healthy, serves the new: Successful");
    await until("the Rollout of what was rolled back is given up", async () => (await readRollout(server, "loses")) === "Degraded, serves the old: Failed");
    await until("the Rollout of what is held waits", async () => (await readRollout(server, "stays")) === "Progressing, serves the old: Running");
  } finally {
    clearInterval(pods);
  }
}

/** Its phase, what most of its requests get, and the phase of its newest analysis. */
async function readRollout(server: KubeApiServer, model: string): Promise<string> {
  const { metadata, status } = (await server.call({ method: "GET", path: `/apis/argoproj.io/v1alpha1/namespaces/products/rollouts/${model}` })).json;
  if (status?.observedGeneration !== String(metadata.generation)) return "not seen yet";
  const runs = ((await server.call({ method: "GET", path: RUNS })).json["items"] as readonly KubeObject[]).filter((run) => run["metadata"].ownerReferences?.[0]?.name === model);
  return `${status.phase}, serves the ${status.stableRS === status.currentPodHash ? "new" : "old"}: ${runs.map((run) => run["status"]?.phase).join(" ")}`;
}

function rolloutOf(model: string, { url, version }: { readonly url: string; readonly version: string }): KubeObject {
  const args = Object.entries({ url, model, challenger: version }).map(([name, value]) => ({ name, value }));
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    metadata: { name: model, namespace: NAMESPACE },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: model } },
      template: { metadata: { labels: { app: model } }, spec: { containers: [{ name: "model", image: `models.example/${model}:${version}` }] } },
      strategy: { canary: { steps: [{ setWeight: 50 }, { analysis: { templates: [{ templateName: "gauntlet-verdict" }], args } }] } },
    },
  };
}

/** Every ReplicaSet has the pods that it wants. */
async function playPods(server: KubeApiServer): Promise<void> {
  const path = "/apis/apps/v1/namespaces/products/replicasets";
  for (const { metadata, spec, status } of ((await server.call({ method: "GET", path })).json["items"] ?? []) as readonly KubeObject[]) {
    const replicas = spec.replicas;
    if ((status.availableReplicas ?? 0) === replicas && status.observedGeneration === metadata.generation) continue;
    const body = { status: { replicas, fullyLabeledReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas, observedGeneration: metadata.generation } };
    await server.call({ method: "PATCH", path: `${path}/${metadata.name}/status`, body, contentType: "application/merge-patch+json" });
  }
}

interface Status {
  readonly phase: string;
  readonly message: string;
  /** Of the newest measurement, as JSON. */
  readonly value: string;
  readonly successful: number;
  readonly inconclusive: number;
  readonly errors: number;
  /** Errors since the last answer. */
  readonly inARow: number;
}

async function statusOf(server: KubeApiServer, name: string): Promise<Status> {
  const { status, json } = await server.call({ method: "GET", path: `${RUNS}/${name}` });
  if (status !== 200) throw new Error(`the AnalysisRun ${name} cannot be read: ${status} ${json["message"]}`);
  const all = json["status"] ?? {};
  const result = all.metricResults?.[0] ?? {};
  return {
    phase: all.phase ?? "",
    message: all.message ?? "",
    value: result.measurements?.at(-1)?.value ?? "",
    successful: result.successful ?? 0,
    inconclusive: result.inconclusive ?? 0,
    errors: result.error ?? 0,
    inARow: result.consecutiveError ?? 0,
  };
}

async function postTo(url: string, token: string, { path, body }: { readonly path: string; readonly body: object }): Promise<void> {
  const response = await fetch(url + path, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": randomUUID() }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}
