import { paths } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { loadConfig } from "../config/load-config.ts";
import { parseConfig } from "../config/parse-config.ts";
import { registerVersions, START, startTestServer } from "../testing/test-server.ts";

const CONFIG = `
sources:
  prom:
    kind: prometheus
    url: http://prometheus:9090
    token: "\${PROM_TOKEN}"
    metrics:
      win: { hits: 'wins_total{model="{model}",alias="{slot}"}', total: 'games_total{model="{model}",alias="{slot}"}', series: sum, absent: zero }
      latency_ms: { buckets: 'seconds_bucket{version="{version}"}', scale: 1000 }
  warehouse:
    kind: postgres
    url: postgres://reader@db/outcomes
    query: SELECT 1 WHERE $1 = 'x' AND now() > $2
    parameters: [model, from]
    metrics: { error: rate }
  lake:
    kind: duckdb
    files: { outcomes: "data/*.csv" }
    query: SELECT * FROM evidence
    metrics: { error: rate, scored: count }
`;

function problemsOf(text: string): readonly { readonly pointer: string; readonly detail: string }[] {
  try {
    parseConfig(text, "gauntlet.yaml", { PROM_TOKEN: "t" });
  } catch (error) {
    if (error instanceof Failure) return error.problems;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gauntlet-sources-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("sources have defaults of their kind, and files are found from where the configuration is", () => {
  writeFileSync(join(folder, "gauntlet.yaml"), CONFIG);
  const { prom, warehouse, lake } = loadConfig({ file: join(folder, "gauntlet.yaml"), dataDir: null, cwd: "/", environment: { PROM_TOKEN: "t" } }).sources;
  expect(prom).toMatchObject({ token: "t", ageMaxMs: 300_000, timeoutMs: 5000, everyMs: 15_000, metrics: { win: { scale: 1, series: "sum", absent: "zero" }, latency_ms: { scale: 1000, series: "one", absent: "unavailable" } } });
  expect(warehouse).toMatchObject({ parameters: ["model", "from"], ageMaxMs: 3_600_000, timeoutMs: 20_000, everyMs: 60_000 });
  expect(lake).toMatchObject({ files: { outcomes: join(folder, "data/*.csv") }, parameters: [] });
});

test.each([
  ["an unknown kind", (text: string) => text.replace("kind: duckdb", "kind: bigquery"), "/sources/lake/kind", /./],
  ["an unknown key", (text: string) => text.replace("series: sum", "serise: sum"), "/sources/prom/metrics/win/serise", /line 8: unknown key "serise"; did you mean "series"/],
  ["an expression for a counter", (text: string) => text.replace("'wins_total{", "'rate(wins_total{"), "/sources/prom", /line 4: metric "win".*not a plain selector/],
  ["a placeholder that there isn't", (text: string) => text.replace('version="{version}"', 'version="{versoin}"'), "/sources/prom", /\{versoin\} is no placeholder.*\{version\}/],
  ["a metric of no form", (text: string) => text.replace(", total: 'games_total{model=\"{model}\",alias=\"{slot}\"}'", ""), "/sources/prom", /needs one of hits \+ total/],
  ["a parameter that is not used", (text: string) => text.replace("[model, from]", "[model, from, to]"), "/sources/warehouse", /uses \$1, \$2, and 3 are listed/],
  ["a parameter that there isn't", (text: string) => text.replace("[model, from]", "[model, since]"), "/sources/warehouse/parameters/1", /./],
  ["a count that is not scored", (text: string) => text.replace("scored: count", "seen: count"), "/sources/lake/metrics", /"seen" is a count/],
  ["scored that is no count", (text: string) => text.replace("scored: count", "scored: rate"), "/sources/lake/metrics", /"scored" is a rate/],
  ["a reading that outlasts the lease", (text: string) => text.replace("kind: postgres", "kind: postgres\n    timeoutMs: 30000"), "/sources/warehouse/timeoutMs", /tick.leaseMs, which is 30000/],
  ["no metric", (text: string) => text.replace("{ error: rate, scored: count }", "{}"), "/sources/lake/metrics", /at least one metric/],
  ["credentials in an address", (text: string) => text.replace("http://prometheus", "http://ada:hunter2@prometheus"), "/sources/prom", /^(?!.*hunter2).*carries credentials/],
])("%s is named with its place", (_, change, pointer, detail) => {
  const changed = change(CONFIG);
  expect(changed).not.toBe(CONFIG);
  expect(problemsOf(changed)).toEqual([{ pointer, detail: expect.stringMatching(detail) }]);
});

test("GET /v1/sources says of each whether it answers, and how fresh it is", async () => {
  const rows = (at: number): string => `served_at,version\n${new Date(at).toISOString()},1\n`;
  writeFileSync(join(folder, "fresh.csv"), rows(START - 60_000));
  writeFileSync(join(folder, "stale.csv"), rows(START - 7_200_000));
  const lake = (name: string, file: string, fresh: string): string =>
    `  ${name}: { kind: duckdb, files: { outcomes: ${JSON.stringify(join(folder, file))} }, query: SELECT 1, fresh: ${JSON.stringify(fresh)}, metrics: { error: rate } }\n`;
  const text = `sources:\n${lake("a", "fresh.csv", "SELECT max(served_at) FROM outcomes")}${lake("b", "stale.csv", "SELECT max(served_at) FROM outcomes")}${lake("c", "gone.csv", "SELECT 1")}`;
  const server = await startTestServer({ config: { sources: parseConfig(text, "test", {}).sources } });
  try {
    const { status, json } = await server.call("GET", paths.sources, { token: server.tokens.viewer });
    expect(status).toBe(200);
    expect(json).toEqual({
      now: START,
      sources: [
        { name: "a", kind: "duckdb", location: join(folder, "fresh.csv"), metrics: { error: "rate" }, status: "ok", freshAt: START - 60_000, ageMaxMs: 3_600_000, says: expect.stringContaining("60 s old"), fix: null },
        expect.objectContaining({ name: "b", status: "stale", freshAt: START - 7_200_000, says: expect.stringMatching(/7200 s old, and may be 3600 s/), fix: expect.stringMatching(/./) }),
        expect.objectContaining({ name: "c", status: "unavailable", freshAt: null, says: expect.stringContaining("there is no file"), fix: expect.stringMatching(/./) }),
      ],
    });
  } finally {
    await server.close();
  }
});

const MINUTE = 60_000;
const POLICY = `
kind: abtest
name: errors
model: fraud
mode: compat
split: { champion: 50%, challenger: 50% }
shadow: false
window: { min: 20m, max: 20m }
labels: { maturity: 0m, coverage: 0%, coverageGap: 100% }
minSamples: 100
metrics: { error: rate }
sources: [lake]
checks: [{ check: rate, metric: error }]
`;

test("a rollout is judged by a query over files: held while they aren't there, promoted on what they say", async () => {
  const file = join(folder, "served.csv");
  const text = `
sources:
  lake:
    kind: duckdb
    files: { served: ${JSON.stringify(file)} }
    query: |
      WITH inside AS (SELECT time_bucket(to_milliseconds($3), served_at) AS bucket, * FROM served WHERE served_at >= $1 AND served_at < $2)
      SELECT bucket, version, slot, 'error' AS metric, count(*) AS n, count(*) FILTER (WHERE failed) AS hits FROM inside GROUP BY ALL
      UNION ALL
      SELECT bucket, version, slot, 'scored', count(*), NULL FROM inside GROUP BY ALL
    parameters: [from, to, bucketMs]
    fresh: SELECT max(served_at) FROM served
    metrics: { error: rate, scored: count }
`;
  const server = await startTestServer({ config: { sources: parseConfig(text, "test", {}).sources } });
  try {
    await registerVersions(server, "fraud");
    const unknown = await server.call("POST", paths.rollouts("fraud"), { key: "s0", body: { policy: POLICY.replace("[lake]", "[lkae]"), challenger: "2" } });
    expect([unknown.status, unknown.json.code]).toEqual([422, "policy_invalid"]);
    expect((await server.call("POST", paths.rollouts("fraud"), { key: "s1", body: { policy: POLICY, challenger: "2" } })).status).toBe(200);
    server.clock.at = START + 5 * MINUTE;
    const verdict = async (): Promise<unknown> => {
      await server.call("POST", paths.tick("fraud"), { key: `t${server.clock.at}` });
      const { decision } = (await server.call("GET", paths.model("fraud"))).json.state;
      return [decision.verdict, decision.reason];
    };
    expect(await verdict()).toEqual(["hold", "evidence_unavailable"]);
    // One request a second, half of them before the rollout began; one in ten of the champion's fails.
    const rows = Array.from({ length: 2400 }, (_, second) => [new Date(START + (second - 1140) * 1000).toISOString(), 1 + (second % 2), second % 2 === 0 ? "champion" : "challenger", second % 20 === 0].join(","));
    writeFileSync(file, ["served_at,version,slot,failed", ...rows].join("\n"));
    server.clock.at = START + 21 * MINUTE;
    expect(await verdict()).toEqual(["promote", "all_checks_passed"]);
    const { json } = await server.call("GET", paths.ledger("fraud"));
    const decided = json.entries.map((entry: { event: { kind: string } }) => entry.event).findLast((event: { kind: string }) => event.kind === "decision");
    expect(decided.observation.evidence.look.evidence.find((item: { metric: string; slot: string }) => item.metric === "error" && item.slot === "champion").statistic).toEqual({ kind: "rate", n: 600, hits: 60 });
    expect(decided.observation.evidence.sources).toEqual([{ name: "lake", freshAt: START + 20 * MINUTE + 59_000, baselines: [] }]);
  } finally {
    await server.close();
  }
});
