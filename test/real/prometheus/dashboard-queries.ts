import { readFile } from "node:fs/promises";
import { join } from "node:path";

const DASHBOARDS = ["gauntlet.json", "ratings.json", "rps.json"].map((file) => join(import.meta.dirname, "../../../deploy/grafana", file));

/** As Grafana sends them: its variables stand for something by then. */
export async function dashboardQueries(): Promise<readonly string[]> {
  const read = DASHBOARDS.map(async (file) => (JSON.parse(await readFile(file, "utf8")) as { readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[] }).panels);
  return (await Promise.all(read)).flat().flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll("$__rate_interval", "5m").replaceAll(/\$(?:model|metric)\b/g, ".*")));
}
