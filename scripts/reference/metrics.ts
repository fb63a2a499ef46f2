import { metricFacts } from "../../apps/server/src/metrics/metrics.ts";
import { code, page, table } from "./markdown.ts";

export async function metricsPage(): Promise<string> {
  const rows = (await metricFacts()).map(({ name, type, labels, help }) => [code(name), type, labels.map(code).join(", "), help]);
  return page("Metrics", [
    "`GET /metrics` answers in the Prometheus text format. It needs a token with the role `viewer`, or none while the server listens on loopback. State is read when it is asked for, so what comes from the ledger is never older than the scrape, and is the same in every replica. What a tick saw (splits, values, checks, dwell) is shown by the replica that leads the model, as of its newest tick. At most 200 models are shown one by one, and of each at most 16 metrics. Those named `ringrift_…` are of [ratings](../guides/ratings.md), under the names that dashboards of such promotion controllers know. They are shown once ratings are used; of peers, watched versions and pairs of versions the 200 that moved last. Their counters begin at 0 with the process, and each new series is shown at 0 once before it counts.",
    table(["metric", "type", "labels", "meaning"], rows),
    "What is worth an alert is in `deploy/prometheus/gauntlet.rules.yml`; [monitor](../guides/monitor.md) says how to install it, and the dashboard.",
  ]);
}
