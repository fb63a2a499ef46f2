import type { SourceReport, SourceStatus } from "@gauntlet/contract";
import { asFailure, type Controller, type EvidenceSource } from "@gauntlet/controller";
import { isoTime } from "@gauntlet/core";

/** Asks every source whether it answers, all at once. */
export async function sourceStatusView({ sources, clock }: Pick<Controller, "sources" | "clock">): Promise<SourceReport> {
  const now = clock.now();
  const all = [...(sources?.values() ?? [])].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { now, sources: await Promise.all(all.map((source) => statusOf(source, now))) };
}

async function statusOf(source: EvidenceSource, now: number): Promise<SourceStatus> {
  const { name, description, metrics, ageMaxMs } = source;
  const known = { name, ...description, metrics: { ...metrics }, ageMaxMs };
  try {
    const { freshAt } = await source.probe(now);
    if (freshAt === null) return { ...known, status: "ok", freshAt, says: `${description.location} answers`, fix: null };
    const ageMs = now - freshAt;
    const says = `${description.location} answers; its newest data are of ${isoTime(freshAt)}, ${Math.max(0, Math.round(ageMs / 1000))} s old`;
    if (ageMs <= ageMaxMs) return { ...known, status: "ok", freshAt, says, fix: null };
    return { ...known, status: "stale", freshAt, says: `${says}, and may be ${Math.round(ageMaxMs / 1000)} s old at most`, fix: "see why nothing new arrives there, or allow a greater age in the configuration" };
  } catch (error) {
    const failure = asFailure(error);
    return { ...known, status: "unavailable", freshAt: null, says: failure.message, fix: failure.fix };
  }
}
