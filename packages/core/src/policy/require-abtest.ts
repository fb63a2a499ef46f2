import { Failure } from "../failure/failure.ts";
import type { AbtestPolicy, Policy } from "./policy.ts";

/**
 * For what only A/B tests have: `purpose` says what for, for example "simulated".
 * @throws Failure `invalid_input` for a policy of another kind.
 */
export function requireAbtest(policy: Policy, purpose: string): AbtestPolicy {
  if (policy.kind === "abtest") return policy;
  throw new Failure("invalid_input", `${policy.name} is of kind ${policy.kind}, and can't be ${purpose} yet`, { fix: "give a policy of kind abtest" });
}
