import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import type { Context } from "../component.ts";
import type { KubeObject } from "../kubernetes/kube-api-server.ts";
import { freePort } from "../processes.ts";

const BIN = join(import.meta.dirname, "../../../apps/cli/bin/gauntlet.mjs");

/** One pod of a manifest, as a process of this machine. */
export interface Pod {
  readonly name: string;
  readonly pid: number;
  /** Null where the container has no port. */
  readonly url: string | null;
  /** As a kubelet asks: at the pod's own address. False also while nobody answers. */
  passes(probe: "startupProbe" | "readinessProbe" | "livenessProbe"): Promise<boolean>;
  /** What it wrote. */
  said(): string;
  hasEnded(): boolean;
  /** Its exit code; null when a signal ended it. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null>;
  /** As `kubectl exec` does, `gauntlet` with these words; what it prints. @throws unless it ends well. */
  exec(...words: readonly string[]): Promise<string>;
}

interface Manifests {
  readonly objects: readonly KubeObject[];
  /** By name of the Secret: its keys and their values. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Starts every pod that the Deployments among some objects ask for: their arguments, environment and mounted files, at
 * ports of this machine. The directory for data can't be made, since it is below a file: in a container without a volume
 * it would be on a root file system that is read-only.
 */
export async function startPods(context: Context, manifests: Manifests): Promise<readonly Pod[]> {
  const pods: Pod[] = [];
  for (const { kind, metadata, spec } of manifests.objects) {
    if (kind !== "Deployment") continue;
    for (let index = 0; index < spec.replicas; index += 1) pods.push(await startPod(context, manifests, { name: `${metadata.name}-${index}`, spec: spec.template.spec }));
  }
  return pods;
}

async function startPod(context: Context, manifests: Manifests, { name, spec }: { readonly name: string; readonly spec: KubeObject }): Promise<Pod> {
  const root = join(context.workDir, "pods", name);
  await mkdir(join(root, "tmp"), { recursive: true });
  await writeFile(join(root, "read-only"), "");
  const [container] = spec["containers"] as readonly KubeObject[];
  await mountAll(manifests, { root, spec });
  const env = environmentOf(manifests, { root, container: container ?? {} });
  const port = container?.["ports"] === undefined ? null : await freePort();
  const args = [...((container?.["args"] ?? []) as readonly string[]), ...(port === null ? [] : ["--port", String(port)])];
  const child = spawn(process.execPath, [BIN, ...args], { cwd: join(root, "tmp"), env, stdio: ["ignore", "pipe", "pipe"] });
  // A test that fails leaves nobody behind.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return {
    name,
    pid: child.pid ?? 0,
    url: port === null ? null : `http://127.0.0.1:${port}`,
    passes: (probe) => asked(port ?? 0, String(container?.[probe]?.httpGet.path)),
    said: () => said,
    hasEnded: () => hasEnded(child),
    end: (signal) => end(child, signal),
    exec: async (...words) => {
      const { code, stdout, stderr } = await context.processes.run({ command: process.execPath, args: [BIN, ...words], cwd: join(root, "tmp"), env, timeoutMs: 120_000 });
      if (code !== 0) throw new Error(`gauntlet ${words.slice(0, 2).join(" ")} in ${name} ended with ${code}: ${stderr}`);
      return stdout.trim();
    },
  };
}

/** Config maps and secrets as files; a path in them is where that path is on this machine. */
async function mountAll({ objects, secrets }: Manifests, { root, spec }: { readonly root: string; readonly spec: KubeObject }): Promise<void> {
  for (const { name, mountPath } of spec["containers"][0].volumeMounts as readonly { readonly name: string; readonly mountPath: string }[]) {
    const volume = (spec["volumes"] as readonly KubeObject[]).find((one) => one["name"] === name) ?? {};
    if (volume["emptyDir"] !== undefined) continue;
    const files = volume["configMap"] === undefined ? secrets[volume["secret"].secretName] : objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === volume["configMap"].name)?.["data"];
    if (files === undefined) throw new Error(`nobody made what is mounted at ${mountPath}`);
    await mkdir(join(root, mountPath), { recursive: true });
    for (const [file, text] of Object.entries(files as Readonly<Record<string, string>>)) await writeFile(join(root, mountPath, file), localised(root, text), { mode: 0o600 });
  }
}

function localised(root: string, text: string): string {
  return text.replaceAll(/\/etc\/gauntlet\b/g, join(root, "etc/gauntlet")).replaceAll("/var/lib/gauntlet", join(root, "read-only/gauntlet"));
}

/** Nothing of this process's own but where programs are. */
function environmentOf({ secrets }: Manifests, { root, container }: { readonly root: string; readonly container: KubeObject }): Readonly<Record<string, string>> {
  const given = (container["env"] as readonly KubeObject[]).map(({ name, value, valueFrom }): [string, string] => {
    if (valueFrom === undefined) return [name, localised(root, value)];
    const { name: secret, key } = valueFrom.secretKeyRef as { readonly name: string; readonly key: string };
    const found = secrets[secret]?.[key];
    if (found === undefined) throw new Error(`nobody made the key ${key} of the secret ${secret}`);
    return [name, found];
  });
  return { PATH: process.env["PATH"] ?? "", NODE_ENV: "production", HOME: "/", TMPDIR: join(root, "tmp"), ...Object.fromEntries(given) };
}

function asked(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request({ host: "127.0.0.1", port, path, headers: { host: "10.244.1.7:4400" }, timeout: 10_000 }, (response) => {
      response.resume();
      // A kubelet takes redirects for a success, too.
      response.on("end", () => resolve(response.statusCode === 200));
    });
    sent.on("timeout", () => sent.destroy());
    sent.on("error", () => resolve(false));
    sent.end();
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function end(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
  if (hasEnded(child)) return child.exitCode;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
  return child.exitCode;
}
