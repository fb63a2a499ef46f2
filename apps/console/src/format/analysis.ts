import type { FailureAnalysisReport } from "@gauntlet/contract";

export type AnalysedFinding = FailureAnalysisReport["findings"][number];
export type AnalysedFeature = NonNullable<AnalysedFinding["features"]>[number];

export const CAUSE_TITLES: Readonly<Record<AnalysedFinding["cause"], string>> = {
  integrity: "Artifact",
  parity: "Parity with training",
  configuration: "Comparison",
  holdout: "Holdout",
  drift: "Drift",
  overfit: "Overfitting",
};

export const PRIMARY_TITLES: Readonly<Record<FailureAnalysisReport["primary"], string>> = { ...CAUSE_TITLES, architecture: "The version itself", undetermined: "Undetermined", none: "No failure" };

/** Findings that there are data for, under their causes, in the order in which causes are looked for. */
export function byCause({ findings }: FailureAnalysisReport): readonly { readonly cause: AnalysedFinding["cause"]; readonly findings: readonly AnalysedFinding[] }[] {
  const answered = findings.filter(({ status }) => status !== "unavailable");
  const causes = [...new Set(answered.map(({ cause }) => cause))];
  return causes.map((cause) => ({ cause, findings: answered.filter((finding) => finding.cause === cause) }));
}

export function notLookedAt({ findings }: FailureAnalysisReport): readonly AnalysedFinding[] {
  return findings.filter(({ status }) => status === "unavailable");
}

const DRAWN_MAX = 6;

/** The features that moved most, as far as they are drawn. */
export function movedMost({ findings }: FailureAnalysisReport): readonly AnalysedFeature[] {
  const features = findings.find(({ id }) => id === "drift-features")?.features ?? [];
  return features.toSorted((a, b) => b.psi - a.psi || (a.name < b.name ? -1 : 1)).slice(0, DRAWN_MAX);
}
