import { Failure } from "../failure/failure.ts";
import { requireInside, requireShare } from "./input.ts";
import { normalQuantile } from "./normal.ts";

export interface PairsNeeded {
  /** Shares of the pairs that only the challenger hits, and that only the champion hits. */
  readonly discordantUp: number;
  readonly discordantDown: number;
  /** Two-sided. */
  readonly alpha: number;
  readonly power: number;
}

/**
 * How many pairs (labelled positives, for recall) McNemar's test needs, after Connor (1987):
 * [z_{1−α/2}·√ψ + z_{power}·√(ψ − δ²)]²/δ² with ψ = up + down and δ = up − down. Asymptotic. null when up equals down:
 * no number of pairs shows a difference that isn't there.
 */
export function pairsNeeded(design: PairsNeeded): number | null {
  const { discordantUp, discordantDown, alpha, power } = design;
  requireShare("discordantUp", discordantUp);
  requireShare("discordantDown", discordantDown);
  requireInside("alpha", alpha);
  requireInside("power", power);
  const discordant = discordantUp + discordantDown;
  if (discordant > 1 + 1e-12) throw new Failure("invalid_input", `${discordant} of the pairs can't be discordant`, { fix: "give shares of all pairs" });
  const difference = discordantUp - discordantDown;
  if (difference === 0) return null;
  const root = -normalQuantile(alpha / 2) * Math.sqrt(discordant) + normalQuantile(power) * Math.sqrt(Math.max(0, discordant - difference * difference));
  return Math.ceil((root / difference) ** 2);
}
