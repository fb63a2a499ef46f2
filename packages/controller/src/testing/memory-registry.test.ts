import { memoryArtifacts } from "./memory-artifacts.ts";
import { memoryRegistry, type RegistryMemory } from "./memory-registry.ts";
import { registryConformance } from "./registry-conformance.ts";

registryConformance("the registry in memory", async () => {
  const memory: RegistryMemory = new Map();
  return {
    registry: memoryRegistry(memory),
    artifacts: memoryArtifacts(memory),
    makeModel: async (tagsOfVersions) => {
      const model = `model-${memory.size + 1}`;
      const versions = tagsOfVersions.map((tags, index) => ({ version: String(index + 1), digest: tags["gauntlet.digest"] ?? null, runId: `${model}-run-${index + 1}`, stage: "None", tags, metrics: {} }));
      memory.set(model, { aliases: {}, versions });
      return { model, versions };
    },
    score: async ({ runId }, { name, value }) => {
      // As a registry shows it: the latest value, and only when it is a number.
      for (const [model, { aliases, versions }] of memory) {
        memory.set(model, { aliases, versions: versions.map((row) => (row.runId === runId && Number.isFinite(value) ? { ...row, metrics: { ...row.metrics, [name]: value } } : row)) });
      }
    },
    close: async () => {},
  };
});
