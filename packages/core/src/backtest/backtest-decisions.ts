import { lookOf } from "../decision/abtest/look.ts";
import { digestOf } from "../digest/digest-of.ts";
import type { Look } from "../decision/observation.ts";
import type { AbtestPolicy } from "../policy/policy.ts";
import { exposedIn, rolloutUnder, runBacktest, visibleTo, type Backtest, type Instant } from "./backtest.ts";
import { testOf, type Recorded, type RecordedDecision } from "./recorded.ts";

/**
 * Tries a policy on the evidence that the ledger keeps with each decision, at those instants only. A look can be judged
 * only where the recorded policy had one with the same end.
 *
 * @throws Failure `invalid_input` when the buckets of the policy are no multiple of the recorded ones, or when none of the
 * decisions can be judged.
 */
export function backtestDecisions(policy: AbtestPolicy, recorded: Recorded): Backtest {
  const notes: string[] = ["Judged at the recorded decisions only: between them, the policy might have decided earlier."];
  return runBacktest(policy, recorded, { from: "decisions", instants: instantsOf(policy, recorded, notes), notes });
}

function* instantsOf(policy: AbtestPolicy, recorded: Recorded, notes: string[]): Generator<Instant> {
  const visible = visibleTo(policy);
  const sameBuckets = policy.bucketMs === recorded.rollout.policy.bucketMs;
  if (!sameBuckets && policy.harm.some((rule) => rule.kind === "quantile")) notes.push("The ledger has windows of another width, so harm to quantiles was not judged.");
  for (const one of testOf(recorded).decisions) {
    const { at, evidence } = one.observation;
    if (!evidence.available || at <= recorded.rollout.startedAt) continue;
    const look = lookAt(policy, recorded, one);
    if (look === null) {
      const text = "The ledger keeps no evidence up to the end of a look that the policy would have had; the data directory has it.";
      if (!notes.includes(text)) notes.push(text);
      continue;
    }
    const recent = sameBuckets ? evidence.recent : [];
    yield { at, exposed: exposedIn(one.observation), evidence: { soFar: evidence.soFar.filter(visible), look, recent } };
  }
}

/** null when a look is due whose evidence nobody kept. */
function lookAt(policy: AbtestPolicy, recorded: Recorded, { observation }: RecordedDecision): Look | null {
  const { at, evidence } = observation;
  const empty = lookOf(rolloutUnder(policy, recorded.rollout), [], at);
  if (at < empty.dueAt) return empty;
  if (!evidence.available || evidence.look.cutoff !== empty.cutoff || at < evidence.look.dueAt) return null;
  const kept = evidence.look.evidence.filter(visibleTo(policy));
  return { ...empty, evidence: kept, digest: digestOf(kept) };
}
