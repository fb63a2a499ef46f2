import { Failure, sha256 } from "@gauntlet/core";

import type { Artifacts } from "../ports/artifacts.ts";
import type { RegistryMemory } from "./memory-registry.ts";

/** The files of the runs that a registry in memory knows, by `<run id>/<path>`. */
export function memoryArtifacts(registry: RegistryMemory, files: Map<string, string> = new Map()): Artifacts {
  const place = (runId: string, path: string): string => {
    if (!PATH.test(path) || path.split("/").some((part) => part === "" || part === "." || part === "..")) {
      throw new Failure("invalid_input", `${JSON.stringify(path)} is no path within a run`, { fix: 'give a relative path with "/" and without ".."' });
    }
    if (![...registry.values()].some((model) => model.versions.some((version) => version.runId === runId))) {
      throw new Failure("not_found", `the registry has no run ${runId}`, { fix: "log the run first" });
    }
    return `${runId}/${path}`;
  };
  return {
    write: async (runId, path, content) => {
      files.set(place(runId, path), content);
    },
    read: async (runId, path) => files.get(place(runId, path)) ?? null,
    digest: async (runId, path) => {
      const content = files.get(place(runId, path));
      return content === undefined ? null : sha256(content);
    },
  };
}

const PATH = /^[^\\\0]+$/;
