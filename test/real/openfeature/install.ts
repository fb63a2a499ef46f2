import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../component.ts";
import { lastLines } from "../processes.ts";

export type Python = { readonly kind: "installed"; readonly command: string; readonly version: string } | { readonly kind: "missing"; readonly why: string };

/** A Python environment with OpenFeature's SDK and its OFREP provider in the cache; a few seconds the first time. */
export async function installOpenFeature(context: Context): Promise<Python> {
  const found = await context.processes.run({ command: "python3", args: ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"], timeoutMs: 20_000 }).catch(() => null);
  if (found?.code !== 0) return { kind: "missing", why: "there is no python3 (3.10 or newer) with venv on this machine" };
  const requirements = join(import.meta.dirname, "requirements.txt");
  const digest = createHash("sha256").update(await readFile(requirements)).digest("hex").slice(0, 12);
  const folder = join(context.cacheDir, `openfeature-${digest}`);
  const python = join(folder, "bin", "python");
  if (!existsSync(join(folder, ".complete"))) {
    context.log(`installing OpenFeature's Python SDK into ${folder}`);
    await rm(folder, { recursive: true, force: true });
    await must(context, "python3", ["-m", "venv", folder]);
    await must(context, python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
    await writeFile(join(folder, ".complete"), "");
  }
  const versions = await must(context, python, ["-c", "from importlib.metadata import version; print(version('openfeature-sdk'), '+', version('openfeature-provider-ofrep'))"]);
  return { kind: "installed", command: python, version: versions.trim() };
}

const INSTALL_MS = 3 * 60_000;

async function must(context: Context, command: string, args: readonly string[]): Promise<string> {
  const { code, stderr, stdout } = await context.processes.run({ command, args, timeoutMs: INSTALL_MS });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${lastLines(stderr || stdout)}`);
  return stdout;
}
