import type { AppendRequest, Controller, Registry } from "@gauntlet/controller";
import { canonicalJson, type AliasEffect, type Effect, type LedgerEntry, type Plan } from "@gauntlet/core";

import { MODEL } from "./scenario.ts";
import { modelOf, noteRegistry, type Wiring } from "./world.ts";

/** The aliases that a process was last shown, be they stale. */
export interface Shown {
  aliases: Readonly<Record<string, string>>;
}

type Ports = Pick<Controller, "store" | "registry" | "artifacts" | "traffic">;

/** The true ports, watched: each deed is judged at the moment it happens. */
export function witness(wiring: Wiring, ports: Ports, shown: Shown): Ports {
  return { ...ports, registry: watchedRegistry(wiring, ports.registry, shown), traffic: watchedTraffic(wiring, ports), artifacts: watchedArtifacts(wiring, ports), store: watchedStore(wiring, ports) };
}

function watchedRegistry(wiring: Wiring, registry: Registry, shown: Shown): Registry {
  const { world, scheduler, actor } = wiring;
  const after = (): void => noteRegistry(world, scheduler.now());
  return {
    read: async (model, versions) => {
      const view = await registry.read(model, versions);
      shown.aliases = view.aliases;
      return view;
    },
    setAlias: async (model, alias, version) => {
      const from = modelOf(world).aliases[alias] ?? null;
      const plans = intended(wiring, `alias ${alias} = ${version ?? "absent"}`, (effect) => effect.kind === "registry.alias" && effect.alias === alias && effect.version === version);
      await registry.setAlias(model, alias, version);
      after();
      if (from === version) return;
      const last = world.deeds.writes.findLast((write) => write.alias === alias);
      const mayOverwrite = plans.some((plan) => plan.effects.some((effect) => isAlias(effect, alias) && effect.onForeign === "overwrite"));
      const expected = plans.some((plan) => plan.effects.some((effect) => isAlias(effect, alias) && effect.expect.includes(from)));
      if (last?.foreign === true && !mayOverwrite && !expected && (shown.aliases[alias] ?? null) === from) {
        blame(wiring, `overwrote alias ${alias} = ${from ?? "absent"}, which somebody else had set and which it had seen`);
      }
      world.deeds.writes.push({ at: scheduler.now(), by: actor.name, foreign: false, alias, from, to: version });
    },
    setTag: async (model, version, name, value) => {
      intended(wiring, `tag ${name} = ${value} of version ${version}`, (effect) => effect.kind === "registry.tag" && effect.version === version && effect.name === name && effect.value === value);
      await registry.setTag(model, version, name, value);
      after();
    },
    setStage: async (model, version, stage, archiveExisting) => {
      intended(wiring, `stage ${stage} of version ${version}`, (effect) => effect.kind === "registry.stage" && effect.version === version && effect.stage === stage);
      await registry.setStage(model, version, stage, archiveExisting);
      after();
    },
  };
}

function watchedTraffic(wiring: Wiring, { traffic }: Ports): Ports["traffic"] {
  return {
    read: traffic.read,
    apply: async (allocation) => {
      const wanted = canonicalJson(allocation);
      intended(wiring, `the split of epoch ${allocation.epoch}`, (effect) => effect.kind === "traffic" && canonicalJson(effect.allocation) === wanted);
      await traffic.apply(allocation);
    },
  };
}

function watchedArtifacts(wiring: Wiring, { artifacts }: Ports): Ports["artifacts"] {
  return {
    read: artifacts.read,
    digest: artifacts.digest,
    write: async (runId, path, content) => {
      intended(wiring, `${path} of run ${runId}`, (effect) => effect.kind === "document" && effect.runId === runId && effect.document === path);
      await artifacts.write(runId, path, content);
    },
  };
}

function watchedStore(wiring: Wiring, { store }: Ports): Ports["store"] {
  const { world, actor } = wiring;
  const append = async (request: AppendRequest): Promise<void> => {
    // Read before the call: an entry by somebody who no longer leads must be refused, whatever it claims.
    const lease = world.memory.leases.get(`model:${request.chain}`);
    await store.ledger.append(request);
    world.written.push(...request.entries);
    const byLeader = request.entries.find(({ event }) => !BY_ANYBODY.has(event.kind));
    if (byLeader !== undefined && lease?.holder !== actor.name) blame(wiring, `wrote entry ${byLeader.seq}, ${byLeader.event.kind}, while ${lease?.holder ?? "nobody"} led`);
  };
  return { ...store, ledger: { ...store.ledger, append } };
}

/** What people and reporters may write at any time; all else belongs to the controller that leads. */
const BY_ANYBODY: ReadonlySet<string> = new Set(["rollout.started", "request", "hold", "resume", "approval", "root"]);

/** Nothing may be done to the world that no recorded plan intends. Returns the plans that intend it. */
function intended(wiring: Wiring, what: string, matches: (effect: Effect) => boolean): readonly Plan[] {
  const plans = plansOf(wiring.world.memory.chains.get(MODEL)?.entries ?? []).filter((plan) => plan.effects.some(matches));
  if (plans.length === 0) blame(wiring, `set ${what}, which no recorded plan intends`);
  return plans;
}

function plansOf(entries: readonly LedgerEntry[]): readonly Plan[] {
  return entries.flatMap(({ event }) => (event.kind === "decision" || event.kind === "rollout.started" ? [event.plan] : event.kind === "drift.reverted" ? [{ decisionId: event.decisionId, model: MODEL, effects: event.effects, becomes: "running" }] : []));
}

function isAlias(effect: Effect, alias: string): effect is AliasEffect {
  return effect.kind === "registry.alias" && effect.alias === alias;
}

function blame({ world, scheduler, actor }: Pick<Wiring, "world" | "scheduler" | "actor">, deed: string): void {
  world.deeds.problems.push(`+${scheduler.now() - (world.past[0]?.from ?? 0)} ms: ${actor.name} ${deed}`);
}
