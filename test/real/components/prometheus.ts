import { prometheusSource } from "@gauntlet/adapters";
import type { EvidenceSource, SourceQuery } from "@gauntlet/controller";
import { gatherEvidence, histogramQuantile, wideToNumber, type Evidence, type Statistic } from "@gauntlet/core";
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Component, Context } from "../component.ts";
import { freePort } from "../processes.ts";
import { startExporter, type Exporter, type Request } from "../prometheus/exporter.ts";
import { installPrometheus } from "../prometheus/install.ts";

const ARMS = [
  { version: "1", slot: "champion" },
  { version: "2", slot: "challenger" },
] as const;
const ROUNDS = 8;
const MINUTE = 60_000;

/** What our source reads from a real server that scrapes programs which restart, against what those programs did. */
export const component: Component = {
  name: "Prometheus",
  required: true,
  async run(context) {
    const tools = await installPrometheus(context);
    if (tools.kind === "missing") return { kind: "skipped", version: "", why: tools.why };
    const exporters = await Promise.all([startExporter(true), startExporter(true), startExporter(false)]);
    try {
      const url = await startServer(context, tools.prometheus, exporters);
      const { counted, restarts } = await tryCounting(url, exporters);
      const refused = await tryRefusals(url);
      return { kind: "passed", version: tools.version, note: `${counted} requests of ${exporters.length} programs with ${restarts} restarts counted to the last one, ${refused} answers refused` };
    } finally {
      await Promise.all(exporters.map((exporter) => exporter.close()));
    }
  },
};

async function startServer(context: Context, command: string, exporters: readonly Exporter[]): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(context.workDir, "prometheus-source.yml");
  const job = { job_name: "app", static_configs: [{ targets: exporters.map(({ address }) => address) }] };
  // JSON is YAML.
  await writeFile(config, JSON.stringify({ global: { scrape_interval: "500ms", scrape_timeout: "500ms" }, scrape_configs: [job] }));
  await context.processes.start({
    command,
    args: [`--config.file=${config}`, `--storage.tsdb.path=${join(context.workDir, "prometheus-source")}`, `--web.listen-address=127.0.0.1:${port}`, "--log.level=warn"],
    isReady: async () => (await fetch(`${url}/-/ready`)).ok,
    readyMs: 60_000,
  });
  return url;
}

const LABELS = '{version="{version}",slot="{slot}"}';
const DEFAULTS = { scale: 1, series: "sum", absent: "unavailable" } as const;

function sourceOf(url: string, series: "one" | "sum" = "sum", name = "requests_total"): EvidenceSource {
  return prometheusSource({
    name: "prom",
    url,
    timeoutMs: 20_000,
    ageMaxMs: MINUTE,
    metrics: {
      error: { ...DEFAULTS, series, hits: `failures_total${LABELS}`, total: `${name}${LABELS}`, absent: "zero" },
      latency_ms: { ...DEFAULTS, scale: 1000, buckets: `seconds_bucket${LABELS}` },
      time_ms: { ...DEFAULTS, scale: 1000, count: `seconds_count${LABELS}`, sum: `seconds_sum${LABELS}`, squares: `seconds_squares_total${LABELS}` },
      scored: { ...DEFAULTS, count: `requests_total${LABELS}` },
    },
  });
}

function query(since: number, change: Partial<SourceQuery> = {}): SourceQuery {
  return {
    model: "m",
    epoch: 3,
    arms: ARMS,
    metrics: [
      { name: "error", limits: [], compared: true },
      { name: "latency_ms", limits: [500, 2500], compared: false },
      { name: "time_ms", limits: [], compared: true },
      { name: "scored", limits: [], compared: false },
    ],
    since,
    to: Date.now(),
    bucketMs: 2000,
    ...change,
  };
}

async function tryCounting(url: string, exporters: readonly Exporter[]): Promise<{ readonly counted: number; readonly restarts: number }> {
  const [first, second, third] = exporters as readonly [Exporter, Exporter, Exporter];
  const random = generator(20_260_101);
  // What was served before the epoch, under the same labels.
  for (let i = 0; i < 400; i++) first.serve(requestOf(random));
  for (let i = 0; i < 100; i++) second.serve({ ...requestOf(random), ...ARMS[0], failed: false });
  await stored(url, [first, second]);
  const since = Date.now();
  // What is seen first in the epoch is the baseline, so it is seen before it moves.
  first.restart();
  await stored(url, [first, second]);
  await scrapedAfter(url, since);

  const served: Request[] = [];
  const kept = sourceOf(url);
  let restarts = 0;
  for (let round = 0; round < ROUNDS; round++) {
    // The third program serves its first requests before it is ever scraped.
    if (round === 3) third.begin();
    for (const exporter of round < 3 ? [first, second] : exporters) {
      for (let i = 0; i < 50 + Math.floor(random() * 100); i++) {
        const request = requestOf(random);
        exporter.serve(request);
        served.push(request);
      }
    }
    await stored(url, round < 3 ? [first, second] : exporters);
    if (round % 2 === 1) {
      exporters[round % 3]?.restart();
      restarts += 1;
      await stored(url, round < 3 ? [first, second] : exporters);
    }
    await kept.read(query(since));
  }
  mustEqual(gatherEvidence((await kept.read(query(since))).cells), served);
  const anew = await sourceOf(url).read(query(since));
  mustEqual(gatherEvidence(anew.cells), served);
  // The second program went on from a hundred of the champion's; the others began within the epoch.
  const baselines = anew.baselines.filter(({ metric, counter }) => metric === "error" && counter === "total").map(({ version, value }) => [version, value]);
  assert.deepEqual(baselines, [["1", 100]]);
  return { counted: served.length, restarts: restarts + 1 };
}

function mustEqual(found: Evidence, served: readonly Request[]): void {
  for (const { version, slot } of ARMS) {
    const own = served.filter((request) => request.version === version);
    const of = (metric: string): Statistic | undefined => found.find((item) => item.metric === metric && item.version === version && item.slot === slot)?.statistic;
    assert.deepEqual(of("error"), { kind: "rate", n: own.length, hits: own.filter(({ failed }) => failed).length });
    assert.deepEqual(of("scored"), { kind: "count", n: own.length });
    const [time, latency] = [of("time_ms"), of("latency_ms")];
    assert.ok(time?.kind === "moments" && latency?.kind === "histogram");
    assert.equal(time.n, own.length);
    // The program itself adds up doubles.
    closeTo(wideToNumber(time.sum), own.reduce((sum, { seconds }) => sum + seconds * 1e6, 0));
    closeTo(wideToNumber(time.squares), own.reduce((sum, { seconds }) => sum + seconds * seconds * 1e12, 0));
    assert.equal(latency.n, own.length);
    for (const limit of [500, 2500]) {
      const upTo = own.filter(({ seconds }) => seconds * 1000 <= limit).length;
      assert.ok(histogramQuantile(latency, { parts: upTo, of: own.length }) <= limit);
      assert.ok(upTo === own.length || histogramQuantile(latency, { parts: upTo + 1, of: own.length }) > limit);
    }
  }
}

function closeTo(found: number, truth: number): void {
  assert.ok(Math.abs(found - truth) <= 1e-6 * truth, `${found} is not ${truth}`);
}

async function tryRefusals(url: string): Promise<number> {
  const since = Date.now() - 2000;
  const error = [{ name: "error", limits: [], compared: true }];
  const tries: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
    [() => sourceOf(url, "one").read(query(since, { metrics: error })), /found [23] series/],
    [() => sourceOf(url, "sum", "no_such_total").read(query(since, { metrics: error })), /found no samples/],
    [() => sourceOf(url).read(query(since, { metrics: error, arms: [{ version: '1"} or requests_total{slot="champion', slot: "champion" }] })), /found no samples/],
    [() => sourceOf(url, "sum", '{__name__=~"("}').read(query(since, { metrics: error })), /answered 400: bad_data/],
    [() => sourceOf(url).read(query(since, { metrics: [{ name: "latency_ms", limits: [400], compared: false }] })), /400 is no bound of its buckets \(100, 500, 1000, 2500\)/],
    [() => sourceOf(url).read(query(since, { metrics: [{ name: "latency_ms", limits: [], compared: true }] })), /would be a guess/],
    [() => sourceOf(url).read(query(Date.now() - 3_600_000, { metrics: error })), /has scraped nothing around/],
  ];
  for (const [reading, says] of tries) await assert.rejects(reading, (error: Error & { readonly code?: string }) => error.code === "evidence_unavailable" && says.test(error.message));
  return tries.length;
}

function requestOf(random: () => number): Request {
  const arm = ARMS[random() < 0.3 ? 1 : 0];
  return { ...arm, failed: random() < (arm.version === "1" ? 0.1 : 0.02), seconds: Math.round(random() ** 3 * 4000) / 1000 };
}

/** Waits until the server holds everything that these programs did. */
async function stored(url: string, exporters: readonly Exporter[]): Promise<void> {
  const wanted = exporters.map((exporter) => ({ address: exporter.address, changes: exporter.changes() }));
  await until(async () => {
    const values = new Map((await vector(url, "exporter_changes")).map(({ metric, value }) => [metric["instance"], Number(value[1])]));
    return wanted.every(({ address, changes }) => (values.get(address) ?? 0) >= changes);
  }, "the server did not store a scrape of every program");
}

async function scrapedAfter(url: string, at: number): Promise<void> {
  await until(async () => Number((await vector(url, "min(timestamp(up) and (up == 1))"))[0]?.value[1]) * 1000 >= at, "no scrape came after the epoch began");
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

async function vector(url: string, promql: string): Promise<readonly Sample[]> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(promql)}`);
  return ((await response.json()) as { readonly data: { readonly result: readonly Sample[] } }).data.result;
}

async function until(holds: () => Promise<boolean>, otherwise: string): Promise<void> {
  const deadline = Date.now() + MINUTE;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(otherwise);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A linear congruential generator (Numerical Recipes), so that every run serves the same. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
