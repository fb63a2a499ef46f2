import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../component.ts";
import { lastLines } from "../processes.ts";

export const KUSTOMIZE_VERSION = "5.7.1";

type Kustomize = { readonly kind: "installed"; readonly command: string } | { readonly kind: "missing"; readonly why: string };

/** kustomize, built from its Go module into the cache. */
export function installKustomize(context: Context): Promise<Kustomize> {
  return context.once("kustomize", async () => {
    const folder = join(context.cacheDir, `kustomize-${KUSTOMIZE_VERSION}`);
    const command = join(folder, "kustomize");
    if (existsSync(command)) return { kind: "installed", command };
    context.log(`building kustomize ${KUSTOMIZE_VERSION} into ${folder}`);
    await mkdir(context.cacheDir, { recursive: true });
    const work = await mkdtemp(join(context.cacheDir, "kustomize-"));
    try {
      const args = ["install", "-trimpath", `sigs.k8s.io/kustomize/kustomize/v5@v${KUSTOMIZE_VERSION}`];
      const built = await context.processes.run({ command: "go", args, cwd: work, env: { GOBIN: work }, timeoutMs: BUILD_MS }).catch(() => null);
      if (built === null) return { kind: "missing", why: "there is no Go on this machine, with which kustomize is built" };
      if (built.code !== 0) return { kind: "missing", why: `kustomize could not be built: ${lastLines(built.stderr, 2)}` };
      await rm(folder, { recursive: true, force: true });
      await rename(work, folder);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    return { kind: "installed", command };
  });
}

const BUILD_MS = 6 * 60_000;
