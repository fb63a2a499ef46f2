import type { Policy } from "./policy.ts";
import type { OfflineRule } from "./rating-policy.ts";

/** What a policy asks of the scores of the versions' runs, the accuracy that a gate asks for among it. */
export function scoresAsked(policy: Policy): readonly OfflineRule[] {
  const gate = policy.kind === "rating" ? (policy.gate?.accuracy ?? null) : null;
  const asked = policy.checks.flatMap((rule) => (rule.kind === "offline" ? [rule] : []));
  return gate === null ? asked : [...asked, { kind: "offline", metric: gate.metric, atLeast: gate.atLeast, atMost: null, against: null }];
}
