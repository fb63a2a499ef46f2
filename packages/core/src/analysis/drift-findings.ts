import { formatNumber } from "../decision/format.ts";
import type { AnalysisBundle, FeatureColumn } from "./bundle.ts";
import { compareColumns, DRIFT_EFFECT, DRIFT_Q } from "./compare-columns.ts";
import { unavailable, type FeatureDrift, type Finding } from "./finding.ts";

/** Is what the version is asked what it learned from? Of its features, and of the scores it gives. */
export function driftFindings({ training, holdout, production }: AnalysisBundle): readonly Finding[] {
  return [featureDrift(training, production), scoreDrift(holdout ?? training, production)];
}

function featureDrift(training: AnalysisBundle["training"], production: AnalysisBundle["production"]): Finding {
  const id = "drift-features";
  if (training === null || production === null) return unavailable(id, "drift", { what: `there is no sample of what the version ${training === null ? "learned from" : "was asked in production"}`, fix: training === null ? "log the training sample beside the model" : "give a sample of logged requests" });
  const features = compareColumns(training, production);
  if (features.length === 0) return unavailable(id, "drift", { what: "the two samples share no feature of the same name and kind", fix: "name features alike in both samples" });
  const moved = features.filter(({ status }) => status !== "pass").toSorted(byIndex);
  const status = moved.some((feature) => feature.status === "fail") ? "fail" : moved.length > 0 ? "warn" : "pass";
  return { id, cause: "drift", status, says: sayMoved(moved, features.length), guarantee: "asymptotic", figures: { features: features.length, moved: moved.length, q: DRIFT_Q, effectMin: DRIFT_EFFECT }, fix: status === "pass" ? null : fixOf(moved), features };
}

function scoreDrift(before: AnalysisBundle["training"], production: AnalysisBundle["production"]): Finding {
  const id = "drift-scores";
  const scores = [before?.scores ?? null, production?.scores ?? null] as const;
  if (before === null || production === null || scores[0] === null || scores[1] === null) return unavailable(id, "drift", { what: "the version's own scores are not logged before and after", fix: "log the score of each row of the holdout and of the requests" });
  const column = (values: readonly number[]): FeatureColumn => ({ name: "score", kind: "continuous", values });
  const [score] = compareColumns({ ...before, features: [column(scores[0])] }, { ...production, features: [column(scores[1])] });
  if (score === undefined) return unavailable(id, "drift", { what: "there are no scores", fix: "log them" });
  // The classes' shares alone move scores; that is told, and not held against the version.
  const status = score.reading === "prior" && score.status === "fail" ? "warn" : score.status;
  return {
    id,
    cause: "drift",
    status,
    says: status === "pass" ? `Scores are distributed as before (stability index ${formatNumber(score.psi)}, noise up to ${formatNumber(score.psiNoise)}).` : `Scores moved: stability index ${formatNumber(score.psi)}, distance ${formatNumber(score.effect)}${score.reading === "prior" ? ", though not within either class" : ""}.`,
    guarantee: "asymptotic",
    figures: { psi: score.psi, psiNoise: score.psiNoise, distance: score.effect, p: score.p },
    fix: status === "pass" ? null : "See which features moved; calibrate or train again on recent data.",
    features: [score],
  };
}

function byIndex(a: FeatureDrift, b: FeatureDrift): number {
  return b.psi - a.psi || (a.name < b.name ? -1 : 1);
}

const NAMED = 3;

function sayMoved(moved: readonly FeatureDrift[], of: number): string {
  if (moved.length === 0) return `None of ${of} features moved.`;
  const named = moved.slice(0, NAMED).map(({ name, psi, effect, reading }) => `${name} (stability index ${formatNumber(psi)}, effect ${formatNumber(effect)}${reading === "prior" ? ", prior shift" : ""})`);
  return `${moved.length} of ${of} features moved: ${named.join(", ")}${moved.length > NAMED ? ", …" : ""}.`;
}

function fixOf(moved: readonly FeatureDrift[]): string {
  const readings = new Set(moved.map(({ reading }) => reading));
  if (readings.has("conditional")) return "Train again on data that hold what is new: the features moved within a class too.";
  if (readings.has("unknown")) return "Label more rows, so that a change of the classes' shares can be told from one of their features; then train again on recent data.";
  return "The shares of the classes moved, not their features: adjust threshold or prior before training again.";
}
