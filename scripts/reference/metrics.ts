import { Registry } from "prom-client";

import { instruments } from "../../apps/server/src/metrics/metrics.ts";
import { code, page, table } from "./markdown.ts";

export async function metricsPage(): Promise<string> {
  const registry = new Registry();
  instruments(registry);
  const types = new Map((await registry.getMetricsAsJSON()).map(({ name, type }) => [name, String(type)]));
  const rows = registry.getMetricsAsArray().map((metric) => {
    const { name, help, labelNames } = metric as unknown as { readonly name: string; readonly help: string; readonly labelNames: readonly string[] };
    return [code(name), types.get(name) ?? "", labelNames.map(code).join(", "), help];
  });
  return page("Metrics", [
    "`GET /metrics` answers in the Prometheus text format. It needs a token with the role `viewer`, or none while the server listens on loopback. State is read when it is asked for, so a gauge is never older than the scrape.",
    table(["metric", "type", "labels", "meaning"], rows),
    "Worth an alert: `gauntlet_ledger_verified == 0`, `gauntlet_effect_failing == 1`, `gauntlet_drift == 1`, and `time() - gauntlet_decision_confirmed_timestamp_seconds` of a running rollout far above `tick.everyMs`.",
  ]);
}
