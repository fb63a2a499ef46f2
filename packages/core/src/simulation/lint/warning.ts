/** Something about a policy that keeps it from working (`warning`), or that its author should know (`note`). */
export interface PolicyWarning {
  /** Stable, for example `margin-below-noise`. */
  readonly code: string;
  readonly severity: "warning" | "note";
  /** JSON pointer into the policy file. */
  readonly pointer: string;
  readonly says: string;
  /** How to mend it. */
  readonly fix: string;
}
