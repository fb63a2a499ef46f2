import type { Policy } from "./policy.ts";
import { toNumber } from "./rational.ts";
import type { Rollout } from "./rollout.ts";

/**
 * The alpha of a whole rollout. Spent across challengers, the k-th has 6/(π²k²) of the policy's: these shares sum to 1 over
 * all k (Basel), so that the chance that any worthless challenger is ever promoted stays below the policy's alpha.
 */
export function rolloutAlpha({ alpha, spending }: Pick<Policy, "alpha" | "spending">, { ordinal }: Pick<Rollout, "ordinal">): number {
  return toNumber(alpha) * (spending === "across" ? 6 / (Math.PI * ordinal) ** 2 : 1);
}
