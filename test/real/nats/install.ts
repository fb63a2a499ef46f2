import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../component.ts";
import { lastLines } from "../processes.ts";

export type NatsServer = { readonly kind: "installed"; readonly command: string; readonly version: string } | { readonly kind: "missing"; readonly why: string };

/** nats-server: that of this machine, or Debian's package unpacked into the cache, where no service is started. */
export function installNats(context: Context): Promise<NatsServer> {
  return context.once("nats-server", async () => (await found(context, "nats-server")) ?? (await unpacked(context)));
}

async function unpacked(context: Context): Promise<NatsServer> {
  const folder = join(context.cacheDir, "nats-server");
  const command = join(folder, "usr", "sbin", "nats-server");
  const present = await found(context, command);
  if (present !== null) return present;
  if (!existsSync("/usr/bin/apt-get") || !existsSync("/usr/bin/dpkg-deb")) return { kind: "missing", why: "there is no nats-server on this machine, and no apt-get to fetch Debian's" };
  context.log(`fetching Debian's nats-server into ${folder}`);
  await mkdir(context.cacheDir, { recursive: true });
  const work = await mkdtemp(join(context.cacheDir, "nats-server-"));
  try {
    const failed = await fetchPackage(context, work);
    if (failed !== null) return { kind: "missing", why: `Debian's nats-server could not be fetched: ${failed}` };
    const file = (await readdir(work)).find((name) => name.endsWith(".deb"));
    const done = await context.processes.run({ command: "dpkg-deb", args: ["-x", file ?? "", "unpacked"], cwd: work, timeoutMs: 60_000 });
    if (done.code !== 0) return { kind: "missing", why: `Debian's nats-server could not be unpacked: ${lastLines(done.stderr, 1)}` };
    await rm(folder, { recursive: true, force: true });
    await rename(join(work, "unpacked"), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return (await found(context, command)) ?? { kind: "missing", why: "Debian's nats-server does not run on this machine" };
}

/** Why it failed; null when it is there. A list of packages that is too old or absent is fetched first, which only root may. */
async function fetchPackage(context: Context, cwd: string): Promise<string | null> {
  const download = { command: "apt-get", args: ["download", "-q", "nats-server"], cwd, timeoutMs: FETCH_MS };
  if ((await context.processes.run(download)).code === 0) return null;
  await context.processes.run({ command: "apt-get", args: ["update", "-q"], timeoutMs: FETCH_MS });
  const again = await context.processes.run(download);
  return again.code === 0 ? null : lastLines(again.stderr, 1);
}

const FETCH_MS = 3 * 60_000;

async function found(context: Context, command: string): Promise<NatsServer | null> {
  const ran = await context.processes.run({ command, args: ["--version"], timeoutMs: 30_000 }).catch(() => null);
  if (ran?.code !== 0) return null;
  return { kind: "installed", command, version: /v(\d[\w.+-]*)/.exec(ran.stdout + ran.stderr)?.[1] ?? "" };
}
