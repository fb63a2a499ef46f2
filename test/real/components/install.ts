import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { createKubeClient, kubernetesTraffic } from "@gauntlet/adapters";
import { allocate, reallocate } from "@gauntlet/core";
import { parseConfig } from "@gauntlet/server";
import { parse, stringify } from "yaml";
import type { Component, Context } from "../component.ts";
import { startCluster } from "../kubernetes/cluster.ts";
import { helmRun, helmTemplate, HELM_VERSION, installHelm, type Chart } from "../kubernetes/helm.ts";
import { goModule } from "../kubernetes/install.ts";
import type { KubeApiServer, KubeObject } from "../kubernetes/kube-api-server.ts";
import { installKustomize, kustomizeBuild, KUSTOMIZE_VERSION } from "../kubernetes/kustomize.ts";
import { objectsOf, refusesWhatIsWrong, takesAll } from "../kubernetes/manifests.ts";
import { createFresh, operate, pathOf } from "../kubernetes/operator.ts";
import { SERVINGS } from "../kubernetes/servings.ts";
import { lastLines } from "../processes.ts";

const DEPLOY = join(import.meta.dirname, "../../../deploy");
const FOLDER = join(DEPLOY, "helm/gauntlet");
/** What the kind ServiceMonitor is. */
const MONITORS = "github.com/prometheus-operator/prometheus-operator@v0.88.0";
const SECRETS = { DATABASE_URL: "postgresql://u:p@db/gauntlet", MLFLOW_TOKEN: "t", SLACK_URL: "https://hooks.example.com/a" };

/**
 * How Gauntlet is installed: the Helm chart and the kustomizations say the same, a real API server takes both under the
 * profile "restricted", helm itself installs, changes and removes a release, and the rights that come with targets are
 * those that are needed.
 */
export const component: Component = {
  name: "Install in Kubernetes",
  required: true,
  async run(context) {
    const version = `helm ${HELM_VERSION}, kustomize ${KUSTOMIZE_VERSION}`;
    const [helm, kustomize] = [await installHelm(context), await installKustomize(context)];
    if (helm.kind === "missing") return { kind: "skipped", version, why: helm.why };
    if (kustomize.kind === "missing") return { kind: "skipped", version, why: kustomize.why };
    const cluster = await startCluster(context);
    if (cluster.kind === "missing") return { kind: "skipped", version, why: cluster.why };
    const { server } = cluster;
    const monitors = await goModule(context, MONITORS);
    if (monitors.kind === "missing") return { kind: "skipped", version, why: monitors.why };
    await server.applyCrds(await readFile(join(monitors.folder, "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml"), "utf8"));
    const render = async (values: unknown): Promise<readonly KubeObject[]> => objectsOf(await rendered(context, { command: helm.command, folder: FOLDER, values }));
    let [objects, pods] = [0, 0];
    for (const { name, values, folder, beside } of await choices(context)) {
      const built: readonly KubeObject[] = [...objectsOf(await kustomizeBuild(context, kustomize.command, folder)), ...beside];
      const charted = await render(values);
      assert.deepEqual(comparable(charted), comparable(built), `helm and kustomize differ in ${name}`);
      pods += (await takesAll(server, built)) + (await takesAll(server, charted));
      objects += built.length + charted.length;
    }
    for (const values of [...OTHERS, ...(await valuesOfTheGuide())]) {
      // Another claim is another installation: a StatefulSet keeps the one that it was made with.
      await server.call({ method: "DELETE", path: "/apis/apps/v1/namespaces/gauntlet/statefulsets/gauntlet" });
      pods += await takesAll(server, await render(values));
    }
    await refusesWhatIsWrong(server, "gauntlet");
    const refused = await refusesValues(context, helm.command);
    await livesAsRelease(context, helm.command, server);
    const rights = await rightsSuffice(server, await render({ ...REPLICAS, config: { ...REPLICAS.config, targets: allTargets() }, serviceAccount: { name: "installed" } }));
    return { kind: "passed", version: `${version}, ${server.version}`, note: `${objects} objects alike from both, ${pods} pods under the profile "restricted", ${refused} wrong values refused, a release installed, changed and removed, rights for ${rights} kinds enough and no more` };
  },
};

const REPLICAS = {
  config: { store: { kind: "postgres", url: "${DATABASE_URL}" }, registry: { kind: "mlflow", url: "http://mlflow.mlflow.svc:5000", token: "${MLFLOW_TOKEN}" } },
  secretEnvironment: { DATABASE_URL: { name: "gauntlet", key: "database-url" }, MLFLOW_TOKEN: { name: "gauntlet", key: "mlflow-token" } },
};
const FRAUD = { kind: "gateway-api", namespace: "models", name: "fraud", service: "fraud-v{version}" };

interface Choice {
  readonly name: string;
  readonly values: { readonly config?: object };
  readonly folder: string;
  /** What is applied beside what kustomize makes. */
  readonly beside: readonly KubeObject[];
}

async function choices(context: Context): Promise<readonly Choice[]> {
  const rbac = objectsOf(await readFile(join(DEPLOY, "kubernetes/rbac/gateway-api.yaml"), "utf8"));
  return [
    { name: "one process", values: {}, folder: join(DEPLOY, "gauntlet/overlays/single"), beside: [] },
    { name: "replicas", values: REPLICAS, folder: join(DEPLOY, "gauntlet/overlays/replicas"), beside: [] },
    { name: "one process with a target", values: { config: { targets: { fraud: FRAUD } } }, folder: await ownOverlay(context, "single"), beside: rbac },
    { name: "replicas with a target", values: { ...REPLICAS, config: { ...REPLICAS.config, targets: { fraud: FRAUD } } }, folder: await ownOverlay(context, "replicas"), beside: rbac },
  ];
}

/** As the guide shows it: an overlay of the user's, with a configuration of its own. */
async function ownOverlay({ workDir }: Context, overlay: string): Promise<string> {
  const folder = join(workDir, `install-${overlay}`);
  await mkdir(folder, { recursive: true });
  const config = parse(await readFile(join(DEPLOY, "gauntlet/overlays", overlay, "gauntlet.yaml"), "utf8")) as object;
  await writeFile(join(folder, "gauntlet.yaml"), stringify({ ...config, targets: { fraud: FRAUD } }));
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    namespace: "gauntlet",
    resources: [relative(folder, join(DEPLOY, "gauntlet/overlays", overlay))],
    components: [relative(folder, join(DEPLOY, "gauntlet/components/targets"))],
    configMapGenerator: [{ name: "gauntlet-config", behavior: "replace", files: ["gauntlet.yaml"] }],
  };
  await writeFile(join(folder, "kustomization.yaml"), stringify(kustomization));
  return folder;
}

async function rendered(context: Context, chart: Chart): Promise<string> {
  const { code, stdout, stderr } = await helmTemplate(context, chart);
  if (code !== 0) throw new Error(`helm template ended with ${code}\n${lastLines(stderr, 20)}`);
  return stdout;
}

/** By kind and name, without what only one of the two says: who made it, and how a changed configuration restarts pods. */
function comparable(objects: readonly KubeObject[]): Readonly<Record<string, unknown>> {
  const configs = new Map(objects.filter(({ kind }) => kind === "ConfigMap").map(({ metadata }) => [metadata.name, "the configuration"]));
  return Object.fromEntries(
    objects.filter(({ kind }) => kind !== "Namespace").map((object): [string, unknown] => {
      const copy = JSON.parse(JSON.stringify(object, (_, value: unknown) => (typeof value === "string" ? (configs.get(value) ?? value) : value))) as KubeObject;
      // Roles for kustomize are files without labels, since the user fills them in.
      delete copy["metadata"].labels;
      delete copy["spec"]?.template?.metadata.annotations;
      if (copy["kind"] === "ConfigMap") copy["data"] = { config: parseConfig(copy["data"]["gauntlet.yaml"], "gauntlet.yaml", SECRETS) };
      return [`${copy["kind"]} ${copy["metadata"].namespace}/${copy["metadata"].name}`, copy];
    }),
  );
}

/** Values beside those that kustomize has too. */
const OTHERS: readonly object[] = [
  { image: { repository: "images.example.com/gauntlet", digest: `sha256:${"0a".repeat(32)}`, pullSecrets: ["images"] }, persistence: { size: "50Gi", storageClassName: "fast" }, service: { type: "LoadBalancer", port: 80, annotations: { "example.com/internal": "true" } } },
  { ...REPLICAS, server: { replicas: 5 }, worker: { replicas: 0 }, networkPolicy: { enabled: false }, serviceMonitor: { enabled: true }, nodeSelector: { pool: "control" }, tolerations: [{ key: "control", operator: "Exists" }], podAnnotations: { "example.com/team": "risk" } },
  { ...REPLICAS, secretFiles: ["gauntlet-signing"], config: { ...REPLICAS.config, signing: { keyFile: "/etc/gauntlet-secrets/gauntlet-signing/key.pem" }, hooks: [{ name: "chat", kind: "slack", url: "${SLACK_URL}" }] }, secretEnvironment: { ...REPLICAS.secretEnvironment, SLACK_URL: { name: "gauntlet", key: "slack-url" } }, networkPolicy: { to: [{ ports: [{ protocol: "TCP", port: 443 }] }] } },
];

/** What is shown must work. */
async function valuesOfTheGuide(): Promise<readonly unknown[]> {
  const guide = await readFile(join(DEPLOY, "../docs/guides/install-on-kubernetes.md"), "utf8");
  const found = [...guide.matchAll(/```yaml\n(# values\.yaml\n[^]*?)```/g)].map((match) => parse(match[1] ?? "") as unknown);
  assert.equal(found.length, 2);
  return found;
}

async function refusesValues(context: Context, command: string): Promise<number> {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ imagee: {} }, /additional properties 'imagee' not allowed/],
    [{ image: { tag: "latest" } }, /image\/tag/],
    [{ config: { tik: { everyMs: 1 } } }, /additional properties 'tik' not allowed/],
    [{ config: { dataDir: "/elsewhere" } }, /additional properties 'dataDir' not allowed/],
    [{ ...REPLICAS, config: { ...REPLICAS.config, store: { kind: "postgres", url: "postgresql://gauntlet:hunter2@db/gauntlet" } } }, /config\/store/],
    [{ ...REPLICAS, config: { ...REPLICAS.config, registry: { ...REPLICAS.config.registry, token: "hunter2" } } }, /config\/registry/],
    [{ config: { hooks: [{ name: "chat", kind: "slack", url: "https://hooks.example.com/secret" }] } }, /config\/hooks\/0/],
    [{ config: { targets: { fraud: { ...FRAUD, kind: "linkerd" } } } }, /config\/targets\/fraud/],
    [{ config: { store: REPLICAS.config.store }, secretEnvironment: REPLICAS.secretEnvironment }, /an MLflow server of your own/],
    [{ ...REPLICAS, secretEnvironment: {} }, /MLFLOW_TOKEN\}, which no secret is named for/],
    [{ networkPolicy: { from: [] } }, /networkPolicy\/from/],
  ];
  for (const [values, said] of wrong) {
    const { code, stderr } = await helmTemplate(context, { command, folder: FOLDER, values });
    assert.notEqual(code, 0, `${JSON.stringify(values)} was taken`);
    assert.match(stderr, said);
  }
  return wrong.length;
}

/** helm does it by itself: installs, changes the configuration, adds a target, removes all of it. */
async function livesAsRelease(context: Context, command: string, server: KubeApiServer): Promise<void> {
  const namespace = "gauntlet-by-helm";
  await server.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted" } } });
  const kubeconfig = join(context.workDir, "helm-kubeconfig");
  const access = { clusters: [{ name: "c", cluster: { server: server.url, "certificate-authority-data": Buffer.from(server.ca).toString("base64") } }], users: [{ name: "u", user: { token: server.token } }], contexts: [{ name: "x", context: { cluster: "c", user: "u" } }], "current-context": "x" };
  await writeFile(kubeconfig, JSON.stringify({ apiVersion: "v1", kind: "Config", ...access }), { mode: 0o600 });
  const helm = (...args: readonly string[]): Promise<string> => helmRun(context, { command, args: [...args, "--namespace", namespace, "--kubeconfig", kubeconfig] });
  const notes = await helm("install", "mine", FOLDER);
  assert.match(notes, /rollout status statefulset\/mine-gauntlet/);
  const read = async (path: string): Promise<{ readonly status: number; readonly json: KubeObject }> => server.call({ method: "GET", path });
  const workload = `/apis/apps/v1/namespaces/${namespace}/statefulsets/mine-gauntlet`;
  const before = (await read(workload)).json["spec"].template;
  await helm("upgrade", "mine", FOLDER, "--set", "config.tick.everyMs=1000", "--set-json", `config.targets=${JSON.stringify({ fraud: { ...FRAUD, name: "by-helm" } })}`);
  const after = (await read(workload)).json["spec"].template;
  // A changed configuration restarts the pod, and a target gives it the account's token.
  assert.notEqual(after.metadata.annotations["checksum/config"], before.metadata.annotations["checksum/config"]);
  assert.deepEqual([before.spec.automountServiceAccountToken, after.spec.automountServiceAccountToken], [false, true]);
  const role = "/apis/rbac.authorization.k8s.io/v1/namespaces/models/roles/mine-gauntlet-gateway-api";
  assert.deepEqual((await read(role)).json["rules"], [{ apiGroups: ["gateway.networking.k8s.io"], resources: ["httproutes"], resourceNames: ["by-helm"], verbs: ["get", "patch"] }]);
  await helm("uninstall", "mine");
  assert.deepEqual([(await read(workload)).status, (await read(role)).status], [404, 404]);
}

function allTargets(): Readonly<Record<string, object>> {
  // Two of the kinds are KServe's modes: one object of either.
  return Object.fromEntries(SERVINGS.map(({ config }, index) => [`model-${index}`, { ...config, namespace: "models", name: `installed-${index}` }]));
}

/** With a token of the account alone: every target can be read and split, and nothing else is allowed. */
async function rightsSuffice(server: KubeApiServer, objects: readonly KubeObject[]): Promise<number> {
  for (const object of objects.filter(({ kind }) => ["Role", "RoleBinding", "ServiceAccount"].includes(kind))) await server.apply(object);
  const token = await server.tokenOf({ namespace: "gauntlet", name: "installed" });
  for (const [index, serving] of SERVINGS.entries()) {
    const name = `installed-${index}`;
    await createFresh(server, serving, name);
    const operator = operate(server, serving, name);
    const login = { server: server.url, ca: server.ca, insecure: false, credentials: async () => ({ token, cert: null, key: null }) };
    const client = createKubeClient({ login, timeoutMs: 5000 });
    const target = kubernetesTraffic({ model: name, client, namespace: "models", name, mapping: serving.mapping, numbers: "ours", readyMs: 5000, pollMs: 20, report: () => undefined });
    const whole = allocate({ model: name, epoch: 1, seed: name, shares: [{ slot: "champion", version: "1", basisPoints: 10_000 }], shadow: false });
    const allocation = reallocate(whole, [{ slot: "champion", version: "1", basisPoints: 8000 }, { slot: "challenger", version: "2", basisPoints: 2000 }], 2);
    await target.apply(whole);
    await target.apply(allocation);
    assert.deepEqual(await target.read(name), allocation, serving.name);
    await operator.stop();
    client.close();
    const refused = await Promise.all([
      server.call({ method: "DELETE", path: pathOf(serving, name), token }),
      server.call({ method: "GET", path: pathOf(serving, null), token }),
      server.call({ method: "GET", path: pathOf(serving, "another"), token }),
    ]);
    assert.deepEqual(refused.map(({ status }) => status), [403, 403, 403], serving.name);
  }
  const names = Map.groupBy(SERVINGS.keys(), (index) => `${SERVINGS[index]?.mapping.resource.group}/${SERVINGS[index]?.mapping.resource.plural}`);
  const wanted = [...names].map(([resource, indices]) => `get,patch ${resource} ${indices.map((index) => `installed-${index}`).join()}`);
  assert.deepEqual(await rulesOf(server, token, "models"), wanted.toSorted());
  for (const namespace of ["gauntlet", "default", "kube-system"]) assert.deepEqual(await rulesOf(server, token, namespace), []);
  return SERVINGS.length;
}

/** What the server itself says that the account may do, but for asking who it is, which everybody may. */
async function rulesOf(server: KubeApiServer, token: string, namespace: string): Promise<readonly string[]> {
  const { status, json } = await server.call({ method: "POST", path: "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", token, body: { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectRulesReview", spec: { namespace } } });
  assert.equal(status, 201, json["message"]);
  const rules = json["status"].resourceRules as readonly { readonly verbs: readonly string[]; readonly apiGroups: readonly string[]; readonly resources: readonly string[]; readonly resourceNames?: readonly string[] }[];
  return rules
    .filter(({ resources }) => !resources.every((resource) => resource.startsWith("selfsubject")))
    .map(({ verbs, apiGroups, resources, resourceNames = [] }) => `${verbs.toSorted().join()} ${apiGroups.join()}/${resources.join()} ${resourceNames.join()}`)
    .toSorted();
}
