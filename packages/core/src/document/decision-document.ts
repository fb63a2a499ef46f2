import { armsOf, type ArmFigures } from "../decision/arms.ts";
import type { CheckResult, Decision } from "../decision/decision.ts";
import type { Observation, RegisteredVersion } from "../decision/observation.ts";
import type { HeadToHead, RatedParticipant } from "../decision/rating-view.ts";
import type { SlotsRuling } from "../decision/slots-view.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import { Failure } from "../failure/failure.ts";
import { sayEffect } from "../plan/say-effect.ts";
import { configKey } from "../rating/match/match.ts";
import { toNumber } from "../policy/rational.ts";
import type { Rollout, VersionRef } from "../policy/rollout.ts";
import { sharesOf } from "../allocation/shares-of.ts";
import { isoTime } from "../digest/iso-time.ts";
import { businessImpact, type BusinessImpact } from "./business-impact.ts";

/**
 * What an auditor, an analyst and a product owner want to read about one decision: plain data, made from its ledger
 * entry alone. Effects are listed as intended; whether they were applied is said by later entries of the ledger.
 */
export interface DecisionDocument {
  readonly outcome: { readonly verdict: Decision["verdict"]; readonly reason: Decision["reason"]; readonly label: string | null; readonly sentence: string };
  readonly decision: { readonly id: string; readonly rollout: string; readonly at: string; readonly model: string; readonly mode: string; readonly epoch: number };
  readonly policy: { readonly name: string; readonly kind: string; readonly sha256: string };
  /** Where a ramp was when it was decided; of an A/B test, its watch alone. */
  readonly stage?: { readonly name: string; readonly number: number; readonly of: number; readonly since: string };
  /** Of a decision in the watch after an A/B test only: what that had shown. Shares are those of the test. */
  readonly test?: { readonly from: string; readonly to: string; readonly versions: { readonly champion: VersionFigures; readonly challenger: VersionFigures } };
  /** Of a promotion by matches only: what they said, in place of outcomes and labels. */
  readonly matches?: MatchFigures;
  /** Of slots only: who has them afterwards, and by what, in place of outcomes and labels. */
  readonly slots?: SlotsRuling;
  readonly versions: { readonly champion: VersionFigures; readonly challenger: VersionFigures };
  readonly window: { readonly from: string; readonly to: string; readonly look: string; readonly decidedOn: string };
  readonly labels: { readonly championCoverage: number | null; readonly challengerCoverage: number | null; readonly positiveShare: number | null; readonly paired: number };
  readonly checks: readonly CheckResult[];
  readonly impact: BusinessImpact | null;
  readonly approvals: readonly { readonly by: string; readonly at: string; readonly comment: string }[];
  readonly intended: readonly { readonly key: string; readonly effect: string }[];
  readonly proof: { readonly ledger: string; readonly seq: number; readonly sha256: string; readonly evidenceSha256: string; /** Left out by the first. */ readonly rules?: number };
  /** Of a text that is written where somebody keeps it; left out: nothing is said of it. */
  readonly signature?: DocumentSignature;
}

/** How a document is vouched for: by nobody, or in an envelope beside it. `key` is SHA-256 of the public key. */
export type DocumentSignature = { readonly kind: "none" } | { readonly kind: "ed25519"; readonly key: string; readonly envelope: string };

interface MatchFigures {
  readonly config: string;
  readonly promotion: string;
  /** The end of the newest match that is counted; "none" without one. */
  readonly until: string;
  readonly challenger: RatedParticipant;
  readonly baseline: RatedParticipant | null;
  readonly head: HeadToHead | null;
}

export interface VersionFigures {
  readonly version: string;
  readonly digest: string | null;
  /** Over its files, as they were read when the rollout began; left out where they were not. */
  readonly files?: string;
  readonly threshold: number | null;
  readonly intendedShare: number;
  readonly live: number;
  readonly labelled: number;
  readonly truePositive: number | null;
  readonly falsePositive: number | null;
  readonly falseNegative: number | null;
  readonly trueNegative: number | null;
  readonly recall: number | null;
  readonly precision: number | null;
  /** The same recall and false-alarm rate at the prevalence the policy states: comparable when the share of positives moves. */
  readonly precisionAtPolicyPrevalence: number | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** @throws Failure `invalid_input` when the entry holds no decision. */
export function decisionDocument(entry: LedgerEntry): DecisionDocument {
  if (entry.event.kind !== "decision") throw new Failure("invalid_input", `entry ${entry.seq} of ${entry.chain} holds no decision`);
  const { decision, observation, plan } = entry.event;
  const { rollout } = observation;
  const { evidence } = observation;
  const seen = evidence.available ? (evidence.look.evidence.length > 0 ? evidence.look.evidence : evidence.soFar) : null;
  const versions = { champion: figuresOf(observation, "champion", seen), challenger: figuresOf(observation, "challenger", seen) };
  const test = testOf(observation);
  return {
    outcome: { verdict: decision.verdict, reason: decision.reason, label: decision.compatLabel, sentence: decision.sentence },
    decision: { id: decision.id, rollout: rollout.id, at: isoTime(decision.at), model: rollout.model, mode: decision.mode, epoch: decision.epoch },
    policy: { name: rollout.policy.name, kind: rollout.policy.kind, sha256: rollout.policyDigest },
    ...stageOf(rollout),
    ...(test === null ? {} : { test }),
    ...matchesOf(observation),
    ...(decision.slots === undefined ? {} : { slots: decision.slots }),
    versions,
    window: windowOf(observation),
    labels: labelsOf(observation, versions),
    checks: decision.checks,
    impact: businessImpact(rollout.policy.impact, (test?.versions ?? versions).champion, (test?.versions ?? versions).challenger),
    approvals: observation.operator.approvals
      .filter((approval) => approval.evidenceDigest === decision.evidenceDigest)
      .map((approval) => ({ by: approval.by, at: isoTime(approval.at), comment: approval.comment })),
    intended: plan.effects.map((effect) => ({ key: effect.key, effect: sayEffect(effect) })),
    proof: { ledger: entry.chain, seq: entry.seq, sha256: entry.hash, evidenceSha256: decision.evidenceDigest, ...(decision.rules === undefined ? {} : { rules: decision.rules }) },
  };
}

function stageOf({ policy, stage }: Rollout): Pick<DecisionDocument, "stage"> {
  if (stage === undefined) return {};
  if (policy.kind !== "ramp") return { stage: { name: "watch", number: stage.index + 1, of: stage.index + 1, since: isoTime(stage.since) } };
  return { stage: { name: policy.stages[stage.index]?.name ?? "", number: stage.index + 1, of: policy.stages.length, since: isoTime(stage.since) } };
}

function matchesOf({ rollout: { policy }, evidence }: Observation): Pick<DecisionDocument, "matches"> {
  const view = evidence.available ? evidence.rating : undefined;
  if (policy.kind !== "rating" || view === undefined) return {};
  const { board, players, cutoff, challenger, baseline, head } = view;
  const promotion = policy.tier === null ? policy.promotion : `${policy.promotion} ${policy.tier.target}`;
  return { matches: { config: configKey({ board, numPlayers: players }), promotion, until: cutoff === null ? "none" : isoTime(cutoff - 1), challenger, baseline, head } };
}

/** A watch is too short for labels: what they said is that of the test before it. */
function testOf({ rollout, registry }: Observation): NonNullable<DecisionDocument["test"]> | null {
  const { stage: watch, ...tested } = rollout;
  const { policy } = rollout;
  if (policy.kind !== "abtest" || watch?.before === undefined) return null;
  const { before } = watch;
  const figures = (slot: "champion" | "challenger"): VersionFigures => ({ ...figuresOf({ rollout: tested, registry }, slot, before), intendedShare: policy.split[slot] / 10_000 });
  return { from: isoTime(rollout.startedAt), to: isoTime(watch.since), versions: { champion: figures("champion"), challenger: figures("challenger") } };
}

/** `seen` is null where nothing could be read. */
function figuresOf({ rollout, registry }: Pick<Observation, "rollout" | "registry">, slot: "champion" | "challenger", seen: Evidence | null): VersionFigures {
  const tested = rollout[slot];
  const arms = seen === null ? null : armsOf(rollout, seen);
  const arm = arms?.[slot] ?? null;
  const registered = registry.available ? registry.versions.find((version) => version.version === tested.version) : undefined;
  const counts = arms?.paired == null ? confusionCounts(arm) : pairedCounts(arms.paired.cells, slot);
  return {
    ...identity(tested, registered),
    intendedShare: (sharesOf(rollout.allocation)[rollout.slots?.[slot] ?? slot] ?? 0) / 10_000,
    live: arm?.live ?? 0,
    labelled: arm?.labelled ?? 0,
    ...counts,
    recall: quotient(counts.truePositive, counts.truePositive, counts.falseNegative),
    precision: quotient(counts.truePositive, counts.truePositive, counts.falsePositive),
    precisionAtPolicyPrevalence: atPrevalence(counts, rollout.policy.impact === null ? null : toNumber(rollout.policy.impact.prevalence)),
  };
}

function identity(tested: VersionRef, registered: RegisteredVersion | undefined): Pick<VersionFigures, "version" | "digest" | "files" | "threshold" | "tags"> {
  return { version: tested.version, digest: tested.digest, ...(tested.files === undefined ? {} : { files: tested.files }), threshold: tested.threshold, tags: registered?.tags ?? {} };
}

type Counts = Pick<VersionFigures, "truePositive" | "falsePositive" | "falseNegative" | "trueNegative">;

function confusionCounts(arm: ArmFigures | null): Counts {
  const confusion = arm?.confusion ?? null;
  if (confusion === null) return { truePositive: null, falsePositive: null, falseNegative: null, trueNegative: null };
  const { truePositive, falsePositive, falseNegative, trueNegative } = confusion;
  return { truePositive, falsePositive, falseNegative, trueNegative };
}

/** Cells are indexed truth·4 + champion·2 + challenger. */
function pairedCounts(cells: readonly number[], slot: "champion" | "challenger"): Counts {
  const bit = slot === "champion" ? 2 : 1;
  const count = (truth: number, flagged: boolean) =>
    [0, 1, 2, 3].filter((index) => ((index & bit) !== 0) === flagged).reduce((sum, index) => sum + (cells[truth * 4 + index] ?? 0), 0);
  return { truePositive: count(1, true), falsePositive: count(0, true), falseNegative: count(1, false), trueNegative: count(0, false) };
}

function quotient(hits: number | null, a: number | null, b: number | null): number | null {
  if (hits === null || a === null || b === null || a + b === 0) return null;
  return hits / (a + b);
}

/** π·R / (π·R + (1−π)·FPR), Bayes' rule. */
function atPrevalence(counts: Counts, prevalence: number | null): number | null {
  const recall = quotient(counts.truePositive, counts.truePositive, counts.falseNegative);
  const falseAlarms = quotient(counts.falsePositive, counts.falsePositive, counts.trueNegative);
  if (prevalence === null || recall === null || falseAlarms === null) return null;
  const flagged = prevalence * recall + (1 - prevalence) * falseAlarms;
  return flagged === 0 ? null : (prevalence * recall) / flagged;
}

function windowOf(observation: Observation): DecisionDocument["window"] {
  const { rollout, evidence, at } = observation;
  const look = evidence.available ? evidence.look : null;
  return {
    from: isoTime(rollout.stage?.since ?? rollout.startedAt),
    to: isoTime(look === null ? at : Math.min(look.cutoff, at)),
    look: look === null ? "none" : `${look.number} of ${look.of}`,
    decidedOn: isoTime(at),
  };
}

function labelsOf(observation: Observation, versions: DecisionDocument["versions"]): DecisionDocument["labels"] {
  const coverage = (figures: VersionFigures) => (figures.live === 0 ? null : figures.labelled / figures.live);
  const { truePositive, falsePositive, falseNegative, trueNegative } = versions.challenger;
  const all = (truePositive ?? 0) + (falsePositive ?? 0) + (falseNegative ?? 0) + (trueNegative ?? 0);
  const cells = observation.evidence.available ? armsOf(observation.rollout, observation.evidence.look.evidence).paired?.cells : undefined;
  return {
    championCoverage: coverage(versions.champion),
    challengerCoverage: coverage(versions.challenger),
    positiveShare: all === 0 ? null : ((truePositive ?? 0) + (falseNegative ?? 0)) / all,
    paired: cells?.reduce((sum, count) => sum + count, 0) ?? 0,
  };
}
