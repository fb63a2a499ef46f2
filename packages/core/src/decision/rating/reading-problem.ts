import type { RatingPolicy } from "../../policy/rating-policy.ts";
import type { Observation } from "../observation.ts";
import type { Ruling } from "../operator.ts";

/**
 * Readings that are missing, or that show other versions than are compared. Each holds. Traffic counts only where a promotion
 * would move it; a model that nobody serves yet has none, and that is no problem.
 */
export function readingProblem({ promotion, effects }: RatingPolicy, { registry, traffic, evidence, rollout }: Observation): Ruling | null {
  const { champion, challenger } = rollout;
  const movesTraffic = effects.includes("traffic");
  if (!registry.available || !evidence.available || (movesTraffic && !traffic.available && traffic.code !== "not_found")) return { verdict: "hold", reason: "evidence_unavailable" };
  // A tier is given to a version whoever serves.
  if (promotion !== "tier" && registry.aliases["champion"] !== champion.version) return { verdict: "hold", reason: "foreign_move" };
  for (const tested of [champion, challenger]) {
    const now = registry.versions.find(({ version }) => version === tested.version);
    if (now === undefined || now.digest !== tested.digest) return { verdict: "hold", reason: "version_mismatch" };
  }
  const same = champion.digest !== null && champion.digest === challenger.digest && champion.version !== challenger.version;
  if (same) return { verdict: "hold", reason: "version_mismatch" };
  if (movesTraffic && traffic.available && traffic.epoch !== rollout.allocation.epoch) return { verdict: "hold", reason: "split_not_realised" };
  return null;
}
