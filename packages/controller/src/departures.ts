import { canonicalJson, Failure, type AliasEffect, type DocumentEffect, type Effect, type Plan, type RegisteredVersion, type RegistryView, type Rollout, type TagEffect, type TrafficEffect } from "@gauntlet/core";

import type { Controller } from "./controller.ts";
import { documentFiles } from "./document-files.ts";

/** One effect of a plan that the world does not show. */
export interface Departure {
  readonly effect: Effect;
  readonly detail: string;
  /**
   * late: as if the effect had not been applied, or a controller that lost its leadership had written after it.
   * foreign: only somebody else can have done it.
   */
  readonly cause: "late" | "foreign";
}

/**
 * Reads registry and traffic back against a whole plan. What was set last counts: a plan may set a thing once only.
 * A version that is gone from the registry departs from nothing.
 */
export async function departures(controller: Controller, plan: Plan): Promise<readonly Departure[]> {
  const registry = await readRegistry(controller, plan);
  const found: Departure[] = [];
  for (const effect of plan.effects) {
    const departure = effect.kind === "traffic" ? await trafficDeparture(controller, effect) : registryDeparture(registry, effect);
    if (departure !== null) found.push(departure);
  }
  return found;
}

/** What the registry states of the version that a plan gave everything to, where it is not what was tested. Nothing sets that back. */
export async function pinDeparture(controller: Controller, { model, pinned }: Plan): Promise<Departure | null> {
  if (pinned === undefined) return null;
  const { version, digest } = pinned;
  const [found] = await readVersion(controller, model, version);
  if (found === undefined || found.digest === digest) return null;
  const effect: TagEffect = { kind: "registry.tag", key: "", model, version, name: "gauntlet.digest", value: digest ?? "" };
  return { effect, detail: `the digest of ${model} version ${version} is ${found.digest ?? "not stated"}; ${digest ?? "none"} was tested`, cause: "foreign" };
}

/** The documents of a plan that are not as its decision says. They belong to people once the plan has settled. */
export async function documentDepartures(controller: Controller, plan: Plan): Promise<readonly Departure[]> {
  const found: Departure[] = [];
  for (const effect of plan.effects) {
    if (effect.kind === "document" && !(await isWritten(controller, effect))) found.push({ effect, detail: `${effect.document} of run ${effect.runId} is another text`, cause: "late" });
  }
  return found;
}

/** Aliases of a rollout that runs: as its newest plan set them, and the champion's, which no plan before the last one moves. */
export async function aliasDepartures(controller: Controller, plan: Plan, { model, champion, policy, snapshot }: Rollout): Promise<readonly Departure[]> {
  const wanted = plan.effects.filter((effect) => effect.kind === "registry.alias");
  const registry = await controller.registry.read(model, []);
  const own: AliasEffect = { kind: "registry.alias", key: "", model, alias: "champion", version: champion.version, expect: [champion.version], onForeign: "stop" };
  const isOurs = snapshot.aliases["champion"] === champion.version && policy.effects.includes("registry.alias") && !wanted.some(({ alias }) => alias === own.alias);
  return [...wanted, ...(isOurs ? [own] : [])].flatMap((effect) => aliasDeparture(registry, effect) ?? []);
}

async function readRegistry(controller: Controller, plan: Plan): Promise<RegistryView> {
  const effects = plan.effects.filter((effect) => effect.kind.startsWith("registry."));
  if (effects.length === 0) return { aliases: {}, versions: [] };
  const named = [...new Set(effects.flatMap((effect) => (effect.kind === "registry.tag" || effect.kind === "registry.stage" ? [effect.version] : [])))];
  const { aliases } = await controller.registry.read(plan.model, []);
  const versions: RegisteredVersion[] = [];
  for (const version of named) versions.push(...(await readVersion(controller, plan.model, version)));
  return { aliases, versions };
}

/** The version, or nothing when it is gone. */
export async function readVersion(controller: Controller, model: string, version: string): Promise<readonly RegisteredVersion[]> {
  try {
    return (await controller.registry.read(model, [version])).versions;
  } catch (error) {
    if (error instanceof Failure && error.code === "not_found") return [];
    throw error;
  }
}

function registryDeparture(registry: RegistryView, effect: Exclude<Effect, TrafficEffect>): Departure | null {
  switch (effect.kind) {
    case "registry.alias":
      return aliasDeparture(registry, effect);
    case "registry.tag": {
      const row = registry.versions.find((known) => known.version === effect.version);
      const found = row?.tags[effect.name] ?? null;
      return row === undefined || found === effect.value ? null : { effect, detail: `tag "${effect.name}" of ${effect.model} version ${effect.version} is ${found ?? "absent"}; ${effect.value} was set`, cause: "late" };
    }
    case "registry.stage": {
      const row = registry.versions.find((known) => known.version === effect.version);
      return row === undefined || row.stage === effect.stage ? null : { effect, detail: `${effect.model} version ${effect.version} is in stage ${row.stage}; ${effect.stage} was set`, cause: "late" };
    }
    case "document":
      return null;
  }
}

function aliasDeparture({ aliases }: RegistryView, effect: AliasEffect): Departure | null {
  const found = aliases[effect.alias] ?? null;
  if (found === effect.version) return null;
  return { effect, detail: `alias "${effect.alias}" of ${effect.model} is ${found ?? "absent"}; ${effect.version ?? "absent"} was set`, cause: effect.expect.includes(found) ? "late" : "foreign" };
}

/** The target refuses the past, so a higher epoch is somebody else's. */
async function trafficDeparture(controller: Controller, effect: TrafficEffect): Promise<Departure | null> {
  const found = await controller.traffic.read(effect.model);
  if (found !== null && canonicalJson(found) === canonicalJson(effect.allocation)) return null;
  const detail = `the traffic of ${effect.model} is at epoch ${found?.epoch ?? "none"}; epoch ${effect.allocation.epoch} was set`;
  return { effect, detail, cause: found !== null && found.epoch >= effect.allocation.epoch ? "foreign" : "late" };
}

async function isWritten(controller: Controller, effect: DocumentEffect): Promise<boolean> {
  try {
    for (const { path, content } of await documentFiles(controller, effect)) if ((await controller.artifacts.read(effect.runId, path)) !== content) return false;
    return true;
  } catch (error) {
    if (error instanceof Failure && error.code === "not_found") return true;
    throw error;
  }
}
