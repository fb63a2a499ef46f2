import type { EvidenceSource, SourceQuery } from "@gauntlet/controller";
import { sourceConformance } from "@gauntlet/controller/testing";
import { Failure, foldBatch, gatherEvidence, parseRatio, wideToNumber, type Evidence, type EvidenceCell, type RatioMetric } from "@gauntlet/core";
import { DuckDBInstance } from "@duckdb/node-api";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startPostgres, type RunningPostgres } from "../postgres/testing/index.ts";
import { duckdbSource } from "./duckdb-source.ts";
import { postgresSource } from "./postgres-source.ts";
import type { SqlOptions } from "./sql-source.ts";

const T0 = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

const ASKED: SourceQuery = {
  model: "mails",
  epoch: 3,
  arms: [
    { version: "1", slot: "champion" },
    { version: "2", slot: "challenger" },
  ],
  metrics: [
    { name: "error", limits: [], compared: true },
    { name: "cost", limits: [], compared: true },
  ],
  since: T0,
  to: T0 + 60 * MINUTE,
  bucketMs: 5 * MINUTE,
};

const COMMON: Omit<SqlOptions, "query" | "parameters"> = { name: "warehouse", metrics: { error: "rate", cost: "moments" }, timeoutMs: 20_000, ageMaxMs: MINUTE };

/** 1,200 requests a version in 20 minutes from T0, and 60 before the epoch; every tenth of the champion fails, every fifth of the challenger. */
const REQUESTS = ["1", "2"].flatMap((version) =>
  Array.from({ length: 1260 }, (_, index) => ({
    model: "mails",
    version,
    slot: version === "1" ? "champion" : "challenger",
    servedAt: new Date(T0 + (index - 60) * 1000).toISOString(),
    failed: index % (version === "1" ? 10 : 5) === 0,
    cost: (index % 7) / 8,
  })),
);

/** What they sum to, by hand. */
function truth(version: string): { readonly hits: number; readonly sum: number; readonly squares: number } {
  const inside = REQUESTS.filter((request) => request.version === version).slice(60);
  return { hits: inside.filter(({ failed }) => failed).length, sum: inside.reduce((sum, { cost }) => sum + cost, 0), squares: inside.reduce((sum, { cost }) => sum + cost * cost, 0) };
}

/** As statistics, for the conformance suite. */
function truths(): Evidence {
  const versions = ASKED.arms.map(({ version, slot }) => ({ key: { version, slot, mode: "live" as const }, ...truth(version) }));
  return [
    ...versions.map(({ key, sum, squares }) => ({ ...key, metric: "cost", statistic: { kind: "moments" as const, n: 1200, sum: { high: 0, low: sum * 1e3 }, squares: { high: 0, low: squares * 1e6 } } })),
    ...versions.map(({ key, hits }) => ({ ...key, metric: "error", statistic: { kind: "rate" as const, n: 1200, hits } })),
  ];
}

/** Up to the last request, so that its middle lies among them. */
const CONFORMING: SourceQuery = { ...ASKED, to: T0 + 20 * MINUTE };

async function expectTruth(source: EvidenceSource): Promise<void> {
  const { cells, freshAt } = await source.read(ASKED);
  expect(new Set(cells.map((cell) => cell.bucketStart))).toEqual(new Set([0, 1, 2, 3].map((index) => T0 + index * 5 * MINUTE)));
  const found = gatherEvidence(cells);
  for (const version of ["1", "2"]) {
    const { hits, sum, squares } = truth(version);
    expect(found.find((item) => item.metric === "error" && item.version === version)?.statistic).toEqual({ kind: "rate", n: 1200, hits });
    const cost = found.find((item) => item.metric === "cost" && item.version === version)?.statistic;
    if (cost?.kind !== "moments") throw new Error("kind");
    expect([cost.n, wideToNumber(cost.sum), wideToNumber(cost.squares)]).toEqual([1200, sum * 1e3, squares * 1e6]);
  }
  expect(freshAt).toBe(T0 + 20 * MINUTE);
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    () => new Error("it was read"),
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw error;
}

describe("PostgreSQL", () => {
  let server: RunningPostgres;
  const QUERY = `
    WITH served AS (
      SELECT date_bin(make_interval(secs => $4::bigint / 1000.0), served_at, 'epoch') AS bucket, * FROM outcomes
      WHERE model = $1 AND served_at >= $2 AND served_at < $3)
    SELECT bucket, version, slot, 'error' AS metric, count(*) AS n, count(*) FILTER (WHERE failed) AS hits, NULL::numeric AS sum, NULL::numeric AS sum_squares
    FROM served GROUP BY bucket, version, slot
    UNION ALL
    SELECT bucket, version, slot, 'cost', count(*), NULL, sum(cost), sum(cost * cost) FROM served GROUP BY bucket, version, slot;`;
  const PARAMETERS = ["model", "from", "to", "bucketMs"] as const;

  beforeAll(async () => {
    server = await startPostgres();
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query("CREATE TABLE outcomes (model text, version text, slot text, served_at timestamptz, failed boolean, cost numeric)");
    await client.query("INSERT INTO outcomes SELECT model, version, slot, \"servedAt\", failed, cost FROM json_to_recordset($1) AS t(model text, version text, slot text, \"servedAt\" timestamptz, failed boolean, cost numeric)", [JSON.stringify(REQUESTS)]);
    await client.end();
  }, 60_000);
  afterAll(() => server?.stop());

  const source = (query: string, parameters: SqlOptions["parameters"] = PARAMETERS, more: Partial<SqlOptions> = {}) => postgresSource({ ...COMMON, query, parameters, url: server.url, ...more });

  sourceConformance("as every source", async () => ({ source: source(QUERY), query: CONFORMING, truth: truths(), close: async () => undefined }));

  test("the sums are those of the rows, of this epoch only", async () => {
    await expectTruth(source(QUERY));
  });

  test("what the data reach to may be asked for apart", async () => {
    const { freshAt } = await source(QUERY, PARAMETERS, { fresh: "SELECT max(served_at) FROM outcomes" }).read(ASKED);
    expect(freshAt).toBe(T0 + 1199 * 1000);
    expect(await failureOf(source(QUERY, PARAMETERS, { fresh: "SELECT NULL::timestamptz" }).read(ASKED))).toMatchObject({ code: "evidence_unavailable", message: expect.stringContaining("freshness") });
  });

  test("a model's name is a value, never SQL", async () => {
    const failure = await failureOf(source(QUERY).read({ ...ASKED, model: "x'; DROP TABLE outcomes; --" }));
    expect(failure.message).toContain("no row");
    await expectTruth(source(QUERY));
  });

  test.each([
    ["writes", "DELETE FROM outcomes RETURNING *", /syntax error/],
    ["writes in a WITH", "WITH gone AS (DELETE FROM outcomes RETURNING *) SELECT * FROM gone", /WITH clause containing a data-modifying statement must be at the top level/],
    ["writes by a function", "SELECT 1 AS n FROM (SELECT lo_create(0)) AS t", /read-only transaction/],
    ["is two statements", "SELECT 1 AS n) AS a; COMMIT; DROP TABLE outcomes; SELECT * FROM (SELECT 1", /cannot insert multiple commands/],
    ["names no table there", "SELECT * FROM nowhere", /relation "nowhere" does not exist/],
    ["gives other columns", "SELECT 1 AS n", /missing: bucket, version, slot, metric, hits, sum, sum_squares/],
  ])("a query that %s is no evidence", async (_, query, says) => {
    expect(await failureOf(source(query, []).read(ASKED))).toMatchObject({ code: "evidence_unavailable", message: expect.stringMatching(says) });
    await expectTruth(source(QUERY));
  });

  test("a query that takes too long is ended by the server", async () => {
    expect(await failureOf(source("SELECT pg_sleep(60)", [], { timeoutMs: 3000 }).read(ASKED))).toMatchObject({ code: "evidence_unavailable", message: expect.stringContaining("statement timeout"), fix: expect.stringContaining("timeoutMs") });
  });

  test("a server that takes calls and never answers is given up", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    try {
      const url = `postgres://u:p@127.0.0.1:${(silent.address() as AddressInfo).port}/x`;
      expect(await failureOf(postgresSource({ ...COMMON, query: QUERY, parameters: PARAMETERS, url, timeoutMs: 200 }).read(ASKED))).toMatchObject({ code: "evidence_unavailable", fix: expect.stringMatching(/./) });
    } finally {
      silent.close();
    }
  });

  test("a connection that goes dead in the middle of a query is given up", async () => {
    const { hostname, port } = new URL(server.url);
    // Passes everything on, but for the query itself.
    const between = createServer((client) => {
      const behind = connect(Number(port), hostname);
      client.on("error", () => undefined).on("close", () => behind.destroy());
      behind.on("error", () => undefined).on("data", (chunk) => client.write(chunk));
      client.on("data", (chunk) => void (chunk.includes("AS evidence") || behind.write(chunk)));
    }).listen(0, "127.0.0.1");
    await once(between, "listening");
    try {
      const url = server.url.replace(`:${port}/`, `:${(between.address() as AddressInfo).port}/`);
      const failure = await failureOf(postgresSource({ ...COMMON, query: QUERY, parameters: PARAMETERS, url, timeoutMs: 2000 }).read(ASKED));
      expect(failure).toMatchObject({ code: "evidence_unavailable", message: expect.stringContaining("did not finish within 2000 ms") });
    } finally {
      between.close();
    }
  });

  test("a wrong password, and nobody there, name the place without the password", async () => {
    const at = (url: string) => failureOf(postgresSource({ ...COMMON, query: QUERY, parameters: PARAMETERS, url }).read(ASKED));
    const wrong = await at(server.url.replace(/:[^:@]+@/, ":hunter2@"));
    expect(wrong).toMatchObject({ code: "evidence_unavailable", message: expect.stringContaining("password authentication failed"), fix: expect.stringContaining("password") });
    expect(wrong.message).not.toContain("hunter2");
    const nobody = createServer().listen(0, "127.0.0.1");
    await once(nobody, "listening");
    const { port } = nobody.address() as AddressInfo;
    nobody.close();
    await once(nobody, "close");
    expect((await at(`postgres://u:hunter2@127.0.0.1:${port}/x`)).message).toMatch(/postgres:\/\/u@127.0.0.1:\d+\/x: .*ECONNREFUSED/);
  });
});

describe("DuckDB", () => {
  let folder: string;
  const QUERY = `
    WITH served AS (
      SELECT time_bucket(to_milliseconds($4), served_at) AS bucket, * FROM outcomes WHERE model = $1 AND served_at >= $2 AND served_at < $3)
    SELECT bucket, version, slot, 'error' AS metric, count(*) AS n, count(*) FILTER (WHERE failed) AS hits, NULL AS sum, NULL AS sum_squares
    FROM served GROUP BY ALL
    UNION ALL
    SELECT bucket, version, slot, 'cost', count(*), NULL, sum(cost), sum(cost * cost) FROM served GROUP BY ALL`;
  const PARAMETERS = ["model", "from", "to", "bucketMs"] as const;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gauntlet-it's-"));
    writeFileSync(join(folder, "outcomes.json"), REQUESTS.map((request) => JSON.stringify(request)).join("\n"));
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const quoted = (name: string): string => `'${join(folder, name).replaceAll("'", "''")}'`;
    const rows = `SELECT model, version::VARCHAR AS version, slot, "servedAt"::TIMESTAMPTZ AS served_at, failed, cost FROM read_json(${quoted("outcomes.json")})`;
    await connection.run(`COPY (${rows} LIMIT 1000) TO ${quoted("part-1.parquet")} (FORMAT parquet)`);
    await connection.run(`COPY (${rows} OFFSET 1000) TO ${quoted("part-2.parquet")} (FORMAT parquet)`);
    await connection.run(`COPY (${rows}) TO ${quoted("outcomes.csv")} (FORMAT csv, HEADER)`);
    connection.closeSync();
    instance.closeSync();
    writeFileSync(join(folder, "secret.csv"), "a\n1\n");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const source = (pattern: string, query = QUERY, more: { readonly parameters?: SqlOptions["parameters"]; readonly timeoutMs?: number } = {}) =>
    duckdbSource({ ...COMMON, query, parameters: PARAMETERS, files: { outcomes: join(folder, pattern) }, ...more });

  sourceConformance("as every source", async () => ({ source: source("part-*.parquet"), query: CONFORMING, truth: truths(), close: async () => undefined }));

  test("the sums are those of the Parquet files", async () => {
    await expectTruth(source("part-*.parquet"));
  });

  test("and those of a CSV file, where versions are read as numbers and written as text again", async () => {
    await expectTruth(source("outcomes.csv"));
  });

  test("sums of units give the ratio that outcomes would give, bucket by bucket, clustered by unit", async () => {
    // Forty units a version, each with plans in several buckets; version 2's are accepted oftener.
    const plans = ["1", "2"].flatMap((version) =>
      Array.from({ length: 600 }, (_, index) => ({ version, slot: version === "1" ? "champion" : "challenger", unit: `u${version}-${(index * index) % 40}`, at: T0 + index * 2000, accepted: (index * 7) % 10 < (version === "1" ? 5 : 7) ? 1 : 0, generated: 1 + (index % 3) })),
    );
    writeFileSync(join(folder, "plans.csv"), ["model,version,slot,unit,served_at,accepted,generated", ...plans.map(({ version, slot, unit, at, accepted, generated }) => `mails,${version},${slot},${unit},${new Date(at).toISOString()},${accepted},${generated}`)].join("\n"));
    const query = `
      WITH served AS (
        SELECT time_bucket(to_milliseconds($4), served_at::TIMESTAMPTZ) AS bucket, * FROM plans WHERE model = $1 AND served_at >= $2 AND served_at < $3),
      own AS (SELECT bucket, version, slot, unit, count(*) AS requests, sum(accepted) AS x, sum(generated) AS y FROM served GROUP BY ALL),
      upto AS (
        SELECT *, sum(x) OVER so_far AS cx, sum(y) OVER so_far AS cy, row_number() OVER so_far AS nth FROM own
        WINDOW so_far AS (PARTITION BY version, slot, unit ORDER BY bucket))
      SELECT bucket, version, slot, 'acceptance' AS metric, count(*) FILTER (WHERE nth = 1) AS n, sum(requests) AS requests, sum(x) AS sum, sum(y) AS denominator,
        sum(cx * cx - (cx - x) * (cx - x)) AS sum_squares, sum(cy * cy - (cy - y) * (cy - y)) AS denominator_squares, sum(cx * cy - (cx - x) * (cy - y)) AS products
      FROM upto GROUP BY ALL`;
    const asked: SourceQuery = { ...ASKED, metrics: [{ name: "acceptance", limits: [], compared: true }] };
    const read = (text: string) => duckdbSource({ ...COMMON, metrics: { acceptance: "ratio" }, query: text, parameters: PARAMETERS, files: { plans: join(folder, "plans.csv") } }).read(asked);
    const { cells } = await read(query);
    const acceptance = parseRatio("accepted / generated", { once: false }) as RatioMetric;
    const epoch = { championVersion: "1", challengerVersion: "2", bucketMs: ASKED.bucketMs, keepPredictions: false, metrics: { acceptance } };
    const outcomes = plans.map(({ version, slot, unit, at, accepted, generated }, index) => ({ requestId: `r${index}`, at, model: "mails", version, slot, mode: "live" as const, epoch: 3, unit, prediction: null, metrics: { accepted, generated } }));
    const folded = foldBatch({ outcomes, labels: [], prior: { predictions: [], labels: [] }, context: { model: "mails", epochs: { 3: epoch } } });
    const inOrder = (some: readonly EvidenceCell[]) => some.filter(({ metric }) => metric === "acceptance").toSorted((a, b) => a.bucketStart - b.bucketStart || (a.version < b.version ? -1 : 1));
    expect(inOrder(cells)).toHaveLength(8);
    expect(inOrder(cells)).toEqual(inOrder(folded.cells));
    // Squares of requests instead of the totals of units can't be of so few units.
    const wrong = query.replace("sum(cx * cx - (cx - x) * (cx - x))", "sum(x)").replace("sum(cx * cy - (cx - x) * (cy - y))", "0");
    expect(await failureOf(read(wrong))).toMatchObject({ code: "evidence_unavailable", message: expect.stringMatching(/"acceptance" of version \d in slot "\w+" can't be of \d+ units/) });
  });

  test.each([
    ["reads another file", "SELECT * FROM read_csv('SECRET')", /file system operations are disabled/],
    ["reads another file by its name", "SELECT * FROM 'SECRET'", /disabled|does not exist/],
    ["opens the network", "SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')", /disabled|not allowed|httpfs/i],
    ["is two statements", "SELECT 1) AS a; SELECT * FROM (SELECT 1", /more than one statement/],
    ["names no table there", "SELECT * FROM nowhere", /nowhere does not exist/],
    ["gives other columns", "SELECT 1 AS n FROM outcomes", /missing: bucket/],
  ])("a query that %s is no evidence", async (_, query, says) => {
    const failure = await failureOf(source("outcomes.csv", query.replace("SECRET", join(folder, "secret.csv").replaceAll("'", "''")), { parameters: [] }).read(ASKED));
    expect(failure).toMatchObject({ code: "evidence_unavailable", message: expect.stringMatching(says) });
  });

  test("files that aren't there, are of another kind, or are broken", async () => {
    expect((await failureOf(source("none-*.parquet").read(ASKED))).message).toContain("there is no file");
    expect((await failureOf(source("outcomes.json").read(ASKED))).message).toContain("neither Parquet nor CSV");
    writeFileSync(join(folder, "broken.parquet"), "not parquet at all");
    expect(await failureOf(source("broken.parquet").read(ASKED))).toMatchObject({ code: "evidence_unavailable", message: expect.stringContaining("DuckDB") });
  });

  test("a query that takes too long is interrupted", async () => {
    const failure = await failureOf(source("outcomes.csv", "SELECT count(*) AS n FROM range(100000000) AS a, range(10000) AS b", { parameters: [], timeoutMs: 1 }).read(ASKED));
    expect(failure.message).toContain("did not finish within 1 ms");
  });
});

test("a query and its parameters must fit", () => {
  const make = (query: string, parameters: readonly string[]) => () => postgresSource({ ...COMMON, url: "postgres://u@h/d", query, parameters: parameters as SqlOptions["parameters"] });
  expect(make("SELECT $1, $2", ["model"])).toThrow("uses $1, $2, and 1 are listed");
  expect(make("SELECT $1", ["modle"])).toThrow(expect.objectContaining({ fix: 'did you mean "model"?' }));
  expect(make("SELECT 1", ["model"])).toThrow("uses no parameters");
  expect(make("SELECT $1, $1", ["model"])).not.toThrow();
});
