import { Failure, type RegisteredVersion } from "@gauntlet/core";

import type { Registry } from "../ports/registry.ts";

/** What a registry holds of one model. Plain data that is replaced, never changed: who keeps one keeps the past. */
export interface RegistryModel {
  readonly aliases: Readonly<Record<string, string>>;
  readonly versions: readonly RegisteredVersion[];
}

/** The models by name. Shared, so that a test can play somebody else who changes it. */
export type RegistryMemory = Map<string, RegistryModel>;

/** A registry in memory, with the semantics of MLflow: last writer wins, an absent alias may be removed. */
export function memoryRegistry(memory: RegistryMemory): Registry {
  return {
    read: async (model, versions) => {
      const present = requireModel(memory, model);
      return { aliases: present.aliases, versions: versions.map((version) => requireVersion(present, model, version)) };
    },
    setAlias: async (model, alias, version) => {
      const present = requireModel(memory, model);
      if (!ALIAS.test(alias) || RESERVED.test(alias)) throw new Failure("registry_refused", `"${alias}" can't be an alias`, { fix: "use letters, digits, _ and -" });
      if (version !== null) requireVersion(present, model, version);
      const others = Object.fromEntries(Object.entries(present.aliases).filter(([name]) => name !== alias));
      memory.set(model, { ...present, aliases: version === null ? others : { ...others, [alias]: version } });
    },
    setTag: async (model, version, name, value) => {
      change(memory, { model, version }, (row) => ({ ...row, tags: { ...row.tags, [name]: value } }));
    },
    setStage: async (model, version, stage, archiveExisting) => {
      change(memory, { model, version }, (row) => ({ ...row, stage }));
      if (!archiveExisting) return;
      const present = requireModel(memory, model);
      const versions = present.versions.map((row) => (row.stage === stage && row.version !== version ? { ...row, stage: "Archived" } : row));
      memory.set(model, { ...present, versions });
    },
  };
}

const ALIAS = /^[\w-]{1,255}$/;
const RESERVED = /^(latest|v\d+)$/i;

function change(memory: RegistryMemory, at: { readonly model: string; readonly version: string }, of: (row: RegisteredVersion) => RegisteredVersion): void {
  const present = requireModel(memory, at.model);
  const changed = requireVersion(present, at.model, at.version);
  memory.set(at.model, { ...present, versions: present.versions.map((row) => (row === changed ? of(row) : row)) });
}

function requireModel(memory: RegistryMemory, model: string): RegistryModel {
  const found = memory.get(model);
  if (found === undefined) throw new Failure("not_found", `the registry has no model ${model}`, { fix: "register it first" });
  return found;
}

function requireVersion(present: RegistryModel, model: string, version: string): RegisteredVersion {
  const found = present.versions.find((row) => row.version === version);
  if (found === undefined) throw new Failure("not_found", `${model} has no version ${version}`, { fix: "register it first" });
  return found;
}
