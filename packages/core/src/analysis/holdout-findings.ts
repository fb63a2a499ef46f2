import { isoTime } from "../digest/iso-time.ts";
import { formatPercent } from "../decision/format.ts";
import type { Hits } from "../statistics/input.ts";
import { twoProportionZ } from "../statistics/two-proportion-z.ts";
import type { AnalysisBundle, Sample } from "./bundle.ts";
import { compareColumns } from "./compare-columns.ts";
import { unavailable, type Finding } from "./finding.ts";

/** Was the version judged by rows that it had not seen, from later than what it learned, and like those it is asked now? */
export function holdoutFindings({ training, holdout, production }: AnalysisBundle): readonly Finding[] {
  return [overlap(training, holdout), order(training, holdout), likeness(holdout, production), rates(holdout, production)];
}

function overlap(training: Sample | null, holdout: Sample | null): Finding {
  const id = "holdout-overlap";
  const [seen, judged] = [training?.rowHashes ?? null, holdout?.rowHashes ?? null];
  if (seen === null || judged === null || judged.length === 0) return unavailable(id, "holdout", { what: "rows of training and holdout have no digests", fix: "log a digest of each row of both" });
  const known = new Set(seen);
  const both = judged.filter((hash) => known.has(hash)).length;
  const failed = both > 0;
  return {
    id,
    cause: "holdout",
    status: failed ? "fail" : "pass",
    says: failed ? `${both} of ${judged.length} holdout rows (${formatPercent(both / judged.length)}) are in the training data: the offline figures are those of rows it had learned.` : `None of ${judged.length} holdout rows is in the training data.`,
    guarantee: "exact",
    figures: { overlap: both, holdoutRows: judged.length, trainingRows: seen.length },
    fix: failed ? "Take the holdout out of the training data, train again, and pass the offline gate again." : null,
  };
}

function order(training: Sample | null, holdout: Sample | null): Finding {
  const id = "holdout-order";
  const [learned, judged] = [training?.span ?? null, holdout?.span ?? null];
  if (learned === null || judged === null) return unavailable(id, "holdout", { what: "it is not known from when the rows of training and holdout are", fix: "log the times of the first and the last row of both" });
  const failed = learned.to >= judged.from;
  return {
    id,
    cause: "holdout",
    status: failed ? "fail" : "pass",
    says: `The training data end ${isoTime(learned.to)}, the holdout begins ${isoTime(judged.from)}${failed ? ": it was judged by a time it had seen" : ""}.`,
    guarantee: "exact",
    figures: { trainedUntil: isoTime(learned.to), holdoutFrom: isoTime(judged.from) },
    fix: failed ? "Judge by rows that are later than every row of the training data." : null,
  };
}

/** A warning only: where production moved away from the holdout, it moved away from the training data too, and drift says so. */
function likeness(holdout: Sample | null, production: Sample | null): Finding {
  const id = "holdout-likeness";
  if (holdout === null || production === null) return unavailable(id, "holdout", { what: "there is no sample of holdout and production", fix: "log the holdout sample, and give a sample of logged requests" });
  const features = compareColumns(holdout, production);
  if (features.length === 0) return unavailable(id, "holdout", { what: "the two samples share no feature of the same name and kind", fix: "name features alike in both samples" });
  const moved = features.filter(({ status }) => status !== "pass").length;
  return {
    id,
    cause: "holdout",
    status: moved > 0 ? "warn" : "pass",
    says: moved > 0 ? `${moved} of ${features.length} features are distributed otherwise in production than in the holdout, which so says less about production.` : `All ${features.length} features are distributed in production as in the holdout.`,
    guarantee: "asymptotic",
    figures: { features: features.length, moved },
    fix: moved > 0 ? "Take the next holdout from recent requests." : null,
    features,
  };
}

const RATE_ALPHA = 0.01;

function rates(holdout: Sample | null, production: Sample | null): Finding {
  const id = "holdout-rate";
  const [before, after] = [positives(holdout), positives(production)];
  if (before === null || after === null) return unavailable(id, "holdout", { what: "holdout or production has no labelled rows", fix: "wait for labels, or give them" });
  const { p } = twoProportionZ(before, after);
  const differs = p < RATE_ALPHA;
  return {
    id,
    cause: "holdout",
    status: differs ? "warn" : "pass",
    says: `Positives are ${formatPercent(before.hits / before.of)} of the holdout and ${formatPercent(after.hits / after.of)} of production${differs ? ", which is no chance" : ""}.`,
    guarantee: "asymptotic",
    figures: { holdoutRate: before.hits / before.of, productionRate: after.hits / after.of, p, alpha: RATE_ALPHA },
    fix: differs ? "Weigh offline precision by the share of positives in production; recall is comparable as it is." : null,
  };
}

function positives(sample: Sample | null): Hits | null {
  const known = sample?.labels?.filter((label) => label !== null) ?? [];
  return known.length === 0 ? null : { hits: known.filter((label) => label === 1).length, of: known.length };
}
