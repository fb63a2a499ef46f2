import type { Policy } from "./policy.ts";

/** How long after an outcome a policy waits for what follows it. */
export function maturityOf(policy: Policy): number {
  switch (policy.kind) {
    case "abtest":
      return policy.labels.maturityMs;
    case "ramp":
      return policy.maturityMs;
    case "rating":
    case "slots":
      return 0;
  }
}
