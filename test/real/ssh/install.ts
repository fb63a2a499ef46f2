import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../component.ts";
import { lastLines } from "../processes.ts";

export type OpenSsh = { readonly kind: "installed"; readonly sshd: string; readonly env: Readonly<Record<string, string>>; readonly lines: readonly string[]; readonly version: string } | { readonly kind: "missing"; readonly why: string };

/** sshd: that of this machine, or Debian's unpacked into the cache, where no service is started. The client is this machine's. */
export async function installOpenSsh(context: Context): Promise<OpenSsh> {
  const client = await versionOf(context, "ssh", {});
  if (client === null) return { kind: "missing", why: "there is no ssh on this machine" };
  const sshd = (await found(context, "")) ?? (await unpacked(context));
  if (sshd.kind === "missing") return sshd;
  const ready = process.getuid?.() === 0 ? await separated(context) : null;
  return ready === null ? sshd : { kind: "missing", why: ready };
}

async function unpacked(context: Context): Promise<OpenSsh> {
  const folder = join(context.cacheDir, "openssh-server");
  const present = await found(context, folder);
  if (present !== null) return present;
  if (!existsSync("/usr/bin/apt-get") || !existsSync("/usr/bin/dpkg-deb")) return { kind: "missing", why: "there is no sshd on this machine, and no apt-get to fetch Debian's" };
  context.log(`fetching Debian's openssh-server into ${folder}`);
  await mkdir(context.cacheDir, { recursive: true });
  const work = await mkdtemp(join(context.cacheDir, "openssh-server-"));
  try {
    const failed = await fetchPackages(context, work);
    if (failed !== null) return { kind: "missing", why: `Debian's openssh-server could not be fetched: ${failed}` };
    for (const file of (await readdir(work)).filter((name) => name.endsWith(".deb"))) {
      const done = await context.processes.run({ command: "dpkg-deb", args: ["-x", file, "unpacked"], cwd: work, timeoutMs: 60_000 });
      if (done.code !== 0) return { kind: "missing", why: `${file} could not be unpacked: ${lastLines(done.stderr, 1)}` };
    }
    await rm(folder, { recursive: true, force: true });
    await rename(join(work, "unpacked"), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return (await found(context, folder)) ?? { kind: "missing", why: "Debian's sshd does not run on this machine" };
}

/** Why it failed; null when they are there. libwrap0 is the one library of sshd's that a Debian without it may lack. */
async function fetchPackages(context: Context, cwd: string): Promise<string | null> {
  const download = { command: "apt-get", args: ["download", "-q", "openssh-server", "libwrap0"], cwd, timeoutMs: FETCH_MS };
  if ((await context.processes.run(download)).code === 0) return null;
  await context.processes.run({ command: "apt-get", args: ["update", "-q"], timeoutMs: FETCH_MS });
  const again = await context.processes.run(download);
  return again.code === 0 ? null : lastLines(again.stderr, 1);
}

const FETCH_MS = 3 * 60_000;

async function found(context: Context, folder: string): Promise<(OpenSsh & { readonly kind: "installed" }) | null> {
  const sshd = join(folder === "" ? "/" : folder, "usr/sbin/sshd");
  if (!existsSync(sshd)) return null;
  const env = folder === "" ? {} : { LD_LIBRARY_PATH: await libraryFolders(folder) };
  const version = await versionOf(context, sshd, env);
  if (version === null) return null;
  // Newer ones consist of several programs, which they look for where the package puts them.
  const parts = folder === "" ? [] : [["SshdSessionPath", "sshd-session"], ["SshdAuthPath", "sshd-auth"]].map(([key, name]) => [key, join(folder, "usr/lib/openssh", name!)] as const);
  return { kind: "installed", sshd, env, version, lines: parts.filter(([, path]) => existsSync(path)).map(([key, path]) => `${key} ${path}`) };
}

async function libraryFolders(folder: string): Promise<string> {
  const names = await readdir(join(folder, "usr/lib")).catch(() => []);
  return [...names.map((name) => join(folder, "usr/lib", name)), join(folder, "usr/lib"), ...(await readdir(join(folder, "lib")).catch(() => [])).map((name) => join(folder, "lib", name))].join(":");
}

async function versionOf(context: Context, command: string, env: Readonly<Record<string, string>>): Promise<string | null> {
  const ran = await context.processes.run({ command, args: ["-V"], env, timeoutMs: 30_000 }).catch(() => null);
  return /OpenSSH_(\d[\w.]*)/.exec((ran?.stdout ?? "") + (ran?.stderr ?? ""))?.[1] ?? null;
}

/** What sshd wants when it runs as root, as Debian's package makes it; null when it is there. */
async function separated(context: Context): Promise<string | null> {
  await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  const users = await readFile("/etc/passwd", "utf8");
  if (/^sshd:/m.test(users)) return null;
  context.log("adding the system user sshd, as Debian's package does");
  const added = await context.processes.run({ command: "useradd", args: ["--system", "--no-create-home", "--home-dir", "/run/sshd", "--shell", "/usr/sbin/nologin", "sshd"], timeoutMs: 30_000 }).catch(() => null);
  return added?.code === 0 ? null : `sshd as root needs a user sshd, and it could not be added: ${lastLines(added?.stderr ?? "no useradd", 1)}`;
}
