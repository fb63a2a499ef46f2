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
  /** The first cause with a failed finding; undetermined: none failed, and not everything could be looked at; none: there is no failure to explain. */
  readonly primary: Cause | "undetermined" | "none";
  /** One sentence. */
  readonly says: string;
  /** What to do next, most urgent first. */
  readonly steps: readonly string[];
}

/** What became of the version: what was promoted, or still runs, has no failure to be explained. */
export type Ending = "failed" | "open" | "promoted";

/**
 * Why a version did worse than was hoped. The causes are looked for in a fixed order, because each makes those after it
 * unreadable: a damaged artifact explains strange scores, and those explain drift of scores. When everything was looked at
 * and nothing failed, what is left is the version itself. Of a version that was promoted nothing is blamed, and of one that
 * still runs only what failed; the questions are the same. Pure.
 */
export function analyse(bundle: AnalysisBundle, ending: Ending): Analysis {
  const findings = [...integrityFindings(bundle), ...parityFindings(bundle), ...configurationFindings(bundle), ...holdoutFindings(bundle), ...driftFindings(bundle), ...overfitFindings(bundle)];
  const failed = findings.filter(({ status }) => status === "fail");
  const missing = findings.filter(({ status }) => status === "unavailable");
  const primary = ending === "promoted" ? "none" : primaryOf(ending, { failed, missing });
  return { findings, primary, says: primary === "none" ? noFailure(ending, { failed, missing, findings }) : sentence(primary, { failed, missing }), steps: stepsOf(primary, { failed, findings }) };
}

function primaryOf(ending: Ending, { failed, missing }: Looked): Analysis["primary"] {
  const first = CAUSES.find((cause) => failed.some((finding) => finding.cause === cause));
  if (first !== undefined) return first;
  if (missing.length > 0) return "undetermined";
  return ending === "open" ? "none" : "architecture";
}

interface Looked {
  readonly failed: readonly Finding[];
  readonly missing: readonly Finding[];
}

/** Which causes were looked at, for whoever asks about a version that did not fail. */
function noFailure(ending: Ending, { failed, missing, findings }: Looked & Pick<Analysis, "findings">): string {
  const looked = CAUSES.filter((cause) => findings.some((finding) => finding.cause === cause && finding.status !== "unavailable"));
  const begins = ending === "promoted" ? "It was promoted: there is no failure to explain." : "It is not decided yet: there is no failure to explain.";
  const seen = looked.length === 0 ? " Nothing could be looked at." : ` Looked at: ${looked.join(", ")}; ${failed.length === 0 ? "none failed" : `failed nevertheless: ${failed.map(({ says }) => says).join(" ")}`}`;
  return `${begins}${seen}${seen.endsWith(".") ? "" : "."}${unseenIn(missing)}`;
}

function unseenIn(missing: Looked["missing"]): string {
  return missing.length === 0 ? "" : ` ${missing.length} ${missing.length === 1 ? "question" : "questions"} could not be looked at.`;
}

function sentence(primary: Exclude<Analysis["primary"], "none">, { failed, missing }: Looked): string {
  const unseen = unseenIn(missing);
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
