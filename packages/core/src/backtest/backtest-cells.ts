import { lookEnds, lookOf, recentWindows } from "../decision/abtest/look.ts";
import type { Look } from "../decision/observation.ts";
import type { Evidence, EvidenceCell } from "../evidence/evidence.ts";
import { DERIVED_METRICS } from "../evidence/evidence.ts";
import { needsLabels } from "../policy/needs-labels.ts";
import type { AbtestPolicy } from "../policy/policy.ts";
import type { Rollout } from "../policy/rollout.ts";
import { rolloutUnder, runBacktest, visibleTo, type Backtest, type Instant } from "./backtest.ts";
import { gathering } from "./gathering.ts";
import { endOf, testOf, type Recorded } from "./recorded.ts";

/**
 * Tries a policy on the evidence of every time bucket of the rollout's epoch, at the end of each bucket, at the recorded
 * decisions, and when each look is due. `cells` are those of the store, sorted by their bucket's start.
 *
 * @throws Failure `invalid_input` when the buckets of the policy are no multiple of the recorded ones.
 */
export function backtestCells(policy: AbtestPolicy, recorded: Recorded, cells: readonly EvidenceCell[]): Backtest {
  const notes: string[] = [];
  if (needsLabels(policy)) notes.push("Evidence does not keep when a label came: harm to recall may be seen here somewhat earlier than it could have been.");
  return runBacktest(policy, recorded, { from: "cells", instants: instantsOf(policy, recorded, cells), notes });
}

function* instantsOf(policy: AbtestPolicy, recorded: Recorded, stored: readonly EvidenceCell[]): Generator<Instant> {
  const rollout = rolloutUnder(policy, recorded.rollout);
  const { bucketMs } = policy;
  const cells = stored.filter(visibleTo(policy)).map((cell) => ({ ...cell, bucketStart: Math.floor(cell.bucketStart / bucketMs) * bucketMs }));
  const ended = endOf(testOf(recorded)).decision.at;
  const soFar = gathering(cells);
  const looks = lookReader(rollout, cells);
  const byStart = Map.groupBy(cells, (cell) => cell.bucketStart);
  const challenger = (cell: EvidenceCell) => cell.version === rollout.challenger.version && cell.mode === "live" && cell.metric === DERIVED_METRICS.scored;
  const served = cells.filter(challenger);
  for (const at of times(rollout, recorded, ended)) {
    const look = looks(at);
    // A look that ends after the traffic did would judge a window that was never filled.
    if (look.cutoff > ended && at >= look.dueAt) return;
    const exposed = served.reduce((sum, cell) => (cell.bucketStart < at && cell.statistic.kind === "count" ? sum + cell.statistic.n : sum), 0);
    // Only whole buckets: the rest of one is not yet there. The last is cut off by the end of the rollout itself.
    yield { at, exposed, evidence: { soFar: soFar(at < ended ? at - bucketMs : at), look, recent: recentWindows(rollout, latest(byStart, rollout, at), at) } };
  }
}

/** Ends of buckets while the challenger served, recorded decisions, and due times of looks whose window was filled. */
function times({ policy, startedAt }: Rollout<AbtestPolicy>, { decisions }: Recorded, ended: number): readonly number[] {
  const { bucketMs, labels } = policy;
  const first = Math.floor(startedAt / bucketMs) * bucketMs;
  const steady = Array.from({ length: Math.max(0, Math.floor((ended - first) / bucketMs)) }, (_, index) => first + (index + 1) * bucketMs);
  const due = lookEnds(policy)
    .map((ms) => startedAt + ms)
    .filter((cutoff) => cutoff <= ended)
    .map((cutoff) => cutoff + labels.maturityMs);
  const made = decisions.map(({ decision }) => decision.at).filter((at) => at <= ended);
  return [...new Set([...steady, ...made, ...due])].filter((at) => at > startedAt).toSorted((a, b) => a - b);
}

/** The look at each instant; what has got into one stays in all later ones, so it is gathered only once. */
function lookReader(rollout: Rollout<AbtestPolicy>, cells: readonly EvidenceCell[]): (at: number) => Look {
  const { bucketMs, labels } = rollout.policy;
  const mature = gathering(cells);
  let known: { readonly look: Look; readonly evidence: Evidence } | null = null;
  return (at) => {
    const empty = lookOf(rollout, [], at);
    if (at < empty.dueAt) return empty;
    const evidence = mature(Math.min(empty.cutoff, at - labels.maturityMs) - bucketMs);
    if (known !== null && known.evidence === evidence && known.look.number === empty.number && known.look.cutoff === empty.cutoff) return known.look;
    const asCells = evidence.map((item) => ({ ...item, model: rollout.model, epoch: rollout.allocation.epoch, bucketStart: 0 }));
    known = { look: lookOf(rollout, asCells, at), evidence };
    return known.look;
  };
}

/** The cells that rules over consecutive windows may read. */
function latest(byStart: ReadonlyMap<number, readonly EvidenceCell[]>, { policy }: Rollout<AbtestPolicy>, at: number): readonly EvidenceCell[] {
  const windows = Math.max(0, ...policy.harm.map((rule) => (rule.kind === "quantile" ? rule.windows : 0)));
  const end = Math.floor(at / policy.bucketMs) * policy.bucketMs;
  return Array.from({ length: windows }, (_, index) => byStart.get(end - (index + 1) * policy.bucketMs) ?? []).flat();
}
