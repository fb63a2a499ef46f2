import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../component.ts";
import { lastLines } from "../processes.ts";

export type PrometheusTools =
  | { readonly kind: "installed"; readonly prometheus: string; readonly promtool: string; readonly version: string }
  | { readonly kind: "missing"; readonly why: string };

/** prometheus and promtool: those of this machine, or Debian's package unpacked into the cache, where no service is started. */
export function installPrometheus(context: Context): Promise<PrometheusTools> {
  return context.once("prometheus", async () => (await found(context, "")) ?? (await unpacked(context)));
}

async function unpacked(context: Context): Promise<PrometheusTools> {
  const folder = join(context.cacheDir, "prometheus");
  const present = await found(context, join(folder, "usr", "bin"));
  if (present !== null) return present;
  if (!existsSync("/usr/bin/apt-get") || !existsSync("/usr/bin/dpkg-deb")) return { kind: "missing", why: "there is no prometheus and promtool on this machine, and no apt-get to fetch Debian's" };
  context.log(`fetching Debian's prometheus into ${folder}`);
  await mkdir(context.cacheDir, { recursive: true });
  const work = await mkdtemp(join(context.cacheDir, "prometheus-"));
  try {
    const fetched = await fetchPackage(context, work);
    if (fetched !== null) return { kind: "missing", why: `Debian's prometheus could not be fetched: ${fetched}` };
    const file = (await readdir(work)).find((name) => name.endsWith(".deb"));
    const done = await context.processes.run({ command: "dpkg-deb", args: ["-x", file ?? "", "unpacked"], cwd: work, timeoutMs: 60_000 });
    if (done.code !== 0) return { kind: "missing", why: `Debian's prometheus could not be unpacked: ${lastLines(done.stderr, 1)}` };
    await rm(folder, { recursive: true, force: true });
    await rename(join(work, "unpacked"), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return (await found(context, join(folder, "usr", "bin"))) ?? { kind: "missing", why: "Debian's prometheus does not run on this machine" };
}

/** Why it failed; null when it is there. A list of packages that is too old or absent is fetched first, which only root may. */
async function fetchPackage(context: Context, cwd: string): Promise<string | null> {
  const download = { command: "apt-get", args: ["download", "-q", "prometheus"], cwd, timeoutMs: FETCH_MS };
  if ((await context.processes.run(download)).code === 0) return null;
  await context.processes.run({ command: "apt-get", args: ["update", "-q"], timeoutMs: FETCH_MS });
  const again = await context.processes.run(download);
  return again.code === 0 ? null : lastLines(again.stderr, 1);
}

const FETCH_MS = 3 * 60_000;

async function found(context: Context, folder: string): Promise<PrometheusTools | null> {
  const [prometheus, promtool] = [join(folder, "prometheus"), join(folder, "promtool")];
  const versions: string[] = [];
  for (const command of [prometheus, promtool]) {
    const ran = await context.processes.run({ command, args: ["--version"], timeoutMs: 30_000 }).catch(() => null);
    if (ran?.code !== 0) return null;
    versions.push(/version (\d[^ +]*)/.exec(ran.stdout + ran.stderr)?.[1] ?? "");
  }
  return { kind: "installed", prometheus, promtool, version: versions[1] ?? "" };
}
