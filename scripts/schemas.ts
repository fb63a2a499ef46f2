// Writes schemas/*.schema.json, which editors use, and that of the Helm chart's values. Run it again with
// `node scripts/schemas.ts` after a change of the policy file or of gauntlet.yaml; tests check that they are current.
import { writeFileSync } from "node:fs";

import { policyJsonSchema } from "@gauntlet/contract";
import { configJsonSchema } from "@gauntlet/server";

import { chartSchema } from "./chart-schema.ts";

write("schemas/policy.schema.json", policyJsonSchema());
write("schemas/gauntlet.schema.json", configJsonSchema());
write("deploy/helm/gauntlet/values.schema.json", chartSchema());

function write(path: string, schema: unknown): void {
  writeFileSync(new URL(`../${path}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
