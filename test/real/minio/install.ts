import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../component.ts";
import { freePort, lastLines } from "../processes.ts";

/** MinIO's last release, of 12 February 2026, by its commit: the module has no version that Go could name. */
const VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c";
const RELEASE = "2026-02-12";
const BUILD_MS = 7 * 60_000;

export type MinioServer = { readonly kind: "built"; readonly command: string; readonly version: string } | { readonly kind: "missing"; readonly why: string };

/** MinIO, built from its Go module into the cache. It is a server to test against, under the AGPL: nothing of ours links to it or ships it. */
export function installMinio(context: Context): Promise<MinioServer> {
  return context.once("minio", async () => {
    const folder = join(context.cacheDir, `minio-${VERSION}`);
    const built: MinioServer = { kind: "built", command: join(folder, "minio"), version: RELEASE };
    if (existsSync(built.command)) return built;
    const go = await context.processes.run({ command: "go", args: ["version"], timeoutMs: 30_000 }).catch(() => null);
    if (go?.code !== 0) return { kind: "missing", why: "there is no Go to build MinIO with" };
    context.log(`building MinIO of ${RELEASE} into ${folder}; this takes minutes`);
    const work = await mkdtemp(join(context.cacheDir, "minio-"));
    try {
      const done = await context.processes.run({ command: "go", args: ["install", "-trimpath", "-ldflags", "-s -w", `github.com/minio/minio@${VERSION}`], env: { GOBIN: work, GOFLAGS: "" }, timeoutMs: BUILD_MS });
      if (done.code !== 0) return { kind: "missing", why: `MinIO could not be built: ${lastLines(done.stderr, 1)}` };
      await rm(folder, { recursive: true, force: true });
      await rename(work, folder);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    return built;
  });
}

export interface Minio {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** A server on a free port, its data in the run's own folder. */
export async function startMinio({ workDir, processes }: Context, command: string): Promise<Minio> {
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const [accessKey, secretKey] = ["gauntlet-test", "not-a-secret-of-anyone"];
  const data = join(workDir, "minio");
  await mkdir(data, { recursive: true });
  await processes.start({
    command,
    args: ["server", data, "--address", new URL(endpoint).host, "--quiet"],
    env: { MINIO_ROOT_USER: accessKey, MINIO_ROOT_PASSWORD: secretKey, MINIO_BROWSER: "off", MINIO_UPDATE: "off" },
    isReady: async () => (await fetch(`${endpoint}/minio/health/ready`)).ok,
    readyMs: 30_000,
  });
  return { endpoint, accessKey, secretKey };
}
