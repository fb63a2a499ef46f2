import { digestOf } from "../digest/digest-of.ts";
import { accumulator } from "../evidence/accumulator.ts";
import type { EvidenceItem, MetricKind } from "../evidence/evidence.ts";
import type { Statistic } from "../evidence/statistic.ts";
import type { Observation } from "../decision/observation.ts";
import type { CheckRule } from "../policy/check-rule.ts";
import type { AbtestPolicy } from "../policy/policy.ts";
import { DAY, evidenceOf, BETTER, observationOf } from "./observation.ts";

/** Values of one metric, folded as outcomes are. */
export function fold(kind: MetricKind, values: readonly number[]): Statistic {
  const into = accumulator(kind);
  for (const value of values) into.add(value);
  return into.freeze();
}

export interface Measured {
  /** null when the version has no value of it. */
  readonly champion: Statistic | null;
  readonly challenger: Statistic | null;
}

/** An observation at its only look, of a policy with one check, on one metric called `m` beside the usual ones. */
export function measuredObservation(check: CheckRule, measured: Measured, policy: Partial<AbtestPolicy> = {}): Observation {
  const metrics = { latency_ms: "histogram", error: "rate", m: kindOf(measured) } as const;
  const observation = observationOf({ policy: { checks: [check], harm: [], metrics, window: { minMs: 14 * DAY, maxMs: 14 * DAY }, ...policy } });
  const item = (version: string, slot: string, statistic: Statistic | null): EvidenceItem[] => (statistic === null ? [] : [{ version, slot, mode: "live", metric: "m", statistic }]);
  const evidence = [...evidenceOf(BETTER), ...item("1", "champion", measured.champion), ...item("2", "challenger", measured.challenger)];
  if (!observation.evidence.available) return observation;
  const look = { ...observation.evidence.look, of: 1, evidence, digest: digestOf(evidence) };
  return { ...observation, evidence: { ...observation.evidence, soFar: evidence, look } };
}

function kindOf({ champion, challenger }: Measured): MetricKind {
  const kind = (champion ?? challenger)?.kind;
  return kind === "rate" || kind === "moments" ? kind : "histogram";
}

/** The same observation with scores in the runs of both versions. */
export function withScores(observation: Observation, scores: { readonly champion: Readonly<Record<string, number>>; readonly challenger: Readonly<Record<string, number>> }): Observation {
  if (!observation.registry.available) return observation;
  const versions = observation.registry.versions.map((version) => ({ ...version, metrics: version.version === "1" ? scores.champion : scores.challenger }));
  return { ...observation, registry: { ...observation.registry, versions } };
}
