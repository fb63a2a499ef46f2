import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../component.ts";
import { lastLines } from "../processes.ts";

export type Tool = { readonly kind: "installed"; readonly command: string; readonly version: string } | { readonly kind: "missing"; readonly why: string };

/** A Python environment with scipy and statsmodels in the cache; half a minute the first time. */
export function installScipy(context: Context): Promise<Tool> {
  return installPython(context, { name: "statistics", requirements: join(import.meta.dirname, "requirements.txt"), packages: ["scipy", "statsmodels"] });
}

interface Environment {
  readonly name: string;
  /** The file that pins what is wanted. */
  readonly requirements: string;
  /** What is asked for by name. */
  readonly packages: readonly string[];
}

/** An environment of its own for each set of pins, kept in the cache. */
export async function installPython(context: Context, { name, requirements, packages }: Environment): Promise<Tool> {
  const found = await context.processes.run({ command: "python3", args: ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"], timeoutMs: 20_000 }).catch(() => null);
  if (found?.code !== 0) return { kind: "missing", why: "there is no python3 (3.10 or newer) with venv on this machine" };
  const digest = createHash("sha256").update(await readFile(requirements)).digest("hex").slice(0, 12);
  const folder = join(context.cacheDir, `${name}-${digest}`);
  const python = join(folder, "bin", "python");
  if (!existsSync(join(folder, ".complete"))) {
    context.log(`installing ${packages.join(" and ")} into ${folder}`);
    await rm(folder, { recursive: true, force: true });
    await must(context, "python3", ["-m", "venv", folder]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    const pinned = await context.processes.run({ command: python, args: [...pip, "-r", requirements], timeoutMs: INSTALL_MS });
    // The pins want a Python that has builds of them; another gets the newest that it has.
    if (pinned.code !== 0) await must(context, python, [...pip, ...packages]);
    await writeFile(join(folder, ".complete"), "");
  }
  const versions = await must(context, python, ["-c", `from importlib.metadata import version; print(*(version(name) for name in ${JSON.stringify(packages)}))`]);
  return { kind: "installed", command: python, version: versions.trim().replaceAll(" ", " + ") };
}

/** Rscript, from Debian's package when we may install it. */
export function installR(context: Context): Promise<Tool> {
  return installRPackage(context, { debian: "r-base-core", ask: "cat(as.character(getRversion()))" });
}

/** `ask` prints the version, or fails where it is not there. */
export async function installRPackage(context: Context, { debian, ask }: { readonly debian: string; readonly ask: string }): Promise<Tool> {
  const version = async (): Promise<string | null> => {
    const ran = await context.processes.run({ command: "Rscript", args: ["-e", ask], timeoutMs: 30_000 }).catch(() => null);
    return ran?.code === 0 ? ran.stdout.trim() : null;
  };
  const present = await version();
  if (present !== null) return { kind: "installed", command: "Rscript", version: present };
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return { kind: "missing", why: `${debian} is not there, and neither is the right to install Debian's` };
  context.log(`installing ${debian}`);
  const quiet = { env: { DEBIAN_FRONTEND: "noninteractive" }, timeoutMs: INSTALL_MS };
  const installed = await context.processes.run({ command: "sh", args: ["-c", `apt-get update -q && apt-get install -y -q --no-install-recommends ${debian}`], ...quiet });
  const now = await version();
  if (now === null) return { kind: "missing", why: `${debian} could not be installed: ${lastLines(installed.stderr, 1)}` };
  return { kind: "installed", command: "Rscript", version: now };
}

const INSTALL_MS = 6 * 60_000;

async function must(context: Context, command: string, args: readonly string[]): Promise<string> {
  const { code, stderr, stdout } = await context.processes.run({ command, args, timeoutMs: INSTALL_MS });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${lastLines(stderr || stdout)}`);
  return stdout;
}
