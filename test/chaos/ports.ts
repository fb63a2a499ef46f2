import type { Controller, Store } from "@gauntlet/controller";
import type { RegistryModel } from "@gauntlet/controller/testing";

import { LEASE_MS } from "./scenario.ts";
import { witness, type Shown } from "./witness.ts";
import { truePorts, type Wiring, type World } from "./world.ts";

/** A controller whose every port call waits for the scheduler. */
export function controllerOf(wiring: Wiring): Controller {
  const { world, scheduler, actor } = wiring;
  const shown: Shown = { aliases: {} };
  const seen = witness(wiring, truePorts(world), shown);
  const past = (agoMs: number): RegistryModel => {
    const at = scheduler.now() - agoMs;
    return (world.past.findLast((state) => state.from <= at) ?? (world.past[0] as World["past"][number])).model;
  };
  const through = <Port extends object>(name: string, port: Port): Port =>
    Object.fromEntries(
      Object.entries(port).map(([method, call]) => [
        method,
        (...args: unknown[]) =>
          scheduler.submit({
            actor,
            name: `${name}.${method}`,
            args,
            run: () => (call as (...given: unknown[]) => Promise<unknown>)(...args),
            past:
              name === "registry" && method === "read"
                ? (agoMs) => {
                    const view = viewOf(past(agoMs), args[1] as readonly string[]);
                    shown.aliases = view.aliases;
                    return view;
                  }
                : null,
          }),
      ]),
    ) as Port;
  return {
    store: storeThrough(seen.store, through),
    registry: through("registry", seen.registry),
    artifacts: through("artifacts", seen.artifacts),
    traffic: through("traffic", seen.traffic),
    clock: { now: () => scheduler.now() + wiring.skewMs },
    holder: actor.name,
    leaseMs: LEASE_MS,
  };
}

function viewOf(model: RegistryModel, versions: readonly string[]): RegistryModel {
  return { aliases: model.aliases, versions: model.versions.filter((row) => versions.includes(row.version)) };
}

function storeThrough(store: Store, through: <Port extends object>(name: string, port: Port) => Port): Store {
  return {
    ...store,
    evidence: through("evidence", store.evidence),
    ledger: through("ledger", store.ledger),
    leases: through("leases", store.leases),
    allocations: through("allocations", store.allocations),
  };
}
