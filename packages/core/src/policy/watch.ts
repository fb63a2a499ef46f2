import type { Policy } from "./policy.ts";

/** The stage of an A/B test that is a watch; the test itself is stage 0. */
const AFTER_TEST = 1;

/** Whether a stage is a watch: the challenger has everything, and is not promoted yet. */
export function isWatch(policy: Policy, index: number): boolean {
  switch (policy.kind) {
    case "ramp":
      return index === policy.stages.length - 1 && policy.stages[index]?.dwellMs != null;
    case "abtest":
      return index === AFTER_TEST && policy.watchMs !== undefined;
    case "rating":
    case "slots":
      return false;
  }
}

/** Whether a promotion under the policy comes after a watch. */
export function endsInWatch(policy: Policy): boolean {
  return isWatch(policy, policy.kind === "ramp" ? policy.stages.length - 1 : AFTER_TEST);
}
