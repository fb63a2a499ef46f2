import { decide, type Decision, type ModelState, type Observation } from "@gauntlet/core";

import type { Controller } from "./controller.ts";
import { observe, withArtifact } from "./observe.ts";

/** What was seen and what was decided on it; a decision that is no news is not in the ledger. */
export interface Judged {
  readonly observation: Observation;
  readonly decision: Decision;
}

/** Sees, and decides. Files are large, so that they are read only where a decision hangs on them; then it is decided on them too. */
export async function judge(controller: Controller, state: ModelState, beat?: () => Promise<void>): Promise<Judged> {
  const seen = await observe(controller, state);
  const decision = decide(seen.rollout.policy, seen);
  if (decision.reason !== "artifact_unread") return { observation: seen, decision };
  const observation = await withArtifact(controller, seen, beat);
  return { observation, decision: decide(observation.rollout.policy, observation) };
}
