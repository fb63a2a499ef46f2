import { Failure } from "../../failure/failure.ts";
import { requireAtLeast, requireCountList } from "../input.ts";
import { logBinomialEvidence, requireConcentration } from "./binomial-evidence.ts";
import { evidenceOf, type Evidence } from "./evidence.ts";

/**
 * Evidence that the arms do not get the shares they were meant to: the Dirichlet-multinomial e-value (Lindon & Malek 2022),
 *   E = [B(α + counts)/B(α)]/Π pᵢ^countᵢ, α = concentration·p,
 * computed arm by arm against the rest (beta-binomial), which is the same number without cancelling. Exact under every
 * rule of stopping, unlike a χ² that is looked at again and again. A function of counts.
 *
 * An arm of part 0 that got anything gives E = ∞ and p = 0: under the intended split it can't happen.
 * E is 1 without observations.
 *
 * @throws Failure `invalid_input` without parts, or for lists of different length.
 */
export function sampleRatioEvidence(observed: readonly number[], expectedParts: readonly number[], concentration: number): Evidence {
  if (observed.length !== expectedParts.length) throw new Failure("invalid_input", `${observed.length} counts can't be compared with ${expectedParts.length} shares`, { fix: "give one share for each count" });
  requireCountList("the count of arm", observed);
  requireConcentration(concentration);
  for (const part of expectedParts) requireAtLeast("a share", part, 0);
  let parts = expectedParts.reduce((sum, part) => sum + part, 0);
  if (parts === 0 || !Number.isFinite(parts)) throw new Failure("invalid_input", "no arm was to get anything", { fix: "give at least one share above 0" });
  if (expectedParts.some((part, arm) => part === 0 && (observed[arm] as number) > 0)) return evidenceOf(Number.POSITIVE_INFINITY, "exact");
  const arms = expectedParts.flatMap((part, arm) => (part === 0 ? [] : [{ part, count: observed[arm] as number }]));
  let rest = arms.reduce((sum, { count }) => sum + count, 0);
  let left = concentration;
  let logE = 0;
  for (const { part, count } of arms.slice(0, -1)) {
    rest -= count;
    const share = part / parts;
    logE += logBinomialEvidence({ hits: count, misses: rest }, { share, side: "two", concentration: left });
    left *= 1 - share;
    parts -= part;
  }
  return evidenceOf(logE, "exact");
}
