import { policyJsonSchema } from "@gauntlet/contract";
import { configJsonSchema } from "@gauntlet/server";

import { code, page } from "./markdown.ts";
import { schemaTables, type Schema } from "./schema-tables.ts";

export function policyPage(): string {
  return page("The policy file", [
    "Everything that a policy file may say, kind by kind. [Write a policy](../guides/write-a-policy.md) explains what to choose; an editor knows the keys by [the JSON Schema](../../schemas/policy.schema.json). An unknown key is an error.",
    "A **fraction** is written `5%`, `1pp`, `0.05` or `1/20`, and is exact. A **share** is a fraction from 0 to 1. A **duration** is written `14d`, `72h`, `5m` or `30s`. A quantile may be written `p95`.",
    ...((policyJsonSchema() as Schema).oneOf ?? []).flatMap((kind) => [`## Kind ${code(String(kind.properties?.["kind"]?.const))}`, ...schemaTables(kind).map((part) => part.replace(/^## /, "### "))]),
  ]);
}

export function configPage(): string {
  return page("gauntlet.yaml", [
    "Everything that the configuration may say. Each key has a default, so an empty file, or none, works. `gauntlet config validate` checks it; an editor knows the keys by [the JSON Schema](../../schemas/gauntlet.schema.json). An unknown key is an error.",
    "In every text `${NAME}` stands for an environment variable and `${NAME:-default}` for one with a default; `$${` is a plain `${`. A variable that is not set and has no default is an error.",
    ...schemaTables(configJsonSchema() as Schema),
    "## Environment",
    "`GAUNTLET_DATA`, `GAUNTLET_CONFIG` and `GAUNTLET_TOKEN` stand for the options `--data`, `--config` and `--token` of [the command line](cli.md).",
  ]);
}
