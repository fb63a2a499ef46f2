import { createVersion, ensureRegisteredModel, parseConfig, startServer, type RunningServer } from "@gauntlet/server";
import { paths } from "@gauntlet/contract";
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

import { createRpsMetrics } from "../../../examples/rps/src/metrics/create-rps-metrics.ts";
import type { Component, Context } from "../component.ts";
import { freePort } from "../processes.ts";
import { dashboardQueries } from "../prometheus/dashboard-queries.ts";
import { installPrometheus } from "../prometheus/install.ts";

const MODEL = "fraud";
const RULES = ["gauntlet.rules.yml", "ratings.rules.yml", "rps.rules.yml"].map((file) => join(import.meta.dirname, "../../../deploy/prometheus", file));
const POLICY = `
kind: abtest
name: alerts
model: ${MODEL}
split: { champion: 80%, challenger: 20% }
window: { min: 1h, max: 1h }
labels: { maturity: 1m }
minSamples: 100
bucket: 1m
checks:
  - { check: superiority, metric: recall, improveBy: 5% }
health: {}
`;

/** Our rules and the dashboards' queries, in a real Prometheus that scrapes a real Gauntlet: what matches in a test may not match there. */
export const component: Component = {
  name: "Prometheus scrapes Gauntlet",
  required: true,
  async run(context) {
    const tools = await installPrometheus(context);
    if (tools.kind === "missing") return { kind: "skipped", version: "", why: tools.why };
    const server = await startGauntlet(context);
    const rps = await startGame();
    try {
      await beginRollout(server);
      const url = await startPrometheus(context, tools.prometheus, { gauntlet: server.url as string, rps: rps.url });
      await until("Gauntlet is scraped", async () => (await ask(url, 'gauntlet_rollout_running{model="fraud"} == 1')).length === 1);
      const rules = await judgedRules(url);
      const queries = await dashboardQueries();
      let answered = 0;
      for (const query of queries) if ((await ask(url, query)).length > 0) answered += 1;
      // A ratio that is surely wrong holds the rollout, and the alert for it begins.
      await sendOutcomes(server, 2000, ["champion"]);
      await server.tick(MODEL);
      await until("the alert for the sample ratio begins", async () => (await alerts(url)).some(({ labels }) => labels["alertname"] === "GauntletSampleRatioMismatch" && labels["model"] === MODEL));
      await until("the alert for parity begins", async () => (await alerts(url)).some(({ labels }) => labels["alertname"] === "RpsParityBroken" && labels["version"] === "7"));
      assert.equal((await alerts(url)).some(({ labels }) => labels["alertname"] === "RpsDown"), false);
      // Series of ratings are born here.
      await farFromOthers(server);
      await until("drift is scraped", async () => (await ask(url, "ringrift_elo_drift_significant == 1")).length === 1);
      await until("the alert for drift begins", async () => (await alerts(url)).some(({ labels }) => labels["alertname"] === "SignificantEloDrift" && labels["board_type"] === "square8"));
      return { kind: "passed", version: tools.version, note: `${rules} rules judged without an error, ${queries.length} queries of the dashboard (${answered} with data), an alert from a hold, one from parity, one from drift` };
    } finally {
      rps.close();
      await server.close();
    }
  },
};

/** The page of the game: a version that was right nine times of ten when it was trained, and guesses at random. */
async function startGame(): Promise<{ readonly url: string; close(): void }> {
  const metrics = createRpsMetrics({ splitRatio: () => 0.5, promotions: async () => [], guessCounts: async (versions) => versions.map((version) => ({ ...version, guesses: 300, right: 100 })), activeGames: async () => 0 });
  const slot = { modelType: "xgboost", alias: "Production" } as const;
  metrics.modelLoaded(slot, { version: "7", source: "registry", seconds: 0.1, trained: { accuracy: 0.9, rows: 600, trainedAt: Date.now() } });
  const server = createServer((_, response) => void metrics.page().then(({ contentType, body }) => response.setHeader("content-type", contentType).end(body)));
  const port = await freePort();
  await new Promise<void>((resolve) => void server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function startGauntlet(context: Context): Promise<RunningServer> {
  const dataDir = join(context.workDir, "alerts");
  await mkdir(dataDir, { recursive: true });
  return startServer({ ...parseConfig("listen: { port: 0 }", "test", {}), dataDir }, { log: () => undefined, loop: false });
}

async function beginRollout(server: RunningServer): Promise<void> {
  const { mlflow, controller } = server.composition;
  await ensureRegisteredModel(mlflow, MODEL, "");
  for (const digit of ["1", "2"]) await createVersion(mlflow, { model: MODEL, source: `s3://models/${digit}`, runId: null, tags: { "gauntlet.digest": `sha256:${digit.repeat(64)}` }, description: null });
  await controller.registry.setAlias(MODEL, "champion", "1");
  await post(server, paths.rollouts(MODEL), { policy: POLICY, challenger: "2" });
  await sendOutcomes(server, 500, ["champion", "champion", "champion", "champion", "challenger"]);
  await server.tick(MODEL);
}

let batches = 0;

async function sendOutcomes(server: RunningServer, count: number, slots: readonly ("champion" | "challenger")[]): Promise<void> {
  const allocation = await server.composition.store.allocations.get(MODEL);
  const at = Date.now() - 1000;
  const batch = (batches += 1);
  const outcomes = Array.from({ length: count }, (_, index) => {
    const slot = slots[index % slots.length] as "champion" | "challenger";
    return { requestId: `${batch}-${index}`, at, model: MODEL, version: slot === "champion" ? "1" : "2", slot, mode: "live", epoch: allocation?.epoch, unit: `u${index}`, prediction: false, metrics: { latency_ms: 5 + (index % 9), error: 0 } };
  });
  for (let from = 0; from < count; from += 1000) await post(server, paths.outcomes, { outcomes: outcomes.slice(from, from + 1000) });
}

async function post(server: RunningServer, path: string, body: unknown): Promise<void> {
  const headers = { authorization: `Bearer ${server.firstToken ?? ""}`, "content-type": "application/json", "idempotency-key": `call-${(batches += 1)}` };
  const answer = await server.fetch(new Request(`http://127.0.0.1${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
  assert.equal(answer.status, 200, await answer.text());
}

async function farFromOthers(server: RunningServer): Promise<void> {
  const matches = Array.from({ length: 20 }, (_, i) => ({ id: `m${i}`, players: ["a", "b"], winner: i % 3 === 0 ? "b" : "a", board: "square8", at: Date.now() - 60_000 }));
  await post(server, paths.matchImport, { matches });
  await post(server, paths.drift, { target: "another node", ratings: [{ participant: "a", board: "square8", numPlayers: 2, rating: 1900 }], boardType: "square8", numPlayers: 2 });
}

async function startPrometheus(context: Context, command: string, targets: { readonly gauntlet: string; readonly rps: string }): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(context.workDir, "prometheus-alerts.yml");
  const jobs = Object.entries(targets).map(([name, address]) => ({ job_name: name, static_configs: [{ targets: [new URL(address).host] }] }));
  // JSON is YAML.
  await writeFile(config, JSON.stringify({ global: { scrape_interval: "500ms", scrape_timeout: "500ms", evaluation_interval: "500ms" }, rule_files: RULES, scrape_configs: jobs }));
  await context.processes.start({
    command,
    args: [`--config.file=${config}`, `--storage.tsdb.path=${join(context.workDir, "prometheus-alerts")}`, `--web.listen-address=127.0.0.1:${port}`, "--log.level=warn"],
    isReady: async () => (await fetch(`${url}/-/ready`)).ok,
    readyMs: 60_000,
  });
  return url;
}

interface ShownRule {
  readonly name: string;
  readonly health: "ok" | "err" | "unknown";
  readonly lastError?: string;
}

/** Waits until every rule was judged on what was scraped, and none with an error. */
async function judgedRules(url: string): Promise<number> {
  let rules: readonly ShownRule[] = [];
  await until("every rule is judged", async () => {
    const { groups } = await get<{ readonly groups: readonly { readonly rules: readonly ShownRule[] }[] }>(`${url}/api/v1/rules`);
    rules = groups.flatMap((group) => group.rules);
    return rules.length > 0 && rules.every(({ health }) => health !== "unknown");
  });
  assert.deepEqual(rules.filter(({ health }) => health === "err").map(({ name, lastError }) => `${name}: ${lastError ?? ""}`), []);
  return rules.length;
}

async function alerts(url: string): Promise<readonly { readonly labels: Readonly<Record<string, string>> }[]> {
  return (await get<{ readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[] }>(`${url}/api/v1/alerts`)).alerts;
}

async function ask(url: string, query: string): Promise<readonly unknown[]> {
  return (await get<{ readonly result: readonly unknown[] }>(`${url}/api/v1/query?query=${encodeURIComponent(query)}`)).result;
}

async function get<T>(address: string): Promise<T> {
  const answer = (await (await fetch(address)).json()) as { readonly status: string; readonly error?: string; readonly data: T };
  assert.equal(answer.status, "success", `${address}: ${answer.error ?? ""}`);
  return answer.data;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited a minute until ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
  }
}
