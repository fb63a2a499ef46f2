import type { SlotsPolicy } from "../../policy/slots-policy.ts";
import type { Observation } from "../observation.ts";
import type { Ruling } from "../operator.ts";

/**
 * Readings that are missing, or that show others in the first two slots than began the cycle. Each holds. Shadows may change
 * while it runs, and nobody looks at traffic: the product splits by itself.
 */
export function readingProblem({ slots: [first, second] }: SlotsPolicy, { registry, evidence, rollout: { champion, challenger } }: Observation): Ruling | null {
  if (!registry.available || !evidence.available || evidence.slots === undefined) return { verdict: "hold", reason: "evidence_unavailable" };
  if (registry.aliases[first] !== champion.version || registry.aliases[second] !== challenger.version) return { verdict: "hold", reason: "foreign_move" };
  for (const tested of [champion, challenger]) {
    const now = registry.versions.find(({ version }) => version === tested.version);
    if (now === undefined || now.digest !== tested.digest) return { verdict: "hold", reason: "version_mismatch" };
  }
  return champion.digest !== null && champion.digest === challenger.digest ? { verdict: "hold", reason: "version_mismatch" } : null;
}
