import type { Observation } from "./observation.ts";
import type { Ruling } from "./operator.ts";

/** Readings that are missing, or that show another world than the one being tested. Each holds; none aborts. */
export function readProblem(observation: Observation): Ruling | null {
  const { registry, traffic, evidence, rollout } = observation;
  if (!registry.available || !traffic.available || !evidence.available) return { verdict: "hold", reason: "evidence_unavailable" };
  if (registry.aliases["champion"] !== rollout.champion.version) return { verdict: "hold", reason: "foreign_move" };
  for (const tested of [rollout.champion, rollout.challenger]) {
    const now = registry.versions.find((version) => version.version === tested.version);
    if (now === undefined || now.digest !== tested.digest) return { verdict: "hold", reason: "version_mismatch" };
  }
  if (rollout.champion.digest !== null && rollout.champion.digest === rollout.challenger.digest) return { verdict: "hold", reason: "version_mismatch" };
  if (traffic.epoch !== rollout.allocation.epoch) return { verdict: "hold", reason: "split_not_realised" };
  return null;
}
