import type { RampCheck, RampFigure } from "../../policy/ramp-policy.ts";
import { toNumber, type Rational } from "../../policy/rational.ts";
import { formatNumber } from "../format.ts";

/** Names a check of a ramp within its policy, and for good: no two checks of one policy may have the same. */
export function rampCheckIdOf(check: RampCheck): string {
  switch (check.kind) {
    case "noWorseThan":
      return `${check.metric}${suffix(check.figure)}`;
    case "improveBy":
      return `${check.metric}${suffix(check.figure)}-improvement`;
    case "cap":
      return `${check.metric}-${quantileName(check.quantile)}-cap`;
    case "never":
      return `${check.metric}-never`;
  }
}

function suffix(figure: RampFigure): string {
  return figure.kind === "quantile" ? `-${quantileName(figure.quantile)}` : "";
}

function quantileName(quantile: Rational): string {
  return `p${formatNumber(toNumber(quantile) * 100)}`;
}
