import { formatFigure, formatPercent } from "../decision/format.ts";
import type { AnalysisBundle, FeatureColumn, GoldenRow, Preprocessing, Sample } from "./bundle.ts";
import { unavailable, type Finding } from "./finding.ts";

/** Is a row read where the version serves as it was read where it was trained? */
export function parityFindings({ preprocessing, golden, training, production }: AnalysisBundle): readonly Finding[] {
  return [featureOrder(preprocessing), scaler(preprocessing), goldenScores(golden), constantScores({ golden, production }), missingValues(training, production)];
}

function featureOrder(preprocessing: AnalysisBundle["preprocessing"]): Finding {
  const id = "parity-features";
  if (preprocessing === null) return unavailable(id, "parity", NO_PREPROCESSING);
  const { trained, served } = preprocessing;
  const at = trained.features.findIndex((name, i) => served.features[i] !== name);
  const equal = at === -1 && trained.features.length === served.features.length;
  const place = at === -1 ? trained.features.length : at;
  return {
    id,
    cause: "parity",
    status: equal ? "pass" : "fail",
    says: equal ? `All ${trained.features.length} features have one name and order.` : `Feature ${place + 1} is "${trained.features[place] ?? "none"}" in training and "${served.features[place] ?? "none"}" in serving.`,
    guarantee: "exact",
    figures: { trained: trained.features.length, served: served.features.length, firstDifference: equal ? null : place + 1 },
    fix: equal ? null : "Let both read the list of features that was saved with the model.",
  };
}

const NO_PREPROCESSING = { what: "features and scaler of training and serving are not logged", fix: "save the preprocessing with the model, and let the server say what it uses" };

const SCALER_TOLERANCE = 1e-6;

function scaler(preprocessing: AnalysisBundle["preprocessing"]): Finding {
  const id = "parity-scaler";
  if (preprocessing === null) return unavailable(id, "parity", NO_PREPROCESSING);
  const { trained, served } = preprocessing;
  const worst = worstScale(trained, served);
  const failed = worst.error > SCALER_TOLERANCE;
  return {
    id,
    cause: "parity",
    status: failed ? "fail" : "pass",
    says: failed ? `${worst.what} differs: ${worst.says}.` : trained.scaler === null ? "Neither side scales its features." : `Means and scales agree to ${formatFigure(worst.error)} (relative).`,
    guarantee: "exact",
    figures: { relativeError: Number.isFinite(worst.error) ? worst.error : null, tolerance: SCALER_TOLERANCE },
    fix: failed ? "Serve with the scaler that was fitted with this version, not with another version's." : null,
  };
}

interface Worst {
  readonly error: number;
  readonly what: string;
  readonly says: string;
}

function worstScale(trained: Preprocessing, served: Preprocessing): Worst {
  const [a, b] = [trained.scaler, served.scaler];
  if (a === null && b === null) return { error: 0, what: "", says: "" };
  if (a === null || b === null) return { error: Number.POSITIVE_INFINITY, what: "Scaling", says: a === null ? "serving scales, training did not" : "training scaled, serving does not" };
  let worst: Worst = { error: 0, what: "", says: "" };
  for (const part of ["mean", "scale"] as const) {
    if (a[part].length !== b[part].length) return { error: Number.POSITIVE_INFINITY, what: `The list of ${part}s`, says: `${a[part].length} values in training, ${b[part].length} in serving` };
    for (const [i, value] of a[part].entries()) {
      const other = b[part][i] as number;
      // A mean near 0 is held against the scale: what matters is how far a value is moved.
      const error = relativeError(value, other, part === "mean" ? Math.abs(a.scale[i] ?? 0) : 0);
      // Not a number is a difference too.
      if (!(error <= worst.error)) worst = { error, what: `The ${part} of "${trained.features[i] ?? i}"`, says: `${formatFigure(value)} in training, ${formatFigure(other)} in serving` };
    }
  }
  return worst;
}

function relativeError(a: number, b: number, least: number): number {
  if (a === b) return 0;
  const error = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), least);
  return Number.isFinite(error) ? error : Number.POSITIVE_INFINITY;
}

const GOLDEN_ROWS = 100;
const GOLDEN_TOLERANCE = 1e-5;

function goldenScores(golden: readonly GoldenRow[] | null): Finding {
  const id = "parity-golden";
  if (golden === null || golden.length === 0) return unavailable(id, "parity", { what: "no golden rows were scored again where the version serves", fix: `save ${GOLDEN_ROWS} rows with their scores beside the model, and ask the server for them` });
  let worst = golden[0] as GoldenRow;
  for (const row of golden) if (!(difference(row) <= difference(worst))) worst = row;
  const failed = !(difference(worst) <= GOLDEN_TOLERANCE);
  const few = golden.length < GOLDEN_ROWS;
  return {
    id,
    cause: "parity",
    status: failed ? "fail" : few ? "warn" : "pass",
    says: failed ? `Row ${worst.id} scores ${formatFigure(worst.trained)} where it was trained and ${formatFigure(worst.served)} where it serves.` : `${golden.length} golden rows score alike to ${formatFigure(difference(worst))}${few ? `; ${GOLDEN_ROWS} are asked for` : ""}.`,
    guarantee: "exact",
    figures: { rows: golden.length, largestDifference: difference(worst), tolerance: GOLDEN_TOLERANCE, rowsApart: golden.filter((row) => !(difference(row) <= GOLDEN_TOLERANCE)).length },
    fix: failed ? "Compare features, order and scaling of that row on both sides; the first that differs is the defect." : few ? "Save more golden rows." : null,
  };
}

function difference({ trained, served }: GoldenRow): number {
  return Math.abs(trained - served);
}

/** Scores that never change, or that are those of the other version, come from a model that doesn't read its input. */
function constantScores({ golden, production }: { readonly golden: readonly GoldenRow[] | null; readonly production: Sample | null }): Finding {
  const id = "parity-constant";
  const scores = production?.scores ?? golden?.map(({ served }) => served) ?? null;
  if (scores === null || scores.length < 2) return unavailable(id, "parity", { what: "no scores of what was served are logged", fix: "log the score of each request" });
  const constant = scores.every((score) => score === scores[0]);
  const pairs = golden?.filter(({ champion }) => champion !== null) ?? [];
  const same = pairs.length > 1 && pairs.every(({ served, champion }) => served === champion);
  const failed = constant || same;
  return {
    id,
    cause: "parity",
    status: failed ? "fail" : "pass",
    says: constant ? `All ${scores.length} scores are ${formatFigure(scores[0] as number)}.` : same ? `Both versions give all ${pairs.length} golden rows the same score: one of them is not the version it should be.` : "Scores depend on what is asked.",
    guarantee: "exact",
    figures: { scores: scores.length, compared: pairs.length },
    fix: failed ? "See which artifact the server loaded, and whether rows reach it in the order and scale it was trained with." : null,
  };
}

const MISSING_MAX = 0.01;

function missingValues(training: Sample | null, production: Sample | null): Finding {
  const id = "parity-missing";
  if (training === null || production === null) return unavailable(id, "parity", { what: "there is no sample of training and production", fix: "log the training sample, and give a sample of logged requests" });
  let worst = { name: "", before: 0, after: 0 };
  for (const column of training.features) {
    const other = production.features.find(({ name }) => name === column.name);
    if (other === undefined) continue;
    const rates = { name: column.name, before: missingShare(column), after: missingShare(other) };
    if (Math.abs(rates.after - rates.before) > Math.abs(worst.after - worst.before)) worst = rates;
  }
  const failed = Math.abs(worst.after - worst.before) > MISSING_MAX;
  return {
    id,
    cause: "parity",
    status: failed ? "fail" : "pass",
    says: failed ? `"${worst.name}" is missing in ${formatPercent(worst.before)} of the training rows and in ${formatPercent(worst.after)} of the requests.` : "Values are missing as often in production as in training.",
    guarantee: "point",
    figures: { feature: failed ? worst.name : null, trainingShare: worst.before, productionShare: worst.after, differenceMax: MISSING_MAX },
    fix: failed ? `See what fills "${worst.name}" in serving.` : null,
  };
}

function missingShare({ values }: FeatureColumn): number {
  return values.length === 0 ? 0 : (values as readonly unknown[]).filter((value) => value === null).length / values.length;
}
