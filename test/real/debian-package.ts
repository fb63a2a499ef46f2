import { existsSync } from "node:fs";
import { mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "./component.ts";
import { lastLines } from "./processes.ts";

type Unpacked = { readonly kind: "unpacked"; readonly folder: string } | { readonly kind: "missing"; readonly why: string };

/** A package of Debian's unpacked into the cache, where no service is started; it stays there for the next run. */
export async function unpackDebian(context: Context, name: string): Promise<Unpacked> {
  const folder = join(context.cacheDir, name);
  if (existsSync(folder)) return { kind: "unpacked", folder };
  if (!existsSync("/usr/bin/apt-get") || !existsSync("/usr/bin/dpkg-deb")) return { kind: "missing", why: `there is no ${name} on this machine, and no apt-get to fetch Debian's` };
  context.log(`fetching Debian's ${name} into ${folder}`);
  const work = await mkdtemp(join(context.cacheDir, `${name}-`));
  try {
    const failed = await download(context, { name, cwd: work });
    if (failed !== null) return { kind: "missing", why: `Debian's ${name} could not be fetched: ${failed}` };
    const file = (await readdir(work)).find((entry) => entry.endsWith(".deb")) ?? "";
    const done = await context.processes.run({ command: "dpkg-deb", args: ["-x", file, "unpacked"], cwd: work, timeoutMs: 60_000 });
    if (done.code !== 0) return { kind: "missing", why: `Debian's ${name} could not be unpacked: ${lastLines(done.stderr, 1)}` };
    await rename(join(work, "unpacked"), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return { kind: "unpacked", folder };
}

/** Why it failed; null when it is there. A list of packages that is too old or absent is fetched first, which only root may. */
async function download(context: Context, { name, cwd }: { readonly name: string; readonly cwd: string }): Promise<string | null> {
  const fetched = { command: "apt-get", args: ["download", "-q", name], cwd, timeoutMs: FETCH_MS };
  if ((await context.processes.run(fetched)).code === 0) return null;
  await context.processes.run({ command: "apt-get", args: ["update", "-q"], timeoutMs: FETCH_MS });
  const again = await context.processes.run(fetched);
  return again.code === 0 ? null : lastLines(again.stderr, 1);
}

const FETCH_MS = 3 * 60_000;
