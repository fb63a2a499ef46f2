import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../component.ts";
import { lastLines } from "../processes.ts";

export type GoCommand = { readonly kind: "installed"; readonly command: string } | { readonly kind: "missing"; readonly why: string };

/** A command by `go install`, at an exact version, into the cache. `module` is the path of its package, without a version. */
export function installGoCommand(context: Context, { name, version, module }: { readonly name: string; readonly version: string; readonly module: string }): Promise<GoCommand> {
  return context.once(name, async () => {
    const folder = join(context.cacheDir, `${name}-${version}`);
    const command = join(folder, name);
    if (existsSync(command)) return { kind: "installed", command };
    context.log(`building ${name} ${version} into ${folder}`);
    await mkdir(context.cacheDir, { recursive: true });
    const work = await mkdtemp(join(context.cacheDir, `${name}-`));
    try {
      const built = await context.processes.run({ command: "go", args: ["install", "-trimpath", `${module}@v${version}`], cwd: work, env: { GOBIN: work }, timeoutMs: BUILD_MS }).catch(() => null);
      if (built === null) return { kind: "missing", why: `there is no Go on this machine, with which ${name} is built` };
      if (built.code !== 0) return { kind: "missing", why: `${name} could not be built: ${lastLines(built.stderr, 2)}` };
      await rm(folder, { recursive: true, force: true });
      await rename(work, folder);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    return { kind: "installed", command };
  });
}

const BUILD_MS = 8 * 60_000;
