import type { TrafficTarget } from "@gauntlet/controller";

/** Models that have a target of their own, and the target of all others. */
export function trafficByModel(targets: ReadonlyMap<string, TrafficTarget>, otherwise: TrafficTarget): TrafficTarget {
  return {
    read: (model) => (targets.get(model) ?? otherwise).read(model),
    apply: (allocation) => (targets.get(allocation.model) ?? otherwise).apply(allocation),
  };
}
