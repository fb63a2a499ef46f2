import type { Reason, Verdict } from "../decision/decision.ts";
import { decide } from "../decision/decide.ts";
import { lookOf, recentWindows } from "../decision/abtest/look.ts";
import { leavesOpen } from "../decision/abtest/open-look.ts";
import type { Approval, Look, Observation, WindowEvidence } from "../decision/observation.ts";
import type { EvidenceCell, EvidenceItem } from "../evidence/evidence.ts";
import { mergeStatistics } from "../evidence/merge.ts";
import type { Histogram } from "../evidence/statistic.ts";
import type { Design } from "./design.ts";
import { drawPoisson } from "./draw.ts";
import { naiveTest } from "./naive-test.ts";
import type { Random } from "./random.ts";
import { item, streamOf, type Stream } from "./stream.ts";

/** How one run ended. `hold`: nothing had ended it when the simulation gave up waiting. */
export interface RunResult {
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly day: number;
  /** Live outcomes of both versions until then. */
  readonly samples: number;
  /** Of these, served by the challenger. */
  readonly exposed: number;
  /** How many requests had a worse answer than the champion would have given, in the mean: positives missed more and false alarms more. */
  readonly harmed: number;
  /** Of a ramp: requests that the challenger served at each stage that is judged; 0 where the run did not get. `harmed` is all of them where it truly breaks a check. */
  readonly exposedByStage?: readonly number[];
}

export interface SimulatedRun {
  readonly policy: RunResult;
  /** The same stream under a fixed-sample test looked at every day; null for a policy that compares no recall. */
  readonly naive: RunResult | null;
}

const DAY_MS = 86_400_000;

/**
 * One run from its start to its end: counts are drawn bucket by bucket, and `decide` itself is asked at each tick, as the
 * controller would. A signature that is asked for is given at once.
 */
export function simulateRun(design: Design, random: Random): SimulatedRun {
  const stream = streamOf(design, random);
  const looks = lookReader(design, { stream, random });
  const naive = naiveTest(design, stream);
  let policy: RunResult | null = null;
  let other: RunResult | null = null;
  let open: Look | null = null;
  for (const at of design.ticks) {
    stream.goTo(at);
    if (policy === null) {
      // A look is judged once: what comes later counts at the next.
      const look: Look = open !== null && open.cutoff === lookOf(design.rollout, [], at).cutoff ? open : looks(at);
      const { verdict, reason } = decideAt(design, { at, look, stream, random });
      if (leavesOpen(design.policy, { reason }, design.rollout)) open = look;
      // A watch after the test is not simulated.
      const ended = verdict === "advance" ? "promote" : verdict;
      if (verdict !== "hold" || at === design.ticks.at(-1)) policy = resultOf(design, { verdict: ended, reason, at, stream });
    }
    if (other === null && naive !== null) {
      const verdict = naive(at);
      if (verdict !== "hold") other = resultOf(design, { verdict, reason: verdict === "promote" ? "all_checks_passed" : "unproven", at, stream });
    }
    if (policy !== null && (other !== null || naive === null)) break;
  }
  return { policy: policy as RunResult, naive: other };
}

interface Moment {
  readonly at: number;
  readonly look: Look;
  readonly stream: Stream;
  readonly random: Random;
}

function decideAt(design: Design, moment: Moment): { readonly verdict: Verdict; readonly reason: Reason } {
  const { policy } = design;
  const observation = observe(design, moment);
  const decision = decide(policy, observation);
  if (decision.reason !== "awaiting_approval" || policy.approval === null) return decision;
  const approvals = Array.from({ length: policy.approval.by }, (_, index): Approval => {
    const by = `signer ${index + 1} of the simulation`;
    return { id: by, by, at: moment.at, decisionId: decision.id, evidenceDigest: moment.look.digest, comment: "" };
  });
  return decide(policy, { ...observation, operator: { ...observation.operator, approvals } });
}

function observe(design: Design, { at, look, stream, random }: Moment): Observation {
  const { rollout } = design;
  const registered = [rollout.champion, rollout.challenger].map(({ version, digest }) => ({ version, digest, runId: null, stage: "None", tags: {}, metrics: {} }));
  return {
    schema: 1,
    at,
    rollout,
    highestEpoch: 1,
    registry: { available: true, aliases: { champion: "1" }, versions: registered },
    traffic: { available: true, ...rollout.allocation },
    evidence: { available: true, soFar: stream.evidence(stream.buckets()), look, recent: recentOf(design, at, random) },
    operator: { approvals: [], hold: null, request: null },
    blocked: null,
  };
}

/**
 * The look at an instant. Before a look is due nothing in it can rule, so it is left empty; after that it is made again
 * only when a late label has changed it.
 */
function lookReader(design: Design, { stream, random }: { readonly stream: Stream; readonly random: Random }): (at: number) => Look {
  const values = valueDrawer(design, random);
  let made: { readonly look: Look; readonly buckets: number; readonly labelled: number } | null = null;
  return (at) => {
    const empty = lookOf(design.rollout, [], at);
    if (at < empty.dueAt) return empty;
    const buckets = Math.floor(empty.cutoff / design.stepMs);
    const labelled = stream.labelled(buckets).reduce((sum, n) => sum + n, 0);
    if (made !== null && made.look.number === empty.number && made.buckets === buckets && made.labelled === labelled) return made.look;
    const items = [...stream.evidence(buckets), ...values(buckets, stream)];
    made = { look: lookOf(design.rollout, cellsOf(design, items, 0), at), buckets, labelled };
    return made.look;
  };
}

/** Values of the outcomes up to a look. Drawn once for each stretch between two looks: only looks read them. */
function valueDrawer({ values }: Design, random: Random): (buckets: number, stream: Stream) => readonly EvidenceItem[] {
  let drawn: readonly EvidenceItem[] = [];
  let upTo = 0;
  return (buckets, stream) => {
    if (buckets === upTo) return drawn;
    const before = stream.live(upTo);
    const now = stream.live(buckets);
    const fresh = values.flatMap(({ metric, champion, challenger }) => ([0, 1] as const).map((arm) => item(arm, metric, (arm === 0 ? champion : challenger).draw(random, now[arm] - before[arm]))));
    drawn = drawn.length === 0 ? fresh : fresh.map((one, index) => ({ ...one, statistic: mergeStatistics((drawn[index] as EvidenceItem).statistic as Histogram, one.statistic) }));
    upTo = buckets;
    return drawn;
  };
}

/** The latest windows of the policy's own width. They are drawn beside the buckets, which are wider and hold no values. */
function recentOf(design: Design, at: number, random: Random): readonly WindowEvidence[] {
  const { policy, rollout, values, world } = design;
  const count = Math.max(0, ...policy.harm.map((rule) => (rule.kind === "quantile" ? rule.windows : 0)));
  if (count === 0) return [];
  const end = Math.floor(at / policy.bucketMs);
  const mean = (world.trafficPerDay * policy.bucketMs) / DAY_MS;
  const cells = Array.from({ length: Math.min(count, end) }, (_, index) => (end - 1 - index) * policy.bucketMs).flatMap((bucketStart) =>
    ([0, 1] as const).flatMap((arm) => {
      const n = drawPoisson(random, (mean * policy.split[arm === 0 ? "champion" : "challenger"]) / 10_000);
      const drawn = values.map(({ metric, champion, challenger }) => item(arm, metric, (arm === 0 ? champion : challenger).draw(random, n)));
      return cellsOf(design, [item(arm, "scored", { kind: "count", n }), ...drawn], bucketStart);
    }),
  );
  return recentWindows(rollout, cells, at);
}

function cellsOf({ policy }: Design, items: readonly EvidenceItem[], bucketStart: number): readonly EvidenceCell[] {
  return items.map((one) => ({ ...one, model: policy.model, epoch: 1, bucketStart }));
}

function resultOf({ truth, world }: Design, end: { readonly verdict: Verdict; readonly reason: Reason; readonly at: number; readonly stream: Stream }): RunResult {
  const [champion, challenger] = end.stream.live(end.stream.buckets());
  const missed = world.prevalence * Math.max(0, truth.recall.champion - truth.recall.challenger);
  const alarms = (1 - world.prevalence) * Math.max(0, truth.falseAlarms.challenger - truth.falseAlarms.champion);
  return { verdict: end.verdict, reason: end.reason, day: end.at / DAY_MS, samples: champion + challenger, exposed: challenger, harmed: challenger * (missed + alarms) };
}
