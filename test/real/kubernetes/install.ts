import { existsSync } from "node:fs";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../component.ts";
import { unpackDebian } from "../debian-package.ts";
import { lastLines } from "../processes.ts";

export const KUBERNETES_VERSION = "1.34.4";

type KubernetesBinaries = { readonly kind: "installed"; readonly apiServer: string; readonly etcd: string } | { readonly kind: "missing"; readonly why: string };

/** kube-apiserver, built from its Go module into the cache (minutes at the first time), and etcd, this machine's or Debian's. */
export function installKubernetes(context: Context): Promise<KubernetesBinaries> {
  return context.once("kubernetes", async () => {
    const etcd = await installEtcd(context);
    if (etcd.kind === "missing") return etcd;
    const apiServer = await buildApiServer(context);
    return apiServer.kind === "missing" ? apiServer : { kind: "installed", apiServer: apiServer.command, etcd: etcd.command };
  });
}

type Found = { readonly kind: "found"; readonly command: string } | { readonly kind: "missing"; readonly why: string };

async function installEtcd(context: Context): Promise<Found> {
  const runs = async (command: string): Promise<boolean> => (await context.processes.run({ command, args: ["--version"], timeoutMs: 30_000 }).catch(() => null))?.code === 0;
  if (await runs("etcd")) return { kind: "found", command: "etcd" };
  const unpacked = await unpackDebian(context, "etcd-server");
  if (unpacked.kind === "missing") return unpacked;
  const command = join(unpacked.folder, "usr/bin/etcd");
  return (await runs(command)) ? { kind: "found", command } : { kind: "missing", why: "Debian's etcd does not run on this machine" };
}

async function buildApiServer(context: Context): Promise<Found> {
  const module = `k8s.io/kubernetes@v${KUBERNETES_VERSION}`;
  return buildCommand(context, { name: "kube-apiserver", version: KUBERNETES_VERSION, module, goMod: goModOf, args: ["-ldflags", `-s -w -X k8s.io/component-base/version.gitVersion=v${KUBERNETES_VERSION}`, "k8s.io/kubernetes/cmd/kube-apiserver"] });
}

interface Building {
  /** Of the command. */
  readonly name: string;
  readonly version: string;
  /** With its version, as Go names it. */
  readonly module: string;
  /** What the go.mod says of a module that requires this one, whose own it is given. */
  readonly goMod: (original: string) => string;
  readonly args: readonly string[];
}

/** Builds a command that `go install` refuses, as its module replaces others: into the cache, from a module of our own. */
export async function buildCommand(context: Context, { name, version, module, goMod, args }: Building): Promise<Found> {
  const folder = join(context.cacheDir, `${name}-${version}`);
  const command = join(folder, name);
  if (existsSync(command)) return { kind: "found", command };
  const fetched = await goModule(context, module);
  if (fetched.kind === "missing") return fetched;
  context.log(`building ${name} ${version} into ${folder}, which takes minutes`);
  const work = await mkdtemp(join(context.cacheDir, `${name}-`));
  try {
    await writeFile(join(work, "go.mod"), goMod(await readFile(join(fetched.folder, "go.mod"), "utf8")));
    const built = await context.processes.run({ command: "go", args: ["build", "-mod=mod", "-trimpath", "-o", name, ...args], cwd: work, timeoutMs: BUILD_MS });
    if (built.code !== 0) return { kind: "missing", why: `${name} could not be built: ${lastLines(built.stderr, 2)}` };
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return { kind: "found", command };
}

const BUILD_MS = 20 * 60_000;

/** Modules of the staging area have a version of their own, which the module itself leaves to who builds it. */
function goModOf(original: string): string {
  const go = /^go .*$/m.exec(original)?.[0] ?? "go 1.24.0";
  const staged = [...new Set([...original.matchAll(/\b(k8s\.io\/[a-z-]+) v0\.0\.0(?=\s)/g)].map((match) => match[1] ?? ""))].toSorted();
  const version = `v0.${KUBERNETES_VERSION.split(".").slice(1).join(".")}`;
  const replaced = staged.map((path) => `\t${path} => ${path} ${version}`).join("\n");
  return `module kube-apiserver\n\n${go}\n\nrequire k8s.io/kubernetes v${KUBERNETES_VERSION}\n\nreplace (\n${replaced}\n)\n`;
}

/** The folder of a Go module, fetched into Go's own cache when it isn't there. */
export async function goModule(context: Context, module: string): Promise<{ readonly kind: "found"; readonly folder: string } | { readonly kind: "missing"; readonly why: string }> {
  const ran = await context.processes.run({ command: "go", args: ["mod", "download", "-json", module], cwd: context.workDir, timeoutMs: FETCH_MS }).catch(() => null);
  if (ran === null) return { kind: "missing", why: "there is no Go on this machine, with which the real systems are built" };
  const answer = JSON.parse(ran.stdout === "" ? "{}" : ran.stdout) as { readonly Dir?: string; readonly Error?: string };
  return answer.Dir === undefined ? { kind: "missing", why: `the Go module ${module} could not be fetched: ${answer.Error ?? lastLines(ran.stderr, 1)}` } : { kind: "found", folder: answer.Dir };
}

const FETCH_MS = 3 * 60_000;
