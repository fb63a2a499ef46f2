import type { CheckResult } from "../decision/decision.ts";
import { escapeMarkdown } from "../decision/escape-markdown.ts";
import type { RatedParticipant } from "../decision/rating-view.ts";
import type { SlotAssignment } from "../decision/slots-view.ts";
import type { DecisionDocument, DocumentSignature, VersionFigures } from "./decision-document.ts";

/** The decision document for people. All text that came from outside is escaped: a model's name is no markup. */
export function renderMarkdown(document: DecisionDocument): string {
  return [...heading(document), ...versionTable(document), ...testSection(document), ...labelSection(document), ...matchSection(document), ...slotSection(document), ...checkTable(document), ...impactSection(document), ...closing(document), ""].join("\n");
}

function heading({ outcome, decision, policy, stage, window, matches, slots }: DecisionDocument): string[] {
  return [
    `# ${escapeMarkdown(decision.model)}: ${outcome.verdict} (${outcome.reason})`,
    "",
    escapeMarkdown(outcome.sentence),
    "",
    "| | |",
    "|---|---|",
    `| Decision | \`${decision.id}\`${outcome.label === null ? "" : `, called ${outcome.label} in compat mode`} |`,
    `| Rollout | ${escapeMarkdown(decision.rollout)}, epoch ${decision.epoch} |`,
    `| Policy | ${escapeMarkdown(policy.name)} (${policy.kind}, ${decision.mode}), SHA-256 \`${policy.sha256}\` |`,
    ...(stage === undefined ? [] : [`| Stage | ${stage.number} of ${stage.of}, ${escapeMarkdown(stage.name)}, since ${stage.since} |`]),
    slots !== undefined ? `| Data | counts of slots, decided ${window.decidedOn} |` : matches === undefined ? `| Data | ${window.from} to ${window.to}, look ${window.look}, decided ${window.decidedOn} |` : `| Data | matches of ${escapeMarkdown(matches.config)}, the newest of ${matches.until}, decided ${window.decidedOn} |`,
    ...(matches === undefined ? [] : [`| Promotion | ${escapeMarkdown(matches.promotion)} |`]),
    "",
  ];
}

function versionTable({ versions, stage, matches, slots }: DecisionDocument): string[] {
  const rows: readonly Row[] = [
    ["Version", (v) => escapeMarkdown(v.version)],
    ["Artifact", (v) => (v.digest === null ? "not stated" : `\`${escapeMarkdown(v.digest)}\``)],
    ...(versions.challenger.files === undefined ? [] : ([["Files", (v) => (v.files === undefined ? "not read" : `\`${v.files}\``)]] satisfies Row[])),
    ...(matches === undefined && slots === undefined ? SERVED_ROWS : []),
    ...(stage === undefined && matches === undefined && slots === undefined ? LABELLED_ROWS : []),
  ];
  return [
    "## Evidence",
    "",
    "| | Champion | Challenger |",
    "|---|---|---|",
    ...rows.map(([name, cell]) => `| ${name} | ${cell(versions.champion)} | ${cell(versions.challenger)} |`),
    "",
    ...Object.entries({ champion: versions.champion, challenger: versions.challenger }).flatMap(([slot, version]) =>
      Object.entries(version.tags)
        .filter(([name]) => !name.startsWith("gauntlet."))
        .map(([name, value]) => `- ${slot}: ${escapeMarkdown(name)} = ${escapeMarkdown(value)}`),
    ),
    "",
  ];
}

type Row = readonly [string, (figures: VersionFigures) => string];

/** Nobody is served by a version because of its matches. */
const SERVED_ROWS: readonly Row[] = [
  ["Threshold", (v) => number(v.threshold)],
  ["Intended share", (v) => percent(v.intendedShare)],
  ["Live outcomes", (v) => String(v.live)],
];

/** A ramp has no labels. */
const LABELLED_ROWS: readonly Row[] = [
  ["Labelled", (v) => String(v.labelled)],
  ["TP / FP / FN / TN", (v) => [v.truePositive, v.falsePositive, v.falseNegative, v.trueNegative].map((count) => count ?? "–").join(" / ")],
  ["Recall", (v) => percent(v.recall)],
  ["Precision", (v) => percent(v.precision)],
  ["Precision at the policy's prevalence", (v) => percent(v.precisionAtPolicyPrevalence)],
];

/** What a watch stands on. */
function testSection({ test }: DecisionDocument): string[] {
  if (test === undefined) return [];
  const { champion, challenger } = test.versions;
  return [
    "## The test before the watch",
    "",
    `From ${test.from} until all traffic had moved, ${test.to}. What was judged of it stands in \`test_decision.md\`.`,
    "",
    "| | Champion | Challenger |",
    "|---|---|---|",
    ...[...SERVED_ROWS, ...LABELLED_ROWS].map(([name, cell]) => `| ${name} | ${cell(champion)} | ${cell(challenger)} |`),
    "",
  ];
}

/** Of the challenger, and of the participant that it is compared with, which need not be the champion. */
function matchSection({ matches }: DecisionDocument): string[] {
  if (matches === undefined) return [];
  const { baseline, challenger, head } = matches;
  const row = ({ participant, service, fitted }: RatedParticipant, name: string) =>
    `| ${name} | ${escapeMarkdown(participant)} | ${service?.games ?? 0} | ${percent(service?.winRate ?? null)} | ${number(service?.elo ?? null)} | ${fitted === null ? "–" : `${number(fitted.elo)} ± ${number(fitted.standardError)}${fitted.anchored ? "" : " (no anchor)"}`} |`;
  return [
    "## Matches",
    "",
    "| | Participant | Games | Points per game | Incremental Elo | Elo by all matches, standard error |",
    "|---|---|---|---|---|---|",
    row(challenger, "Challenger"),
    ...(baseline === null ? [] : [row(baseline, "Baseline")]),
    "",
    ...(head === null ? [] : [`Against each other: ${head.games} games, of which ${head.pairs.reduce((sum, count) => sum + count, 0)} pairs with seats swapped (by the challenger's points 0, ½, 1, 1½, 2: ${head.pairs.join(", ")}) and single games won ${head.singles.wins}, drawn ${head.singles.draws}, lost ${head.singles.losses}.`, ""]),
  ];
}

/** Who has which slot afterwards, and by what accuracy; the verdict stands above, and is never what becomes of the challengers. */
function slotSection({ slots }: DecisionDocument): string[] {
  if (slots === undefined) return [];
  const { assignments, accuracies, counts, tickers, reorderApplied } = slots;
  const row = ({ slot, version, previousVersion, sourceSlot, changed }: SlotAssignment) => {
    const { accuracy = null, correct = 0, predictions = 0 } = accuracies.find((known) => known.slot === sourceSlot) ?? {};
    return `| ${escapeMarkdown(slot)} | ${escapeMarkdown(version ?? "nobody")} | ${changed ? escapeMarkdown(previousVersion ?? "nobody") : "the same"} | ${escapeMarkdown(sourceSlot)} | ${percent(accuracy)} | ${correct} of ${predictions} |`;
  };
  const record = ({ games, wins, ties }: (typeof counts)["champion"]) => `won ${wins}, tied ${ties}, lost ${games - wins - ties}`;
  return [
    "## Slots",
    "",
    "| Slot | Version | Before | From slot | Accuracy | Right |",
    "|---|---|---|---|---|---|",
    ...assignments.map(row),
    "",
    `Games that count: the champion ${record(counts.champion)}; the challenger ${record(counts.challenger)}. Challengers ${reorderApplied ? "changed places" : "kept their places"}. Since the latest swap there were ${tickers.championGames} and ${tickers.challengerGames} games of the first two slots, and ${tickers.cycles} cycles.`,
    "",
  ];
}

function labelSection({ labels, stage, matches, slots }: DecisionDocument): string[] {
  if (stage !== undefined || matches !== undefined || slots !== undefined) return [];
  return [
    `Labels cover ${percent(labels.championCoverage)} of the champion's and ${percent(labels.challengerCoverage)} of the challenger's live outcomes. ` +
      `${labels.paired} labelled requests were answered by both. Positives were ${percent(labels.positiveShare)} of them: ` +
      "when that share falls, precision falls with it although the model is the same, so compare precision at one prevalence.",
    "",
  ];
}

function checkTable({ checks }: DecisionDocument): string[] {
  return [
    "## Checks",
    "",
    "| Check | Result | Estimate | Interval | Allowed | p | n | Method |",
    "|---|---|---|---|---|---|---|---|",
    ...checks.map((check) => `| ${escapeMarkdown(check.id)} | ${check.status} | ${number(check.estimate)} | ${interval(check)} | ${allowed(check)} | ${number(check.pValue)} | ${check.n.champion} / ${check.n.challenger} | ${escapeMarkdown(check.method)} (${check.guarantee}) |`),
    "",
    ...checks.map((check) => `- ${escapeMarkdown(check.id)}: ${escapeMarkdown(check.says)}`),
    "",
  ];
}

function impactSection({ impact, outcome }: DecisionDocument): string[] {
  if (impact === null) return [];
  const what = outcome.verdict === "promote" ? "A month with the challenger" : "A month with the challenger would have been";
  return [
    "## Business impact",
    "",
    `${what}, against the champion: ${number(impact.truePositives)} more positives found, ${number(impact.falsePositives)} more false alarms, net ${number(impact.net)} ${escapeMarkdown(impact.currency)}${impact.interval === null ? " (point estimate)" : ` (${percent(impact.interval.level)} interval ${number(impact.interval.low)} … ${number(impact.interval.high)}, of chance alone: volume, prevalence, value and cost are the policy's)`}.`,
    "",
  ];
}

function closing({ approvals, intended, proof, outcome, matches, signature }: DecisionDocument): string[] {
  return [
    "## Approvals",
    "",
    ...(approvals.length === 0 ? ["None."] : approvals.map((approval) => `- ${escapeMarkdown(approval.by)}, ${approval.at}: ${escapeMarkdown(approval.comment)}`)),
    "",
    "## Intended effects",
    "",
    "Whether each was applied is recorded in the ledger, under the decision's id and the number given.",
    "",
    ...(intended.length === 0 ? ["None."] : intended.map((effect) => `- ${escapeMarkdown(effect.effect)} \`${effect.key.slice(effect.key.lastIndexOf("/"))}\``)),
    "",
    "## Next",
    "",
    NEXT[outcome.verdict] ?? (matches === undefined ? "Wait for the next look." : "Wait for more matches."),
    "",
    "## Proof",
    "",
    `Ledger ${escapeMarkdown(proof.ledger)}, entry ${proof.seq}, SHA-256 \`${proof.sha256}\`; evidence SHA-256 \`${proof.evidenceSha256}\`${proof.rules === undefined ? "" : `; rules ${proof.rules}`}.`,
    ...(signature === undefined ? [] : ["", signatureText(signature)]),
  ];
}

function signatureText(signature: DocumentSignature): string {
  if (signature.kind === "none") return "Not signed: whoever wrote it had no key. The ledger alone proves it.";
  return `Signed with the Ed25519 key \`${signature.key}\`, in \`${signature.envelope}\` beside it; \`gauntlet document verify\` checks it.`;
}

const NEXT: Readonly<Record<string, string>> = {
  advance: "Wait for what the next stage shows; `gauntlet rollback` restores what was before at once.",
  promote: "Watch the new champion; `gauntlet rollback` restores the predecessor at once.",
  retain: "The champion serves as before. Look into the failed checks before the next challenger.",
  rollback: "The champion serves as before. Find the cause of the harm before the version is tried again.",
};

function interval(check: CheckResult): string {
  return check.interval === null ? "–" : `${number(check.interval.low)} … ${number(check.interval.high)} (${percent(check.interval.level)})`;
}

function allowed({ allowed: { low, high } }: CheckResult): string {
  if (low === null && high === null) return "–";
  return [low === null ? "" : `≥ ${number(low)}`, high === null ? "" : `≤ ${number(high)}`].filter((part) => part !== "").join(" and ");
}

function percent(share: number | null): string {
  return share === null ? "–" : `${Number((share * 100).toFixed(2))} %`;
}

function number(value: number | null): string {
  return value === null ? "–" : String(Number(value.toPrecision(5)));
}
