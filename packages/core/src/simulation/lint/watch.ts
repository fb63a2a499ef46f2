import type { Facts } from "./facts.ts";
import type { PolicyWarning } from "./warning.ts";

/** What a simulation leaves out. */
export function lintWatch({ policy }: Facts): readonly PolicyWarning[] {
  if (policy.watchMs === undefined) return [];
  return [
    {
      code: "watch-not-simulated",
      severity: "note",
      pointer: "/watch",
      says: "a simulation and a backtest end with the test: a challenger that gets everything counts as promoted, whatever its watch would see",
      fix: "fine; what harm rules see in a watch is what they see in a test, against a champion of the time before",
    },
  ];
}
