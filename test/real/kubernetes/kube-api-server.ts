import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { request, type RequestOptions } from "node:https";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { Context } from "../component.ts";
import { freePort } from "../processes.ts";
import { installKubernetes, KUBERNETES_VERSION } from "./install.ts";

/** Where it is, and who may do everything there. */
export interface KubeAddress {
  readonly url: string;
  /** PEM of who signed its certificate. */
  readonly ca: string;
  /** Of `system:masters`. */
  readonly token: string;
}

export interface KubeCalls {
  /** One call as the administrator, or with a token of yours. Never throws for a status. */
  call(call: KubeCall): Promise<KubeAnswer>;
  /** Server-side apply of one object, whatever its kind. @throws unless it is taken. */
  apply(object: KubeObject, options?: { readonly dryRun?: boolean; readonly manager?: string }): Promise<KubeObject>;
  /** Applies the objects of YAML that are CustomResourceDefinitions, and waits until they are served. Returns their names. */
  applyCrds(yaml: string): Promise<readonly string[]>;
  /** A token of a service account, which is made with its namespace when it isn't there. */
  tokenOf(serviceAccount: { readonly namespace: string; readonly name: string }): Promise<string>;
}

export interface KubeApiServer extends KubeAddress, KubeCalls {
  readonly version: string;
  /** Ends it as a crash does, and starts it again over the same etcd. */
  restart(): Promise<void>;
  /** Ends it as a crash does; `restart` brings it back. */
  kill(): Promise<void>;
}

interface KubeCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly token?: string;
}

export interface KubeAnswer {
  readonly status: number;
  readonly json: KubeObject;
}

// oxlint-disable-next-line typescript/no-explicit-any -- Objects of any kind, looked into by tests.
export type KubeObject = Record<string, any>;

type Started = { readonly kind: "started"; readonly server: KubeApiServer } | { readonly kind: "missing"; readonly why: string };

/**
 * A real Kubernetes API server on etcd, on loopback, with RBAC and server-side apply; shared by the components of a run.
 * No controllers run beside it: nothing becomes of a Deployment, and a token is had with `tokenOf`.
 */
export function startKubeApiServer(context: Context): Promise<Started> {
  return context.once("kube-api-server", async () => {
    const binaries = await installKubernetes(context);
    if (binaries.kind === "missing") return binaries;
    const folder = join(context.workDir, "kubernetes");
    await mkdir(folder, { recursive: true });
    const etcdUrl = await startEtcd(context, binaries.etcd);
    return { kind: "started", server: await startApiServer(context, { command: binaries.apiServer, etcdUrl, folder }) };
  });
}

async function startEtcd({ workDir, processes }: Context, command: string): Promise<string> {
  const [client, peer] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${peer}`;
  await processes.start({
    command,
    args: ["--data-dir", join(workDir, "etcd"), "--listen-client-urls", url, "--advertise-client-urls", url, "--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl, "--initial-cluster", `default=${peerUrl}`, "--unsafe-no-fsync"],
    isReady: async () => (await fetch(`${url}/health`)).ok,
    readyMs: 60_000,
  });
  return url;
}

async function startApiServer(context: Context, { command, etcdUrl, folder }: { readonly command: string; readonly etcdUrl: string; readonly folder: string }): Promise<KubeApiServer> {
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const token = randomBytes(16).toString("hex");
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048, publicKeyEncoding: { type: "spki", format: "pem" }, privateKeyEncoding: { type: "pkcs8", format: "pem" } });
  await writeFile(join(folder, "tokens.csv"), `${token},admin,1,"system:masters"\n`, { mode: 0o600 });
  await writeFile(join(folder, "sa.pub"), publicKey);
  await writeFile(join(folder, "sa.key"), privateKey, { mode: 0o600 });
  const pidFile = join(folder, "pid");
  const call = async (asked: KubeCall): Promise<KubeAnswer> => callOnce({ url, ca: await readFile(join(folder, "certs/apiserver.crt"), "utf8"), token }, asked);
  const start = (): Promise<void> =>
    context.processes.start({
      // A shell that says its id and becomes the server, so that one process can be ended alone.
      command: "/bin/sh",
      args: ["-c", 'echo $$ > "$0"; exec "$@"', pidFile, command, `--etcd-servers=${etcdUrl}`, `--secure-port=${port}`, "--bind-address=127.0.0.1", `--cert-dir=${join(folder, "certs")}`, "--service-account-issuer=https://kubernetes.default.svc", `--service-account-key-file=${join(folder, "sa.pub")}`, `--service-account-signing-key-file=${join(folder, "sa.key")}`, `--token-auth-file=${join(folder, "tokens.csv")}`, "--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24", "--disable-admission-plugins=ServiceAccount"],
      isReady: async () => (await call({ method: "GET", path: "/readyz" })).status === 200,
      readyMs: 120_000,
    });
  await start();
  const kill = async (): Promise<void> => {
    try {
      process.kill(Number(await readFile(pidFile, "utf8")), "SIGKILL");
    } catch {
      // It is dead already.
    }
    while ((await call({ method: "GET", path: "/livez" }).catch(() => null)) !== null) await pause(50);
  };
  const address = { url, ca: await readFile(join(folder, "certs/apiserver.crt"), "utf8"), token };
  return {
    version: KUBERNETES_VERSION,
    ...address,
    ...callsTo(address),
    kill,
    restart: async () => {
      await kill();
      await start();
    },
  };
}

/** For another process than the one that started it. */
export function callsTo(address: KubeAddress): KubeCalls {
  const call = (asked: KubeCall): Promise<KubeAnswer> => callOnce(address, asked);
  return {
    call,
    apply: (object, { dryRun = false, manager = "test" } = {}) => applyObject(call, object, { dryRun, manager }),
    applyCrds: (yaml) => applyCrds(call, yaml),
    tokenOf: async ({ namespace, name }) => {
      await applyObject(call, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, { dryRun: false, manager: "test" });
      await applyObject(call, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } }, { dryRun: false, manager: "test" });
      const { status, json } = await call({ method: "POST", path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} } });
      if (status !== 201) throw new Error(`no token of ${namespace}/${name}: ${status} ${json["message"]}`);
      return String(json["status"].token);
    },
  };
}

type Call = (call: KubeCall) => Promise<KubeAnswer>;

async function applyObject(call: Call, object: KubeObject, { dryRun, manager, text }: { readonly dryRun: boolean; readonly manager: string; readonly text?: string }): Promise<KubeObject> {
  const path = `${await pathOf(call, object)}?fieldManager=${manager}&force=true${dryRun ? "&dryRun=All" : ""}`;
  const { status, json } = await call({ method: "PATCH", path, body: text ?? object, contentType: "application/apply-patch+yaml" });
  if (status >= 300) throw new Error(`${object["kind"]} ${object["metadata"]?.name} was refused with ${status}: ${json["message"]}`);
  return json;
}

/** Where an object of any kind lives, as the server's own discovery says. */
async function pathOf(call: Call, { apiVersion, kind, metadata }: KubeObject): Promise<string> {
  const group = String(apiVersion).includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { json } = await call({ method: "GET", path: group });
  const resource = ((json["resources"] ?? []) as readonly { name: string; kind: string; namespaced: boolean }[]).find((known) => known.kind === kind && !known.name.includes("/"));
  if (resource === undefined) throw new Error(`the server knows no ${kind} in ${apiVersion}`);
  return `${group}${resource.namespaced ? `/namespaces/${metadata.namespace ?? "default"}` : ""}/${resource.name}/${metadata.name}`;
}

async function applyCrds(call: Call, yaml: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const text of yaml.split(/^---$/m)) {
    const object = parseDocument(text).toJS() as KubeObject | null;
    if (object?.["kind"] !== "CustomResourceDefinition") continue;
    // As it is: the server reads text that is no good YAML, such as Flagger's, as kubectl does.
    await applyObject(call, object, { dryRun: false, manager: "test", text });
    names.push(String(object["metadata"].name));
  }
  for (const name of names) {
    const until = Date.now() + 60_000;
    while (!(await isEstablished(call, name))) {
      if (Date.now() > until) throw new Error(`${name} is not served`);
      await pause(100);
    }
  }
  return names;
}

async function isEstablished(call: Call, name: string): Promise<boolean> {
  const { json } = await call({ method: "GET", path: `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}` });
  const conditions = (json["status"]?.conditions ?? []) as readonly { type: string; status: string }[];
  if (!conditions.some(({ type, status }) => type === "Established" && status === "True")) return false;
  const { group, names, versions } = json["spec"] as { group: string; names: { plural: string }; versions: readonly { name: string; served: boolean }[] };
  const version = versions.find(({ served }) => served)?.name ?? "";
  return (await call({ method: "GET", path: `/apis/${group}/${version}/${names.plural}?limit=1` })).status === 200;
}

function callOnce(address: KubeAddress, { method, path, body, contentType = "application/json", token = address.token }: KubeCall): Promise<KubeAnswer> {
  const options: RequestOptions = { method, ca: address.ca, headers: { authorization: `Bearer ${token}`, accept: "application/json", ...(body === undefined ? {} : { "content-type": contentType }) }, timeout: 30_000 };
  return new Promise((resolve, reject) => {
    const sent = request(address.url + path, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, json: text.startsWith("{") ? (JSON.parse(text) as KubeObject) : { message: text } });
      });
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer within 30 s")));
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
