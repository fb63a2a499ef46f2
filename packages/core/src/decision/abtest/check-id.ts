import type { CheckRule } from "../../policy/check-rule.ts";
import { toNumber, type Rational } from "../../policy/rational.ts";
import { formatNumber } from "../format.ts";

/** Names a check within its policy, and for good: no two checks of one policy may have the same. */
export function checkIdOf(rule: CheckRule): string {
  switch (rule.kind) {
    case "superiority":
      return "recall-superiority";
    case "band":
      return "precision-band";
    case "quantile":
      return `${rule.metric}-${quantileName(rule.quantile)}`;
    case "rate":
    case "proportion":
      return `${rule.metric}-rate`;
    case "mean":
      return `${rule.metric}-mean`;
    case "bound":
      return rule.figure.kind === "quantile" ? `${rule.metric}-${quantileName(rule.figure.quantile)}-bound` : `${rule.metric}-bound`;
    case "offline":
      return `${rule.metric}-offline${rule.against === null ? "" : "-change"}`;
    case "drift":
      return `${rule.metric}-drift`;
  }
}

function quantileName(quantile: Rational): string {
  return `p${formatNumber(toNumber(quantile) * 100)}`;
}
