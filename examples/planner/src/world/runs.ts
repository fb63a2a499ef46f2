/** A run of the world: one challenger under one policy, in the same households as all others. */
export interface RunPlan {
  /** Which challenger, a version of `world.yaml`. */
  readonly challenger: string;
  /** Its policy: `policies/<mode>.yaml`. */
  readonly mode: "strict" | "compat";
}

const CHALLENGERS = ["good", "neutral", "harmful"] as const;

export const RUNS: readonly RunPlan[] = CHALLENGERS.flatMap((challenger) => (["strict", "compat"] as const).map((mode) => ({ challenger, mode })));

/** What `--runs` calls it. */
export function runName({ challenger, mode }: RunPlan): string {
  return `${challenger}-${mode}`;
}
