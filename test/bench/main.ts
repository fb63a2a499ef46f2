import { benchAssignment } from "./assignment.ts";
import { benchDecisions } from "./decisions.ts";
import { benchEvents } from "./events.ts";
import { benchEvidence } from "./evidence.ts";
import { benchFleet } from "./fleet.ts";
import { benchGateway } from "./gateway.ts";
import { benchHttp } from "./http.ts";
import { benchMatches } from "./matches.ts";
import { benchMemory } from "./memory.ts";
import { benchRatings } from "./ratings.ts";
import { benchRegistry } from "./registry.ts";
import { benchReconcile } from "./reconcile.ts";
import type { BenchRow } from "./row.ts";
import { benchRpsApi } from "./rps-api.ts";
import { benchRpsMemory } from "./rps-memory.ts";
import { benchRpsServing } from "./rps-serving.ts";
import { benchRpsTraining } from "./rps-training.ts";
import { benchSequential } from "./sequential.ts";
import { benchStatistics } from "./statistics.ts";
import { benchStores } from "./store.ts";

/** `npm run bench [-- --json] [-- --only store]`: every promise about speed, measured now, on this machine; the hour of `--only memory` apart. */
const SUITES: Readonly<Record<string, () => Promise<readonly BenchRow[]> | readonly BenchRow[]>> = {
  decisions: benchDecisions,
  evidence: benchEvidence,
  fleet: benchFleet,
  gateway: benchGateway,
  assignment: benchAssignment,
  reconcile: benchReconcile,
  registry: benchRegistry,
  sequential: benchSequential,
  statistics: benchStatistics,
  store: benchStores,
  http: benchHttp,
  events: benchEvents,
  matches: benchMatches,
  ratings: benchRatings,
  "rps-training": benchRpsTraining,
  "rps-serving": benchRpsServing,
  "rps-api": benchRpsApi,
  "rps-memory": benchRpsMemory,
};

/** They take so long that they are only measured when they are named. */
const LONG: typeof SUITES = { memory: benchMemory };

const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : undefined;
const chosen = only === undefined ? SUITES : Object.fromEntries(Object.entries({ ...SUITES, ...LONG }).filter(([name]) => name === only));
if (Object.keys(chosen).length === 0) {
  process.stderr.write(`there is no benchmark "${only}"; known: ${Object.keys({ ...SUITES, ...LONG }).join(", ")}\n`);
  process.exit(2);
}

const rows: BenchRow[] = [];
for (const [name, run] of Object.entries(chosen)) {
  process.stderr.write(`measuring ${name} …\n`);
  rows.push(...(await run()));
}
process.stdout.write(process.argv.includes("--json") ? `${JSON.stringify(rows)}\n` : tableOf(rows));
process.exit(0);

function tableOf(all: readonly BenchRow[]): string {
  const lines = all.map((row) => [row.name, figure(row.perSecond), promise(row), baseline(row)]);
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const header = ["", "per second", "promised", "against"];
  return [header, ...lines].map((line) => line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : column === 3 ? cell : cell.padStart(Math.max(widths[column] ?? 0, header[column]?.length ?? 0)))).join("  ").trimEnd()).join("\n") + "\n";
}

function promise({ perSecond, target, atMost }: BenchRow): string {
  if (atMost !== undefined) return `≤ ${figure(atMost)}${perSecond <= atMost ? "" : "  MISSED"}`;
  return target === null ? "" : `${figure(target)}${perSecond >= target ? "" : "  MISSED"}`;
}

function baseline({ perSecond, baseline: other }: BenchRow): string {
  return other === undefined ? "" : `${(perSecond / other.perSecond).toPrecision(2)} × ${other.name} (${figure(other.perSecond)})`;
}

function figure(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  return value >= 10_000 ? `${Math.round(value / 1000)} k` : String(Number(value.toPrecision(3)));
}
