import type { Reason, Verdict } from "./decision.ts";
import type { Observation } from "./observation.ts";

/** What a step of the judgement rules. */
export interface Ruling {
  readonly verdict: Verdict;
  readonly reason: Reason;
}

/**
 * A person's request comes before everything: a rollback needs no minimum of data (I15). Then a plan that can't be
 * finished: a half-applied promotion is taken back, never left. A plan that itself went back is not retried for ever;
 * it waits for a person.
 */
export function answerOperator(observation: Observation): Ruling | null {
  const request = observation.operator.request;
  if (request?.cause === "regression") return { verdict: "rollback", reason: "regression" };
  if (request !== null) return REQUESTED[request.kind];
  if (observation.blocked !== null) {
    return observation.blocked.goesBack ? { verdict: "hold", reason: "plan_failed" } : { verdict: "rollback", reason: "plan_failed" };
  }
  return null;
}

const REQUESTED: Readonly<Record<"promote" | "reject" | "rollback", Ruling>> = {
  promote: { verdict: "promote", reason: "manual" },
  reject: { verdict: "retain", reason: "rejected" },
  rollback: { verdict: "rollback", reason: "manual" },
};
