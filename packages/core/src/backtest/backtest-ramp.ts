import { championEvidence } from "../decision/arms.ts";
import type { Decision } from "../decision/decision.ts";
import type { EvidenceView } from "../decision/observation.ts";
import { lookOf } from "../decision/ramp/look.ts";
import { digestOf } from "../digest/digest-of.ts";
import type { Evidence, EvidenceCell } from "../evidence/evidence.ts";
import { Failure } from "../failure/failure.ts";
import type { RampPolicy } from "../policy/ramp-policy.ts";
import { isWatch } from "../policy/watch.ts";
import type { Rollout } from "../policy/rollout.ts";
import { decideAt, endNotes, requireBuckets, SIGNED, type Backtest, type Turn } from "./backtest.ts";
import { gathering } from "./gathering.ts";
import { exposedAt, recordedStages, type RecordedStage } from "./ramp-stages.ts";
import { endOf, type Recorded } from "./recorded.ts";

const DAY_MS = 86_400_000;
/** Each instant costs a millisecond or so; of more, so many are judged. */
const INSTANTS_MAX = 1000;

/**
 * Tries a ramp on a recorded one, stage by stage: each of its stages is judged on the evidence that was recorded at the same
 * share, from that stage's own beginning. `cells` are those of the store, of all its epochs; null: only what the ledger keeps
 * with each decision, at those instants.
 *
 * @throws Failure `invalid_input` for a rollout that is no ramp, for buckets that are no multiple of the recorded ones, where no
 * stage of the policy was recorded, and without cells for another maturity or other buckets than the recorded ones.
 */
export function backtestRamp(policy: RampPolicy, recorded: Recorded, cells: readonly EvidenceCell[] | null): Backtest {
  requireComparable(policy, recorded, cells === null);
  const { id, model, champion, challenger, policy: then } = recorded.rollout;
  const walked = walk({ ...policy, model, experiment: then.kind === "ramp" ? then.experiment : null }, recorded, cells);
  const { would } = walked;
  if (would === null) throw new Failure("invalid_input", `there is no instant of ${id} at which ${policy.name} could be judged`, { fix: "give the data directory rather than an export, or a ramp that began with the same share" });
  const end = endOf(recorded).decision;
  const served = recordedStages(recorded).reduce((sum, stage) => sum + exposedAt(stage, cells, end.at), 0);
  const happened: Turn = { verdict: end.verdict, reason: end.reason, at: end.at, day: (end.at - recorded.rollout.startedAt) / DAY_MS, exposed: served, sentence: end.sentence };
  return {
    model,
    rolloutId: id,
    champion: champion.version,
    challenger: challenger.version,
    from: cells === null ? "decisions" : "cells",
    policy: policy.name,
    recordedPolicy: then.name,
    happened,
    would,
    turns: walked.turns,
    difference: { verdict: would.verdict !== happened.verdict, reason: would.reason !== happened.reason, days: would.day - happened.day, exposed: would.exposed - happened.exposed },
    notes: [...notesOf(policy, recorded, cells === null), ...walked.notes, ...endNotes(recorded, would)],
  };
}

function requireComparable(policy: RampPolicy, { rollout }: Recorded, fromLedger: boolean): void {
  const then = rollout.policy;
  if (then.kind !== "ramp") throw new Failure("invalid_input", `${rollout.id} is of kind ${then.kind}, whose evidence has no stages for a ramp to be tried on`, { fix: `give a policy of kind ${then.kind}, or another --model` });
  requireBuckets(policy, rollout);
  if (!fromLedger || (policy.maturityMs === then.maturityMs && policy.bucketMs === then.bucketMs)) return;
  throw new Failure("invalid_input", `the ledger keeps what was mature after ${then.maturityMs / 1000} s in buckets of ${then.bucketMs / 1000} s; ${policy.name} has ${policy.maturityMs / 1000} s and ${policy.bucketMs / 1000} s`, { fix: "give the data directory instead of the export, or the same maturity and bucket" });
}

interface Walked {
  readonly would: Turn | null;
  /** Every change of verdict, reason or stage. */
  readonly turns: readonly Turn[];
  readonly notes: readonly string[];
}

/** From stage to stage while it advances and the next share was recorded; time is counted as it would have passed. */
function walk(policy: RampPolicy, recorded: Recorded, cells: readonly EvidenceCell[] | null): Walked {
  const stages = recordedStages(recorded);
  const turns: Turn[] = [];
  let would: Turn | null = null;
  let spent = 0;
  let exposed = 0;
  let before: Evidence = [];
  for (const [index, { basisPoints, name }] of policy.stages.entries()) {
    const own = stages.filter((stage) => stage.basisPoints === basisPoints);
    if (own.length === 0) return { would, turns, notes: [`Nothing was recorded at ${basisPoints / 100} %, so what would have come of stage ${name} is not known.`] };
    let ended: Judged | null = null;
    // A stage that began anew has more than one beginning; each is judged by itself.
    for (const stage of own) {
      ended = null;
      for (const judged of judge({ policy, index, before }, stage, cells)) {
        const { verdict, reason, at, sentence } = judged.decision;
        would = { verdict, reason, at, day: (spent + at - stage.since) / DAY_MS, exposed: exposed + exposedAt(stage, cells, at), sentence };
        const last = turns.at(-1);
        if (last?.verdict !== verdict || last.reason !== reason) turns.push(would);
        ended = judged;
        if (verdict !== "hold") break;
      }
      const until = ended !== null && ended.decision.verdict !== "hold" ? ended.decision.at : stage.until;
      spent += until - stage.since;
      exposed += exposedAt(stage, cells, until);
      if (ended !== null && ended.decision.verdict !== "hold") break;
    }
    if (ended === null || ended.decision.verdict !== "advance") return { would, turns, notes: [] };
    before = championEvidence(ended.rollout, ended.evidence.look.evidence);
  }
  return { would, turns, notes: [] };
}

interface Tried {
  readonly policy: RampPolicy;
  readonly index: number;
  /** What the champion showed at the stage before, for a watch. */
  readonly before: Evidence;
}

interface Judged {
  readonly decision: Decision;
  readonly rollout: Rollout<RampPolicy>;
  readonly evidence: EvidenceView;
}

function* judge({ policy, index, before }: Tried, stage: RecordedStage, cells: readonly EvidenceCell[] | null): Generator<Judged> {
  const { health: _, ...judging } = policy;
  const rollout: Rollout<RampPolicy> = { ...stage.rollout, policy: judging, stage: { index, since: stage.since, ...(isWatch(policy, index) ? { before } : {}) } };
  for (const { at, evidence } of cells === null ? decidedViews(rollout, stage) : views(rollout, stage, cells)) {
    yield { decision: decideAt(judging, rollout, { at, evidence }), rollout, evidence };
  }
}

interface Viewed {
  readonly at: number;
  readonly evidence: EvidenceView;
}

/** At the ends of buckets, at the recorded decisions, and when the stage would be due. */
function* views(rollout: Rollout<RampPolicy>, { since, until, decisions }: RecordedStage, stored: readonly EvidenceCell[]): Generator<Viewed> {
  const { policy, allocation } = rollout;
  const { bucketMs } = policy;
  const cells = stored.filter(({ epoch }) => epoch === allocation.epoch).map((cell) => ({ ...cell, bucketStart: Math.floor(cell.bucketStart / bucketMs) * bucketMs }));
  const soFar = gathering(cells);
  const mature = gathering(cells);
  const stepMs = bucketMs * Math.max(1, Math.ceil((until - since) / bucketMs / INSTANTS_MAX));
  const first = Math.floor(since / bucketMs) * bucketMs;
  const steady = Array.from({ length: Math.max(0, Math.floor((until - first) / stepMs)) }, (_, step) => first + (step + 1) * stepMs);
  const { dueAt } = lookOf(rollout, [], since);
  const times = [...steady, dueAt, ...decisions.map(({ decision }) => decision.at)].filter((at) => at > since && at <= until);
  for (const at of new Set(times.toSorted((a, b) => a - b))) {
    const { cutoff } = lookOf(rollout, [], at);
    const look = lookOf(rollout, mature(cutoff - bucketMs).map((item) => ({ ...item, model: rollout.model, epoch: allocation.epoch, bucketStart: cutoff - bucketMs })), at);
    // Of the last bucket is there what came before the stage ended.
    yield { at, evidence: { soFar: soFar(at < until ? at - bucketMs : at), look, recent: [] } };
  }
}

/** What was mature then is what the policy would have seen, since maturity and buckets are the same; only the stage may be due at another time. */
function* decidedViews(rollout: Rollout<RampPolicy>, { decisions, since }: RecordedStage): Generator<Viewed> {
  for (const { observation } of decisions) {
    const { at, evidence } = observation;
    if (!evidence.available || at <= since) continue;
    const { number, of, dueAt } = lookOf(rollout, [], at);
    const { cutoff, evidence: seen } = evidence.look;
    yield { at, evidence: { soFar: evidence.soFar, look: { number, of, dueAt, cutoff, evidence: seen, digest: digestOf(seen) }, recent: evidence.recent } };
  }
}

function notesOf(policy: RampPolicy, { rollout }: Recorded, fromLedger: boolean): readonly string[] {
  const then = rollout.policy;
  const unknown = new Set(policy.checks.map(({ metric }) => metric).filter((metric) => !Object.hasOwn(then.metrics, metric)));
  return [
    "Each stage is judged on what was recorded at its share, at the time it was recorded: had the policy gone on sooner or later, it would have met other traffic.",
    ...[...unknown].map((metric) => `The metric ${metric} was not recorded, so its checks had nothing to judge.`),
    ...(policy.health === undefined ? [] : ["The health of the evidence is taken as good."]),
    ...(!fromLedger && then.sources !== undefined ? ["What came from other sources is kept only in the ledger: give an export to judge by it."] : []),
    ...(fromLedger ? ["Judged at the recorded decisions only: between them, the policy might have decided earlier."] : []),
    ...(policy.approval === null ? [] : [SIGNED]),
  ];
}
