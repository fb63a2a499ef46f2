// Writes schemas/policy.schema.json, which editors use. Run it again with `node scripts/schemas.ts` after a change of
// the policy file; a test checks that the file is current.
import { writeFileSync } from "node:fs";

import { policyJsonSchema } from "@gauntlet/contract";

writeFileSync(new URL("../schemas/policy.schema.json", import.meta.url), `${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
