import {
  createMlflowClient, createRun, createVersion, ensureExperiment, ensureRegisteredModel, logMetrics, mlflowArtifacts, mlflowRegistry,
} from "@gauntlet/adapters";
import type { MlflowClient, MlflowOptions } from "@gauntlet/adapters";
import type { RegistryHarness } from "@gauntlet/controller/testing";
import { createRegistry } from "@gauntlet/registry";
import type { EmbeddedRegistry, RegistryOptions } from "@gauntlet/registry";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const newId = (): string => randomUUID().replaceAll("-", "");

/** An embedded registry in a directory of its own, which `close` removes. */
export async function openRegistry(options: Partial<RegistryOptions> = {}): Promise<{ readonly registry: EmbeddedRegistry; readonly dir: string; close(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), "gauntlet-registry-"));
  const registry = await createRegistry({ database: join(dir, "registry.db"), artifactsDir: join(dir, "artifacts"), now: Date.now, newId, ...options });
  return {
    registry,
    dir,
    async close() {
      registry.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export function openClient(options: Partial<MlflowOptions> & { readonly url: string }): MlflowClient {
  return createMlflowClient({ timeoutMs: 20_000, retries: 2, ...options });
}

/** What the conformance suite needs of any MLflow server. */
export function harnessOf(client: MlflowClient, close: () => Promise<void>): RegistryHarness {
  return {
    registry: mlflowRegistry(client),
    artifacts: mlflowArtifacts(client),
    async makeModel(tagsOfVersions) {
      const model = `conformance-${newId()}`;
      const experimentId = await ensureExperiment(client, "conformance");
      await ensureRegisteredModel(client, model, "Made by the conformance suite.");
      const versions = [];
      for (const tags of tagsOfVersions) {
        const { runId, artifactUri } = await createRun(client, { experimentId, name: model, startTime: Date.now(), tags: {} });
        const version = await createVersion(client, { model, source: `${artifactUri}/model`, runId, tags, description: null });
        versions.push({ version, runId });
      }
      return { model, versions };
    },
    async score({ runId }, { name, value, at }) {
      await logMetrics(client, runId, [{ name, value, at, step: 0 }]);
    },
    close,
  };
}
