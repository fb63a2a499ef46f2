// Writes schemas/*.schema.json, which editors use. Run it again with `node scripts/schemas.ts` after a change of the
// policy file or of gauntlet.yaml; tests check that both are current.
import { writeFileSync } from "node:fs";

import { policyJsonSchema } from "@gauntlet/contract";
import { configJsonSchema } from "@gauntlet/server";

write("policy", policyJsonSchema());
write("gauntlet", configJsonSchema());

function write(name: string, schema: unknown): void {
  writeFileSync(new URL(`../schemas/${name}.schema.json`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
