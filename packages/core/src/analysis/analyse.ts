import type { AnalysisBundle } from "./bundle.ts";
import { configurationFindings } from "./configuration-findings.ts";
import { driftFindings } from "./drift-findings.ts";
import { CAUSES, type Cause, type Finding } from "./finding.ts";
import { holdoutFindings } from "./holdout-findings.ts";
import { integrityFindings } from "./integrity-findings.ts";
import { overfitFindings } from "./overfit-findings.ts";
import { parityFindings } from "./parity-findings.ts";

export interface Analysis {
  /** In the order of the causes. */
  readonly findings: readonly Finding[];
  /** The first cause with a failed finding; undetermined: none failed, and not everything could be looked at. */
  readonly primary: Cause | "undetermined";
  /** One sentence. */
  readonly says: string;
  /** What to do next, most urgent first. */
  readonly steps: readonly string[];
}

/**
 * Why a version did worse than was hoped. The causes are looked for in a fixed order, because each makes those after it
 * unreadable: a damaged artifact explains strange scores, and those explain drift of scores. When everything was looked at
 * and nothing failed, what is left is the version itself. Pure.
 */
export function analyse(bundle: AnalysisBundle): Analysis {
  const findings = [...integrityFindings(bundle), ...parityFindings(bundle), ...configurationFindings(bundle), ...holdoutFindings(bundle), ...driftFindings(bundle), ...overfitFindings(bundle)];
  const failed = findings.filter(({ status }) => status === "fail");
  const missing = findings.filter(({ status }) => status === "unavailable");
  const first = CAUSES.find((cause) => failed.some((finding) => finding.cause === cause));
  const primary = first ?? (missing.length > 0 ? "undetermined" : "architecture");
  return { findings, primary, says: sentence(primary, { failed, missing }), steps: stepsOf(primary, { failed, findings }) };
}

interface Looked {
  readonly failed: readonly Finding[];
  readonly missing: readonly Finding[];
}

function sentence(primary: Analysis["primary"], { failed, missing }: Looked): string {
  const unseen = missing.length === 0 ? "" : ` ${missing.length} ${missing.length === 1 ? "question" : "questions"} could not be looked at.`;
  if (primary === "architecture") return "Every question was looked at and none failed: the version itself, its features or its design, is what does not do better.";
  if (primary === "undetermined") return `Nothing that could be looked at failed.${unseen}`;
  const finding = failed.find(({ cause }) => cause === primary) as Finding;
  return `${WORDS[primary]} ${finding.says}${unseen}`;
}

const WORDS: Readonly<Record<Exclude<Cause, "architecture">, string>> = {
  integrity: "The artifact is not what it should be.",
  parity: "Serving reads its input otherwise than training did.",
  configuration: "The comparison was not sound.",
  holdout: "The offline figures promised too much.",
  drift: "The world is no longer the one it learned from.",
  overfit: "It knows its training data better than the world.",
};

function stepsOf(primary: Analysis["primary"], { failed, findings }: { readonly failed: readonly Finding[]; readonly findings: readonly Finding[] }): readonly string[] {
  if (primary === "architecture") return ["Try other features, another model or a larger one: nothing around the version explains the result."];
  const rest = findings.filter(({ status }) => status === "warn" || status === "unavailable");
  return [...new Set([...failed, ...rest].flatMap(({ fix }) => (fix === null ? [] : [fix])))];
}
