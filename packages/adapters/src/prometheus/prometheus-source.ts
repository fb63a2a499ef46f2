import type { AskedMetric, EvidenceSource, SourceQuery, SourceReading } from "@gauntlet/controller";
import { Failure, type CounterBaseline, type EvidenceCell } from "@gauntlet/core";

import { unavailable } from "../source/unavailable.ts";
import { cellsOf, type CounterReading } from "./cells.ts";
import { instantValues, safeUrl, type PrometheusAddress, type PrometheusCalls } from "./client.ts";
import { metricPlan, type MetricPlan, type PrometheusMetric } from "./metric.ts";
import { readCounter, type Tracks } from "./track.ts";

export interface PrometheusOptions extends Omit<PrometheusAddress, "source"> {
  readonly name: string;
  readonly ageMaxMs: number;
  readonly metrics: Readonly<Record<string, PrometheusMetric>>;
}

/**
 * Counters of a server that speaks Prometheus' HTTP API. Whatever a counter showed first in an epoch is its baseline, and
 * only what came on top is counted, restarts included; a series that was not there when the epoch began counts from zero.
 * @throws Failure `invalid_input` when a metric, a selector or the address is wrong.
 */
export function prometheusSource({ name, ageMaxMs, metrics, ...connection }: PrometheusOptions): EvidenceSource {
  const { username, password, search } = new URL(connection.url);
  if (username !== "" || password !== "" || search !== "") throw new Failure("invalid_input", `source "${name}": its url carries credentials or a query`, { fix: "give the address alone; user and password go under `basic`, a token under `token`" });
  const plans = Object.fromEntries(Object.entries(metrics).map(([metric, declared]) => [metric, planOf(metric, declared)]));
  const address: PrometheusAddress = { source: name, ...connection };
  const tracks: Tracks = new Map();
  const covered = new Set<number>();
  return {
    name,
    description: { kind: "prometheus", location: safeUrl(connection.url) },
    metrics: Object.fromEntries(Object.entries(plans).map(([metric, { kind }]) => [metric, kind])),
    ageMaxMs,
    async probe(now) {
      const calls: PrometheusCalls = { ...address, signal: AbortSignal.timeout(address.timeoutMs) };
      const [newest] = await instantValues(calls, "max(timestamp(up))", now);
      return { freshAt: newest === undefined ? null : Math.round(Number(newest) * 1000) };
    },
    async read(query) {
      const calls: PrometheusCalls = { ...address, signal: AbortSignal.timeout(address.timeoutMs) };
      await requireCoverage(calls, query, covered);
      const pairs = query.metrics.flatMap((asked) => query.arms.map((arm) => ({ asked, arm })));
      const readings = await Promise.all(
        pairs.map(({ asked, arm }) => {
          const plan = plans[asked.name];
          if (plan === undefined) throw unavailable(name, `it has no metric "${asked.name}"`, { fix: `it has ${Object.keys(plans).join(", ")}` });
          return readMetric(calls, { plan, asked, arm, query, tracks });
        }),
      );
      return { cells: readings.flatMap(({ cells }) => cells), freshAt: Math.min(query.to, ...readings.map(({ freshAt }) => freshAt)), baselines: readings.flatMap(({ baselines }) => baselines) };
    },
  };
}

function planOf(metric: string, declared: PrometheusMetric): MetricPlan {
  try {
    return metricPlan(declared);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.code, `metric "${metric}": ${error.message}`, { cause: error, ...(error.fix === null ? {} : { fix: error.fix }) });
  }
}

interface MetricReading {
  readonly plan: MetricPlan;
  readonly asked: AskedMetric;
  readonly arm: SourceQuery["arms"][number];
  readonly query: SourceQuery;
  readonly tracks: Tracks;
}

async function readMetric(address: PrometheusCalls, { plan, asked, arm, query, tracks }: MetricReading): Promise<SourceReading> {
  const { model, epoch, since, to, bucketMs } = query;
  const counters = await Promise.all(
    plan.counters.map(async (counter): Promise<CounterReading> => {
      const selector = counter.selector.withValues({ model, version: arm.version, slot: arm.slot, epoch: String(epoch) });
      const series = await readCounter(address, { selector, holds: counter.holds, byEpoch: counter.selector.byEpoch, since, bucketMs }, { tracks, to });
      requireSeries(address.source, { counter, selector, series, allowed: plan.series });
      return { counter, selector, series };
    }),
  );
  const cells = cellsOf({ source: address.source, plan, asked, counters, since });
  const key = { model, epoch, version: arm.version, slot: arm.slot, mode: "live", metric: asked.name } as const;
  return {
    cells: cells.map(({ bucketStart, statistic }): EvidenceCell => ({ ...key, bucketStart, statistic })),
    // The newest scrape of each counter; the oldest of these.
    freshAt: Math.min(...counters.filter(({ series }) => series.length > 0).map(({ series }) => Math.max(...series.map(({ counted }) => counted.last.at)))),
    baselines: counters.flatMap((read) => baselinesOf(read, { metric: asked.name, version: arm.version, slot: arm.slot })),
  };
}

function requireSeries(source: string, { counter, selector, series, allowed }: CounterReading & { readonly allowed: MetricPlan["series"] }): void {
  if (series.length === 0 && !counter.absentIsZero) {
    throw unavailable(source, `${selector} found no samples since the epoch began (an empty answer is no zero)`, {
      fix: counter.name === "hits" ? "let the program export the counter from its start, at 0, or declare `absent: zero` for it" : "see that the program exports it under these labels, and that it is scraped",
    });
  }
  if (series.length > 1 && allowed === "one") {
    throw unavailable(source, `${selector} found ${series.length} series: ${series.slice(0, 2).map(({ labels }) => JSON.stringify(labels)).join(" and ")}`, { fix: "name more labels so that one is left, or declare `series: sum` when they are instances of one program" });
  }
}

/** Of all series of a counter together. */
function baselinesOf({ counter, series }: CounterReading, key: Pick<CounterBaseline, "metric" | "version" | "slot">): readonly CounterBaseline[] {
  const found = series.flatMap(({ counted: { baseline } }) => (baseline === null ? [] : [baseline]));
  if (found.length === 0) return [];
  const value = found.flatMap(({ values }) => Object.values(values)).reduce((sum, count) => sum + count, 0);
  return [{ ...key, counter: counter.name, value, at: Math.min(...found.map(({ at }) => at)) }];
}

/** A server that forgot the beginning of an epoch, or did not run then, would give less than there was. */
async function requireCoverage(address: PrometheusCalls, { since, to }: SourceQuery, covered: Set<number>): Promise<void> {
  if (covered.has(since)) return;
  const then = await instantValues(address, "count(up)", Math.min(since + 60_000, to));
  // Servers that are written to, instead of scraping, know nothing of `up`.
  if (then.length === 0 && (await instantValues(address, "count(up)", to)).length > 0) {
    throw unavailable(address.source, `${safeUrl(address.url)} has scraped nothing around ${new Date(since).toISOString()}, when the epoch began`, {
      fix: "keep samples for longer than a rollout takes (--storage.tsdb.retention.time), then start the rollout again",
    });
  }
  if (then.length > 0) covered.add(since);
}
