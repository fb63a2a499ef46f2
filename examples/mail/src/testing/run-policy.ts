import type { AbtestPolicy, Allocation, Decision, EvidenceCell, FoldContext, Label, Observation, Outcome, Prediction, Rollout } from "@gauntlet/core";
import { allocate, compileRoutes, decide, foldBatch, gatherEvidence, lookOf, recentWindows } from "@gauntlet/core";

import type { Features } from "../features/hash-features.ts";
import { labelTime } from "../labels/label-delay.ts";
import { saveModel } from "../learn/artifact.ts";
import type { SpamModel } from "../learn/model.ts";
import { scoreWithCost } from "../learn/score.ts";
import type { Mail } from "../mails/mail.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface Trial {
  readonly policy: AbtestPolicy;
  readonly champion: SpamModel;
  readonly challenger: SpamModel;
  readonly replay: readonly { readonly mail: Mail; readonly features: Features }[];
  readonly startedAt: number;
  /** Seeds the split and the label delays. */
  readonly seed: number;
}

/** A decision that differs from the one before, and the day of the experiment it was taken on. */
export interface Turn {
  readonly day: number;
  readonly decision: Decision;
}

/**
 * The experiment with the core alone, without server, store or network: mails are scored, outcomes and labels are
 * folded in order of time, and every six hours `decide` is asked, until it ends the experiment.
 */
export function runPolicy(trial: Trial): readonly Turn[] {
  const rollout = rolloutOf(trial);
  const records = recordsOf(trial, rollout.allocation);
  const cells: EvidenceCell[] = [];
  const known = { predictions: new Map<string, Prediction[]>(), labels: new Map<string, Label[]>() };
  const turns: Turn[] = [];
  let next = 0;
  for (let at = trial.startedAt + 6 * HOUR_MS; ; at += 6 * HOUR_MS) {
    const from = next;
    while (next < records.length && records[next]!.at <= at) next++;
    cells.push(...foldRecords(records.slice(from, next), known, contextOf(trial.policy)));
    const decision = decide(trial.policy, observe(rollout, cells, at));
    const last = turns.at(-1)?.decision;
    if (decision.verdict !== last?.verdict || decision.reason !== last.reason) turns.push({ day: (at - trial.startedAt) / DAY_MS, decision });
    if (decision.verdict !== "hold" || at > trial.startedAt + 90 * DAY_MS) return turns;
  }
}

type Arrived = { readonly at: number } & ({ readonly kind: "outcome"; readonly outcome: Outcome } | { readonly kind: "label"; readonly label: Label });

function recordsOf(trial: Trial, allocation: Allocation): readonly Arrived[] {
  const { policy, replay } = trial;
  const armOf = compileRoutes(allocation);
  const records = replay.flatMap(({ mail, features }): readonly Arrived[] => {
    const served = armOf(mail.id).version;
    const outcomes = (["champion", "challenger"] as const).flatMap((slot, i): readonly Arrived[] => {
      const version = String(i + 1);
      if (version !== served && !policy.shadow) return [];
      const scored = scoreWithCost(trial[slot], features);
      const mode = version === served ? "live" : "shadow";
      const metrics = { latency_ms: scored.costMs, error: 0 };
      return [{ kind: "outcome", at: mail.at, outcome: { requestId: mail.id, at: mail.at, model: policy.model, version, slot, mode, epoch: 1, unit: mail.id, prediction: scored.flagged, metrics } }];
    });
    const labelledAt = labelTime(mail, trial.seed);
    if (labelledAt === null) return outcomes;
    return [...outcomes, { kind: "label", at: labelledAt, label: { requestId: mail.id, model: policy.model, revision: 1, truth: mail.spam, source: "reader", labelledAt } }];
  });
  return records.toSorted((a, b) => a.at - b.at);
}

interface Known {
  readonly predictions: Map<string, Prediction[]>;
  readonly labels: Map<string, Label[]>;
}

function foldRecords(records: readonly Arrived[], known: Known, context: FoldContext): readonly EvidenceCell[] {
  const outcomes = records.flatMap((record) => (record.kind === "outcome" ? [record.outcome] : []));
  const labels = records.flatMap((record) => (record.kind === "label" ? [record.label] : []));
  const ids = [...new Set([...outcomes, ...labels].map((record) => record.requestId))];
  const prior = { predictions: ids.flatMap((id) => known.predictions.get(id) ?? []), labels: ids.flatMap((id) => known.labels.get(id) ?? []) };
  const folded = foldBatch({ outcomes, labels, prior, context });
  if (folded.rejected[0] !== undefined) throw new Error(folded.rejected[0].detail);
  for (const prediction of folded.predictions) known.predictions.set(prediction.requestId, [...(known.predictions.get(prediction.requestId) ?? []), prediction]);
  for (const label of folded.labels) known.labels.set(label.requestId, [...(known.labels.get(label.requestId) ?? []), label]);
  return folded.cells;
}

function contextOf(policy: AbtestPolicy): FoldContext {
  return { model: policy.model, epochs: { 1: { championVersion: "1", challengerVersion: "2", bucketMs: policy.bucketMs, keepPredictions: true, metrics: policy.metrics } } };
}

function rolloutOf({ policy, champion, challenger, startedAt, seed }: Trial): Rollout {
  const shares = [
    { slot: "champion", version: "1", basisPoints: policy.split.champion },
    { slot: "challenger", version: "2", basisPoints: policy.split.challenger },
  ];
  const allocation = allocate({ model: policy.model, epoch: 1, seed: `mail-${seed}`, shares, shadow: policy.shadow });
  const reference = (version: string, model: SpamModel) => ({ version, digest: saveModel(model).digest, threshold: model.threshold, runId: null });
  return {
    id: "trial",
    ordinal: 1,
    model: policy.model,
    policy,
    policyDigest: "none",
    status: "running",
    champion: reference("1", champion),
    challenger: reference("2", challenger),
    startedAt,
    startedBy: "test",
    allocation,
    snapshot: { aliases: { champion: "1" }, allocation },
  };
}

function observe(rollout: Rollout, cells: readonly EvidenceCell[], at: number): Observation {
  const registered = [rollout.champion, rollout.challenger].map(({ version, digest }) => ({ version, digest, runId: null, stage: "None", tags: {}, metrics: {} }));
  return {
    schema: 1,
    at,
    rollout,
    registry: { available: true, aliases: { champion: "1" }, versions: registered },
    traffic: { available: true, ...rollout.allocation },
    evidence: { available: true, soFar: gatherEvidence(cells), look: lookOf(rollout, cells, at), recent: recentWindows(rollout, cells, at) },
    operator: { approvals: [], hold: null, request: null },
    blocked: null,
    highestEpoch: 1,
  };
}
