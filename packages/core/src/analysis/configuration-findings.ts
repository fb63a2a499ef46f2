import { formatFigure, formatP, formatPercent } from "../decision/format.ts";
import { sampleRatio } from "../statistics/sample-ratio.ts";
import type { Configuration } from "./bundle.ts";
import { unavailable, type Finding } from "./finding.ts";

/** Was the comparison itself sound: the threshold of the version, labels for both arms, units as they were meant to be split? */
export function configurationFindings({ configuration }: { readonly configuration: Configuration }): readonly Finding[] {
  return [threshold(configuration), labels(configuration), split(configuration)];
}

function threshold({ threshold: known }: Configuration): Finding {
  const id = "configuration-threshold";
  if (known === null) return unavailable(id, "configuration", { what: "it is not known which threshold was declared and which one served", fix: "set the tag gauntlet.threshold, and let the server say what it uses" });
  const equal = known.declared === known.served;
  return {
    id,
    cause: "configuration",
    status: equal ? "pass" : "fail",
    says: equal ? `The threshold is ${formatFigure(known.served)}, as declared.` : `The threshold declared is ${formatFigure(known.declared)}, the one that served ${formatFigure(known.served)}.`,
    guarantee: "exact",
    figures: { declared: known.declared, served: known.served },
    fix: equal ? null : "Serve the version with its own threshold; a threshold belongs to its version.",
  };
}

const COVERAGE_MIN = 0.95;
const COVERAGE_GAP = 0.01;

function labels({ labelled }: Configuration): Finding {
  const id = "configuration-labels";
  if (labelled === null || labelled.champion.of === 0 || labelled.challenger.of === 0) return unavailable(id, "configuration", { what: "no outcome is old enough to have a label", fix: "wait until labels are mature" });
  const shares = [labelled.champion, labelled.challenger].map(({ hits, of }) => hits / of) as [number, number];
  // As whole numbers: 0.95 is no float.
  const few = [labelled.champion, labelled.challenger].some(({ hits, of }) => hits * 100 < of * 95);
  const gap = Math.abs(labelled.champion.hits * labelled.challenger.of - labelled.challenger.hits * labelled.champion.of) * 100 > labelled.champion.of * labelled.challenger.of;
  return {
    id,
    cause: "configuration",
    status: few || gap ? "fail" : "pass",
    says: `${formatPercent(shares[0])} of the champion's and ${formatPercent(shares[1])} of the challenger's mature outcomes have a label.`,
    guarantee: "exact",
    figures: { champion: shares[0], challenger: shares[1], coverageMin: COVERAGE_MIN, gapMax: COVERAGE_GAP },
    fix: few || gap ? "Find out which outcomes get no label; those without one are not legitimate for that reason." : null,
  };
}

const SPLIT_ALPHA = 0.001;

function split({ split: known }: Configuration): Finding {
  const id = "configuration-split";
  if (known === null || known.counts.every((count) => count === 0)) return unavailable(id, "configuration", { what: "there are no outcomes to count", fix: "see that outcomes are reported" });
  const { p } = sampleRatio(known.counts, known.basisPoints);
  const off = p < SPLIT_ALPHA;
  return {
    id,
    cause: "configuration",
    status: off ? "fail" : "pass",
    says: `Units arrived ${known.counts.join(" : ")}, meant as ${known.basisPoints.map((part) => formatPercent(part / 10_000)).join(" : ")} (${formatP(p)}).`,
    guarantee: "asymptotic",
    figures: { p, alpha: SPLIT_ALPHA },
    fix: off ? "Mend the routing, and begin again: what was compared are not two random parts of one crowd." : null,
  };
}
