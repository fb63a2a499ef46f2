import { sharesOf } from "../allocation/shares-of.ts";
import type { Effect } from "./effect.ts";

/** An effect in a few words, the same in documents, console and command line. */
export function sayEffect(effect: Effect): string {
  switch (effect.kind) {
    case "registry.alias":
      return effect.version === null ? `remove alias ${effect.alias}` : `alias ${effect.alias} → version ${effect.version}`;
    case "registry.tag":
      return `tag version ${effect.version}: ${effect.name} = ${effect.value}`;
    case "registry.stage":
      return `stage of version ${effect.version} → ${effect.stage}`;
    case "traffic": {
      const shares = sharesOf(effect.allocation);
      const arms = effect.allocation.arms.map((arm) => `${arm.slot} version ${arm.version} ${(shares[arm.slot] ?? 0) / 100} %`);
      return `traffic: ${arms.join(", ")} (epoch ${effect.allocation.epoch})`;
    }
    case "document":
      return `write ${effect.document} to run ${effect.runId}`;
  }
}
