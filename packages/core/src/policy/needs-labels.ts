import type { Policy } from "./policy.ts";

/** Whether a check joins outcomes with their labels or their pairs, so that raw predictions must be kept for a while. */
export function needsLabels(policy: Policy): boolean {
  switch (policy.kind) {
    case "abtest":
      return policy.checks.some((check) => check.kind === "superiority" || check.kind === "band") || policy.harm.some((rule) => rule.kind === "recall");
    case "ramp":
    case "rating":
    case "slots":
      return false;
  }
}
