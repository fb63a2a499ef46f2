import { Failure, isoTime, nearest, toNumber, type EvidenceCell, type ModelState, type Policy, type Rational, type Rollout, type SourceNote } from "@gauntlet/core";

import type { Controller } from "./controller.ts";
import type { AskedMetric, EvidenceSource, SourceReading } from "./ports/evidence-source.ts";

export interface SourcesRequest {
  readonly state: ModelState;
  readonly rollout: Rollout;
  readonly at: number;
  /** What outcomes gave: no metric may be counted twice. */
  readonly own: readonly EvidenceCell[];
}

export interface SourcesReading {
  readonly cells: readonly EvidenceCell[];
  readonly notes: readonly SourceNote[];
}

/**
 * The evidence that the policy's sources keep of the rollout's epoch, all of it or none.
 * @throws Failure `evidence_unavailable` when one of them fails, is stale, or counts what outcomes count too.
 */
export async function readSources(controller: Controller, request: SourcesRequest): Promise<SourcesReading> {
  const { policy } = request.rollout;
  const readings = await Promise.all(sourcesOf(controller, policy).map((source) => readSource(source, request)));
  return { cells: readings.flatMap(({ cells }) => cells), notes: readings.map(({ note }) => note) };
}

async function readSource(source: EvidenceSource, { state, rollout, at, own }: SourcesRequest): Promise<{ readonly cells: readonly EvidenceCell[]; readonly note: SourceNote }> {
  const { model, policy, allocation } = rollout;
  const metrics = askedMetrics(source, policy);
  requireCountedOnce(source, metrics, own);
  const reading = await source.read({
    model,
    epoch: allocation.epoch,
    arms: allocation.arms.filter(({ ranges }) => ranges.length > 0).map(({ version, slot }) => ({ version, slot })),
    metrics,
    since: epochSince(state, rollout),
    to: at,
    bucketMs: policy.bucketMs,
  });
  requireFresh(source, reading, at);
  return { cells: reading.cells, note: { name: source.name, freshAt: reading.freshAt, baselines: reading.baselines } };
}

/** When the allocation was read back: what was served before belongs to another epoch, under the same labels. */
function epochSince({ settled }: ModelState, { startedAt, stage }: Rollout): number {
  return stage?.since ?? Math.max(startedAt, settled?.at ?? startedAt);
}

function requireFresh(source: EvidenceSource, { freshAt }: SourceReading, at: number): void {
  const ageMs = at - freshAt;
  if (ageMs <= source.ageMaxMs) return;
  throw new Failure("evidence_unavailable", `source "${source.name}": its newest data are of ${isoTime(freshAt)}, ${Math.round(ageMs / 1000)} s old, and may be ${Math.round(source.ageMaxMs / 1000)} s old at most`, {
    fix: "see why nothing new arrives there, or allow a greater age in the configuration",
  });
}

function requireCountedOnce(source: EvidenceSource, metrics: readonly AskedMetric[], own: readonly EvidenceCell[]): void {
  const twice = metrics.find(({ name }) => own.some((cell) => cell.mode === "live" && cell.metric === name));
  if (twice === undefined) return;
  throw new Failure("evidence_unavailable", `metric "${twice.name}" comes with outcomes and from source "${source.name}" too, so it would be counted twice`, {
    fix: "leave it out of the outcomes, or out of the source",
  });
}

/**
 * Whether a policy's sources can give what it asks of them.
 * @throws Failure `policy_invalid` for a source that the configuration does not have, a metric of another kind, or of two sources.
 */
export function requireSources(controller: Pick<Controller, "sources">, policy: Policy): void {
  const given = new Map<string, string>();
  for (const source of sourcesOf(controller, policy)) {
    const metrics = askedMetrics(source, policy);
    if (metrics.length === 0) throw invalid(policy, `source "${source.name}" gives ${Object.keys(source.metrics).join(", ")}, none of which the policy declares`, "declare its metrics under `metrics`, or leave the source out");
    for (const { name } of metrics) {
      const other = given.get(name);
      if (other !== undefined) throw invalid(policy, `metric "${name}" comes from source "${other}" and from source "${source.name}", so it would be counted twice`, "leave it out of one of them");
      given.set(name, source.name);
    }
  }
}

function sourcesOf({ sources }: Pick<Controller, "sources">, policy: Policy): readonly EvidenceSource[] {
  const known = [...(sources?.keys() ?? [])];
  return (policy.sources ?? []).map((name) => {
    const source = sources?.get(name);
    if (source !== undefined) return source;
    const meant = nearest(name, known);
    throw invalid(policy, `there is no source "${name}" in the configuration`, meant === null ? `declare it under \`sources\` in gauntlet.yaml${known.length === 0 ? "" : `; there is ${known.join(", ")}`}` : `did you mean "${meant}"?`);
  });
}

function invalid(policy: Policy, detail: string, fix: string): Failure {
  return new Failure("policy_invalid", `policy ${policy.name}: ${detail}`, { fix, problems: [{ pointer: "/sources", detail }] });
}

/** Those that the policy declares; and how many requests there were, where the source counts them. */
function askedMetrics(source: EvidenceSource, policy: Policy): readonly AskedMetric[] {
  return Object.entries(source.metrics).flatMap(([name, kind]) => {
    const wanted = name === "scored" ? "count" : policy.metrics[name];
    if (wanted === undefined) return [];
    const wantedKind = typeof wanted === "string" ? wanted : wanted.kind;
    if (wantedKind === "ratio" && kind !== "ratio") throw invalid(policy, `metric "${name}" is a ratio, which is clustered by unit, and source "${source.name}" (${source.description.kind}) counts it as a ${kind}, which knows no units`, "send outcomes and follow-ups, or let a SQL source give the sums of units");
    if (wantedKind !== kind) throw invalid(policy, `metric "${name}" is a ${kind} in source "${source.name}", and a ${wantedKind} in the policy`, "declare it as the same kind in both");
    return [{ name, ...questions(name, policy) }];
  });
}

/** A rule that holds a quantile against a limit asks how many values lie up to it; every other rule asks for more. */
function questions(metric: string, policy: Policy): Omit<AskedMetric, "name"> {
  const rules = [...policy.checks, ...(policy.kind === "abtest" ? policy.harm : [])].filter((rule) => "metric" in rule && rule.metric === metric);
  const limits = rules.flatMap((rule): (Rational | number | null)[] => {
    if (rule.kind === "bound") return [rule.atLeast, rule.atMost];
    return "atMost" in rule && typeof rule.atMost === "number" ? [rule.atMost] : [];
  });
  // A quantile rule with windows ends a test by its limit alone; the check of that name compares with the champion too.
  const compared = rules.some((rule) => !(rule.kind === "bound" || rule.kind === "cap" || (rule.kind === "quantile" && "windows" in rule)));
  return { limits: limits.flatMap((limit) => (limit === null ? [] : [typeof limit === "number" ? limit : toNumber(limit)])), compared };
}
