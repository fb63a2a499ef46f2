import { escapeMarkdown } from "../decision/escape-markdown.ts";
import type { FailureAnalysis } from "./failure-analysis.ts";
import type { FeatureDrift, Finding } from "./finding.ts";

/** The report for people. All text that came from outside is escaped: a feature's name is no markup. */
export function renderAnalysis(analysis: FailureAnalysis): string {
  const { model, versions, decision, primary, says, steps, findings } = analysis;
  return [
    `# Why ${escapeMarkdown(model)} version ${escapeMarkdown(versions.challenger)} ended as ${decision.verdict} (${decision.reason})`,
    "",
    `**${primary === "none" ? "No failure" : `Primary cause: ${primary}`}.** ${escapeMarkdown(says)}`,
    "",
    `Decision \`${decision.id}\` of ${decision.at}, rollout ${escapeMarkdown(analysis.rollout)}, against version ${escapeMarkdown(versions.champion)}.`,
    "",
    "## What to do",
    "",
    ...(steps.length === 0 ? ["Nothing that was looked at asks for anything."] : steps.map((step, i) => `${i + 1}. ${escapeMarkdown(step)}`)),
    "",
    "## Findings",
    "",
    primary === "none" ? "Causes are looked for in this order." : "Causes are looked for in this order; the first that failed is the primary one.",
    "",
    "| Cause | Question | Result | Says | Guarantee |",
    "|---|---|---|---|---|",
    ...findings.map(({ cause, id, status, says: said, guarantee }) => `| ${cause} | ${id} | ${status} | ${escapeMarkdown(said)} | ${guarantee} |`),
    "",
    ...findings.flatMap(featureTable),
  ].join("\n");
}

function featureTable({ id, features }: Finding): readonly string[] {
  if (features === undefined || features.length === 0) return [];
  return [
    `## ${id}`,
    "",
    "| Feature | Kind | Before | After | Effect | p | adjusted | Stability index | Noise | Result | Reading |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
    ...features.map(featureRow),
    "",
  ];
}

function featureRow({ name, kind, n, effect, p, adjustedP, psi, psiNoise, status, reading }: FeatureDrift): string {
  const figures = [effect, p, adjustedP, psi, psiNoise].map((value) => String(Number(value.toPrecision(3))));
  return `| ${escapeMarkdown(name)} | ${kind} | ${n.before} | ${n.after} | ${figures.join(" | ")} | ${status} | ${reading} |`;
}
