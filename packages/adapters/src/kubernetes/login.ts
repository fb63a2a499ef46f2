import { Failure } from "@gauntlet/core";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";

/** Where an API server is, and who calls it. */
export interface KubeLogin {
  /** https://host:port, without a slash at its end. */
  readonly server: string;
  /** PEM of who signed its certificate; null: those that this machine trusts. */
  readonly ca: string | null;
  /** The certificate isn't looked at, as a kubeconfig may say. */
  readonly insecure: boolean;
  /** Asked before every call, because tokens are replaced while a process runs. */
  credentials(): Promise<KubeCredentials>;
}

interface KubeCredentials {
  readonly token: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Of a pod's service account. @throws Failure `invalid_input` outside of a cluster. */
export async function podLogin(environment: Readonly<Record<string, string | undefined>>, folder: string = SERVICE_ACCOUNT): Promise<KubeLogin> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = environment;
  if (host === undefined) throw new Failure("invalid_input", "this process isn't in a pod of Kubernetes, so it has no service account", { fix: "name a kubeconfig under kubernetes" });
  const ca = await readText(join(folder, "ca.crt"), "the service account's certificate");
  return {
    server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    ca,
    insecure: false,
    credentials: async () => ({ token: (await readText(join(folder, "token"), "the service account's token")).trim(), cert: null, key: null }),
  };
}

interface KubeconfigFile {
  readonly "current-context"?: string;
  readonly contexts?: readonly { readonly name: string; readonly context: { readonly cluster: string; readonly user: string } }[];
  readonly clusters?: readonly { readonly name: string; readonly cluster: Cluster }[];
  readonly users?: readonly { readonly name: string; readonly user: User }[];
}

interface Cluster {
  readonly server?: string;
  readonly "certificate-authority"?: string;
  readonly "certificate-authority-data"?: string;
  readonly "insecure-skip-tls-verify"?: boolean;
}

interface User {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly "client-certificate"?: string;
  readonly "client-certificate-data"?: string;
  readonly "client-key"?: string;
  readonly "client-key-data"?: string;
  readonly exec?: ExecPlugin;
}

interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}

/** As kubectl does, from a kubeconfig. `context` null: its current one. @throws Failure `invalid_input`. */
export async function kubeconfigLogin(path: string, context: string | null): Promise<KubeLogin> {
  const file = (parse(await readText(path, "the kubeconfig")) ?? {}) as KubeconfigFile;
  const wanted = context ?? file["current-context"];
  const found = file.contexts?.find(({ name }) => name === wanted)?.context;
  const cluster = file.clusters?.find(({ name }) => name === found?.cluster)?.cluster;
  const user = file.users?.find(({ name }) => name === found?.user)?.user ?? {};
  if (cluster?.server === undefined) throw new Failure("invalid_input", `${path} has no context "${wanted ?? ""}" with a cluster`, { fix: `name one of: ${(file.contexts ?? []).map(({ name }) => name).join(", ")}` });
  if (!cluster.server.startsWith("https://")) throw new Failure("invalid_input", `${path}: ${cluster.server} is no https:// address`, { fix: "credentials are sent over TLS alone" });
  const near = (file: string): string => resolve(dirname(path), file);
  const pem = async (data: string | undefined, file: string | undefined): Promise<string | null> => (data === undefined ? (file === undefined ? null : readText(near(file), "a file of the kubeconfig")) : Buffer.from(data, "base64").toString("utf8"));
  const plugin = user.exec === undefined ? null : execCredentials(user.exec, dirname(path));
  return {
    server: cluster.server.replace(/\/+$/, ""),
    ca: await pem(cluster["certificate-authority-data"], cluster["certificate-authority"]),
    insecure: cluster["insecure-skip-tls-verify"] === true,
    credentials: async () => {
      if (plugin !== null) return plugin();
      const [cert, key] = [await pem(user["client-certificate-data"], user["client-certificate"]), await pem(user["client-key-data"], user["client-key"])];
      const token = user.tokenFile === undefined ? (user.token ?? null) : (await readText(near(user.tokenFile), "the token file of the kubeconfig")).trim();
      return { token, cert, key };
    },
  };
}

interface ExecCredential {
  readonly status?: { readonly token?: string; readonly clientCertificateData?: string; readonly clientKeyData?: string; readonly expirationTimestamp?: string };
}

/** What a credential plugin prints, until it says that it expires. */
function execCredentials({ apiVersion, command, args = [], env = [] }: ExecPlugin, cwd: string): () => Promise<KubeCredentials> {
  let kept: { readonly credentials: KubeCredentials; readonly until: number } | null = null;
  return async () => {
    if (kept !== null && Date.now() < kept.until) return kept.credentials;
    const info = JSON.stringify({ apiVersion, kind: "ExecCredential", spec: { interactive: false } });
    try {
      const { stdout } = await promisify(execFile)(command, [...args], { cwd, timeout: PLUGIN_MS, env: { ...process.env, ...Object.fromEntries(env.map(({ name, value }) => [name, value])), KUBERNETES_EXEC_INFO: info } });
      const { status = {} } = JSON.parse(stdout) as ExecCredential;
      const credentials = { token: status.token ?? null, cert: status.clientCertificateData ?? null, key: status.clientKeyData ?? null };
      // A minute early, so that no call is under way with one that ends.
      kept = { credentials, until: status.expirationTimestamp === undefined ? Number.POSITIVE_INFINITY : Date.parse(status.expirationTimestamp) - 60_000 };
      return credentials;
    } catch (cause) {
      throw new Failure("traffic_unavailable", `${command}, which the kubeconfig names to log in, failed: ${(cause as Error).message.split("\n", 1)[0] ?? ""}`, { fix: "run it by hand to see what it lacks", cause });
    }
  };
}

const PLUGIN_MS = 10_000;

async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new Failure("invalid_input", `${what}, ${path}, can't be read`, { fix: "correct the path", cause });
  }
}
