import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Component, Context } from "../component.ts";
import { startCluster } from "../kubernetes/cluster.ts";
import { serveRequests } from "../kubernetes/data-plane.ts";
import { KUBERNETES_VERSION } from "../kubernetes/install.ts";
import type { KubeApiServer } from "../kubernetes/kube-api-server.ts";
import { createFresh, operate, readObject } from "../kubernetes/operator.ts";
import { grant } from "../kubernetes/rbac.ts";
import { seeded } from "../kubernetes/seeded.ts";
import { SERVINGS, type Serving } from "../kubernetes/servings.ts";
import { until } from "../nats/faces.ts";
import { startGauntlet, type GauntletProcess } from "../nats/gauntlet-process.ts";

/**
 * `gauntlet up` splits the requests of a model on every kind of serving system. A data plane that honours the weights is
 * believed, and one that doesn't is found out. Every rollback is timed; during one the API server and Gauntlet both crash.
 */
export const component: Component = {
  name: "Kubernetes rollouts",
  required: true,
  async run(context) {
    const cluster = await startCluster(context);
    if (cluster.kind === "missing") return { kind: "skipped", version: KUBERNETES_VERSION, why: cluster.why };
    const route = SERVINGS[0] as Serving;
    const models: readonly Model[] = [...SERVINGS.map((serving, index) => ({ name: `rollout-${index}`, serving })), { name: LIAR, serving: route }, { name: IN_GIT, serving: route }];
    const { server } = cluster;
    for (const { name, serving } of models) await createFresh(server, serving, name);
    const operators = models.map(({ name, serving }) => operate(server, serving, name));
    const cwd = await configure(context, server, models);
    const life = { gauntlet: await startGauntlet(cwd) };
    const token = life.gauntlet.token ?? "";
    const post: Post = (path, body) => postTo(life.gauntlet, token, { path, body });
    try {
      for (const { name } of models) await begin(post, name);
      const git = await openGit(context, { server, cwd, serving: route });
      await git.merge("20 % for version 2");
      for (const model of models) await until(`${model.name} is split`, async () => (await share(server, model)) === 0.2);
      const random = seeded(7);
      const report = async (outcomes: readonly object[]): Promise<void> => {
        const answer = (await post("/v1/outcomes", { outcomes })) as { readonly accepted: number; readonly rejected: readonly object[] };
        if (answer.accepted !== outcomes.length) throw new Error(`outcomes were refused: ${JSON.stringify(answer.rejected[0])}`);
      };
      for (const { name, serving } of models) await serveRequests({ calls: server, serving, name, count: REQUESTS, honours: name === LIAR ? "nothing" : "weights", random, report });
      for (const { name } of models) await requireSplitJudged(post, name);
      await requireSound(context, { cwd, models });
      await requireRightsTold(context, { cwd, server, models });
      const slowest = await rollBackAll(context, { models: models.filter(({ name }) => name !== LIAR && name !== IN_GIT), server, life, post });
      await rollBackInGit({ git, server, life, post, model: { name: IN_GIT, serving: route } });
      const through = await rollBackThroughCrashes({ liar: { name: LIAR, serving: route }, server, life, cwd, post });
      return { kind: "passed", version: server.version, note: `${SERVINGS.length} kinds split and rolled back in ${slowest} ms at most, one through two crashes in ${through} ms; a data plane that lies was found out after ${REQUESTS} requests; a split that is kept in Git came and went with two commits` };
    } catch (error) {
      context.log(life.gauntlet.said().replaceAll(/shown this once: \S+/g, "").slice(-4000));
      throw error;
    } finally {
      await life.gauntlet.kill("SIGKILL");
      await Promise.all(operators.map((operator) => operator.stop()));
    }
  },
};

interface Model {
  readonly name: string;
  readonly serving: Serving;
}

const CLI = join(import.meta.dirname, "../../../apps/cli/bin/gauntlet.mjs");
const LIAR = "rollout-liar";
const IN_GIT = "rollout-git";
const REQUESTS = 3000;
/** Document 003 wants it below this. */
const ROLLBACK_MS = 30_000;

type Post = (path: string, body: object) => Promise<unknown>;

async function configure(context: Context, server: KubeApiServer, models: readonly Model[]): Promise<string> {
  const cwd = join(context.workDir, "kubernetes-rollouts");
  await mkdir(cwd, { recursive: true });
  let token = "";
  for (const serving of SERVINGS) token = await grant(server, serving, models.map(({ name }) => name));
  const kubeconfig = {
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "gauntlet" } }],
    clusters: [{ name: "test", cluster: { server: server.url, "certificate-authority-data": Buffer.from(server.ca).toString("base64") } }],
    users: [{ name: "gauntlet", user: { token } }],
  };
  await writeFile(join(cwd, "kubeconfig"), JSON.stringify(kubeconfig), { mode: 0o600 });
  const targets = Object.fromEntries(models.map(({ name, serving }) => [name, { ...serving.config, namespace: "models", name, numbers: name === IN_GIT ? "git" : "ours", readyMs: 5000 }]));
  await writeFile(join(cwd, "gauntlet.yaml"), JSON.stringify({ listen: { port: 0 }, tick: { everyMs: 300, leaseMs: 16_000 }, kubernetes: { kubeconfig: "kubeconfig", timeoutMs: 2000 }, targets }));
  return cwd;
}

/** The manifest in a repository of its own, which a tool applies; `merge` commits what `gauntlet plan` prints, and lets the tool apply it. */
async function openGit(context: Context, { server, cwd, serving }: { readonly server: KubeApiServer; readonly cwd: string; readonly serving: Serving }): Promise<{ merge(message: string): Promise<void> }> {
  const folder = join(cwd, "manifests");
  const file = join(folder, "route.yaml");
  const run = async (command: string, args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await context.processes.run({ command, args, cwd, env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" }, timeoutMs: 60_000 });
    if (code !== 0) throw new Error(`${args.slice(0, 4).join(" ")} failed: ${stderr}`);
    return stdout;
  };
  const git = (...args: readonly string[]): Promise<string> => run("git", ["-C", folder, "-c", "user.name=someone", "-c", "user.email=someone@example.com", ...args]);
  await mkdir(folder, { recursive: true });
  await writeFile(file, `# Kept by people.\n${stringify(serving.object(IN_GIT))}`);
  await git("init", "--quiet");
  await git("add", "route.yaml");
  await git("commit", "--quiet", "--message", "as it was");
  return {
    async merge(message) {
      const before = await share(server, { name: IN_GIT, serving });
      await writeFile(file, await run(process.execPath, [CLI, "plan", IN_GIT, "--output", "manifests", "--manifest", file]));
      const changed = await git("diff", "--unified=0");
      if (!/^(?:[-+] +weight: \d+\n){4}$/.test(changed.replaceAll(/^(?:diff|index|---|\+\+\+|@@) .*\n/gm, ""))) throw new Error(`the patch is not of two numbers alone:\n${changed}`);
      await git("commit", "--quiet", "--all", "--message", message);
      if ((await share(server, { name: IN_GIT, serving })) !== before) throw new Error("Gauntlet wrote numbers that are kept in Git");
      await server.apply(parse(await git("show", "HEAD:route.yaml")), { manager: "argocd-controller" });
    },
  };
}

async function begin(post: Post, model: string): Promise<void> {
  const api = "/api/2.0/mlflow";
  await post(`${api}/registered-models/create`, { name: model });
  for (const version of ["1", "2"]) await post(`${api}/model-versions/create`, { name: model, source: `s3://models/fraud/${version}` });
  await post(`${api}/registered-models/alias`, { name: model, alias: "champion", version: "1" });
  const policy = `kind: abtest\nname: split\nmodel: ${model}\nsplit: { champion: 80%, challenger: 20% }\nshadow: false\nwindow: { min: 14d, max: 28d }\nlabels: { maturity: 1d }\nminSamples: 100000\nchecks:\n  - { check: rate, metric: error, increaseMax: 1% }\n`;
  await post(`/v1/models/${model}/rollouts`, { policy, challenger: "2" });
}

/** The part of the requests that version 2 gets. */
async function share(server: KubeApiServer, { name, serving }: Model): Promise<number> {
  const weights = Object.entries(serving.routes(await readObject(server, serving, name)).weights);
  return (weights.find(([version]) => version === "2")?.[1] ?? 0) / weights.reduce((sum, [, weight]) => sum + weight, 0);
}

/** What would be decided now: a decision is recorded when it changes, so that the newest recorded one may be of before. */
async function requireSplitJudged(post: Post, model: string): Promise<void> {
  const { decision } = (await post(`/v1/models/${model}/preview`, {})) as { readonly decision: Judged };
  const ratio = decision.checks.find(({ id }) => id === "sample-ratio");
  const counted = Object.values(ratio?.n ?? {}).reduce((sum, count) => sum + count, 0);
  const found = `${decision.verdict} ${decision.reason}, split ${ratio?.status} over ${counted}`;
  const wanted = model === LIAR ? `hold sample_ratio_mismatch, split fail over ${REQUESTS}` : `hold min_duration, split pass over ${REQUESTS}`;
  if (found !== wanted) throw new Error(`${model}: ${found}; wanted: ${wanted}`);
}

interface Finding {
  readonly what: string;
  readonly status: string;
  readonly says: string;
  readonly fix: string | null;
}

async function examine({ processes }: Context, cwd: string): Promise<readonly Finding[]> {
  const examined = await processes.run({ command: process.execPath, args: [CLI, "doctor", "--json"], cwd, timeoutMs: 60_000 });
  return (JSON.parse(examined.stdout) as { readonly findings: readonly Finding[] }).findings;
}

/** `gauntlet doctor` reads every target. */
async function requireSound(context: Context, { cwd, models }: { readonly cwd: string; readonly models: readonly Model[] }): Promise<void> {
  const findings = await examine(context, cwd);
  const wanted = models.map(({ name }) => `target of ${name}: ok, epoch 1 is in force`);
  const found = findings.filter(({ what }) => what.startsWith("target of ")).map(({ what, status, says }) => `${what}: ${status}, ${says}`);
  if (found.join("; ") !== wanted.join("; ")) throw new Error(`doctor says: ${found.join("; ")}`);
}

/** `gauntlet doctor` asks what it may do: all of it with the Roles of deploy/kubernetes, and without `patch` it says which rule is missing. */
async function requireRightsTold(context: Context, { cwd, server, models }: { readonly cwd: string; readonly server: KubeApiServer; readonly models: readonly Model[] }): Promise<void> {
  const names = models.map(({ name }) => name);
  const route = SERVINGS[0] as Serving;
  const refused = async (): Promise<readonly Finding[]> => (await examine(context, cwd)).filter(({ what, status }) => what.startsWith("rights on ") && status !== "ok");
  if ((await refused()).length > 0) throw new Error(`doctor misses rights: ${JSON.stringify(await refused())}`);
  await grant(server, route, names, ["get"]);
  const ofRoute = models.filter(({ serving }) => serving.rbac === route.rbac).length;
  await until("doctor misses the right to patch", async () => (await refused()).length === ofRoute);
  const [first] = await refused();
  if (first?.status !== "fail" || !first.says.startsWith("may not patch HTTPRoute models/rollout-0") || !first.fix?.includes("verbs: [get, patch]")) throw new Error(`doctor says: ${JSON.stringify(first)}`);
  await grant(server, route, names);
  await until("the right to patch is back", async () => (await refused()).length === 0);
}

interface Judged {
  readonly verdict: string;
  readonly reason: string;
  readonly checks: readonly { readonly id: string; readonly status: string; readonly n: Readonly<Record<string, number>> }[];
}

/** Returns the slowest, in whole milliseconds: from the request until the object says so and the rollout is over. */
async function rollBackAll(context: Context, { models, server, life, post }: { readonly models: readonly Model[]; readonly server: KubeApiServer; readonly life: { readonly gauntlet: GauntletProcess }; readonly post: Post }): Promise<number> {
  let slowest = 0;
  for (const model of models) {
    const began = performance.now();
    await post(`/v1/models/${model.name}/rollback`, { reason: "timed" });
    await until(`${model.name} is rolled back`, () => isBack(life.gauntlet, server, model));
    const tookMs = Math.round(performance.now() - began);
    context.log(`rollback: ${model.serving.name}: ${tookMs} ms`);
    if (tookMs > ROLLBACK_MS) throw new Error(`the rollback of ${model.serving.name} took ${tookMs} ms`);
    slowest = Math.max(slowest, tookMs);
  }
  return slowest;
}

/** It is over once the second commit is applied: until then the plan waits for it. */
async function rollBackInGit({ git, server, life, post, model }: { readonly git: Awaited<ReturnType<typeof openGit>>; readonly server: KubeApiServer; readonly life: { readonly gauntlet: GauntletProcess }; readonly post: Post; readonly model: Model }): Promise<void> {
  await post(`/v1/models/${model.name}/rollback`, { reason: "by pull request" });
  await until(`the rollback of ${model.name} waits for Git`, async () => (await stateOf(life.gauntlet, model)).pending !== null);
  await git.merge("nothing for version 2");
  await until(`${model.name} is rolled back`, () => isBack(life.gauntlet, server, model));
}

/** The API server is away when the rollback is asked for, and Gauntlet dies while it tries. */
async function rollBackThroughCrashes({ liar, server, life, cwd, post }: { readonly liar: Model; readonly server: KubeApiServer; readonly life: { gauntlet: GauntletProcess }; readonly cwd: string; readonly post: Post }): Promise<number> {
  await server.kill();
  const began = performance.now();
  await post(`/v1/models/${liar.name}/rollback`, { reason: "it lies" });
  await until("Gauntlet says that the API server is away", async () => life.gauntlet.said().includes("traffic_unavailable"));
  await life.gauntlet.kill("SIGKILL");
  await server.restart();
  life.gauntlet = await startGauntlet(cwd);
  await until(`${liar.name} is rolled back after the crashes`, () => isBack(life.gauntlet, server, liar));
  return Math.round(performance.now() - began);
}

async function isBack(gauntlet: GauntletProcess, server: KubeApiServer, model: Model): Promise<boolean> {
  const { rollout, pending } = await stateOf(gauntlet, model);
  return rollout?.status === "rolled_back" && pending === null && (await share(server, model)) === 0;
}

interface State {
  readonly rollout: { readonly status: string } | null;
  readonly pending: unknown;
}

async function stateOf({ url }: GauntletProcess, { name }: Model): Promise<State> {
  return ((await (await fetch(`${url}/v1/models/${name}`)).json()) as { readonly state: State }).state;
}

async function postTo({ url }: GauntletProcess, token: string, { path, body }: { readonly path: string; readonly body: object }): Promise<unknown> {
  const response = await fetch(url + path, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": randomUUID() }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
