import { armsOf } from "../decision/arms.ts";
import { leavesOpen } from "../decision/abtest/open-look.ts";
import type { Approval, EvidenceView, Look, Observation } from "../decision/observation.ts";
import type { Decision, Reason, Verdict } from "../decision/decision.ts";
import { decide } from "../decision/decide.ts";
import { Failure } from "../failure/failure.ts";
import type { AbtestPolicy, Policy } from "../policy/policy.ts";
import type { RampPolicy } from "../policy/ramp-policy.ts";
import { requireAbtest } from "../policy/require-abtest.ts";
import type { Rollout } from "../policy/rollout.ts";
import { endOf, testOf, type Recorded } from "./recorded.ts";

/** What another policy would have decided on recorded evidence, beside what happened. */
export interface Backtest {
  readonly model: string;
  readonly rolloutId: string;
  readonly champion: string;
  readonly challenger: string;
  /** cells: the evidence of every time bucket. decisions: only what the ledger keeps with each decision. */
  readonly from: "cells" | "decisions";
  readonly policy: string;
  readonly recordedPolicy: string;
  readonly happened: Turn;
  readonly would: Turn;
  /** Every change of verdict or reason on the way, the last of which is `would`. */
  readonly turns: readonly Turn[];
  readonly difference: {
    readonly verdict: boolean;
    readonly reason: boolean;
    /** Positive: the policy would have taken longer. */
    readonly days: number;
    /** Positive: more requests would have been served by the challenger. */
    readonly exposed: number;
  };
  /** What this can't say, in sentences. */
  readonly notes: readonly string[];
}

export interface Turn {
  readonly verdict: Verdict;
  readonly reason: Reason;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Since the rollout began. */
  readonly day: number;
  /** Live outcomes of the challenger until then. */
  readonly exposed: number;
  readonly sentence: string;
}

/** Evidence at an instant, as the policy that is tried would have read it. */
export interface Instant {
  readonly at: number;
  readonly evidence: EvidenceView;
  readonly exposed: number;
}

const DAY_MS = 86_400_000;

/** Decides at one instant after the other until the rollout ends. `notes` may grow while `instants` are read. */
export function runBacktest(policy: AbtestPolicy, recorded: Recorded, source: { readonly from: Backtest["from"]; readonly instants: Iterable<Instant>; readonly notes: readonly string[] }): Backtest {
  const rollout = rolloutUnder(policy, recorded.rollout);
  const turns: Turn[] = [];
  let latest: Turn | null = null;
  let open: Look | null = null;
  for (const { at, evidence, exposed } of source.instants) {
    // A look is judged once, also where the ledger has later figures of it.
    const look: Look = open?.cutoff === evidence.look.cutoff ? open : evidence.look;
    const decision = decideAt(policy, rollout, { at, evidence: { ...evidence, look } });
    if (leavesOpen(policy, decision, rollout)) open = look;
    latest = turnOf(rollout, decision, exposed);
    const before = turns.at(-1);
    if (before?.verdict !== latest.verdict || before.reason !== latest.reason) turns.push(latest);
    if (latest.verdict !== "hold") break;
  }
  if (latest === null) {
    throw new Failure("invalid_input", `there is no instant of ${rollout.id} at which ${policy.name} could be judged`, { fix: "give the data directory rather than an export, or a rollout with evidence" });
  }
  const end = endOf(testOf(recorded));
  const happened = turnOf(recorded.rollout, end.decision, exposedIn(end.observation));
  return {
    model: rollout.model,
    rolloutId: rollout.id,
    champion: rollout.champion.version,
    challenger: rollout.challenger.version,
    from: source.from,
    policy: policy.name,
    recordedPolicy: recorded.rollout.policy.name,
    happened,
    would: latest,
    turns,
    difference: { verdict: latest.verdict !== happened.verdict, reason: latest.reason !== happened.reason, days: latest.day - happened.day, exposed: latest.exposed - happened.exposed },
    notes: [...notesOf(policy, recorded, latest), ...source.notes],
  };
}

/** The recorded rollout, judged by another policy. Split and versions stay as they were. */
export function rolloutUnder(policy: AbtestPolicy, rollout: Rollout): Rollout<AbtestPolicy> {
  // What a ramp recorded was split otherwise at each stage: only a ramp can be tried on it.
  requireAbtest(rollout.policy, "taken as the evidence for another");
  requireBuckets(policy, rollout);
  return { ...rollout, policy: { ...policy, model: rollout.model } };
}

/** Recorded buckets can be put together, and never be cut. */
export function requireBuckets(policy: Pick<Policy, "name" | "bucketMs">, rollout: Rollout): void {
  const recorded = rollout.policy.bucketMs;
  if (policy.bucketMs % recorded === 0) return;
  throw new Failure("invalid_input", `${policy.name} has buckets of ${policy.bucketMs / 1000} s, and ${rollout.id} was recorded in buckets of ${recorded / 1000} s, which don't fit into them`, {
    problems: [{ pointer: "/bucket", detail: `must be a multiple of ${recorded / 1000}s` }],
    fix: `set bucket to ${recorded / 1000}s, or to a multiple of it`,
  });
}

/** A version without a shadow has no pairs, whatever was recorded. */
export function visibleTo(policy: AbtestPolicy): (item: { readonly metric: string }) => boolean {
  return policy.shadow ? () => true : (item) => item.metric !== "paired";
}

export function exposedIn(observation: Observation): number {
  return observation.evidence.available ? armsOf(observation.rollout, observation.evidence.soFar).challenger.live : 0;
}

/** Signatures that are asked for are given at once; registry, traffic and files are as they were planned. */
export function decideAt(policy: AbtestPolicy | RampPolicy, begun: Rollout, { at, evidence }: Pick<Instant, "at" | "evidence">): Decision {
  const { pinned: _, ...rollout } = begun;
  const registered = [rollout.champion, rollout.challenger].map(({ version, digest, runId }) => ({ version, digest, runId, stage: "None", tags: {}, metrics: {} }));
  const observation: Observation = {
    schema: 1,
    at,
    rollout,
    highestEpoch: rollout.allocation.epoch,
    registry: { available: true, aliases: { champion: rollout.champion.version }, versions: registered },
    traffic: { available: true, ...rollout.allocation },
    evidence: { available: true, ...evidence },
    operator: { approvals: [], hold: null, request: null },
    blocked: null,
  };
  const decision = decide(rollout.policy, observation);
  if (decision.reason !== "awaiting_approval" || policy.approval === null) return decision;
  const approvals = Array.from({ length: policy.approval.by }, (_, index): Approval => {
    const by = `signer ${index + 1} of the backtest`;
    return { id: by, by, at, decisionId: decision.id, evidenceDigest: evidence.look.digest, comment: "" };
  });
  return decide(rollout.policy, { ...observation, operator: { ...observation.operator, approvals } });
}

function turnOf(rollout: Rollout, { verdict, reason, at, sentence }: Decision, exposed: number): Turn {
  return { verdict, reason, at, day: (at - rollout.startedAt) / DAY_MS, exposed, sentence };
}

function notesOf(policy: AbtestPolicy, recorded: Recorded, would: Turn): readonly string[] {
  const then = requireAbtest(recorded.rollout.policy, "taken as the evidence for another");
  const notes: string[] = [];
  const unknown = [...policy.checks, ...policy.harm].flatMap((rule) => (rule.kind === "rate" || rule.kind === "quantile" ? [rule.metric] : [])).filter((metric) => !Object.hasOwn(then.metrics, metric));
  for (const metric of new Set(unknown)) notes.push(`The metric ${metric} was not recorded, so its rules had nothing to judge.`);
  if (policy.split.challenger !== then.split.challenger) notes.push(`The recorded split of ${then.split.challenger / 100} % for the challenger was judged, not the policy's ${policy.split.challenger / 100} %.`);
  if (policy.shadow && !then.shadow) notes.push("There was no shadow, so there are no pairs.");
  if (policy.approval !== null) notes.push(SIGNED);
  if (would.verdict === "advance") notes.push("Of a watch nothing can be said: it would have begun here, and nobody recorded one under this policy.");
  if (testOf(recorded).decisions.length < recorded.decisions.length) notes.push("What happened is told up to the end of the test; the watch that followed is left out.");
  return [...notes, ...endNotes(testOf(recorded), would)];
}

export const SIGNED = "Every signature that was asked for is taken as given at once.";

/** What must be said of how either of them ended. */
export function endNotes(recorded: Recorded, would: Turn): readonly string[] {
  const by = endOf(recorded).decision.reason;
  return [
    ...(by === "manual" || by === "rejected" ? ["What happened was asked for by a person, not decided by the recorded policy."] : []),
    ...(would.verdict === "hold" ? ["The recorded evidence ends before the policy decides."] : []),
  ];
}
