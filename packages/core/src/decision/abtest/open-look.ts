import type { Policy } from "../../policy/policy.ts";
import type { Rollout } from "../../policy/rollout.ts";
import { armsOf, type ArmFigures } from "../arms.ts";
import type { Decision } from "../decision.ts";
import type { JudgedLook, Look } from "../observation.ts";

/**
 * Whether a decision has judged its look and leaves it open. Such a look is not judged again, whatever is corrected later:
 * each further judgement would be one that alpha was not divided by. A look that passed and waits for a person is judged
 * again, since what came later can only take its promotion away. Watched all the time, there is nothing to leave open.
 */
export function leavesOpen(policy: Policy, { reason }: Pick<Decision, "reason">, { stage }: Pick<Rollout, "stage">): boolean {
  return policy.kind === "abtest" && policy.monitoring === "looks" && stage === undefined && (reason === "inconclusive" || reason === "champion_over_limit");
}

interface Judgement {
  readonly decisionId: string;
  readonly at: number;
  readonly look: Look;
}

/** What came since a look was judged: `now` is the same look with what is known today. It is told, and counts at the next look. */
export function judgedLook(rollout: Rollout, { decisionId, at, look }: Judgement, now: Look): JudgedLook {
  const [before, after] = [armsOf(rollout, look.evidence), armsOf(rollout, now.evidence)];
  const more = (of: (arm: ArmFigures) => number) => ({ champion: of(after.champion) - of(before.champion), challenger: of(after.challenger) - of(before.challenger) });
  return { decisionId, at, changed: look.digest !== now.digest, outcomes: more(({ live }) => live), labels: more(({ labelled }) => labelled) };
}
