import { metricFacts } from "../../apps/server/src/metrics/metrics.ts";
import { code, page, table } from "./markdown.ts";

export async function metricsPage(): Promise<string> {
  const rows = (await metricFacts()).map(({ name, type, labels, help }) => [code(name), type, labels.map(code).join(", "), help]);
  return page("Metrics", [
    "`GET /metrics` answers in the Prometheus text format. It needs a token with the role `viewer`, or none while the server listens on loopback. State is read when it is asked for, so a gauge is never older than the scrape.",
    table(["metric", "type", "labels", "meaning"], rows),
    "Worth an alert: `gauntlet_ledger_verified == 0`, `gauntlet_effect_failing == 1`, `gauntlet_drift == 1`, and `time() - gauntlet_decision_confirmed_timestamp_seconds` of a running rollout far above `tick.everyMs`.",
  ]);
}
