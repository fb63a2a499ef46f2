// Writes docs/reference/*.md from the code itself: commands, schemas, routes, metrics, failures. Run it again with
// `node scripts/reference.ts` after a change of one of these; a test checks that every page is current.
import { mkdirSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { apiPage } from "./reference/api.ts";
import { cliPage } from "./reference/cli.ts";
import { errorsPage } from "./reference/errors.ts";
import { configPage, policyPage } from "./reference/files.ts";
import { metricsPage } from "./reference/metrics.ts";
import { rpsApiPage } from "./reference/rps-api.ts";
import { rpsMetricsPage } from "./reference/rps-metrics.ts";

/** Every page by its file name. */
export async function referencePages(): Promise<Readonly<Record<string, string>>> {
  return { "cli.md": cliPage(), "policy.md": policyPage(), "config.md": configPage(), "api.md": await apiPage(), "metrics.md": await metricsPage(), "rps-api.md": await rpsApiPage(), "rps-metrics.md": await rpsMetricsPage(), "errors.md": errorsPage() };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = new URL("../docs/reference/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(await referencePages())) writeFileSync(new URL(name, folder), text);
}
