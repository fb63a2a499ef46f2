/** A run of the world: one policy, one challenger, on the same stream of mails. */
export interface RunPlan {
  readonly name: string;
  /** Its file in policies/, without the ending. */
  readonly policy: string;
  readonly challenger: "version 2" | "sabotaged version 2";
}

export const RUNS: readonly RunPlan[] = [
  { name: "ships", policy: "ships", challenger: "version 2" },
  { name: "cautious", policy: "cautious", challenger: "version 2" },
  { name: "sabotage", policy: "ships", challenger: "sabotaged version 2" },
  { name: "watched", policy: "watched", challenger: "version 2" },
  { name: "letter", policy: "letter", challenger: "version 2" },
];

/** Without `--runs`: one that promotes, one that retains, one that rolls back. */
export const USUAL_RUNS = ["ships", "cautious", "sabotage"];
