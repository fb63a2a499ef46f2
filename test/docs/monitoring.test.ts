import { readFileSync } from "node:fs";

import { expect, test } from "vitest";
import { parse } from "yaml";

import { REASON_WORDS } from "../../apps/console/src/format/words.ts";
import { metricFacts } from "../../apps/server/src/metrics/metrics.ts";
import { rpsMetricFacts } from "../../examples/rps/src/metrics/metric-facts.ts";
import { eventTotals } from "../../examples/rps/src/promotion/event-totals.ts";
import { historyRow } from "../../examples/rps/src/promotion/history-row.ts";
import type { StoredPromotion } from "../../examples/rps/src/promotion/promotion-event.ts";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}
interface RuleTest {
  readonly input_series: readonly { readonly series: string }[];
  readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource: { readonly uid: string };
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly targets: readonly { readonly refId: string; readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string; readonly definition?: string }[] };
}

const yaml = (file: string): unknown => parse(readFileSync(`deploy/prometheus/${file}`, "utf8"));
const rules = ["gauntlet.rules.yml", "ratings.rules.yml", "rps.rules.yml"].flatMap((file) => (yaml(file) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] }).groups.flatMap((group) => group.rules));
const ruleTests = ["gauntlet.rules.test.yml", "ratings.rules.test.yml", "rps.rules.test.yml"].flatMap((file) => (yaml(file) as { readonly tests: readonly RuleTest[] }).tests);
const DASHBOARDS = { gauntlet: [["datasource", "datasource"], ["model", "query"], ["metric", "query"]], "gauntlet-ratings": [["datasource", "datasource"]], "gauntlet-rps": [["datasource", "datasource"], ["model", "query"]] } as const;
const dashboards = ["gauntlet.json", "ratings.json", "rps.json"].map((file) => JSON.parse(readFileSync(`deploy/grafana/${file}`, "utf8")) as Dashboard);
const panels = dashboards.flatMap((dashboard) => dashboard.panels);
const variables = dashboards.flatMap((dashboard) => dashboard.templating.list).flatMap(({ definition }) => (definition === undefined ? [] : [definition.replace(/^label_values\((.*), (\w+)\)$/, "max by ($2) ($1)")]));
const queries = [...rules.map(({ expr }) => expr), ...ruleTests.flatMap((one) => one.input_series.map(({ series }) => series)), ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)), ...variables];
const facts = new Map([...(await metricFacts()), ...(await rpsMetricFacts())].map((fact) => [fact.name, fact]));

const NOTHING = { wins: null, ties: null, games: null };
const STORED: StoredPromotion = { id: 1, at: 0, modelType: "xgboost", decision: "retain_production", zStatistic: null, pValue: null, production: NOTHING, b: NOTHING, reorderApplied: false, rankings: [], accuracies: [], assignments: [], tickers: { productionGames: 0, bGames: 0, cycles: 1 }, reason: null, source: "gauntlet", origin: "ledger" };

/** Of every target that is scraped. */
const OF_PROMETHEUS = ["job", "instance", "le"];

/** Names with their selectors, and the labels that results are grouped and matched by. */
function partsOf(query: string): { readonly series: readonly { readonly name: string; readonly labels: readonly string[] }[]; readonly grouped: readonly string[] } {
  const series = [...query.matchAll(/\b((?:gauntlet|ringrift|rps|process)_\w+|up)\b(?:\{([^}]*)\})?/g)].map(([, name, selector = ""]) => ({ name: name as string, labels: [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label]) => label as string) }));
  const grouped = [...query.matchAll(/\b(?:by|on|without|ignoring)\s*\(([^)]*)\)/g)].flatMap(([, list]) => (list as string).split(",").map((label) => label.trim()));
  return { series, grouped };
}

function labelsOf(name: string): readonly string[] | null {
  if (name === "up") return OF_PROMETHEUS;
  const fact = facts.get(name) ?? facts.get(name.replace(/_(?:bucket|sum|count)$/, ""));
  if (fact === undefined || (fact.name !== name && fact.type !== "histogram")) return null;
  return [...fact.labels, ...OF_PROMETHEUS];
}

test.each(queries)("what is asked for is shown at /metrics: %s", (query) => {
  const { series, grouped } = partsOf(query);
  expect(series.length).toBeGreaterThan(0);
  for (const { name, labels } of series) {
    const known = labelsOf(name);
    expect(known, name).not.toBeNull();
    for (const label of [...labels, ...grouped]) expect(known, `${label} of ${name}`).toContain(label);
  }
});

test.each(rules)("$alert has a severity, a sentence, a runbook, and tests in which it fires and does not", ({ alert, labels, annotations }) => {
  expect(["critical", "page", "warning"]).toContain(labels.severity);
  expect(annotations.summary.length).toBeGreaterThan(20);
  const [page, anchor] = annotations.runbook.split("#");
  expect(readFileSync(page as string, "utf8")).toContain(`\n### ${alert}\n`);
  expect(anchor).toBe(alert.toLowerCase());
  const expected = ruleTests.flatMap((one) => one.alert_rule_test.filter(({ alertname }) => alertname === alert)).map(({ exp_alerts }) => exp_alerts.length);
  expect(Math.max(...expected)).toBeGreaterThan(0);
  expect(Math.min(...expected)).toBe(0);
});

test("no runbook is for an alert that is no more", () => {
  const headings = ["operate.md", "operate-rps.md"].flatMap((page) => {
    const [, runbooks = ""] = readFileSync(`docs/guides/${page}`, "utf8").split("\n## Runbooks\n");
    return [...runbooks.matchAll(/^### (\w+)$/gm)].map(([, alert]) => alert);
  });
  expect(headings.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
});

test("reasons that are asked for exist", () => {
  const asked = queries.flatMap((query) => [...query.matchAll(/reason(?:=~|!~|=)"([^"]+)"/g)].flatMap(([, reasons]) => (reasons as string).split("|")));
  expect(asked.length).toBeGreaterThan(10);
  for (const reason of asked) expect(Object.keys(REASON_WORDS)).toContain(reason);
});

test.each(dashboards)("the dashboard $uid is one that today's Grafana draws: panels that are no relics, of one data source that can be chosen, on a grid without overlaps", (dashboard) => {
  expect(dashboard.schemaVersion).toBe(41);
  expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toEqual(DASHBOARDS[dashboard.uid as keyof typeof DASHBOARDS]);
  const taken = new Set<string>();
  for (const { id, type, title, datasource, gridPos, targets } of dashboard.panels) {
    expect(["timeseries", "stat", "table"]).toContain(type);
    expect(title).not.toBe("");
    expect(datasource.uid).toBe("${datasource}");
    expect(targets.map(({ refId }) => refId)).toEqual(["A", "B", "C"].slice(0, targets.length));
    for (const target of targets) expect(target.datasource.uid).toBe("${datasource}");
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken.has(`${x},${y}`), `panel ${id} at ${x},${y}`).toBe(false);
        taken.add(`${x},${y}`);
      }
    }
  }
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
});

test("the dashboard of the promotion ledger asks its own data source for columns that the ledger's rows have", () => {
  const { uid, panels: tables, templating } = JSON.parse(readFileSync("deploy/grafana/rps-ledger.json", "utf8")) as Dashboard & { readonly panels: readonly (Panel & { readonly targets: readonly { readonly url: string; readonly columns: readonly { readonly selector: string }[] }[] })[] };
  expect([uid, templating.list.map(({ name, type }) => [name, type])]).toEqual(["gauntlet-rps-ledger", [["ledger", "datasource"], ["decision", "custom"]]]);
  const columns = { history: Object.keys(historyRow(STORED)), event_totals: Object.keys(eventTotals([], { from: 0, until: 1 })[0] ?? {}) };
  for (const { datasource, targets } of tables) {
    expect(datasource.uid).toBe("${ledger}");
    for (const target of targets) {
      const [, face] = /^\/internal\/promotion\/(history|event_totals)\?/.exec(target.url) ?? [];
      expect(columns[face as keyof typeof columns], target.url).toEqual(expect.arrayContaining(target.columns.map(({ selector }) => selector)));
    }
  }
});
