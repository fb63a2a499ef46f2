import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { leaseHolders, startPostgres } from "@gauntlet/adapters/testing";
import { parse } from "yaml";
import type { Component, Context } from "../component.ts";
import { startPods, type Pod } from "../containers/pods.ts";
import { helmTemplate, HELM_VERSION, installHelm } from "../kubernetes/helm.ts";
import type { KubeObject } from "../kubernetes/kube-api-server.ts";
import { objectsOf } from "../kubernetes/manifests.ts";
import { installMlflow, MLFLOW_VERSION } from "../mlflow/install.ts";
import { startMlflow } from "../mlflow/server.ts";
import { until } from "../nats/faces.ts";
import { lastLines } from "../processes.ts";

const ROOT = join(import.meta.dirname, "../../..");

/**
 * The installation with replicas of docs/guides/install-on-kubernetes.md: helm renders the chart with the values that are
 * shown there, and every pod of it runs as a process, on a real PostgreSQL and a real MLflow server.
 */
export const component: Component = {
  name: "Helm chart with replicas",
  required: true,
  async run(context) {
    const version = `helm ${HELM_VERSION}, MLflow ${MLFLOW_VERSION}`;
    const [helm, mlflow] = [await installHelm(context), await installMlflow(context)];
    if (helm.kind === "missing") return { kind: "skipped", version, why: helm.why };
    if (mlflow.kind === "missing") return { kind: "skipped", version, why: mlflow.why };
    const [postgres, mlflowUrl] = await Promise.all([startPostgres(), startMlflow(context, mlflow.bin)]);
    const objects = await render(context, helm.command, mlflowUrl);
    const key = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
    const secrets = { gauntlet: { "database-url": postgres.url, "mlflow-token": "unused" }, "gauntlet-signing": { "key.pem": String(key) } };
    const pods = await startPods(context, { objects, secrets });
    try {
      await beginWell(pods, objects);
      const seconds = await promoteAcross(context, pods, { mlflowUrl, databaseUrl: postgres.url });
      const stopped = await stopInTurn(pods);
      return { kind: "passed", version, note: `${pods.length} pods of the guide's values: probes answered, no directory for data, a promotion through one server, the database and MLflow in ${seconds} s, taken over from the leader, which was killed; ${stopped} stopped in time, each with exit code 0` };
    } catch (error) {
      for (const pod of pods) context.log(`${pod.name}:\n${lastLines(pod.said(), 20)}`);
      throw error;
    } finally {
      await Promise.all(pods.map((pod) => pod.end("SIGKILL")));
      await postgres.stop();
    }
  },
};

const MODEL = "rps_bot_xgboost";

/** As the guide has it, but for the address of MLflow's server. */
async function render(context: Context, command: string, mlflowUrl: string): Promise<readonly KubeObject[]> {
  const guide = await readFile(join(ROOT, "docs/guides/install-on-kubernetes.md"), "utf8");
  const shown = [...guide.matchAll(/```yaml\n(# values\.yaml\n[^]*?)```/g)].map((match) => match[1] ?? "").find((text) => text.includes("kind: postgres")) ?? "";
  assert.match(shown, /http:\/\/mlflow\.mlflow\.svc:5000/);
  const { code, stdout, stderr } = await helmTemplate(context, { command, folder: join(ROOT, "deploy/helm/gauntlet"), values: parse(shown.replace("http://mlflow.mlflow.svc:5000", mlflowUrl)) });
  assert.equal(code, 0, stderr);
  return objectsOf(stdout);
}

/** Every server comes up and says so to its probes; its metrics are for those with a token. */
async function beginWell(pods: readonly Pod[], objects: readonly KubeObject[]): Promise<void> {
  const servers = pods.filter(({ url }) => url !== null);
  assert.deepEqual([servers.length, pods.length], [2, 4]);
  for (const pod of servers) for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"] as const) await until(`${pod.name} passes its ${probe}`, () => pod.passes(probe));
  for (const pod of pods.filter(({ url }) => url === null)) await until(`${pod.name} works`, async () => pod.said().includes("Gauntlet's controller works on"));
  // What Prometheus' operator is told to read, with the token that the guide makes for it.
  const path = String(objects.find(({ kind }) => kind === "ServiceMonitor")?.["spec"].endpoints[0].path);
  const token = await (servers[0] as Pod).exec("token", "create", "prometheus", "--role", "viewer");
  for (const { url } of servers) {
    const statusOf = async (headers: Readonly<Record<string, string>>): Promise<number> => (await fetch(`${url}${path}`, { headers })).status;
    assert.deepEqual([await statusOf({}), await statusOf({ authorization: `Bearer ${token}` })], [401, 200]);
    assert.equal((await fetch(`${url}/v1/signing-key`, { headers: { authorization: `Bearer ${token}` } })).status, 200);
  }
}

/** Versions in MLflow, a rollout begun in a pod, outcomes to either server; before them, whoever has the model is killed. Returns whole seconds from there. */
async function promoteAcross({ processes }: Context, pods: readonly Pod[], { mlflowUrl, databaseUrl }: { readonly mlflowUrl: string; readonly databaseUrl: string }): Promise<number> {
  const token = await (pods[0] as Pod).exec("token", "create", "me", "--role", "operator");
  const play = async (url: string, step: string): Promise<void> => {
    const { code, stderr } = await processes.run({ command: process.execPath, args: [join(ROOT, "docs/examples/play-in-slots.mjs"), step], env: { GAUNTLET_URL: url, GAUNTLET_TOKEN: token }, timeoutMs: 60_000 });
    assert.equal(code, 0, stderr);
  };
  await play(mlflowUrl, "register");
  await (pods[0] as Pod).exec("start", join(ROOT, "docs/examples/slots.yaml"));
  const leads = async (pod: Pod): Promise<boolean> => (await leaseHolders(databaseUrl, `model:${MODEL}`)).some((holder) => holder.split(" ").includes(String(pod.pid)));
  let leader: Pod | undefined;
  await until("a pod leads", async () => {
    for (const pod of pods) if (await leads(pod)) leader = pod;
    return leader !== undefined;
  });
  await leader?.end("SIGKILL");
  const began = performance.now();
  const left = pods.filter((pod) => !pod.hasEnded());
  const server = left.findLast(({ url }) => url !== null);
  await play(server?.url ?? "", "play");
  await until("MLflow has the alias on the challenger", async () => {
    const answer = await fetch(`${mlflowUrl}/api/2.0/mlflow/registered-models/alias?name=${MODEL}&alias=Production`);
    return ((await answer.json()) as { readonly model_version?: { readonly version: string } }).model_version?.version === "2";
  });
  const seconds = Math.round((performance.now() - began) / 1000);
  await until("somebody else leads", async () => (await Promise.all(left.map(leads))).includes(true));
  return seconds;
}

/** As a rolling update does: one by one, with as long as the manifest gives. Whoever is left goes on answering. */
async function stopInTurn(pods: readonly Pod[]): Promise<number> {
  const left = pods.filter((pod) => !pod.hasEnded());
  for (const [index, pod] of left.entries()) {
    for (const other of left.slice(index).filter(({ url }) => url !== null)) assert.ok(await other.passes("readinessProbe"), `${other.name} is not ready`);
    const began = performance.now();
    assert.equal(await pod.end("SIGTERM"), 0, `${pod.name} did not stop well`);
    assert.ok(performance.now() - began < 30_000, `${pod.name} took too long to stop`);
  }
  return left.length;
}
