import { Failure } from "../failure/failure.ts";
import { chiSquareSurvival } from "./chi-square.ts";
import { requireAtLeast, requireCountList } from "./input.ts";

export interface SampleRatio {
  /** Over the arms that were to get something. */
  readonly chiSquare: number;
  readonly df: number;
  readonly p: number;
}

/**
 * Did the arms get the shares they were meant to? Pearson's χ² goodness of fit, Σ(O − E)²/E; asymptotic. `expectedParts`
 * need not sum to anything. An arm of part 0 is no degree of freedom, and p is 0 as soon as it got anything.
 *
 * @throws Failure `invalid_input` without observations, without parts, or for lists of different length.
 */
export function sampleRatio(observed: readonly number[], expectedParts: readonly number[]): SampleRatio {
  if (observed.length !== expectedParts.length) {
    throw new Failure("invalid_input", `${observed.length} counts can't be compared with ${expectedParts.length} shares`, { fix: "give one share for each count" });
  }
  requireCountList("the count of arm", observed);
  for (const part of expectedParts) requireAtLeast("a share", part, 0);
  const total = observed.reduce((sum, count) => sum + count, 0);
  const parts = expectedParts.reduce((sum, part) => sum + part, 0);
  if (total === 0 || parts === 0 || !Number.isFinite(parts)) throw new Failure("invalid_input", "there is nothing to compare", { fix: "give at least one observation and one share above 0" });
  let chiSquare = 0;
  let weighted = 0;
  let stray = 0;
  for (const [arm, part] of expectedParts.entries()) {
    const count = observed[arm] as number;
    if (part === 0) {
      stray += count;
      continue;
    }
    const expected = total * (part / parts);
    weighted++;
    chiSquare += (count - expected) ** 2 / expected;
  }
  const df = weighted - 1;
  if (stray > 0) return { chiSquare, df, p: 0 };
  return { chiSquare, df, p: df === 0 ? 1 : chiSquareSurvival(chiSquare, df) };
}
