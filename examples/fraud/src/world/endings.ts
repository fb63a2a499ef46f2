import type { Versions } from "../learn/make-versions.ts";

/** One way for a rollout to end. Each has a model of its own. */
export interface Ending {
  readonly name: "wins" | "loses" | "inconclusive" | "broken";
  readonly challenger: Exclude<keyof Versions, "version1">;
  /** Whose scaler the feature service gives the challenger. Only its own is right. */
  readonly scalerOf: keyof Versions;
  /** How it is known to end, with the usual seed and volume. A promotion has no cause to be looked for. */
  readonly known: { readonly verdict: string; readonly reason: string; readonly cause: string | null };
}

export const ENDINGS: readonly Ending[] = [
  { name: "wins", challenger: "version2", scalerOf: "version2", known: { verdict: "promote", reason: "all_checks_passed", cause: null } },
  { name: "loses", challenger: "leaky", scalerOf: "leaky", known: { verdict: "retain", reason: "worse", cause: "holdout" } },
  { name: "inconclusive", challenger: "early", scalerOf: "early", known: { verdict: "retain", reason: "unproven", cause: "architecture" } },
  { name: "broken", challenger: "version2", scalerOf: "version1", known: { verdict: "rollback", reason: "harm", cause: "parity" } },
];
