import { readFile } from "node:fs/promises";
import { join } from "node:path";

const DASHBOARD = join(import.meta.dirname, "../../../deploy/grafana/gauntlet.json");

/** As Grafana sends them: its variables stand for something by then. */
export async function dashboardQueries(): Promise<readonly string[]> {
  const { panels } = JSON.parse(await readFile(DASHBOARD, "utf8")) as { readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[] };
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll("$__rate_interval", "5m").replaceAll(/\$(?:model|metric)\b/g, ".*")));
}
