import type { RatingPolicy } from "../../policy/rating-policy.ts";
import { isSigned } from "../is-signed.ts";
import type { Observation } from "../observation.ts";
import type { Ruling } from "../operator.ts";

/** All checks passed: unless somebody asked to wait, or signatures are missing. They are for the matches they were given for (I12). */
export function signed({ approval }: RatingPolicy, { operator }: Observation, digest: string): Ruling {
  if (operator.hold !== null) return { verdict: "hold", reason: "operator_hold" };
  return isSigned(approval, { operator }, digest) ? { verdict: "promote", reason: "all_checks_passed" } : { verdict: "hold", reason: "awaiting_approval" };
}
