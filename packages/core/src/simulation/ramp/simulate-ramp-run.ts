import type { Reason, Verdict } from "../../decision/decision.ts";
import { decide } from "../../decision/decide.ts";
import { armsOf, championEvidence } from "../../decision/arms.ts";
import { contrastOf } from "../../decision/ramp/contrast.ts";
import { measure } from "../../decision/ramp/figure.ts";
import { lookOf, recentWindows } from "../../decision/ramp/look.ts";
import type { Approval, Observation } from "../../decision/observation.ts";
import type { Evidence, EvidenceCell } from "../../evidence/evidence.ts";
import type { RampPolicy } from "../../policy/ramp-policy.ts";
import { isWatch } from "../../policy/watch.ts";
import type { Rollout } from "../../policy/rollout.ts";
import { toNumber } from "../../policy/rational.ts";
import type { Random } from "../random.ts";
import type { RunResult, SimulatedRun } from "../simulate-run.ts";
import { askedOf } from "./metric-rules.ts";
import type { RampDesign, StagePlan } from "./ramp-design.ts";
import { isHarmfulRamp } from "./ramp-merit.ts";
import { flowOf } from "./stage-flow.ts";

/** A moment at a stage, and what is known then. */
interface Moment {
  readonly at: number;
  readonly plan: StagePlan;
  readonly rollout: Rollout<RampPolicy>;
  readonly soFar: Evidence;
  readonly mature: Evidence;
}

type Judge = (moment: Moment) => { readonly verdict: Verdict; readonly reason: Reason };

const DAY_MS = 86_400_000;

/** One run under the policy, and one under naive daily testing; each has chance of its own, since they move traffic at different times. */
export function simulateRampRun(design: RampDesign, random: { readonly policy: Random; readonly naive: Random }): SimulatedRun {
  return { policy: walk(design, random.policy, (moment) => decideAt(design, moment)), naive: walk(design, random.naive, naiveJudge(design)) };
}

/** From stage to stage until something ends it. An advance is carried out at once, and begins a new epoch without evidence. */
function walk(design: RampDesign, random: Random, judge: Judge): RunResult {
  const exposed = Array.from({ length: design.stages }, () => 0);
  let samples = 0;
  let since = 0;
  let before: Evidence = [];
  for (let index = 0; index < design.stages; index++) {
    const plan = design.stage(index, since);
    const flow = flowOf(design, plan, { since, random });
    const rollout = isWatch(design.policy, index) ? { ...plan.rollout, stage: { index, since, before } } : plan.rollout;
    const end = pass(plan, flow, { rollout, judge });
    const served = flow.served();
    samples += served.all;
    exposed[index] = served.challenger;
    if (end.verdict !== "advance") return resultOf(design, { ...end, samples, exposed });
    since = end.at;
    before = championEvidence(rollout, end.mature);
  }
  // The last stage that is judged can't advance: its next step is the promotion.
  return resultOf(design, { verdict: "hold", reason: "inconclusive", at: since, samples, exposed });
}

interface Passed extends ReturnType<Judge> {
  readonly at: number;
  readonly mature: Evidence;
}

function pass(plan: StagePlan, flow: ReturnType<typeof flowOf>, { rollout, judge }: { readonly rollout: Rollout<RampPolicy>; readonly judge: Judge }): Passed {
  let latest: Passed = { verdict: "hold", reason: "min_duration", at: plan.dueAt, mature: [] };
  for (const at of plan.ticks) {
    flow.goTo(at);
    const mature = flow.until(lookOf(plan.rollout, [], at).cutoff);
    const { verdict, reason } = judge({ at, plan, rollout, soFar: flow.soFar(), mature });
    latest = { verdict, reason, at, mature };
    if (latest.verdict !== "hold") return latest;
  }
  return latest;
}

/** The real decision; a signature that is asked for is given at once. */
function decideAt({ policy }: RampDesign, moment: Moment): { readonly verdict: Verdict; readonly reason: Reason } {
  const observation = observe(moment);
  const decision = decide(policy, observation);
  if (decision.reason !== "awaiting_approval" || policy.approval === null || !observation.evidence.available) return decision;
  const { digest } = observation.evidence.look;
  const approvals = Array.from({ length: policy.approval.by }, (_, index): Approval => {
    const by = `signer ${index + 1} of the simulation`;
    return { id: by, by, at: moment.at, decisionId: decision.id, evidenceDigest: digest, comment: "" };
  });
  return decide(policy, { ...observation, operator: { ...observation.operator, approvals } });
}

function observe({ at, rollout, soFar, mature }: Moment): Observation {
  const { policy, allocation } = rollout;
  // What is mature is one cell, which ends where the look does.
  const { cutoff } = lookOf(rollout, [], at);
  const cells = mature.map((item): EvidenceCell => ({ ...item, model: policy.model, epoch: allocation.epoch, bucketStart: cutoff - policy.bucketMs }));
  const versions = [rollout.champion, rollout.challenger].map(({ version, digest }) => ({ version, digest, runId: null, stage: "None", tags: {}, metrics: {} }));
  return {
    schema: 1,
    at,
    rollout,
    highestEpoch: allocation.epoch,
    registry: { available: true, aliases: { champion: "1" }, versions },
    traffic: { available: true, ...allocation },
    evidence: { available: true, soFar, look: lookOf(rollout, cells, at), recent: recentWindows(rollout, cells, at) },
    operator: { approvals: [], hold: null, request: null },
    blocked: null,
  };
}

/**
 * What people do without a plan: the fixed-sample test of one metric at the whole alpha, looked at every day from the day on
 * which both versions have `minSamples`. The first p < alpha against the challenger rolls back; a stage whose time is over goes
 * on. No margin, no other metric, and nothing asked for beside it.
 */
function naiveJudge({ policy, world, stages }: RampDesign): Judge {
  const { metric, figure, better } = askedOf(policy, world.metric);
  const alpha = toNumber(policy.alpha);
  return ({ at, plan, rollout, mature }) => {
    const arms = armsOf(rollout, mature);
    if (Math.min(arms.champion.live, arms.challenger.live) < policy.minSamples) return { verdict: "hold", reason: "insufficient_data" };
    const [champion, challenger] = [measure(arms.champion, metric, figure), measure(arms.challenger, metric, figure)];
    if (champion === null || challenger === null) return { verdict: "hold", reason: "insufficient_data" };
    if (contrastOf({ champion, challenger, better }, alpha).worse) return { verdict: "rollback", reason: "worse" };
    if (at < plan.dueAt) return { verdict: "hold", reason: "min_duration" };
    const isLast = (rollout.stage?.index ?? 0) === stages - 1;
    return { verdict: isLast ? "promote" : "advance", reason: "all_checks_passed" };
  };
}

interface End {
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly at: number;
  readonly samples: number;
  readonly exposed: readonly number[];
}

function resultOf({ policy, world }: RampDesign, { verdict, reason, at, samples, exposed }: End): RunResult {
  const total = exposed.reduce((sum, one) => sum + one, 0);
  return { verdict, reason, day: at / DAY_MS, samples, exposed: total, harmed: isHarmfulRamp(policy, world) ? total : 0, exposedByStage: exposed };
}
