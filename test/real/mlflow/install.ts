import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../component.ts";
import { lastLines } from "../processes.ts";

export const MLFLOW_VERSION = "3.17.2";

export type Installed = { readonly kind: "installed"; readonly bin: string } | { readonly kind: "missing"; readonly why: string };

/** A Python environment with MLflow in the cache; about a minute the first time. */
export function installMlflow(context: Context): Promise<Installed> {
  return context.once("mlflow environment", async () => {
    const python = await findPython(context);
    if (python === null) return { kind: "missing", why: "there is no python3 (3.10 or newer) with venv on this machine" };
    const requirements = join(import.meta.dirname, "requirements.txt");
    const digest = createHash("sha256").update(await readFile(requirements)).digest("hex").slice(0, 12);
    const folder = join(context.cacheDir, `mlflow-${MLFLOW_VERSION}-python${python.version}-${digest}`);
    const bin = join(folder, "bin");
    const done = join(folder, ".complete");
    if (!existsSync(done)) {
      context.log(`installing MLflow ${MLFLOW_VERSION} into ${folder}`);
      await rm(folder, { recursive: true, force: true });
      await must(context, python.command, ["-m", "venv", folder]);
      const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
      const pinned = await context.processes.run({ command: join(bin, "python"), args: [...pip, "-r", requirements], timeoutMs: INSTALL_MS });
      if (pinned.code !== 0) {
        // The pins are those of one Python release; another one may need other builds of what MLflow depends on.
        context.log(`the pinned set does not install here; taking mlflow==${MLFLOW_VERSION} with what it asks for:\n${lastLines(pinned.stderr, 3)}`);
        await must(context, join(bin, "python"), [...pip, `mlflow==${MLFLOW_VERSION}`]);
      }
      await writeFile(done, "");
    }
    return { kind: "installed", bin };
  });
}

const INSTALL_MS = 6 * 60_000;

async function findPython(context: Context): Promise<{ readonly command: string; readonly version: string } | null> {
  for (const command of ["python3", "python"]) {
    const script = "import sys, venv, ensurepip; print('.'.join(map(str, sys.version_info[:2]))); sys.exit(sys.version_info < (3, 10))";
    const found = await context.processes.run({ command, args: ["-c", script], timeoutMs: 20_000 }).catch(() => null);
    if (found?.code === 0) return { command, version: found.stdout.trim() };
  }
  return null;
}

async function must(context: Context, command: string, args: readonly string[]): Promise<void> {
  const { code, stderr, stdout } = await context.processes.run({ command, args, timeoutMs: INSTALL_MS });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${lastLines(stderr || stdout)}`);
}
