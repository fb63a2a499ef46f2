import type { SourceQuery } from "@gauntlet/controller";
import { sourceConformance } from "@gauntlet/controller/testing";
import { Failure, gatherEvidence, histogramQuantile, wideToNumber } from "@gauntlet/core";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";

import type { PrometheusMetric } from "./metric.ts";
import { prometheusSource } from "./prometheus-source.ts";

const T0 = Date.UTC(2026, 0, 1);
const SECOND = 1000;
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

type Labels = Readonly<Record<string, string>>;
interface Stored {
  readonly name: string;
  readonly labels: Labels;
  readonly values?: readonly (readonly [at: number, value: string | number])[];
  readonly histograms?: readonly (readonly [at: number, histogram: unknown])[];
}

/** Answers as Prometheus does, from series that a test wrote; plain equality only. */
function answersFrom(series: readonly Stored[]) {
  return (query: string, atMs: number): unknown => {
    if (query === "count(up)") {
      const live = series.filter(({ name, values = [] }) => name === "up" && values.some(([at]) => at <= atMs && at > atMs - 300_000));
      return success("vector", live.length === 0 ? [] : [{ metric: {}, value: [atMs / 1000, String(live.length)] }]);
    }
    const [, name = "", inside = "", ms = "0"] = /^([a-z_]+)\{(.*)\}\[(\d+)ms\]$/.exec(query) ?? [];
    const wanted = Object.fromEntries([...inside.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label, value]));
    const within = ([at]: readonly [number, unknown]): boolean => at <= atMs && at >= atMs - Number(ms);
    const found = series
      .filter((one) => one.name === name && Object.entries(wanted).every(([label, value]) => one.labels[label] === value))
      .map(({ labels, values = [], histograms = [] }) => ({
        metric: { __name__: name, ...labels },
        values: values.filter(within).map(([at, value]) => [at / 1000, String(value)]),
        ...(histograms.length === 0 ? {} : { histograms: histograms.filter(within).map(([at, histogram]) => [at / 1000, histogram]) }),
      }));
    return success("matrix", found.filter((one) => one.values.length + (one.histograms?.length ?? 0) > 0));
  };
}

function success(resultType: string, result: unknown): unknown {
  return { status: "success", data: { resultType, result } };
}

interface Server {
  readonly url: string;
  readonly asked: { readonly query: string; readonly headers: IncomingMessage["headers"] }[];
}

async function serve(answer: (query: string, atMs: number, response: ServerResponse) => unknown): Promise<Server> {
  const asked: Server["asked"] = [];
  const server = createServer((request, response) => {
    void (async () => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const form = new URLSearchParams(body);
      const query = form.get("query") ?? "";
      asked.push({ query, headers: request.headers });
      const said = answer(query, Number(form.get("time")) * 1000, response);
      if (said !== undefined) response.setHeader("content-type", "application/json").end(JSON.stringify(said));
    })();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push({
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const PLAIN = { scale: 1, series: "one", absent: "unavailable" } as const;
const WINS: PrometheusMetric = { ...PLAIN, hits: 'wins_total{slot="{slot}"}', total: 'games_total{slot="{slot}"}' };

function source(url: string, metrics: Readonly<Record<string, PrometheusMetric>> = { win: WINS }, more: { readonly token?: string; readonly timeoutMs?: number } = {}) {
  return prometheusSource({ name: "prom", url, timeoutMs: 20_000, ageMaxMs: 300_000, metrics, ...more });
}

function query(change: Partial<SourceQuery> = {}): SourceQuery {
  return {
    model: "rps",
    epoch: 4,
    arms: [{ version: "10", slot: "B" }],
    metrics: [{ name: "win", limits: [], compared: true }],
    since: T0,
    to: T0 + 10 * 60 * SECOND,
    bucketMs: 60 * SECOND,
    ...change,
  };
}

/** A target scraped every 15 s, from before the epoch on. */
function up(instance = "a:80", from = T0 - 60 * SECOND): Stored {
  return { name: "up", labels: { job: "rps", instance }, values: scrapes(from, () => 1) };
}

function scrapes(from: number, value: (index: number) => number | string): [number, number | string][] {
  return Array.from({ length: Math.floor((T0 + 600 * SECOND - from) / (15 * SECOND)) }, (_, index) => [from + index * 15 * SECOND, value(index)]);
}

const AT = { job: "rps", instance: "a:80", slot: "B" };

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    () => new Error("it was read"),
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw error;
}

test("document 000: counts since the epoch began are the present value less its baseline, restarts and all (I6)", async () => {
  // Production had 25 wins of 30 games when it began; the program restarts after five more.
  const games = scrapes(T0, (index) => (index < 10 ? 30 + Math.min(index, 5) : index - 10));
  const wins = scrapes(T0, (index) => (index < 10 ? 25 + Math.min(index, 3) : Math.floor((index - 10) / 2)));
  const { url } = await serve(answersFrom([up(), { name: "games_total", labels: AT, values: games }, { name: "wins_total", labels: AT, values: wins }]));
  const reading = await source(url).read(query());
  expect(gatherEvidence(reading.cells)).toEqual([{ version: "10", slot: "B", mode: "live", metric: "win", statistic: { kind: "rate", n: 5 + 29, hits: 3 + 14 } }]);
  expect(reading.baselines).toEqual([
    { metric: "win", counter: "hits", version: "10", slot: "B", value: 25, at: T0 },
    { metric: "win", counter: "total", version: "10", slot: "B", value: 30, at: T0 },
  ]);
  expect(reading.freshAt).toBe(T0 + 585 * SECOND);
  expect(new Set(reading.cells.map((cell) => cell.bucketStart % (60 * SECOND)))).toEqual(new Set([0]));
});

test("buckets side by side sum to the whole, and what was read once is not read again", async () => {
  const { url, asked } = await serve(answersFrom([up(), { name: "games_total", labels: AT, values: scrapes(T0, (index) => index * 7) }, { name: "wins_total", labels: AT, values: scrapes(T0, (index) => index * 3) }]));
  const prom = source(url);
  const early = await prom.read(query({ to: T0 + 300 * SECOND }));
  const before = asked.length;
  const late = await prom.read(query());
  expect(asked.slice(before).map((call) => /\[(\d+)ms\]/.exec(call.query)?.[1])).toEqual(["420001", "420001"]);
  const fresh = await source(url).read(query());
  expect(gatherEvidence(late.cells)).toEqual(gatherEvidence(fresh.cells));
  expect(gatherEvidence(early.cells)).toEqual(gatherEvidence(fresh.cells.filter((cell) => cell.bucketStart < T0 + 300 * SECOND)));
});

test("a series that was not there at the first scrape of the epoch counts from zero; one of an unknown past from its baseline", async () => {
  const born = T0 + 120 * SECOND;
  const series = (labels: Labels, from: number): Stored[] => [
    { name: "games_total", labels, values: scrapes(from, (index) => 10 + index) },
    { name: "wins_total", labels, values: scrapes(from, (index) => 4 + index) },
  ];
  const rate = async (stored: readonly Stored[]): Promise<unknown> => {
    const { url } = await serve(answersFrom(stored));
    return gatherEvidence((await source(url).read(query())).cells)[0]?.statistic;
  };
  expect(await rate([up(), ...series(AT, born)])).toEqual({ kind: "rate", n: 41, hits: 35 });
  // The target itself came with the series: only its start time can tell.
  const late = up("a:80", born);
  const other = up("b:80");
  expect(await rate([other, late, ...series(AT, born)])).toEqual({ kind: "rate", n: 31, hits: 31 });
  const started = (at: number): Stored => ({ name: "process_start_time_seconds", labels: { job: "rps", instance: "a:80" }, values: scrapes(born, () => at / 1000) });
  expect(await rate([other, late, started(born - 5 * SECOND), ...series(AT, born)])).toEqual({ kind: "rate", n: 41, hits: 35 });
  expect(await rate([other, late, started(T0 - SECOND), ...series(AT, born)])).toEqual({ kind: "rate", n: 31, hits: 31 });
});

test("a series that is gone while its program is scraped, and comes back, was restarted; one of a program that was not scraped was not", async () => {
  const gone = (at: number): boolean => at >= T0 + 120 * SECOND && at < T0 + 300 * SECOND;
  const present = scrapes(T0, (index) => index);
  const comesBack = present.filter(([at]) => !gone(at)).map(([at, index]): [number, number] => [at, at < T0 + 300 * SECOND ? 3 : 3 + Number(index) - 20]);
  const hits = async (target: Stored): Promise<unknown> => {
    const { url } = await serve(answersFrom([target, { name: "games_total", labels: AT, values: scrapes(T0, (index) => index * 10) }, { name: "wins_total", labels: AT, values: comesBack }]));
    return gatherEvidence((await source(url).read(query())).cells)[0]?.statistic;
  };
  expect(await hits(up())).toEqual({ kind: "rate", n: 390, hits: 3 + 19 });
  const down: Stored = { ...up(), values: scrapes(T0 - 60 * SECOND, () => 1).map(([at, one]) => [at, gone(at) ? 0 : one]) };
  expect(await hits(down)).toEqual({ kind: "rate", n: 390, hits: 19 });
});

test("instances are added up where that is declared, each with its own restarts, also those that are gone", async () => {
  const of = (instance: string, to: number): Stored[] =>
    ["games_total", "wins_total"].map((name) => ({ name, labels: { ...AT, instance }, values: scrapes(T0, (index) => (index < 6 ? 50 + index : index)).filter(([at]) => at < to) }));
  const { url } = await serve(answersFrom([up(), up("b:80"), ...of("a:80", T0 + 600 * SECOND), ...of("b:80", T0 + 60 * SECOND)]));
  const reading = await source(url, { win: { ...WINS, series: "sum" } }).read(query());
  expect(gatherEvidence(reading.cells)[0]?.statistic).toEqual({ kind: "rate", n: 5 + 39 + 3, hits: 5 + 39 + 3 });
  expect(reading.baselines.map(({ counter, value }) => [counter, value])).toEqual([
    ["hits", 100],
    ["total", 100],
  ]);
});

test("moments keep sums and squares as integers of thousandths; hits that never happened may be declared as none", async () => {
  const stored = [
    up(),
    { name: "latency_count", labels: AT, values: scrapes(T0, (index) => index) },
    { name: "latency_sum", labels: AT, values: scrapes(T0, (index) => index * 0.1) },
    { name: "latency_squares", labels: AT, values: scrapes(T0, (index) => index * 0.01) },
    { name: "games_total", labels: AT, values: scrapes(T0, (index) => index) },
  ];
  const { url } = await serve(answersFrom(stored));
  const at = '{slot="{slot}"}';
  const metrics = { latency_ms: { ...PLAIN, scale: 1000, count: `latency_count${at}`, sum: `latency_sum${at}`, squares: `latency_squares${at}` }, win: { ...WINS, absent: "zero" as const } };
  const reading = await source(url, metrics).read(query({ metrics: ["latency_ms", "win"].map((name) => ({ name, limits: [], compared: true })) }));
  const [latency, win] = gatherEvidence(reading.cells).map(({ statistic }) => statistic);
  if (latency?.kind !== "moments") throw new Error("kind");
  expect([latency.n, wideToNumber(latency.sum), wideToNumber(latency.squares)]).toEqual([39, 39 * 100_000, 39 * 1e10]);
  expect(win).toEqual({ kind: "rate", n: 39, hits: 0 });
});

const LATENCY: Readonly<Record<string, PrometheusMetric>> = { latency_ms: { ...PLAIN, scale: 1000, buckets: 'seconds_bucket{slot="{slot}"}' } };

function classicHistogram(): Stored[] {
  return [["0.1", 2], ["0.5", 8], ["+Inf", 10]].map(([le, rise]) => ({ name: "seconds_bucket", labels: { ...AT, le: String(le) }, values: scrapes(T0, (index) => (index < 20 ? 100 : 0) + Number(rise) * (index % 20)) }));
}

test("classic buckets answer what is asked of their bounds, and refuse what would be a guess", async () => {
  const { url } = await serve(answersFrom([up(), ...classicHistogram()]));
  const ask = (limits: readonly number[], compared: boolean) => source(url, LATENCY).read(query({ metrics: [{ name: "latency_ms", limits, compared }] }));
  const found = gatherEvidence((await ask([500], false)).cells)[0]?.statistic;
  if (found?.kind !== "histogram") throw new Error("kind");
  expect(found.n).toBe(2 * 19 * 10);
  expect(histogramQuantile(found, 0.8)).toBeLessThanOrEqual(500);
  expect(histogramQuantile(found, 0.81)).toBeGreaterThan(500);
  expect(await failureOf(ask([400], false))).toMatchObject({ code: "evidence_unavailable", message: expect.stringMatching(/bucket-limited.*400 is no bound.*100, 500/) });
  expect(await failureOf(ask([500], true))).toMatchObject({ code: "evidence_unavailable", message: expect.stringContaining("would be a guess") });
});

test("a native histogram of narrow buckets may be compared", async () => {
  const bound = (index: number): string => String(2 ** (index / 64));
  const histograms = scrapes(T0, (index) => index).map(([at, index]): [number, unknown] => [
    at,
    { count: String(Number(index) * 4), sum: "1", buckets: [[3, "-0.001", "0.001", String(index)], [0, bound(-130), bound(-129), String(Number(index) * 3)]] },
  ]);
  const { url } = await serve(answersFrom([up(), { name: "seconds_bucket", labels: AT, histograms }]));
  const reading = await source(url, LATENCY).read(query({ metrics: [{ name: "latency_ms", limits: [], compared: true }] }));
  const found = gatherEvidence(reading.cells)[0]?.statistic;
  expect(found).toMatchObject({ kind: "histogram", n: 39 * 4, zeros: 39 });
});

test("user and password go to the server in a header", async () => {
  const { url, asked } = await serve((_, __, response) => void response.writeHead(500).end());
  const made = prometheusSource({ name: "prom", url, timeoutMs: 20_000, ageMaxMs: 1, metrics: { win: WINS }, basic: { user: "ada", password: "päss:word" } });
  await failureOf(made.read(query()));
  expect(Buffer.from(asked[0]?.headers.authorization?.replace("Basic ", "") ?? "", "base64").toString()).toBe("ada:päss:word");
});

test("credentials go to the server in a header, never in an address", async () => {
  const { url, asked } = await serve((_, __, response) => void response.writeHead(401).end("who are you"));
  const refused = (): unknown => source(url.replace("//", "//ada:hunter2@"));
  expect(refused).toThrow("carries credentials");
  expect(refused).not.toThrow("hunter2");
  expect(await failureOf(source(url, { win: WINS }, { token: "token-1" }).read(query()))).toMatchObject({ message: expect.stringContaining("401"), fix: expect.stringContaining("token") });
  expect(asked.at(-1)?.headers.authorization).toBe("Bearer token-1");
});

sourceConformance("Prometheus", async () => {
  const slots = ["A", "B"];
  const stored = slots.flatMap((slot, k): Stored[] => [
    { name: "games_total", labels: { ...AT, slot }, values: scrapes(T0, (index) => 100 + (index % 20) * (k + 2)) },
    { name: "wins_total", labels: { ...AT, slot }, values: scrapes(T0, (index) => 50 + (index % 20)) },
  ]);
  const { url } = await serve(answersFrom([up(), ...stored]));
  return {
    source: source(url),
    query: query({ arms: slots.map((slot) => ({ version: "10", slot })) }),
    // 39 steps, of which one is a restart to what it began with.
    truth: slots.map((slot, k) => ({ version: "10", slot, mode: "live", metric: "win", statistic: { kind: "rate", n: 100 + 38 * (k + 2), hits: 50 + 38 } })),
    close: async () => undefined,
  };
});

/** Good answers, but for one query. */
function butFor(bad: (response: ServerResponse) => unknown) {
  const good = answersFrom([up(), { name: "games_total", labels: AT, values: scrapes(T0, (index) => index) }, { name: "wins_total", labels: AT, values: scrapes(T0, (index) => index) }]);
  return (text: string, at: number, response: ServerResponse) => (text.startsWith("wins_total") ? bad(response) : good(text, at));
}

function wins(values: readonly (readonly [number, string])[], more: Labels = {}) {
  return { metric: { ...AT, ...more }, values: values.map(([at, value]) => [(T0 + at * SECOND) / 1000, value]) };
}

const BAD: readonly (readonly [string, (response: ServerResponse) => unknown, RegExp])[] = [
  ["NaN", () => success("matrix", [wins([[0, "NaN"]])]), /NaN, which is no number/],
  ["+Inf", () => success("matrix", [wins([[0, "1"], [15, "+Inf"]])]), /\+Inf, which is no number/],
  ["-Inf", () => success("matrix", [wins([[0, "-Inf"]])]), /-Inf/],
  ["a negative count", () => success("matrix", [wins([[0, "-3"]])]), /-3, which no sum/],
  ["half a win", () => success("matrix", [wins([[0, "1.5"]])]), /1.5, which is no whole number/],
  ["more than can be counted", () => success("matrix", [wins([[0, "1e15"]])]), /1e15/],
  ["an empty vector", () => success("matrix", []), /no samples.*no zero/],
  ["two series", () => success("matrix", [wins([[0, "1"]]), wins([[0, "1"]], { instance: "b:80" })]), /2 series.*a:80.*b:80/],
  ["a scalar", () => success("scalar", [T0 / 1000, "1"]), /a scalar where raw samples/],
  ["a vector", () => success("vector", [{ metric: {}, value: [0, "1"] }]), /a vector where raw samples/],
  ["more wins than games", () => success("matrix", [wins([[0, "0"], [15, "900"]])]), /900 hits of a total of 39/],
  ["warnings", () => ({ status: "success", warnings: ["one store is missing"], data: { resultType: "matrix", result: [wins([[0, "1"]])] } }), /one store is missing/],
  ["400", (response) => void response.writeHead(400).end(JSON.stringify({ status: "error", errorType: "bad_data", error: "parse error" })), /400: bad_data: parse error/],
  ["422", (response) => void response.writeHead(422).end(JSON.stringify({ status: "error", errorType: "execution", error: "too many samples" })), /422: execution: too many samples/],
  ["500", (response) => void response.writeHead(500).end("boom"), /500: boom/],
  ["503", (response) => void response.writeHead(503).end(), /503/],
  ["a page of something else", (response) => void response.end("<html>"), /not as Prometheus does/],
  ["an error with status 200", () => ({ status: "error", errorType: "timeout", error: "slow" }), /timeout: slow/],
  ["a redirect", (response) => void response.writeHead(302, { location: "http://169.254.169.254/" }).end(), /redirect to http:\/\/169/],
  ["a broken connection", (response) => void response.destroy(), /can't be reached/],
];

test.each(BAD)("%s is no evidence, and no zero (I7)", async (_, bad, says) => {
  const { url } = await serve(butFor(bad));
  const failure = await failureOf(source(url).read(query()));
  expect(failure).toMatchObject({ code: "evidence_unavailable", message: expect.stringMatching(says), fix: expect.stringMatching(/./) });
  expect(failure.message).toContain('source "prom"');
});

test("a server that never answers, and one that isn't there", async () => {
  const { url } = await serve(butFor(() => undefined));
  expect(await failureOf(source(url, { win: WINS }, { timeoutMs: 300 }).read(query()))).toMatchObject({ code: "evidence_unavailable", message: expect.stringContaining("did not answer within 300 ms") });
  const gone = open.pop();
  await gone?.close();
  expect(await failureOf(source(url).read(query()))).toMatchObject({ code: "evidence_unavailable", message: expect.stringContaining("can't be reached") });
});

test("a server that forgot when the epoch began would give too little", async () => {
  const late = T0 + 400 * SECOND;
  const { url } = await serve(answersFrom([up("a:80", late), ...["games_total", "wins_total"].map((name) => ({ name, labels: AT, values: scrapes(late, (index) => index) }))]));
  expect(await failureOf(source(url).read(query()))).toMatchObject({ code: "evidence_unavailable", message: expect.stringContaining("has scraped nothing around 2026-01-01T00:00:00.000Z"), fix: expect.stringContaining("retention") });
});

test("a metric of no form, or with a wrong selector, is refused when the source is made", () => {
  expect(() => source("http://x", { win: { ...PLAIN, hits: 'x{slot="{slot}"}' } })).toThrow("needs one of hits + total");
  expect(() => source("http://x", { win: { ...WINS, total: "sum(x)" } })).toThrow("expression");
});
