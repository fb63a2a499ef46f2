import { createRegistry } from "@gauntlet/registry";
import { serve } from "@hono/node-server";
import { randomUUID } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import type { AddressInfo } from "node:net";
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
  return new Promise((resolve) => {
    const server = serve({ fetch: (request) => registry.fetch(request), port: 0, hostname: "127.0.0.1" }, ({ port }: AddressInfo) => {
      const close = async (): Promise<void> => {
        if ("closeAllConnections" in server) server.closeAllConnections();
        await new Promise<void>((done) => void server.close(() => done()));
        registry.close();
      };
      resolve({ url: `http://127.0.0.1:${port}`, close });
    });
  });
}
