/** What may be the cause, in the order in which it is looked for: what comes earlier makes what comes later unreadable. */
export const CAUSES = ["integrity", "parity", "configuration", "holdout", "drift", "overfit", "architecture"] as const;

export type Cause = (typeof CAUSES)[number];

type FindingStatus = "pass" | "warn" | "fail" | "unavailable";

/** One question about a version, and what the data answer. */
export interface Finding {
  /** Stable, such as `drift-features`. */
  readonly id: string;
  readonly cause: Exclude<Cause, "architecture">;
  readonly status: FindingStatus;
  /** One sentence with the figures that decide. */
  readonly says: string;
  /** exact, asymptotic, or a plain comparison of figures. */
  readonly guarantee: "exact" | "asymptotic" | "point";
  readonly figures: Readonly<Record<string, number | string | null>>;
  /** What to do about it; null when it passed. */
  readonly fix: string | null;
  /** Of each feature, where the question is asked of all. */
  readonly features?: readonly FeatureDrift[] | undefined;
}

export interface FeatureDrift {
  readonly name: string;
  readonly kind: "continuous" | "categorical";
  readonly n: { readonly before: number; readonly after: number };
  /** The distance of the two distribution functions (continuous), or Cramér's V (categorical). */
  readonly effect: number;
  readonly p: number;
  /** Benjamini and Hochberg's, over all features of the finding. */
  readonly adjustedP: number;
  readonly psi: number;
  /** Below it a stability index is noise. */
  readonly psiNoise: number;
  readonly status: Exclude<FindingStatus, "unavailable">;
  /** Of each class with enough labelled rows: the same test among rows of that class alone. */
  readonly within: readonly { readonly label: 0 | 1; readonly effect: number; readonly p: number }[];
  /** conditional: it is there within a class too. prior: it is gone there, so the classes' shares moved. unknown: too few labels. */
  readonly reading: "none" | "prior" | "conditional" | "unknown";
  /** Shares of the bins that the index is computed from, before and after. */
  readonly bins: readonly { readonly label: string; readonly before: number; readonly after: number }[];
}

export function unavailable(id: string, cause: Finding["cause"], missing: { readonly what: string; readonly fix: string }): Finding {
  return { id, cause, status: "unavailable", says: `Not looked at: ${missing.what}.`, guarantee: "point", figures: {}, fix: `${missing.fix.charAt(0).toUpperCase()}${missing.fix.slice(1)}.` };
}
