import { registerVersion } from "@gauntlet/example-shared";
import { parseConfig, startServer, type RunningServer } from "@gauntlet/server";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { folderDigest } from "../../artifact/folder-digest.ts";
import { MODEL_TYPES } from "../../artifact/model-types.ts";
import type { ModelType } from "../../policies/bot-policy.ts";
import { restReader } from "../registry/rest-reader.ts";
import type { AliasReader } from "../registry/alias-reader.ts";
import { MODEL_NAMES, SLOTS } from "../slots.ts";
import { madeFolder } from "./made-model.ts";

/** A real server with its registry, and a model in every slot of the families: versions 1 to 4, in the order of the slots. */
export interface RegistryStage {
  readonly server: RunningServer;
  readonly dir: string;
  readonly registry: AliasReader;
  /** While this is set, the registry can't be reached. */
  isAway: boolean;
  /** Paths that were asked for since the last look at them. */
  asked(): readonly string[];
  /** Registers another version of a family. @param digest instead of the right one */
  register(type: ModelType, some?: { readonly digest?: string }): Promise<string>;
  point(type: ModelType, alias: string, version: string | null): Promise<void>;
  close(): Promise<void>;
}

export async function openStage({ listen = false, families = MODEL_TYPES }: { readonly listen?: boolean; readonly families?: readonly ModelType[] } = {}): Promise<RegistryStage> {
  const dir = mkdtempSync(join(tmpdir(), "gauntlet-rps-serving-"));
  const server = await startServer({ ...parseConfig("", "test", {}), dataDir: join(dir, "data"), listen: { host: "127.0.0.1", port: 0 } }, { loop: false, listen, log: () => undefined });
  const { mlflow } = server.composition;
  let asked: string[] = [];
  let seed = 0;
  const stage: RegistryStage = {
    server,
    dir,
    isAway: false,
    asked: () => asked.splice(0),
    registry: restReader({
      url: "http://127.0.0.1",
      fetch: async (request) => {
        if (stage.isAway) throw new TypeError("connection refused");
        asked.push(new URL(request.url).pathname);
        return server.fetch(request);
      },
    }),
    async register(type, { digest } = {}) {
      seed += 1;
      const files = madeFolder(type, seed);
      const { version } = await registerVersion(mlflow, { model: MODEL_NAMES[type], about: "test", experiment: "test", name: `made ${seed}`, at: 1_767_225_600_000, runTags: {}, metrics: {}, params: {}, files: Object.fromEntries(files), versionTags: { "gauntlet.digest": digest ?? folderDigest(files) } });
      return version;
    },
    point: (type, alias, version) => server.composition.controller.registry.setAlias(MODEL_NAMES[type], alias, version),
    async close() {
      await server.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  for (const type of families) for (const slot of SLOTS) await stage.point(type, slot, await stage.register(type));
  return stage;
}
