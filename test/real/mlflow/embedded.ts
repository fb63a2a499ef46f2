import { createRegistry, listen } from "@gauntlet/registry";
import { randomUUID } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../component.ts";

/** Our own registry with empty stores, on a socket, as the real one is. */
export async function startEmbedded(context: Context): Promise<{ readonly url: string; close(): Promise<void> }> {
  const dir = await mkdtemp(join(context.workDir, "embedded-"));
  const registry = await createRegistry({
    database: join(dir, "registry.db"),
    artifactsDir: join(dir, "artifacts"),
    now: Date.now,
    newId: () => randomUUID().replaceAll("-", ""),
    onError: (error) => context.log(`the embedded registry failed: ${String(error)}`),
  });
  const server = await listen(registry, 0);
  const close = async (): Promise<void> => {
    await server.close();
    registry.close();
  };
  return { url: server.url, close };
}
