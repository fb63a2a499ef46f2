import type { CycleOptions } from "../training/training-cycle.ts";
import type { Cycles, Mode } from "./cycles.ts";

/**
 * What a training may do to the slots. In strict mode Production changes by promotion alone, since a version that was trained
 * anew under the name of one that was proven is proven by nothing; and B keeps the version that a cycle began with until that
 * ends. In compat mode all four are retrained at any time, as in the reference.
 */
export function trainingRules(mode: Mode, cycles: Pick<Cycles, "isRunning">): Required<Pick<CycleOptions, "earned" | "mayMove">> {
  if (mode === "compat") return { earned: [], mayMove: () => true };
  return { earned: ["Production"], mayMove: async (type, slot) => slot.startsWith("shadow") || !(await cycles.isRunning(type)) };
}
